"""What is fast about it: a GraphDef is played back once, each step by a function of its own.

Nothing of a user runs here but what JAX calls to put a user's own container together.
"""

import typing as t

import jax

from brainspec_optimized._jaxshim import current_trace
from brainspec_optimized.graph.definition import AGAIN, DICT, LIST, NODE, OTHER, STATE, STATIC, TUPLE, GraphDef
from brainspec_optimized.graph.snapshot import TreefyState, revived
from brainspec_optimized.graph.vertex import Vertex, bare
from brainspec_optimized.state import State
from brainspec_optimized.state_catch import announce

__all__ = ["built"]


def built(graphdef: GraphDef, given: t.Iterable[TreefyState | State]) -> t.Any:
    """The graph with these states, or with new ones that hold what snapshots hold."""
    leaves = list(given)
    born = current_trace()  # [graph.merge.born]
    states = [leaf if isinstance(leaf, State) else revived(leaf, born) for leaf in leaves]  # [graph.merge.states]
    root = _Builder(graphdef, states).thing()
    for leaf, state in zip(leaves, states):
        if leaf is not state:  # last, so that of a merge that fails nobody hears
            announce(state)  # [graph.merge.born]
    return root


class _Builder:
    __slots__ = ("met", "said", "state", "static")

    def __init__(self, graphdef: GraphDef, states: list[State]) -> None:
        self.said: t.Callable[[], t.Any] = iter(graphdef.shape).__next__
        self.static: t.Callable[[], t.Any] = iter(graphdef.statics).__next__
        self.state: t.Callable[[], State] = iter(states).__next__
        self.met: list[State | Vertex] = []

    def thing(self) -> t.Any:
        return _STEPS[self.said()](self)

    def things(self, n: int) -> list[t.Any]:
        said, static = self.said, self.static
        # A static value costs no call of ours.
        return [static() if (mark := said()) == STATIC else _STEPS[mark](self) for _ in range(n)]  # [graph.merge.again]


def _state(builder: _Builder) -> State:
    state = builder.state()
    builder.met.append(state)
    return state  # [graph.merge.again]


def _again(builder: _Builder) -> State | Vertex:
    number: int = builder.said()
    return builder.met[number]  # [graph.merge.sharing]


def _node(builder: _Builder) -> Vertex:
    cls, names = builder.said(), builder.said()
    node: Vertex = bare(cls)
    builder.met.append(node)  # before its attributes, which may lead back to it
    attributes = dict.fromkeys(names)  # [graph.merge.again]
    attributes.update(zip(sorted(names), builder.things(len(names))))
    node.__dict__.update(attributes)  # [graph.merge.bare]
    return node


def _list(builder: _Builder) -> list[t.Any]:
    return builder.things(builder.said())  # [graph.merge.containers]


def _tuple(builder: _Builder) -> tuple[t.Any, ...]:
    return tuple(builder.things(builder.said()))


def _dict(builder: _Builder) -> dict[t.Any, t.Any]:
    keys = builder.said()
    return dict(zip(keys, builder.things(len(keys))))


def _other(builder: _Builder) -> t.Any:
    structure = builder.said()
    return jax.tree.unflatten(structure, builder.things(structure.num_leaves))


_STEPS = {
    STATE: _state,
    AGAIN: _again,
    NODE: _node,
    LIST: _list,
    TUPLE: _tuple,
    DICT: _dict,
    OTHER: _other,
}
