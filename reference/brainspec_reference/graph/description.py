"""What of a graph does not change: its description, without the states.

The description has a *part* for each place of the graph, nested as the graph is. A state or node is known by its
first path, which stands at each place of it: so the description tells what is shared, and where a cycle closes.
Two descriptions are equal, and have equal hashes, if they have equal parts.
"""

from dataclasses import dataclass
from typing import TypeAlias

from jax.tree_util import PyTreeDef, register_static

from ..filter_value import Path
from ..static_value import Static
from ..type_names import Shown, shown_as
from .node import Node


@dataclass(frozen=True)
class StatePart:
    """A state, at each of its places. What it is stands in the trees."""

    first_path: Path


@dataclass(frozen=True)
class NodePart:
    """A node, where it is met first, with its attributes in the order of definition."""

    first_path: Path
    kind: type[Node]
    attributes: tuple[tuple[str, "Part"], ...]


@dataclass(frozen=True)
class NodeAgain:
    """A node, at the other places of it."""

    first_path: Path


@dataclass(frozen=True)
class ContainerPart:
    """A container: its structure, in which each content is a leaf, and its contents in JAX's order."""

    structure: PyTreeDef  # [graph.def.pickle]
    contents: tuple["Part", ...]


Part: TypeAlias = StatePart | NodePart | NodeAgain | ContainerPart | Static


@shown_as("graph.GraphDef")  # [graph.types.shown]
@register_static  # [graph.def.static]
@dataclass(frozen=True)
class GraphDef(metaclass=Shown):
    """The description of a graph, and the first paths of its states in the order of the walk."""

    description: Part  # [graph.def.equal]
    first_paths: tuple[Path, ...]
