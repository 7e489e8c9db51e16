"""What is fast about it: nothing; a function is looked at once, when a jitted one is made of it."""

import typing as t

from brainspec_optimized.jit.refusals import no_function

__all__ = ["checked_function", "name_of"]


def checked_function(given: t.Any, page: str = "jit") -> t.Callable[..., t.Any]:
    """Give the function back, or say why it is none."""
    if not callable(given):  # [jit.form.callable]
        raise no_function(given, page)  # [jit.error.callable]
    return t.cast("t.Callable[..., t.Any]", given)


def name_of(origin: t.Any) -> str:
    """What a function is called."""
    name = getattr(origin, "__name__", None)
    return name if isinstance(name, str) else type(origin).__name__
