"""What is fast about it: nothing; what a jitted function is stands in `skin`, and how it is called in `calling`."""

import typing as t

from brainspec_optimized._jaxshim import EAGER, TRACES, UNSPECIFIED
from brainspec_optimized.jit.making import looking
from brainspec_optimized.jit.memory import Memory
from brainspec_optimized.jit.naming import checked_function, name_of
from brainspec_optimized.jit.options import Options, read_options
from brainspec_optimized.jit.refusals import no_option
from brainspec_optimized.jit.skin import Bound, Skin
from brainspec_optimized.jit.stateful import StatefulFunction, opened, shapes
from brainspec_optimized.shown import Shown, shows_as
from brainspec_optimized.state_dead import held

__all__ = ["JittedFunction", "jit"]


@shows_as("transform.JittedFunction")
class JittedFunction(Skin, metaclass=Shown):
    """A function that runs as one compiled program for each signature."""

    __slots__ = ("__dict__", "__weakref__", "_methods", "stateful_fun")

    def __init__(self, origin: t.Callable[..., t.Any], options: Options) -> None:
        name = name_of(origin)
        self._put_on(Memory(origin, options, name))
        self.stateful_fun = opened(self._memory, name)  # [jit.open.of-jit]

    def _on(self, instance: t.Any, memory: Memory) -> "JittedFunction":
        return _Method(self, instance, memory)

    def eval_shape(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """The result of a call, with a description for each array."""
        given = self._memory.given(args, kwargs)
        with looking():
            return shapes(self._memory.program(given, described=True))

    def lower(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """What JAX makes of a call before it compiles it."""
        memory = self._memory
        given = memory.given(args, kwargs)
        with looking():
            program = memory.program(given, described=True)
            family, values = memory.family(program), [held(state) for state in program.states()]
            if family.roams and TRACES.trace is EAGER:
                given, values = memory.places.gathered(program, given, values)
            with family.expecting(program):
                return family.run.lower(values, *given.args, **given.kwargs)  # [jit.ahead.lower]

    def compile(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """Compile what a call runs, so that the call need not."""
        return self.lower(*args, **kwargs).compile()  # [jit.ahead.compile]


class _Method(Bound, JittedFunction):
    """A jitted function on one of its instances."""

    __slots__ = ("__self__",)

    def __init__(self, function: JittedFunction, instance: t.Any, memory: Memory) -> None:
        self._bind(function, instance, memory)

    @property
    def stateful_fun(self) -> StatefulFunction:  # type: ignore[override]
        """What it remembers for this instance."""
        return opened(self._memory, self._memory.name, keeps=self.__self__)


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
