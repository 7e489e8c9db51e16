"""`map`: a function, called for each slice of arrays."""

from collections.abc import Callable
from typing import Any

from .._jaxshim import jit_is_disabled, with_jit
from ..jit.arguments import Arguments, taken_apart
from ..jit.attempts import attempt
from ..jit.origins import checked_callable
from ..jit.places import Places
from ..jit.running import run
from ..jit.stateful_function import refuse_bare_transform
from ..stateful import Stateful
from .batches import BatchRecording, in_batches
from .disabled import in_python
from .run import RunRecording
from .sequence import in_sequence
from .sizes import checked_batch_size, common_size


def map(f: Callable[..., Any], *xs: Any, batch_size: int | None = None) -> Any:  # noqa: A001
    checked_callable(f, "map")  # [map.error.callable]
    batch = checked_batch_size(batch_size)
    with attempt():  # [map.failure.unchanged]
        arguments = taken_apart(frozenset(), (), xs, {}, chapter="map")  # [map.error.values]
        size = common_size(arguments)
        if jit_is_disabled() and batch is None and size:  # [map.disabled.python]
            return in_python(f, arguments, size)
        refuse_bare_transform()  # [map.nest.jax]
        with with_jit():  # [map.disabled.python]
            program = recorded(f, arguments, size, batch)  # [map.run.closure]
            return run(program, arguments, frozenset(), Places())  # [map.nest.inside]


def recorded(f: Callable[..., Any], arguments: Arguments, size: int, batch: int | None) -> Stateful:
    """The program of a call, for which the function runs once."""
    origin = arguments.given_to(f)
    if batch is not None:
        return in_batches(BatchRecording(origin, arguments), size, min(batch, size))  # [map.batch.larger]
    return in_sequence(RunRecording(origin, arguments).recorded(), size)  # [map.run.once]
