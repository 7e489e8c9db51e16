"""What is fast about it: one pass writes down all that the functions of this chapter ask of a graph.

Each thing costs one call and one step on the tape of `definition`; most static values are known by their type. What
was met is known by its `id`, and stays alive as long as the walk, since `states` and `nodes` hold it.
"""

import typing as t

import numpy as np

from brainspec_optimized.errors import ContainerInItself, NotAGraph
from brainspec_optimized.filter_value import Path
from brainspec_optimized.graph.contents import Opened, opened
from brainspec_optimized.graph.definition import AGAIN, NODE, STATE, STATIC, GraphDef
from brainspec_optimized.graph.vertex import Vertex
from brainspec_optimized.state import State
from brainspec_optimized.state_cell import Cell

__all__ = ["Walk"]

Things = t.Iterable[t.Any]

# None within a graph is a container without contents, which is as good as a static value.
_PLAIN = frozenset({bool, int, float, complex, str, bytes, type(None), np.ndarray})


class Walk:
    """What is met from a root on."""

    __slots__ = ("_numbers", "_shape", "_statics", "nodes", "states")

    def __init__(self, root: t.Any, clause: str = "graph.error.root@1") -> None:
        self.states: dict[Path, State] = {}
        self.nodes: dict[Path, Vertex] = {}
        self._shape: list[t.Any] = []
        self._statics: list[t.Any] = []
        self._numbers: dict[int, int] = {}
        if not self._opened(root, (), ()):  # [graph.root.container]
            cure = "Give a node, or a container such as a list or a dictionary of states."
            raise NotAGraph(f"A {type(root).__name__} is no root of a graph.", clause, cure)  # [graph.error.root]

    def graphdef(self) -> GraphDef:
        """What was met, without the states."""
        return GraphDef(self._shape, self._statics, self.states)

    def _opened(self, thing: t.Any, path: Path, around: tuple[int, ...]) -> bool:
        if isinstance(thing, Vertex):
            self._node(thing, path)
            return True
        taken = None if isinstance(thing, Cell) else opened(thing)
        if taken is None:
            return False
        self._container(thing, taken, path, around)
        return True

    def _node(self, node: Vertex, path: Path) -> None:
        if self._met(node):
            return
        attributes = node.__dict__  # [module.node.plain]
        names = sorted(attributes)  # [graph.walk.attributes]
        self._shape += (NODE, type(node), tuple(attributes))
        self._contents(names, [attributes[name] for name in names], path, ())  # a cycle through a node ends there
        self.nodes[path] = node  # [graph.nodes.order]

    def _container(self, thing: t.Any, taken: Opened, path: Path, around: tuple[int, ...]) -> None:
        if id(thing) in around:
            found = f"A {type(thing).__name__} that contains itself is met again at {path!r}."
            cure = "Put a node between."
            raise ContainerInItself(found, "graph.error.container-cycle@1", cure)  # [graph.error.container-cycle]
        mark, said, parts, children = taken
        self._shape += (mark, said)
        self._contents(parts, children, path, (*around, id(thing)))

    def _contents(self, parts: Things, things: Things, path: Path, around: tuple[int, ...]) -> None:
        shape, statics = self._shape, self._statics
        for part, thing in zip(parts, things):
            if type(thing) in _PLAIN:
                shape.append(STATIC)
                statics.append(thing)
            elif isinstance(thing, Cell):
                self._state(thing, (*path, part))
            elif not self._opened(thing, (*path, part), around):
                shape.append(STATIC)
                statics.append(thing)

    def _state(self, state: t.Any, path: Path) -> None:
        if not self._met(state):
            self._shape.append(STATE)
            self.states[path] = state  # [graph.states.all]

    def _met(self, thing: t.Any) -> bool:
        count = len(self._numbers)
        number = self._numbers.setdefault(id(thing), count)  # [graph.walk.identity]
        if number == count:  # [graph.walk.once]
            return False
        self._shape += (AGAIN, number)  # [graph.merge.sharing]
        return True
