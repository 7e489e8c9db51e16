"""The walk: the order in which a graph is met, and what is met on it.

The walk goes depth first: through the attributes of a node by name, through the contents of a container in JAX's
order. A node or state that was met before is met no second time; its *first path* is where the walk met it. All
functions of the chapter start with a walk, and read off it what they need.
"""

from jax.tree_util import PyTreeDef, all_leaves, tree_flatten_with_path

from ..errors import ContainerCycle, NotARoot
from ..filter_leaves import bare
from ..filter_value import Path
from ..state import State
from ..static_value import Static
from .description import ContainerPart, GraphDef, NodeAgain, NodePart, Part, StatePart
from .node import Node


def is_container(value: object) -> bool:
    return not isinstance(value, Node | State) and not all_leaves([value])


def is_root(value: object) -> bool:
    return isinstance(value, Node) or is_container(value)  # [graph.root.container]


def opened(container: object) -> tuple[list[tuple[object, object]], PyTreeDef]:
    """The contents of a container, each with its part of the path; and the structure around them."""
    entries, structure = tree_flatten_with_path(
        container, is_leaf=lambda path, _: len(path) == 1, is_leaf_takes_path=True
    )
    return [(bare(part), content) for (part,), content in entries], structure  # [graph.walk.containers]


class Walk:
    """One walk through the graph of a root.

    `states` and `nodes` are what is met, by first path; each node stands after all that were met below it.
    `places` has the path of each place where a state stands, with the first path of that state.
    """

    def __init__(self, root: object) -> None:
        if not is_root(root):
            found, cure = f"Found a {type(root).__name__} for a root", "Give a node, or a container of nodes and states"
            raise NotARoot(found, "graph.error.root@1", cure)  # [graph.error.root]
        self.states: dict[Path, State] = {}
        self.nodes: dict[Path, Node] = {}
        self.places: dict[Path, Path] = {}
        self._first_paths: dict[int, Path] = {}
        description = self._part(root, (), ())
        self.graphdef = GraphDef(description, tuple(self.states))

    def _part(self, value: object, path: Path, around: tuple[int, ...]) -> Part:
        """The description of what stands at a path, with the containers around it up to the next node."""
        if isinstance(value, State):
            return self._state(value, path)
        if isinstance(value, Node):
            return self._node(value, path)
        if is_container(value):
            return self._container(value, path, around)
        return Static(value)

    def _state(self, state: State, path: Path) -> Part:
        first_path = self._first_paths.setdefault(id(state), path)  # [graph.walk.once]
        self.states[first_path] = state
        self.places[path] = first_path
        return StatePart(first_path)

    def _node(self, node: Node, path: Path) -> Part:
        if id(node) in self._first_paths:  # [graph.walk.identity]
            return NodeAgain(self._first_paths[id(node)])  # [graph.walk.once]
        self._first_paths[id(node)] = path
        attributes, parts = vars(node), {}
        for name in sorted(attributes):  # [graph.walk.attributes]
            parts[name] = self._part(attributes[name], (*path, name), ())
        self.nodes[path] = node  # after what is below it  # [graph.nodes.order]
        return NodePart(path, type(node), tuple((name, parts[name]) for name in attributes))

    def _container(self, container: object, path: Path, around: tuple[int, ...]) -> Part:
        if id(container) in around:
            found, cure = f"A {type(container).__name__} is met again inside itself, at {path!r}", "Put a node between"
            raise ContainerCycle(found, "graph.error.container-cycle@1", cure)  # [graph.error.container-cycle]
        entries, structure = opened(container)
        inside = (*around, id(container))
        contents = [self._part(content, (*path, part), inside) for part, content in entries]
        return ContainerPart(structure, tuple(contents))
