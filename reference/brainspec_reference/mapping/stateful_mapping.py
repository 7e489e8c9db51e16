"""`StatefulMapping`: a stateful function that runs once for each lane of its arguments and of its states."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from .._jaxshim import VMAP, jit_is_disabled, with_jit
from ..jit.arguments import Arguments
from ..jit.attempts import GOING, attempt
from ..jit.marks import Labels, Names, Numbers
from ..jit.origins import checked_callable
from ..jit.places import Places
from ..jit.running import run
from ..jit.stateful_function import StatefulFunction, refuse_bare_transform
from ..stateful import Stateful
from ..type_names import shown_as
from .lane import LaneRecording
from .options import checked_options
from .whole import whole


@shown_as("transform.StatefulMapping")  # [mapping.form.plain]
class StatefulMapping(StatefulFunction):
    """As a stateful function it is remembered, run, nested and looked into; what it remembers are whole calls."""

    chapter = "mapping"

    def __init__(
        self,
        origin: Callable[..., Any],
        in_axes: Any = 0,
        out_axes: Any = 0,
        state_in_axes: Any = None,
        state_out_axes: Any = None,
        unexpected_out_state_mapping: str = "ignore",
        static_argnums: Numbers = (),
        static_argnames: Names = (),
        axis_size: int | None = None,
        axis_name: Hashable = None,
        name: str | None = None,
        mapping_fn: Callable[..., Any] = VMAP,
    ) -> None:
        super().__init__(origin, static_argnums, static_argnames, name)  # [mapping.form.static]
        checked_callable(mapping_fn, self.chapter)  # [mapping.form.mapping-fn]
        self.mapping_fn = mapping_fn  # and never called  # [mapping.form.mapping-fn-called]
        axes = (in_axes, out_axes, axis_name, axis_size, state_in_axes, state_out_axes)
        self.options = checked_options(*axes, unexpected_out_state_mapping)  # [mapping.form.direct]
        self.in_axes, self.out_axes, self.axis_name, self.axis_size, *_ = axes  # [mapping.form.attributes]
        self.state_in_axes, self.state_out_axes = self.options.state_in_axes, self.options.state_out_axes
        self.unexpected_out_state_mapping = unexpected_out_state_mapping  # [mapping.form.attributes]

    def call(self, args: Sequence[Any], kwargs: Mapping[str, Any], donated: Labels, places: Places) -> Any:
        if not jit_is_disabled():
            return super().call(args, kwargs, donated, places)
        with attempt():
            refuse_bare_transform()
            before, arguments = GOING.undecided, self.taken_apart(args, kwargs)
            with with_jit():
                result = run(self.recorded(arguments), arguments, donated, places)  # [mapping.disabled.maps]
            GOING.undecided = before
            return result

    def recorded(self, arguments: Arguments) -> Stateful:
        origin = arguments.given_to(self.origin_fun)
        return whole(LaneRecording(origin, arguments, self.options))  # [mapping.trace.once]

    def eval_shape(self, /, *args: Any, **kwargs: Any) -> Any:
        return self.get_out_shapes(*args, **kwargs)  # [mapping.open.shapes]

    def clear_cache(self) -> None:
        self.memory.forget(self.instance)  # [mapping.cache.clear]
