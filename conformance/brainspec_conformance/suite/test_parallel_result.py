"""The checks of `spec/34-parallel.md`: results, states, streams and collectives are those of `vmap2`."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_equal
from brainspec_conformance.suite.mapping_more_material import (
    assert_holds,
    assert_keys,
    bits,
    both,
    parted,
    seeded,
    split,
)
from brainspec_conformance.suite.parallel_material import backwards, counts, lanes, some

lax: Any = jax.lax
Case = Callable[[Any, Any, int], tuple[Any, list[Any], list[tuple[Any, ...]]]]


def axes(impl: Any, transform: Any, n: int) -> Any:
    def f(d: Any, x: Any, y: Any, *, z: Any) -> Any:
        return {"a": d["a"] * x, "b": (d["b"] + z, y), "c": None}, 3, y.sum()

    made = transform(
        f, in_axes=({"a": -1, "b": None}, 1, None), out_axes=({"a": 1, "b": (0, None), "c": None}, 0, None)
    )
    x = lanes(n, 2)
    return made, [], [({"a": x.T, "b": 2.0}, x.T[:, ::-1], np.ones(3, np.int8), {"z": x})]


def declared(impl: Any, transform: Any, n: int) -> Any:
    a, b, c = impl.State(lanes(n)), impl.ParamState({"w": lanes(n, 2).T, "n": lanes(n, 1).T}), impl.LongTermState(0)

    def f(x: Any) -> Any:
        a.value = a.value + x
        b.value = {"w": b.value["w"] * x, "n": b.value["n"]}
        c.value = 5
        return b.value["w"].sum() + a.value

    made = transform(f, state_in_axes={0: a, 1: b}, state_out_axes={-1: impl.ParamState, 0: c})
    return made, [a, b, c], [(lanes(n),)] * 1


def undeclared(impl: Any, transform: Any, n: int) -> Any:
    grown, whole, read = impl.State(jnp.zeros(2)), impl.ShortTermState(jnp.array(1)), impl.ParamState(jnp.ones(2))

    def f(x: Any) -> Any:
        grown.value = grown.value + x * read.value.sum()
        whole.value = whole.value * 2
        return whole.value

    return transform(f), [grown, whole, read], [(lanes(n),), (lanes(n),)]


def retyped(impl: Any, transform: Any, n: int) -> Any:
    w = impl.ParamState(jnp.ones(n))

    def f(x: Any) -> Any:
        w.value = w.value + x
        return w.value.astype(jnp.int32), x > 2

    return transform(f, **both({0: w})), [w], [(lanes(n, 3),), (lanes(n, 3),)]


def named(impl: Any, transform: Any, n: int) -> Any:
    mean = impl.State(0.0)

    def f(x: Any) -> Any:
        mean.value = 0.5 * mean.value + 0.5 * lax.pmean(x.sum(), "i")
        return x - lax.pmean(x, "i"), lax.axis_index("i"), lax.axis_size("i")

    made = transform(f, axis_name="i", unexpected_out_state_mapping="raise", out_axes=(-1, 0, None))
    return made, [mean], [(lanes(n, 2),), (2 * lanes(n, 2),)]


def control(impl: Any, transform: Any, n: int) -> Any:
    s = impl.State(lanes(n))

    def f(x: Any) -> Any:
        y = lax.cond(x > 2, lambda: x * s.value, lambda: x)
        s.value, ys = lax.scan(lambda c, z: (c + z, c), y, jnp.arange(3.0))
        return ys, lax.while_loop(lambda c: c < 10, lambda c: c + x, x)

    return transform(f, state_in_axes={0: s}), [s], [(lanes(n),), (lanes(n),)]


CASES: dict[str, Any] = {case.__name__: case for case in (axes, declared, undeclared, retyped, named, control)}


@check("parallel.result.same@1", needs=["parallel.form.plain@1"])
@counts
@pytest.mark.parametrize("name", CASES)
def test_results_and_states_are_those_of_vmap2(impl: Any, name: str, count: int) -> None:
    n = len(some(count))
    f, states, calls = CASES[name](
        impl, lambda f, **options: impl.transform.pmap2(f, devices=backwards(count), **options), n
    )
    g, others, _ = CASES[name](impl, impl.transform.vmap2, n)
    for call in calls:
        words = call[-1] if name == "axes" else {}
        args = call[:-1] if name == "axes" else call
        assert_equal(f(*args, **words), g(*args, **words))
        for state, other in zip(states, others, strict=True):
            assert_equal(state.value, other.value)


@check("parallel.result.same@1", needs=["parallel.form.plain@1"])
def test_states_that_are_born_inside_and_methods_are_as_in_vmap2(impl: Any) -> None:
    class Net(impl.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.w, self.count = impl.ParamState(jnp.ones((2, 2))), impl.ShortTermState(lanes(8))

        def __call__(self, x: Any) -> Any:
            local = impl.State(x @ self.w.value)
            local.value = local.value + self.count.value
            self.count.value = self.count.value + 1
            return local.value

    found = []
    for transform in (impl.transform.pmap2, impl.transform.vmap2):
        net = Net()
        f = transform(net, state_in_axes={0: impl.ShortTermState})
        found.append(([f(lanes(8, 2)) for _ in range(3)], net.count.value, net.w.value))
    assert_equal(*found)


@check("parallel.result.random@1", needs=["parallel.form.plain@1"])
@counts
def test_streams_part_for_lanes_and_not_for_devices(impl: Any, count: int) -> None:
    a, b, other = (impl.random.RandomState(seed) for seed in (1, 2, 5))
    untouched = other.value

    @impl.transform.pmap2(devices=backwards(count))  # type: ignore[untyped-decorator]
    def f(x: Any) -> Any:
        return bits(a.split_key()), bits(b.value), bits(impl.random.split_key()), impl.random.uniform()

    with seeded(impl, 3) as key:
        keys = [a.value, b.value, key]
        for size in (len(some(count)), 1, 0):
            found = f(jnp.zeros(size))
            starts = [parted(key, size)[1] for key in keys]
            for n in (0, 2):
                subs = [bits(split(lane)[1]).tolist() for lane in starts[n]]
                assert np.asarray(found[n]).tolist() == subs
            assert_keys(found[1], starts[1])
            drawn = [jax.random.uniform(split(split(lane)[0])[1]) for lane in starts[2]]
            assert np.allclose(found[3], np.reshape(drawn, size), rtol=1e-6)
            keys = [parted(key, size)[0] for key in keys]
            assert_holds(a, keys[0])
            assert_holds(b, keys[1])
            assert_keys(impl.random.get_key(), keys[2])
    assert other.value is untouched


@check("parallel.result.random@1", needs=["mapping.random.nested@1"])
def test_streams_part_in_mappings_around_each_other(impl: Any) -> None:
    size = len(some(8))
    found = []
    for outer in (impl.transform.pmap2, impl.transform.vmap2):
        stream = impl.random.RandomState(4)
        inner = impl.transform.vmap2(lambda x, stream=stream: bits(stream.split_key()))

        def origin(x: Any, stream: Any = stream, inner: Any = inner) -> Any:
            return bits(stream.split_key()), inner(x), bits(stream.value)

        f = impl.transform.jit(outer(origin))
        found.append(([f(jnp.zeros((size, 2))) for _ in range(2)], jax.random.key_data(stream.value)))
    assert_equal(*found)
    start = parted(jax.random.key(4), size)[1][0]
    assert_keys(found[0][0][0][0][0], split(start)[1])


COLLECTIVES: dict[str, Callable[[Any], Any]] = {
    "psum": lambda x: lax.psum(x, "i"),
    "pmean": lambda x: lax.pmean(x, "i"),
    "pmax": lambda x: lax.pmax(x, "i"),
    "pmin": lambda x: lax.pmin(x, "i"),
    "psum of what is not mapped": lambda x: lax.psum(jnp.ones(2), "i") * x[0, 0],
    "index": lambda x: lax.axis_index("i") * lax.axis_size("i"),
    "all_gather": lambda x: lax.all_gather(x, "i"),
    "all_gather, tiled": lambda x: lax.all_gather(x, "i", axis=1, tiled=True),
    "ppermute": lambda x: lax.ppermute(x, "i", [(n, (n + 1) % lax.axis_size("i")) for n in range(lax.axis_size("i"))]),
    "all_to_all": lambda x: lax.all_to_all(x, "i", 0, 1),
    "psum_scatter": lambda x: lax.psum_scatter(x, "i"),
    "a gradient": lambda x: jax.grad(lambda y: ((y - lax.pmean(y, "i")) ** 2).sum())(x),
}


@check("parallel.axis.collectives@1", needs=["parallel.form.plain@1"])
@pytest.mark.parametrize("name", COLLECTIVES)
@counts
def test_collectives_are_those_of_vmap(impl: Any, name: str, count: int) -> None:
    x, f = lanes(count, len(some(count)), 2), COLLECTIVES[name]
    found = impl.transform.pmap2(f, "i", devices=backwards(count))(x)
    assert_equal(found, jax.jit(jax.vmap(f, axis_name="i"))(x))


def over(names: Any) -> Callable[[Any], Any]:
    return lambda x: (lax.psum(x, names), lax.pmax(x, names), lax.axis_index("i"), lax.pmean(x, "j"))


@check("parallel.axis.collectives@1", needs=["parallel.nest.vmap@1"])
@pytest.mark.parametrize("parallel_one", ["outer", "inner"])
@pytest.mark.parametrize("names", ["i", "j", ("i", "j"), ("j", "i")], ids=str)
def test_collectives_over_several_axes_are_those_of_vmap(impl: Any, names: Any, parallel_one: str) -> None:
    first, second = impl.transform.pmap2, impl.transform.vmap2
    outer, inner = (first, second) if parallel_one == "outer" else (second, first)
    x, f = lanes(8, 3) if parallel_one == "outer" else lanes(8, 3).T, over(names)
    found = outer(inner(f, axis_name="j"), axis_name="i")(x)
    assert_equal(found, jax.jit(jax.vmap(jax.vmap(f, axis_name="j"), axis_name="i"))(x))


@check("parallel.axis.collectives@1", needs=["mapping.axis.states@1"])
@counts
def test_collectives_act_on_states(impl: Any, count: int) -> None:
    state, mean = impl.State(lanes(count)), impl.ShortTermState(jnp.zeros(()))

    def f(x: Any) -> Any:
        mean.value = mean.value + lax.psum(state.value, "i")
        state.value = state.value * lax.axis_index("i")
        return x

    m = impl.transform.pmap2(
        f, "i", devices=some(count), state_in_axes={0: state}, unexpected_out_state_mapping="raise"
    )
    total, value = 0.0, np.asarray(lanes(count))
    for _ in range(3):
        total, value = total + value.sum(), value * np.arange(len(value))
        m(lanes(count))
        assert mean.value == total
        assert state.value.tolist() == value.tolist()
