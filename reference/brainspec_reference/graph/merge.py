"""Merging: a description and trees of snapshots become a graph again."""

from typing import Any

from jax.tree_util import tree_unflatten

from ..errors import MissingLeaf, NotAGraphDef
from ..filter_value import Path
from ..selection import paths_text
from ..state import State
from ..static_value import Static
from .description import ContainerPart, GraphDef, NodeAgain, NodePart, Part, StatePart
from .leaves import Leaf, gathered
from .split import treefy_split


def treefy_merge(graphdef: GraphDef, *trees: dict[Any, Any]) -> Any:
    if not isinstance(graphdef, GraphDef):
        found, cure = f"Found a {type(graphdef).__name__} for a GraphDef", "Give what treefy_split gives first"
        raise NotAGraphDef(found, "graph.error.tree@1", cure)  # [graph.error.tree]
    leaves = gathered(trees, graphdef.first_paths)
    missing = [path for path in graphdef.first_paths if path not in leaves]
    if missing:
        found, cure = f"No tree has a leaf for the state at {paths_text(missing)}", "Give all trees of the split"
        raise MissingLeaf(found, "graph.error.missing@1", cure)  # [graph.error.missing]
    return Build(leaves).built(graphdef.description)


class Build:
    """One graph that is being built. What has been made stands under its first path, so it is made once."""

    def __init__(self, leaves: dict[Path, Leaf]) -> None:
        self.leaves = leaves
        self.made: dict[Path, Any] = {}

    def built(self, part: Part) -> Any:
        match part:
            case StatePart(path):
                return self._state(path)
            case NodePart():
                return self._node(part)
            case NodeAgain(path):
                return self.made[path]  # [graph.merge.sharing]
            case ContainerPart(structure, contents):
                return tree_unflatten(structure, [self.built(each) for each in contents])  # [graph.merge.containers]
            case Static(value=value):
                return value  # [graph.merge.again]

    def _state(self, path: Path) -> Any:
        if path not in self.made:  # [graph.merge.sharing]
            leaf = self.leaves[path]
            if isinstance(leaf, State):
                self.made[path] = leaf  # [graph.merge.states]
            else:
                self.made[path] = leaf.to_state()  # [graph.merge.born]
        return self.made[path]

    def _node(self, part: NodePart) -> Any:
        """First the node, which its attributes may lead back to; then these, in the order of the walk."""
        node = self.made[part.first_path] = object.__new__(part.kind)  # [graph.merge.bare]
        parts = dict(part.attributes)
        attributes = {name: self.built(parts[name]) for name in sorted(parts)}
        vars(node).update((name, attributes[name]) for name in parts)  # [graph.merge.again]
        return node


def unflatten(graphdef: GraphDef, tree: dict[Any, Any]) -> Any:
    return treefy_merge(graphdef, tree)  # [graph.unflatten.merge]


def clone(root: Any) -> Any:
    return treefy_merge(*treefy_split(root))  # [graph.clone.apart]
