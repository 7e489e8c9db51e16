"""The arguments of a call, taken apart: what is part of the signature, and what the program is given.

A static argument is part of the signature as it is. Of the dynamic ones the type is; the program is given their leaves,
positional arguments before named ones.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from jax.tree_util import keystr, tree_leaves_with_path, tree_structure

from ..errors import NodeArgument, NoHash, NotAnArgument, StateArgument
from ..graph import Node
from ..state import State
from ..tree_types import VALUES, Refusal, TreeType, flattened
from .marks import Label, Labels, is_marked


class Key(NamedTuple):
    """What the arguments of a call add to its signature."""

    static: tuple[tuple[Label, type, Any], ...]  # with the type, since 1, True and 1.0 are equal
    dynamic: TreeType


@dataclass(frozen=True)
class Arguments:
    """Those of one call; a method's instance stands in front of them, and is none."""

    instance: tuple[Any, ...]
    count: int  # of those given by position
    static: Mapping[Label, Any]
    dynamic: Mapping[Label, list[Any]]  # their leaves
    key: Key

    def leaves(self) -> list[Any]:
        return list(chain(*self.dynamic.values()))

    def tree(self) -> Any:
        """The dynamic arguments: a list of the positional ones, and a dictionary."""
        return self.key.dynamic.filled(self.leaves())

    def marked(self, labels: Labels) -> Iterable[Any]:
        """The leaves of those that an option marks."""
        last = len(self.instance) + self.count
        return chain(*(leaves for label, leaves in self.dynamic.items() if is_marked(labels, label, last)))

    def given_to(self, origin: Callable[..., Any]) -> Callable[[Any], Any]:
        """The origin as a function of one tree, that of the dynamic arguments."""

        def of_tree(tree: Any) -> Any:
            positional, named = iter(tree[0]), tree[1]
            labels = range(len(self.instance), len(self.instance) + self.count)
            args = [self.static[label] if label in self.static else next(positional) for label in labels]
            fixed = {label: value for label, value in self.static.items() if isinstance(label, str)}
            return origin(*self.instance, *args, **fixed, **named)  # [jit.static.passed]

        return of_tree


def taken_apart(
    static: Labels,
    instance: tuple[Any, ...],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    kinds: tuple[type, ...] = VALUES,
) -> Arguments:
    given: dict[Label, Any] = {**dict(enumerate(args, len(instance))), **dict(sorted(kwargs.items()))}
    last = len(instance) + len(args)
    fixed = {label: value for label, value in given.items() if is_marked(static, label, last)}
    for label, value in given.items():
        refuse_mutable(label, value)
        if label in fixed:
            refuse_unhashable(label, value)
    rest = {label: value for label, value in given.items() if label not in fixed}
    parts = {label: flattened(value, refusal(label), kinds) for label, value in rest.items()}
    tree = ([rest[k] for k in rest if isinstance(k, int)], {k: rest[k] for k in rest if isinstance(k, str)})
    types = chain(*(part.types for _, part in parts.values()))
    key = Key(
        tuple((label, type(value), value) for label, value in fixed.items()),  # [jit.static.signature]
        TreeType(tree_structure(tree), tuple(types)),  # [jit.trace.types]
    )
    return Arguments(instance, len(args), fixed, {label: leaves for label, (leaves, _) in parts.items()}, key)


def refuse_mutable(label: Label, value: Any) -> None:
    """What changes is no argument, nor stands in one: the function finds it by itself."""
    for path, leaf in tree_leaves_with_path(value):
        if isinstance(leaf, State):
            found = f"Found a {type(leaf).__name__} at argument {label!r}{keystr(path)}"
            cure = "Use the state in the function, which finds it by itself, or pass its value"
            raise StateArgument(found, "jit.error.state-argument@1", cure)  # [jit.error.state-argument]
        if isinstance(leaf, Node):
            found = f"Found a {type(leaf).__name__} at argument {label!r}{keystr(path)}"
            cure = "Close over it, or make the function a method of its class"
            raise NodeArgument(found, "jit.error.module-argument@1", cure)  # [jit.error.module-argument]


def refuse_unhashable(label: Label, value: Any) -> None:
    try:
        hash(value)
    except TypeError as error:
        found = f"Found a {type(value).__name__} without hash at static argument {label!r}"
        cure = "Give a tuple or another value with a hash, or make the argument dynamic"
        raise NoHash(found, "jit.error.static-hash@1", cure) from error  # [jit.error.static-hash]


def refusal(label: Label) -> Refusal:
    def refuse(where: str, leaf: object) -> Exception:
        found = f"Found a {type(leaf).__name__} at argument {label!r}{where}"
        cure = "Give arrays and numbers, or declare the argument static"
        return NotAnArgument(found, "jit.error.argument@1", cure)  # [jit.error.argument]

    return refuse
