"""What is fast about it: nothing; a function is looked at once, when a transformed one is made of it."""

import functools
import types
import typing as t

from brainspec_optimized.jit.refusals import no_function

__all__ = ["checked_function", "look_like", "name_of"]


def checked_function(given: t.Any, page: str = "jit") -> t.Callable[..., t.Any]:
    """Give the function back, or say why it is none."""
    if not callable(given):  # [jit.form.callable]
        raise no_function(given, page)  # [jit.error.callable]
    return t.cast("t.Callable[..., t.Any]", given)  # [mapping.form.callable]


def look_like(made: t.Any, origin: t.Callable[..., t.Any]) -> None:
    """Let what is made of an origin have its names."""
    if isinstance(origin, types.FunctionType):
        made.__dict__.update(origin.__dict__)
    # Afterwards, since what JAX wraps has the names of what is wrapped in its dictionary.
    functools.update_wrapper(made, origin, updated=())  # [jit.form.origin]


def name_of(origin: t.Any) -> str:
    """What a function is called."""
    name = getattr(origin, "__name__", None)
    return name if isinstance(name, str) else type(origin).__name__
