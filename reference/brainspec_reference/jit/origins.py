"""Origins: the functions that jitted functions are made from."""

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from ..errors import NotCallable


def checked_callable(origin: Any, chapter: str = "jit") -> Callable[..., Any]:
    if not callable(origin):  # [mapping.error.callable]
        found, cure = f"Found a {type(origin).__name__} for a function", "Give what can be called"
        raise NotCallable(found, f"{chapter}.error.callable@1", cure)  # [jit.error.callable]
    return origin  # type: ignore[no-any-return]  # [jit.form.callable]


def look_like(made: Any, origin: Callable[..., Any]) -> None:
    made.__wrapped__ = origin  # [jit.form.origin]
    for name in ("__name__", "__qualname__", "__doc__", "__module__"):
        if hasattr(origin, name):
            setattr(made, name, getattr(origin, name))  # [jit.form.origin]


class Method:
    """As an attribute of a class it is a method: what it is called on is its *instance*, and no argument."""

    instance: tuple[Any, ...] = ()

    def __get__(self, instance: Any, owner: type | None = None) -> Self:
        if instance is None:
            return self
        method = copy.copy(self)  # [grad.form.method]
        method.instance = (instance,)  # [jit.form.method]
        return method


def method_of(origin: Any, instance: tuple[Any, ...]) -> Callable[..., Any]:
    """The origin of a method: given the instance first, but a transformed function has a way of its own to be told."""
    if instance and hasattr(origin, "origin_fun"):
        return origin.__get__(*instance)  # type: ignore[no-any-return]
    return partial(origin, *instance)


@dataclass(frozen=True)
class Parameters:
    """What an origin takes; one without a signature may take anything."""

    positional: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()  # of the positional ones too
    more_positional: bool = True
    more_names: bool = True


def parameters(origin: Callable[..., Any]) -> Parameters:
    while hasattr(origin, "origin_fun"):  # a transformed function, which as a method has an instance already
        instance = getattr(getattr(origin, "stateful_fun", origin), "instance", ())
        origin = partial(origin.origin_fun, *instance)  # [jit.form.method-numbers]
    try:
        found = inspect.signature(origin).parameters.values()
    except (TypeError, ValueError):
        return Parameters()
    positional = tuple(p.name for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD))
    names = frozenset((*positional, *(p.name for p in found if p.kind is p.KEYWORD_ONLY)))
    more_positional = any(p.kind is p.VAR_POSITIONAL for p in found)
    more_names = any(p.kind is p.VAR_KEYWORD for p in found)
    return Parameters(positional, names, more_positional, more_names)
