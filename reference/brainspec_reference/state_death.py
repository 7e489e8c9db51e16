"""Deaths: a state whose value means nothing any more.

A value without numbers means nothing once the recording that made it is over. A state that was born meanwhile and
still holds such a value then *dies*: from then on it holds a `Dead`, which knows where the state was born. Reading a
dead state is an error; assigning to it makes it live again.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jax.tree_util import register_pytree_node, tree_leaves

from ._jaxshim import is_tracer, user_line
from .errors import TraceContextError
from .new_states import Catcher

if TYPE_CHECKING:
    from .state import State


@dataclass(frozen=True)
class Dead:
    """What a dead state holds; for JAX a container without leaves, so that no program has an input for it."""

    born_at: str


register_pytree_node(Dead, lambda dead: ((), dead.born_at), lambda born_at, _: Dead(born_at))


def refuse_dead(state: "State") -> None:
    if isinstance(state._held, Dead):  # [jit.state.revived]
        found = f"Found a dead {type(state).__name__}, born at {state._held.born_at} in a function that was traced"
        cure = "Assign a value to it, make it outside of the function, or return its value"
        raise TraceContextError(found, "jit.state.dead@1", cure)  # [jit.state.dead]


class Mortals(Catcher):
    """Catches the states that are born while it is open, without a sign of it, and lets them die."""

    def __init__(self) -> None:
        super().__init__(None, None)
        self.born: list[tuple[State, str]] = []

    def catch(self, state: "State") -> None:
        self.born.append((state, user_line()))  # [grad.state.dead]

    def die(self) -> None:
        for state, line in self.born:
            if any(map(is_tracer, tree_leaves(state._held))):  # [jit.state.survivor]
                state._hold(Dead(line))  # [jit.state.dead]
