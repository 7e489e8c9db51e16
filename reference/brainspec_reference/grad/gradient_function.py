"""`grad`: a function that gives the derivatives of another one, which reads and writes states."""

from collections.abc import Callable
from typing import Any

from ..errors import UnknownOption
from ..jit.arguments import Arguments
from ..jit.attempts import attempt
from ..jit.origins import Method, checked_callable, look_like
from ..jit.places import Places
from ..jit.running import run
from ..jit.stateful_function import refuse_bare_transform
from ..stateful import Recording, Stateful
from .asked import Argnums, Asked, asked
from .derived import Options, derived
from .given import refuse_discrete_state, taken_apart
from .result import parts

ABSENT: Any = object()


class GradientFunction(Method):
    def __init__(self, origin: Callable[..., Any], wanted: Asked, options: Options) -> None:
        self.origin_fun = checked_callable(origin, "grad")  # [grad.error.callable]
        self.asked, self.options = wanted, options
        look_like(self, origin)  # [grad.form.origin]

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        with attempt():  # [grad.failure.unchanged]
            refuse_bare_transform()  # [grad.nest.around]
            wanted = self.asked.of_call(len(args))
            arguments = taken_apart(wanted.numbers(), self.instance, args, kwargs)
            for state in wanted.states:
                refuse_discrete_state(state)
            program = derived(self.recorded(arguments), wanted, arguments, self.options)
            return run(program, arguments, frozenset(), Places())  # [grad.nest.jit]

    def recorded(self, arguments: Arguments) -> Stateful:
        """The origin's program, in which no number is known; it gives the parts of the result."""
        origin, has_aux = arguments.given_to(self.origin_fun), self.options.has_aux  # [grad.form.callable]
        recording = GradRecording(lambda xs: parts(origin(xs), has_aux), arguments.type())  # [grad.disabled.same]
        return recording.recorded()  # [grad.count.each]


class GradRecording(Recording):
    chapter = "grad"


def grad(
    f: Any = ABSENT,
    grad_states: Any = None,
    argnums: Argnums | None = None,
    has_aux: bool = False,
    return_value: bool = False,
    check_states: bool = True,
    **others: Any,
) -> Any:
    """A gradient function; without an origin, what makes one of the function that it decorates."""
    for name in others:
        cure = "Give one of grad_states, argnums, has_aux, return_value, check_states"
        raise UnknownOption(f"Found the option {name!r}", "grad.error.option@1", cure)  # [grad.error.option]
    wanted, options = asked(grad_states, argnums), Options(has_aux, return_value, check_states)
    if f is ABSENT:
        return lambda origin: GradientFunction(origin, wanted, options)  # [grad.form.plain]
    return GradientFunction(f, wanted, options)  # [grad.form.plain]
