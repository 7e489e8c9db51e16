"""`StatefulFunction`: a function and the programs that it turned out to be, one for each signature."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._jaxshim import innermost_trace, jit_is_disabled, with_jit
from ..engine.errors import ReferenceUnsupported
from ..engine.record import recorder
from ..stateful import Recording, Stateful
from ..tree_types import DESCRIPTIONS, VALUES
from ..type_names import Shown, shown_as
from .accessors import Accessors
from .arguments import Arguments, Key, taken_apart
from .attempts import attempt
from .marks import Labels, Names, Numbers, marked
from .memory import Memory
from .origins import Method, checked_callable, look_like, method_of, parameters
from .places import Places
from .running import run, run_pure


@shown_as("transform.StatefulFunction")
class StatefulFunction(Method, Accessors, metaclass=Shown):
    chapter = "jit"  # of the specification, for errors

    def __init__(
        self,
        origin: Callable[..., Any],
        static_argnums: Numbers = (),
        static_argnames: Names = (),
        name: str | None = None,
    ) -> None:
        self.origin_fun, self.name = checked_callable(origin, self.chapter), name  # [mapping.form.callable]
        self.static = marked("static", parameters(origin), static_argnums, static_argnames)
        self.memory = Memory()  # [jit.trace.own]
        look_like(self, origin)  # [mapping.form.origin]

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self.call(args, kwargs, frozenset(), Places())  # [jit.open.function]

    def call(self, args: Sequence[Any], kwargs: Mapping[str, Any], donated: Labels, places: Places) -> Any:
        with attempt():
            if jit_is_disabled():
                return method_of(self.origin_fun, self.instance)(*args, **kwargs)  # [jit.disabled.plain]
            arguments = self.taken_apart(args, kwargs)
            return run(self.program(arguments), arguments, donated, places)

    def taken_apart(
        self, args: Sequence[Any], kwargs: Mapping[str, Any], kinds: tuple[type, ...] = VALUES
    ) -> Arguments:
        return taken_apart(self.static, self.instance, args, kwargs, kinds, self.chapter)

    def program(self, arguments: Arguments) -> Stateful:
        """The program of a call with these arguments, here and now."""
        refuse_bare_transform()
        with with_jit():
            return self.memory.program(arguments.key, self.instance, lambda: self.recorded(arguments))

    def recorded(self, arguments: Arguments) -> Stateful:
        """What is to be remembered."""
        return Recording(arguments.given_to(self.origin_fun), arguments.type()).recorded()

    def described(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Stateful:
        """The program of a call with arguments, or with descriptions of such."""
        with attempt():
            arguments = self.taken_apart(args, kwargs, DESCRIPTIONS)
            return self.program(arguments)  # [mapping.open.changes-nothing]

    def get_arg_cache_key(self, /, *args: Any, **kwargs: Any) -> Key:
        return self.taken_apart(args, kwargs, DESCRIPTIONS).key  # [jit.open.key]

    def jaxpr_call(self, values: Sequence[Any], /, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], Any]:
        with attempt():
            arguments = self.taken_apart(args, kwargs)
            return run_pure(self.program(arguments), arguments, values)


def refuse_bare_transform() -> None:
    if recorder() is None and innermost_trace() is not None:  # [mapping.nest.around]
        why = "A bare JAX transform is around it. Put the transform of the reference outside."
        raise ReferenceUnsupported("a transformed function", why)  # [jit.nest.around]


def make_jaxpr(
    f: Callable[..., Any], static_argnums: Numbers = (), static_argnames: Names = (), return_shape: bool = False
) -> Callable[..., Any]:
    function = StatefulFunction(f, static_argnums, static_argnames)

    def made(*args: Any, **kwargs: Any) -> Any:
        found = function.get_jaxpr(*args, **kwargs), function.get_states(*args, **kwargs)  # [jit.open.make-jaxpr]
        return (*found, function.get_out_shapes(*args, **kwargs)) if return_shape else found  # [jit.open.make-jaxpr]

    return made
