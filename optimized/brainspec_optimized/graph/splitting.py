"""What is fast about it: one walk, one pass over the states, and one over the snapshots for each tree.

Looking at a graph, and taking it apart.
"""

import typing as t

from brainspec_optimized.filter_value import Path
from brainspec_optimized.graph.definition import GraphDef
from brainspec_optimized.graph.nested import FlattedDict, NestedDict
from brainspec_optimized.graph.nesting import nest
from brainspec_optimized.graph.selection import deal, deal_all, one_or_several, predicates
from brainspec_optimized.graph.snapshot import snapshot
from brainspec_optimized.graph.walk import Walk
from brainspec_optimized.state import State

__all__ = ["flatten", "graphdef", "nodes", "states", "treefy_split", "treefy_states"]

Groups = list[dict[Path, State]]


def states(root: t.Any, *filters: object) -> FlattedDict | tuple[FlattedDict, ...]:
    """The states of a graph by first path."""
    asks = predicates(filters)
    groups, _ = deal(asks, Walk(root).states)
    return one_or_several([FlattedDict(group) for group in groups], filters)  # [graph.states.filters]


def nodes(root: t.Any, *filters: object) -> FlattedDict | tuple[FlattedDict, ...]:
    """The nodes of a graph by first path, each after those below it."""
    asks = predicates(filters)
    groups, _ = deal(asks, Walk(root).nodes)
    return one_or_several([FlattedDict(group) for group in groups], filters)  # [graph.nodes.filters]


def treefy_split(root: t.Any, *filters: object) -> tuple[t.Any, ...]:
    """A graph in two: what does not change, and snapshots of its states, in one tree or one for each filter."""
    asks = predicates(filters)
    walk = Walk(root)
    groups = deal_all(asks, walk.states)
    return walk.graphdef(), *_trees(walk, groups)  # [graph.split.trees]


def treefy_states(root: t.Any, *filters: object) -> NestedDict | tuple[NestedDict, ...]:
    """Snapshots of the states of a graph."""
    asks = predicates(filters)
    walk = Walk(root)
    groups, _ = deal(asks, walk.states)
    return one_or_several(_trees(walk, groups), filters)  # [graph.treefy.states]


def _trees(walk: Walk, groups: Groups) -> list[NestedDict]:
    if len(groups) == 1:
        return [nest(NestedDict(), {path: snapshot(state) for path, state in groups[0].items()})]
    # All of them before the first tree, so that they are read in the order of the walk.
    wanted = {path for group in groups for path in group}
    refs = {path: snapshot(state) for path, state in walk.states.items() if path in wanted}  # [graph.treefy.states]
    return [nest(NestedDict(), {path: refs[path] for path in group}) for group in groups]


def flatten(root: t.Any, treefy_state: bool = True) -> tuple[GraphDef, NestedDict]:
    """A graph in two, with snapshots of the states or the states themselves."""
    walk = Walk(root)
    if treefy_state:
        return walk.graphdef(), _trees(walk, [walk.states])[0]  # [graph.flatten.pair]
    return walk.graphdef(), nest(NestedDict(), walk.states)  # [graph.flatten.pair]


def graphdef(root: t.Any) -> GraphDef:
    """What of a graph does not change."""
    return Walk(root).graphdef()  # [graph.def.of]
