"""`jit`: a stateful function to be called, with the options of `jax.jit`."""

import copy
from collections.abc import Callable
from typing import Any, Self

from ..errors import UnknownOption
from ..stateful import Stateful
from ..type_names import Shown, shown_as
from .marks import Names, Numbers, marked, refuse_both
from .origins import look_like, parameters
from .places import Places
from .stateful_function import StatefulFunction

ABSENT: Any = object()
MARKS = ("static_argnums", "static_argnames", "donate_argnums", "donate_argnames")
HINTS = ("keep_unused", "inline", "compiler_options")  # to a compiler
OPTIONS = (*MARKS, "in_shardings", "out_shardings", *HINTS)


@shown_as("transform.JittedFunction")
class JittedFunction(metaclass=Shown):
    """What `jit` gives."""

    def __init__(
        self,
        origin: Callable[..., Any],
        /,
        *,
        static_argnums: Numbers = None,
        static_argnames: Names = None,
        donate_argnums: Numbers = None,
        donate_argnames: Names = None,
        in_shardings: Any = None,
        out_shardings: Any = None,
        **hints: Any,  # [jit.option.others]
    ) -> None:
        self.stateful_fun = StatefulFunction(origin, static_argnums, static_argnames)  # [jit.open.of-jit]
        self.origin_fun = origin  # [jit.form.origin]
        takes = parameters(origin)
        self.donated = marked("donate", takes, donate_argnums, donate_argnames)  # [jit.donate.result]
        refuse_both(takes, self.stateful_fun.static, self.donated)
        self.places = Places(in_shardings, out_shardings)
        look_like(self, origin)

    def __get__(self, instance: Any, owner: type | None = None) -> Self:
        method = copy.copy(self)
        method.stateful_fun = self.stateful_fun.__get__(instance, owner)  # [jit.form.method]
        return self if instance is None else method

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self.stateful_fun.call(args, kwargs, self.donated, self.places)

    def compile(self, /, *args: Any, **kwargs: Any) -> Stateful:
        return self.stateful_fun.described(args, kwargs)  # [jit.ahead.compile]

    def lower(self, /, *args: Any, **kwargs: Any) -> Stateful:
        return self.stateful_fun.described(args, kwargs)  # [jit.ahead.lower]

    def eval_shape(self, /, *args: Any, **kwargs: Any) -> Any:
        return self.stateful_fun.get_out_shapes(*args, **kwargs)  # [jit.ahead.eval-shape]

    def clear_cache(self) -> None:
        self.stateful_fun.memory.forget(self.stateful_fun.instance)  # [jit.cache.clear]


def jit(origin: Any = ABSENT, /, **options: Any) -> Any:
    """A jitted function; without an origin, what makes one of the function that it decorates."""
    unknown = sorted(options.keys() - set(OPTIONS))
    if unknown:
        found, cure = f"Found the option {unknown[0]!r}", f"Give one of {', '.join(OPTIONS)}"
        raise UnknownOption(found, "jit.error.option@1", cure)  # [jit.error.option]
    if origin is ABSENT:
        return lambda function: JittedFunction(function, **options)  # [jit.form.plain]
    return JittedFunction(origin, **options)  # [jit.form.plain]
