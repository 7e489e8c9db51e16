"""What is fast about it: nothing; a function of Python is bound by `functools.partial`, which runs in C."""

import functools
import typing as t

__all__ = ["bound"]


def bound(function: t.Callable[..., t.Any], instance: t.Any) -> t.Callable[..., t.Any]:
    """The function on this instance, its first parameter, which is no argument of what transforms there are below."""
    if hasattr(function, "origin_fun") and hasattr(type(function), "__get__"):  # [grad.form.method]
        return t.cast("t.Callable[..., t.Any]", function.__get__(instance, type(instance)))
    return functools.partial(function, instance)  # [grad.form.method]
