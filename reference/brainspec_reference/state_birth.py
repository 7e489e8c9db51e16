"""Births: when and where a state is born.

A state is *born* when its constructor has returned, that of a user's kind included, or when it has been made as a
copy. It remembers the JAX trace that is current there (`_born_in`) and the time (`_born_at`). While its constructor
runs it is *unborn*: born later than anything else. In a trace that it was not born in it is *away from home*.
"""

import math
from typing import TYPE_CHECKING, Any

from ._jaxshim import innermost_trace
from .new_states import tell_catchers
from .trace_stack import CLOCK
from .type_names import Shown

if TYPE_CHECKING:
    from .state import State

UNBORN = math.inf


class Kind(Shown):
    """The class of the kinds: it sees constructors return."""

    def __call__(cls, *given: Any, **named: Any) -> Any:  # noqa: N805  # a class is the instance here
        state = super().__call__(*given, **named)
        be_born(state)  # so not if the constructor raises
        return state


def be_born(state: "State") -> None:
    state._born_in, state._born_at = innermost_trace(), next(CLOCK)
    tell_catchers(state)


def away_from_home(state: "State") -> bool:
    trace = innermost_trace()
    return trace is not None and trace != state._born_in  # [state.bare.born-inside]
