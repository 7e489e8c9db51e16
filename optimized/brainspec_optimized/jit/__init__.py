"""What is fast about it: a call of a compiled function costs what JAX's own costs, and one look at each state.

From the inside out: `types`, what decides which program runs; `watch`, what looks on while a function is traced;
`making`, what is kept meanwhile; `program`, a stateful function that was traced once; `family`, programs that
share a function of `jax.jit`; `memory`, what is remembered; `calling`, the call; `skin`, `function` and
`stateful`, what users hold. `options`, `arguments`, `places`, `naming` and `refusals` are what their names say.
"""

from brainspec_optimized.jit.function import JittedFunction, jit
from brainspec_optimized.jit.stateful import StatefulFunction, make_jaxpr

__all__ = ["JittedFunction", "StatefulFunction", "jit", "make_jaxpr"]
