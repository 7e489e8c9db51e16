"""How a module prints: its class, and one entry for each attribute that it shows.

A *short text* is how something stands inside the text of a module. Within one text a node or state is written out
where it is met first; after that, and inside itself, its class's name stands for it.
"""

from typing import Any

from .graph.node import Node
from .state import State
from .state_text import block, is_array, shortened

BRACKETS: dict[type, tuple[str, str]] = {list: ("[", "]"), tuple: ("(", ")"), dict: ("{", "}")}


def holds_nodes(value: Any) -> bool:
    """Is it a node or state, or a list, tuple or dictionary that holds one, at whatever depth?"""
    if type(value) is dict:
        return any(map(holds_nodes, value.values()))
    if type(value) in BRACKETS:
        return any(map(holds_nodes, value))
    return isinstance(value, Node | State)


class Text:
    """One text."""

    def __init__(self) -> None:
        self.begun: set[int] = set()  # which nodes and states stand in it

    def short(self, value: Any) -> str:
        if isinstance(value, Node | State):
            return self.once(value)
        if holds_nodes(value):
            return self.container(value)
        if is_array(value) or isinstance(value, list | tuple | dict):
            return repr(shortened(value))
        return repr(value)

    def once(self, met: Node | State) -> str:
        if id(met) in self.begun:
            return f"{type(met).__name__}(...)"  # [module.repr.again]
        if isinstance(met, Node) and type(met).__repr__ in (object.__repr__, node_text):
            return self.node(met)
        self.begun.add(id(met))
        return repr(met)

    def node(self, node: Node) -> str:
        self.begun.add(id(node))
        name = type(node).__name__
        entries = [f"{key}={self.short(value)}" for key, value in shown(node).items()]
        return block(f"{name}(", entries, ")") if entries else f"{name}()"  # [module.repr.form]

    def container(self, container: Any) -> str:
        if type(container) is dict:
            entries = [f"{key!r}: {self.short(value)}" for key, value in container.items()]
        else:
            entries = [self.short(value) for value in container]
        opening, closing = BRACKETS[type(container)]
        return block(opening, entries, closing)  # [module.repr.containers]


def shown(node: Node) -> dict[str, Any]:
    attributes = {key: value for key, value in vars(node).items() if not key.startswith("_") and value is not None}
    first = {"name": attributes.pop("name")} if "name" in attributes else {}
    return first | attributes  # [module.repr.shown]


def node_text(node: Node) -> str:
    return Text().node(node)
