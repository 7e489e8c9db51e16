"""What is fast about it: nothing; a text is made when somebody prints.

All texts that a thread is just making belong to one: what a node's own `__repr__` prints stands inside what printed the
node. So each state and node is printed once, and a circle ends, also one that leads through such a `__repr__`.
"""

import threading
import typing as t

from brainspec_optimized.graph.vertex import Vertex
from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_text import dressed, dressed_leaf
from brainspec_optimized.text_blocks import block

__all__ = ["node_text"]

_BRACKETS: dict[type, tuple[str, str]] = {list: ("[", "]"), tuple: ("(", ")"), dict: ("{", "}")}


class _Mine(threading.local):
    def __init__(self) -> None:
        self.around: list[int] = []
        # By id, and with the thing itself, so that the id is not given to another one meanwhile.
        self.printed: dict[int, object] = {}


_MINE = _Mine()


def node_text(node: Vertex) -> str:
    """The text of a node, in which no state is touched."""
    name = type(node).__name__
    if id(node) in _MINE.around:  # asked for once more by the `__repr__` of something within
        return f"{name}(...)"
    _MINE.around.append(id(node))
    _MINE.printed[id(node)] = node
    try:
        parts = [f"{key}={_short(held)}" for key, held in _shown(node)]
    finally:
        _MINE.around.pop()
        if not _MINE.around:
            _MINE.printed.clear()
    return block(f"{name}(", parts, ")") if parts else f"{name}()"  # [module.repr.form]


def _shown(node: Vertex) -> list[tuple[str, t.Any]]:
    attributes = dict(node.__dict__)
    ordered = {"name": attributes.pop("name", None)} | attributes  # [module.repr.shown]
    public = [(key, held) for key, held in ordered.items() if not key.startswith("_")]  # [module.repr.shown]
    return [(key, held) for key, held in public if held is not None]  # [module.repr.shown]


def _short(thing: t.Any) -> str:
    if isinstance(thing, (Cell, Vertex)):
        return _once(thing)
    if _holds(thing):
        return _container(thing)
    return repr(dressed(thing, dressed_leaf))  # [module.repr.form]


def _once(thing: Cell | Vertex) -> str:
    if id(thing) in _MINE.printed:
        return f"{type(thing).__name__}(...)"  # [module.repr.again]
    _MINE.printed[id(thing)] = thing
    return repr(thing)


def _holds(thing: t.Any) -> bool:
    if type(thing) not in _BRACKETS:
        return False
    things = thing.values() if type(thing) is dict else thing
    return any(isinstance(held, (Cell, Vertex)) or _holds(held) for held in things)


def _container(thing: t.Any) -> str:
    if type(thing) is dict:
        parts = [f"{key!r}: {_short(held)}" for key, held in thing.items()]  # [module.repr.containers]
    else:
        parts = [_short(held) for held in thing]  # [module.repr.containers]
    opening, closing = _BRACKETS[type(thing)]
    return block(opening, parts, closing)  # [module.repr.containers]
