"""The only file that touches JAX's internals, or whose behaviour depends on JAX's version (0.10 to 0.12).

JAX runs a user's function under a *trace*, an object that is handed every primitive as it is bound. Here is what the
recorder needs of that machinery: making a trace current, typing a primitive, reading the jaxprs that JAX itself nests
(`jit`, `scan`, `custom_jvp`, ...), turning constants into numpy, and finding the user's line. Where versions differ the
difference is in one function with a comment; behaviour that is none of the known ones raises.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import jax
import jax.core
import numpy as np
from jax._src import core as _core
from jax.core import ShapedArray
from jax.extend import core as _extend

from .errors import ReferenceUnsupported

Trace: Any = jax.core.Trace
Tracer: Any = jax.core.Tracer
KEY = np.dtype([("a", np.uint32), ("b", np.uint32)])

# ---- traces -----------------------------------------------------------------------------------------------------


@contextmanager
def current(trace: Any, axes: Mapping[Hashable, int]) -> Iterator[None]:
    """Make `trace` the one that is handed every primitive, with `axes` added to the named axes in scope."""
    with _extend.set_current_trace(trace), _core.extend_axis_env_nd(list(axes.items())):
        yield


def current_trace() -> Any:
    with _extend.take_current_trace() as trace:
        return trace


def type_of(x: Any) -> ShapedArray:
    return jax.typeof(x)  # type: ignore[no-any-return]


def output_types(primitive: Any, types: Sequence[ShapedArray], params: Mapping[str, Any]) -> list[ShapedArray]:
    """The types of a primitive's outputs, by its own `abstract_eval`."""
    out, _effects = primitive.abstract_eval(*types, **params)
    return list(out) if primitive.multiple_results else [out]


def to_numpy(x: Any) -> np.ndarray[Any, Any]:
    """A concrete JAX value as numpy; keys become the structured dtype."""
    if not jax.dtypes.issubdtype(type_of(x).dtype, jax.dtypes.prng_key):
        return np.asarray(x, dtype=type_of(x).dtype)
    with _extend.set_current_trace(_core.eval_trace):
        pair = np.asarray(jax.random.key_data(x))
    key = np.empty(pair.shape[:-1], KEY)
    key["a"], key["b"] = pair[..., 0], pair[..., 1]
    return key


# ---- jaxprs that JAX nests ---------------------------------------------------------------------------------------

INLINED = {
    "jit": "jaxpr",
    "pjit": "jaxpr",
    "closed_call": "call_jaxpr",
    "core_call": "call_jaxpr",
    "eval_jaxpr": "jaxpr",
    "remat2": "jaxpr",
    "checkpoint": "jaxpr",
}


class Opened(NamedTuple):
    """A jaxpr with its constants, whichever of JAX's two classes it came in."""

    jaxpr: Any
    consts: Sequence[Any]


def opened(jaxpr: Any) -> Opened:
    """Since 0.11 a closed jaxpr is a jaxpr; before, it holds one."""
    return Opened(getattr(jaxpr, "jaxpr", jaxpr), getattr(jaxpr, "consts", ()))


def run_jaxpr(jaxpr: Any, args: Sequence[Any], at: Callable[[str], Any]) -> list[Any]:
    """Bind every equation of a jaxpr in the current trace; `at(line)` is a context manager that notes its line."""
    inner, consts = opened(jaxpr)
    env = dict(zip(inner.constvars, consts)) | dict(zip(inner.invars, args))
    ours = _is_users(_function_file(inner))

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, _extend.Literal) else env[atom]

    for eqn in inner.eqns:
        with at(_equation_line(eqn) if ours else ""):
            params = eqn.primitive.get_bind_params(eqn.params)
            out = eqn.primitive.bind(*map(read, eqn.invars), **params)
        env.update(zip(eqn.outvars, out if eqn.primitive.multiple_results else [out]))
    return [read(atom) for atom in inner.outvars]


# ---- the user's line ---------------------------------------------------------------------------------------------

_NOT_THE_USERS = tuple(os.path.dirname(os.path.abspath(str(f))) + os.sep for f in (jax.__file__, __file__)) + (
    "<frozen",
    "<string>",
    os.path.dirname(os.__file__) + os.sep + "contextlib.py",
    os.path.dirname(os.__file__) + os.sep + "functools.py",
)


def _is_users(file: str) -> bool:
    return bool(file) and not file.startswith(_NOT_THE_USERS)


def user_line() -> str:
    """`file:line` of the innermost frame that is neither JAX's nor ours."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if _is_users(frame.f_code.co_filename):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def _function_file(jaxpr: Any) -> str:
    return getattr(getattr(jaxpr, "debug_info", None), "func_filename", None) or ""


def _equation_line(eqn: Any) -> str:
    frames = eqn.source_info.traceback.frames if eqn.source_info.traceback else ()
    return next((f"{f.file_name}:{f.line_num}" for f in frames if _is_users(f.file_name)), "")
