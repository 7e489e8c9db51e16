"""Finding states and nodes."""

from typing import Any

from ..filters import Literal
from ..selection import one_or_several, shared_out, to_predicates
from ..util.nested import FlattedDict
from .walk import Walk


def states(root: Any, *filters: Literal) -> FlattedDict | tuple[FlattedDict, ...]:
    predicates = to_predicates(filters)
    *shares, _ = shared_out(Walk(root).states, predicates)  # [graph.states.all]
    return one_or_several([FlattedDict(share) for share in shares])  # [graph.states.filters]


def nodes(root: Any, *filters: Literal) -> FlattedDict | tuple[FlattedDict, ...]:
    predicates = to_predicates(filters)
    *shares, _ = shared_out(Walk(root).nodes, predicates)
    return one_or_several([FlattedDict(share) for share in shares])  # [graph.nodes.filters]
