"""What is fast about it: a method is bound by one look-up and one small object, which keeps the instance for the call.

A jitted function is a skin over what it remembers. That of a method remembers for each instance apart, by identity and
weakly, so that programs go when the instance goes.
"""

import functools
import inspect
import types
import typing as t
import weakref

from brainspec_optimized._jaxshim import EAGER, TRACES, UNSPECIFIED
from brainspec_optimized.jit import places
from brainspec_optimized.jit.calling import Compiled
from brainspec_optimized.jit.memory import Memory, weakly
from brainspec_optimized.jit.naming import checked_function, name_of
from brainspec_optimized.jit.options import Options, read_options
from brainspec_optimized.jit.refusals import no_option
from brainspec_optimized.jit.stateful import StatefulFunction, opened, shapes
from brainspec_optimized.shown import Shown, shows_as
from brainspec_optimized.state_dead import held

__all__ = ["JittedFunction", "jit"]


@shows_as("transform.JittedFunction")
class JittedFunction(Compiled, metaclass=Shown):
    """A function that runs as one compiled program for each signature."""

    __slots__ = ("__dict__", "__weakref__", "_methods", "stateful_fun")

    def __init__(self, origin: t.Callable[..., t.Any], options: Options) -> None:
        updated = ("__dict__",) if isinstance(origin, types.FunctionType) else ()
        functools.update_wrapper(self, origin, updated=updated)  # [jit.form.origin]
        name = name_of(origin)
        self._memory = Memory(origin, options, name)  # [jit.trace.own]
        self._methods: dict[int, tuple[t.Callable[[], t.Any], Memory]] = {}
        self.stateful_fun = opened(self._memory, name)  # [jit.open.of-jit]

    @property
    def origin_fun(self) -> t.Callable[..., t.Any]:
        """The function that it was made from."""
        return self._memory.origin  # [jit.form.origin]

    def __get__(self, instance: t.Any, owner: type | None = None) -> "JittedFunction":
        if instance is None or isinstance(self._memory.origin, staticmethod):
            return self
        known = self._methods.get(id(instance))
        return _Method(self, instance, known[1] if known else self._remembering(instance))  # [jit.form.method]

    def _remembering(self, instance: t.Any) -> Memory:
        here, methods, me = id(instance), self._methods, self._memory
        try:
            ref: t.Callable[[], t.Any] = weakref.ref(instance, lambda _: methods.pop(here, None))
        except TypeError:
            ref = weakly(instance)
        memory = Memory(me.origin, me.options.behind_instance(), me.name, instance)
        return methods.setdefault(here, (ref, memory))[1]

    def clear_cache(self) -> None:
        """Forget all programs, those of all instances too."""
        self._memory.clear()
        for _, memory in list(self._methods.values()):
            memory.clear()

    def eval_shape(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """The result of a call, with a description for each array."""
        return shapes(self._memory.program(self._memory.given(args, kwargs), described=True))

    def lower(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """What JAX makes of a call before it compiles it."""
        memory = self._memory
        given = memory.given(args, kwargs)
        program = memory.program(given, described=True)
        family, values = memory.family(program), [held(state) for state in program.states()]
        if family.roams and TRACES.trace is EAGER:
            values = places.gathered(memory.options, given, values)
        with family.expecting(program):
            return family.run.lower(values, *given.args, **given.kwargs)  # [jit.ahead.lower]

    def compile(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """Compile what a call runs, so that the call need not."""
        return self.lower(*args, **kwargs).compile()  # [jit.ahead.compile]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._memory.name}>"

    def __reduce__(self) -> str:
        # As Python's functions: pickled by name, and copied by not being copied.
        return str(getattr(self, "__qualname__", self._memory.name))


class _Method(JittedFunction):
    """A jitted function on one of its instances."""

    __slots__ = ("__self__",)

    def __init__(self, function: JittedFunction, instance: t.Any, memory: Memory) -> None:
        self.__self__, self._memory = instance, memory
        self.__dict__ = function.__dict__

    def __get__(self, instance: t.Any, owner: type | None = None) -> "JittedFunction":
        return self

    def clear_cache(self) -> None:
        """Forget all programs of this instance."""
        self._memory.clear()

    def __eq__(self, other: object) -> bool:  # as Python's methods
        return isinstance(other, _Method) and other._memory is self._memory

    def __hash__(self) -> int:
        return hash(id(self._memory))

    @property
    def stateful_fun(self) -> StatefulFunction:  # type: ignore[override]
        """What it remembers for this instance."""
        return opened(self._memory, self._memory.name, keeps=self.__self__)

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(types.MethodType(self._memory.origin, self.__self__))

    def __reduce__(self) -> t.Any:
        return getattr, (self.__self__, self._memory.name)


class _Absent:
    pass


def jit(
    fun: t.Any = _Absent,
    /,
    *,
    static_argnums: t.Any = None,
    static_argnames: t.Any = None,
    donate_argnums: t.Any = None,
    donate_argnames: t.Any = None,
    in_shardings: t.Any = UNSPECIFIED,
    out_shardings: t.Any = UNSPECIFIED,
    keep_unused: bool = False,
    inline: bool = False,
    compiler_options: t.Mapping[str, t.Any] | None = None,
    **unknown: t.Any,
) -> t.Any:
    """A jitted function of `fun`; without it, what makes one of a function."""
    if unknown:
        raise no_option(unknown)  # [jit.error.option]
    others = {"keep_unused": keep_unused, "inline": inline, "compiler_options": compiler_options}  # [jit.option.others]

    def jitted(origin: t.Any) -> JittedFunction:
        static, donated = (static_argnums, static_argnames), (donate_argnums, donate_argnames)
        function = checked_function(origin)
        return JittedFunction(function, read_options(function, static, donated, in_shardings, out_shardings, others))

    return jitted if fun is _Absent else jitted(fun)  # [jit.form.plain]
