"""Elementwise functions as people call them: jnp, jax.nn, jax.scipy.special."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from . import Family, words
from .numbers import complex_, positive, real, unit, whole

MATHS = Family("maths")
add = MATHS.add

for name in words(
    "sin cos tan sinh cosh tanh arcsinh arctan exp exp2 expm1 abs sign floor ceil round rint trunc isfinite isnan isinf square reciprocal negative positive sinc deg2rad rad2deg signbit"
):
    add(name, getattr(jnp, name), real(7))
for name in words("sqrt cbrt log log2 log10 log1p"):
    add(name, getattr(jnp, name), positive(7))
for name in words("arcsin arccos arctanh"):
    add(name, getattr(jnp, name), unit(7))
add("arccosh", jnp.arccosh, positive(7) + 1)
for name in words(
    "add subtract multiply divide power arctan2 maximum minimum hypot logaddexp logaddexp2 fmod remainder mod floor_divide copysign nextafter heaviside fmax fmin ldexp"
):
    add(name, getattr(jnp, name), positive(7), whole(7, low=-2, high=3) if name == "ldexp" else positive(7))
for name in words("bitwise_and bitwise_or bitwise_xor left_shift right_shift floor_divide remainder gcd lcm"):
    add(f"{name}-int", getattr(jnp, name), whole(7, low=0), whole(7, low=1))
for name in words("logical_and logical_or logical_xor equal not_equal less less_equal greater greater_equal"):
    add(name, getattr(jnp, name), whole(7), whole(7))
add("invert", jnp.invert, whole(7))
add("divmod", lambda a, b: (*jnp.divmod(a, b), *jnp.modf(a)), real(6), real(6))
add(
    "divide-int",
    lambda a, b: (a // b, a % b, lax.div(a, b), lax.rem(a, b)),
    whole(9),
    np.array([1, -1, 2, -2, 3, -3, 4, -4, 5], np.int32),
)
add("power-int", lambda a, b: (a**b, a**3, a**0), whole(5), whole(5, low=0))
add("power-float", lambda a: (a**2, a**3, a**-1.0, a**0.5, 2.0**a), positive(5))
add("frexp", jnp.frexp, real(5))
add(
    "complex-arithmetic",
    lambda a, b: (a * b, a / b, jnp.abs(a), jnp.angle(a), a.real, jnp.conj(b), jnp.exp(a)),
    complex_(5),
    complex_(5),
)
add(
    "complex-build", lambda x, y: (jnp.abs(lax.complex(x, y)), jnp.real(lax.complex(x, y) * (1 + 2j))), real(4), real(4)
)
add("nan_to_num", jnp.nan_to_num, np.array([np.nan, np.inf, -np.inf, 1], np.float32))
add("clip", lambda x: (jnp.clip(x, -0.5, 0.5), jnp.clip(x, None, 0.2)), real(6))
add(
    "where",
    lambda c, a, b: (jnp.where(c > 0, a, b), jnp.where(c > 0, a, 0.0), jnp.where(c > 0, 1, 2)),
    real(5),
    real(5),
    real(5),
)
add("select", lambda c, a, b: jnp.select([c > 0, c < -1], [a, b], 0.0), real(5), real(5), real(5))
add("piecewise", lambda x: jnp.piecewise(x, [x < 0], [lambda a: -a, lambda a: a * 2]), real(5))
add("isclose", lambda a, b: (jnp.isclose(a, b), jnp.allclose(a, b), jnp.array_equal(a, b)), real(5), real(5))
add("polyval", lambda c, x: jnp.polyval(c, x), real(4), real(5))
add("convolve", jnp.convolve, real(5), real(3))
add("interp", lambda x: jnp.interp(x, jnp.arange(4.0), jnp.arange(4.0) ** 2), positive(4))
add(
    "weak-types",
    lambda x, n: (x + 1, x * 2.0, n + 1, n * 2.5, jnp.asarray(1.5), jnp.where(x > 0, 1.0, 2)),
    real(3),
    whole(3),
)
add(
    "half-precision",
    lambda x, y: (jnp.tanh(x) + x * x, y / (1 + y * y), x.astype(jnp.float32) + y),
    real(6, dtype=np.float16),
    real(6, dtype=jnp.bfloat16),
)

for name in words(
    "relu relu6 sigmoid softplus gelu elu selu silu softmax log_softmax leaky_relu tanh hard_tanh hard_sigmoid log_sigmoid soft_sign glu mish celu squareplus logsumexp standardize"
):
    add(f"nn-{name}", getattr(jax.nn, name), real(4, 6))
add("nn-gelu-exact", lambda x: jax.nn.gelu(x, approximate=False), real(6))
add("nn-one_hot", lambda i: jax.nn.one_hot(i, 5), np.array([1, 3, 7]))
add("nn-softmax-where", lambda x: jax.nn.softmax(x, axis=0, where=x > 0), real(4, 3))

special = jax.scipy.special
for name in words("erf erfc i0 i0e i1 i1e ndtr log_ndtr expit sinc_pi entr"):
    if hasattr(special, name):
        add(f"special-{name}", getattr(special, name), positive(5) * 2)
for name in words("gammaln digamma gamma factorial"):
    add(f"special-{name}", getattr(special, name), positive(5, scale=4), loose=True)
for name in words("erfinv ndtri logit"):
    add(f"special-{name}", getattr(special, name), (unit(5) + 1) / 2, loose=True)
for name in words("betaln gammainc gammaincc zeta xlogy xlog1py rel_entr kl_div"):
    add(f"special-{name}", getattr(special, name), positive(5, scale=3) + 1, positive(5), loose=True)
add("special-betainc", special.betainc, positive(4), positive(4), (unit(4) + 1) / 2, loose=True)
add("special-polygamma", lambda x: special.polygamma(1, x), positive(4, scale=3), loose=True)
add("special-multigammaln", lambda x: special.multigammaln(x, 2), positive(4) + 2, loose=True)
