"""`grad`: a function that gives the derivatives of another one, which reads and writes states."""

import copy
from collections.abc import Callable
from typing import Any, Self

from .._jaxshim import innermost_trace
from ..engine.errors import ReferenceUnsupported
from ..engine.record import recorder
from ..errors import NotCallable, UnknownOption
from ..jit.arguments import Arguments
from ..jit.attempts import attempt
from ..jit.origins import look_like
from ..jit.places import Places, device_of_call
from ..jit.running import write
from ..stateful import Recording, Stateful
from ..trace_stack import touched
from .asked import Argnums, Asked, asked
from .derived import Options, derived
from .given import refuse_discrete_state, taken_apart
from .result import parts

ABSENT: Any = object()


class GradientFunction:
    """As an attribute of a class it is a method: what it is called on is its *instance*, and no argument."""

    def __init__(self, origin: Callable[..., Any], wanted: Asked, options: Options) -> None:
        if not callable(origin):
            found, cure = f"Found a {type(origin).__name__} for a function", "Give what can be called"
            raise NotCallable(found, "grad.error.callable@1", cure)  # [grad.error.callable]
        self.origin_fun, self.asked, self.options = origin, wanted, options
        self.instance: tuple[Any, ...] = ()
        look_like(self, origin)  # [grad.form.origin]

    def __get__(self, instance: Any, owner: type | None = None) -> Self:
        if instance is None:
            return self
        method = copy.copy(self)
        method.instance = (instance,)  # [grad.form.method]
        return method

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        with attempt():  # [grad.failure.unchanged]
            if recorder() is None and innermost_trace() is not None:
                why = "A bare JAX transform is around it. Put the transform of the reference outside."
                raise ReferenceUnsupported("a gradient function", why)  # [grad.nest.around]
            wanted = self.asked.of_call(len(args))
            arguments = taken_apart(wanted.numbers(), self.instance, args, kwargs)
            for state in wanted.states:
                refuse_discrete_state(state)
            return run(derived(self.recorded(arguments), wanted, arguments, self.options), arguments)

    def recorded(self, arguments: Arguments) -> Stateful:
        """The origin's program, in which no number is known; it gives the parts of the result."""
        origin, has_aux = arguments.given_to(self.origin_fun), self.options.has_aux  # [grad.form.callable]
        recording = GradRecording(lambda xs: parts(origin(xs), has_aux), arguments.type())  # [grad.disabled.same]
        return recording.recorded()  # [grad.count.each]


class GradRecording(Recording):
    chapter = "grad"


def run(program: Stateful, arguments: Arguments) -> Any:
    """The result of a call, which also writes to the states."""
    for state in program.states:
        touched(state, written=False)  # [grad.state.touched]
    leaves = Places().leaves(arguments)
    held = [state._held for state in program.states]  # [grad.state.random]
    result, after = program.run(leaves, held, device_of_call(leaves))  # [grad.nest.jit]
    write(program, after)  # [grad.state.written]
    return result


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
