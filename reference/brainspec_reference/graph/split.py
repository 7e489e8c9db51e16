"""Splitting: a graph becomes a description and trees of snapshots."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..filter_value import Path
from ..filters import Literal
from ..selection import one_or_several, refuse_rest, shared_out, to_predicates
from ..snapshot import snapshot_of
from ..state import State
from ..util.nested import NestedDict
from .description import GraphDef
from .walk import Walk


def treefy_split(root: Any, *filters: Literal) -> tuple[GraphDef, *tuple[NestedDict, ...]]:
    predicates = to_predicates(filters)
    walk = Walk(root)
    *shares, rest = shared_out(walk.states, predicates)
    refuse_rest(rest)
    return walk.graphdef, *snapshot_trees(walk, shares)  # [graph.split.trees]


def treefy_states(root: Any, *filters: Literal) -> NestedDict | tuple[NestedDict, ...]:
    predicates = to_predicates(filters)
    walk = Walk(root)
    *shares, _ = shared_out(walk.states, predicates)
    return one_or_several(snapshot_trees(walk, shares))  # [graph.treefy.states]


def snapshot_trees(walk: Walk, shares: Sequence[Mapping[Path, State]]) -> list[NestedDict]:
    """States are read once each, in the order of the walk."""
    chosen = set().union(*shares)
    snapshots = {path: snapshot_of(state) for path, state in walk.states.items() if path in chosen}
    return [NestedDict.from_flat({path: snapshots[path] for path in share}) for share in shares]


def flatten(root: Any, treefy_state: bool = True) -> tuple[GraphDef, NestedDict]:
    walk = Walk(root)
    leaves = {path: snapshot_of(state) if treefy_state else state for path, state in walk.states.items()}
    return walk.graphdef, NestedDict.from_flat(leaves)  # [graph.flatten.pair]


def graphdef(root: Any) -> GraphDef:
    return Walk(root).graphdef  # [graph.def.of]
