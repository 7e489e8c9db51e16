"""Changing a graph in place: writing its states from trees, and removing states from it."""

from collections.abc import Sequence
from typing import Any

from ..errors import HeldByContainer, NoFilter
from ..filter_value import Path
from ..filters import Literal
from ..selection import one_or_several, shared_out, to_predicates
from ..util.nested import NestedDict
from ..whole_write import write_all
from .leaves import gathered
from .walk import Walk


def update_states(root: Any, tree: dict[Any, Any], *trees: dict[Any, Any]) -> None:
    states = Walk(root).states
    leaves = gathered((tree, *trees), states)
    given = [path for path in states if path in leaves]  # [graph.update.order]
    write_all([(states[path], leaves[path].value) for path in given])  # [graph.update.writes]


def pop_states(root: Any, *filters: Literal) -> NestedDict | tuple[NestedDict, ...]:
    if not filters:
        found, cure = "pop_states was given no filter", "To remove all states give ..."
        raise NoFilter(found, "graph.error.pop-none@1", cure)  # [graph.error.pop-none]
    predicates = to_predicates(filters)
    walk = Walk(root)
    *shares, kept = shared_out(walk.states, predicates)
    remove(walk, [path for path, first_path in walk.places.items() if first_path not in kept])
    return one_or_several([NestedDict.from_flat(share) for share in shares])  # [graph.pop.removes]


def remove(walk: Walk, places: Sequence[Path]) -> None:
    """What holds a state and is not a node is a container."""
    for path in places:
        if path[:-1] not in walk.nodes:
            found, cure = f"Found a state to remove at {path!r}, in a container", "Filter it out, or take it out first"
            raise HeldByContainer(found, "graph.error.pop-container@1", cure)  # [graph.error.pop-container]
    for path in places:
        del vars(walk.nodes[path[:-1]])[path[-1]]  # [graph.pop.removes]
