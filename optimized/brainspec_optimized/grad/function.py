"""What is fast about it: nothing; a gradient function is a skin over what it is asked for.

It remembers nothing: each call runs the origin, and the cure for a function that is called often is `jit`.
"""

import inspect
import types
import typing as t

from brainspec_optimized.binding import bound
from brainspec_optimized.grad.asked import Asked
from brainspec_optimized.grad.calling import differentiated
from brainspec_optimized.grad.refusals import no_option
from brainspec_optimized.jit.naming import checked_function, look_like, name_of

__all__ = ["grad"]

Function = t.Callable[..., t.Any]


class GradientFunction:
    """A function that gives the derivative of another one."""

    def __init__(self, origin: Function, asked: Asked) -> None:
        look_like(self, origin)  # [grad.form.origin]
        self.origin_fun, self._asked = origin, asked  # [grad.form.origin]

    def __call__(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """The gradients, and what was asked beside them; the states change as the origin says."""
        return differentiated(self._asked, self.origin_fun, args, kwargs)  # [grad.form.callable]

    def __get__(self, instance: t.Any, owner: type | None = None) -> "GradientFunction":
        if instance is None or isinstance(self.origin_fun, staticmethod):
            return self
        return _Method(self, instance)  # [grad.form.method]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {name_of(self.origin_fun)}>"

    def __reduce__(self) -> t.Any:
        # As Python's functions: pickled by name, and copied by not being copied.
        return str(getattr(self, "__qualname__", name_of(self.origin_fun)))


class _Method(GradientFunction):
    """A gradient function on one of its instances."""

    def __init__(self, function: GradientFunction, instance: t.Any) -> None:
        self.__dict__.update(function.__dict__)
        self.__self__ = instance

    def __call__(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        return differentiated(self._asked, bound(self.origin_fun, self.__self__), args, kwargs)  # [grad.form.method]

    def __get__(self, instance: t.Any, owner: type | None = None) -> "GradientFunction":
        return self

    def __eq__(self, other: object) -> bool:  # as Python's methods
        if not isinstance(other, _Method):
            return False
        return other._asked is self._asked and other.__self__ is self.__self__

    def __hash__(self) -> int:
        return hash((id(self._asked), id(self.__self__)))

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(types.MethodType(self.origin_fun, self.__self__))

    def __reduce__(self) -> t.Any:
        return getattr, (self.__self__, name_of(self.origin_fun))


class _Absent:
    pass


def grad(
    f: t.Any = _Absent,
    grad_states: t.Any = None,
    argnums: t.Any = None,
    has_aux: bool = False,
    return_value: bool = False,
    check_states: bool = True,
    **unknown: t.Any,
) -> t.Any:
    """A gradient function of `f`; without it, what makes one of a function."""
    if unknown:
        raise no_option(unknown)  # [grad.error.option]
    asked = Asked(grad_states, argnums, has_aux, return_value, check_states)

    def differentiating(origin: t.Any) -> GradientFunction:
        return GradientFunction(checked_function(origin, "grad"), asked)  # [grad.error.callable]

    return differentiating if f is _Absent else differentiating(f)  # [grad.form.plain]
