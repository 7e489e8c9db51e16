"""The samplers that programs draw with: how each is written, the dtype that it gives, and whether its numbers come out exact."""

from attrs import frozen


@frozen
class Sampler:
    """`text` is filled with the stream, as written, and the size."""

    text: str
    dtype: str
    exact: bool = True


SAMPLERS = {
    "uniform": Sampler("{0}.uniform(0.0, 1.0, {1})", "float32"),
    "random": Sampler("{0}.random({1})", "float32"),
    "normal": Sampler("{0}.normal(0.0, 1.0, {1})", "float32", exact=False),
    "randint": Sampler("{0}.randint(0, 8, {1})", "int32"),
    "bernoulli": Sampler("{0}.bernoulli(0.5, {1})", "bool"),
    "exponential": Sampler("{0}.exponential(2.0, {1})", "float32", exact=False),
}
