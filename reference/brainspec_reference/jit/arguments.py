"""The arguments of a call, taken apart: what is part of the signature, and what the program is given.

A static argument is part of the signature as it is. Of a dynamic one the type is; the program is given its leaves.
Arguments are in the order of their labels: those given by position, then those given by name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from jax.tree_util import keystr, tree_leaves_with_path, tree_structure

from ..errors import NodeArgument, NoHash, NotAnArgument, StateArgument, clause
from ..graph import Node
from ..state import State
from ..tree_types import VALUES, Refusal, TreeType, flattened
from .marks import Label, Labels, is_marked
from .origins import method_of


class Key(NamedTuple):
    """What the arguments of a call add to its signature."""

    static: tuple[tuple[Label, type, Any], ...]  # with the type, since 1, True and 1.0 are equal
    dynamic: tuple[tuple[Label, TreeType], ...]


@dataclass(frozen=True)
class Arguments:
    """Those of one call; the instance of a method stands in front of them, and is none."""

    instance: tuple[Any, ...]
    static: Mapping[Label, Any]
    dynamic: Mapping[Label, Any]
    leaves: Mapping[Label, list[Any]]  # of the dynamic ones
    key: Key

    def type(self) -> TreeType:
        """Of the dynamic arguments, as a list."""
        types = chain(*(type_.types for _, type_ in self.key.dynamic))
        return TreeType(tree_structure(list(self.dynamic.values())), tuple(types))

    def given_to(self, origin: Callable[..., Any]) -> Callable[[Any], Any]:
        """The origin as a function of that list."""

        def of_list(dynamic: Any) -> Any:
            args, kwargs = by_way({**self.static, **dict(zip(self.dynamic, dynamic))})  # [jit.static.passed]
            return method_of(origin, self.instance)(*args, **kwargs)  # [jit.error.unknown-argument]

        return of_list

    def marked(self, labels: Labels) -> list[Any]:
        """The leaves of the dynamic arguments that an option marks."""
        last = len(self.instance) + len(by_way({**self.static, **self.dynamic})[0])
        return list(chain(*(self.leaves[label] for label in self.leaves if is_marked(labels, label, last))))


def by_way(given: Mapping[Label, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments that are given by position, and those that are given by name."""
    numbers = sorted(label for label in given if isinstance(label, int))
    names = [label for label in given if isinstance(label, str)]
    return [given[number] for number in numbers], {name: given[name] for name in names}


def taken_apart(
    static: Labels,
    instance: tuple[Any, ...],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    kinds: tuple[type, ...] = VALUES,
    chapter: str = "jit",
) -> Arguments:
    given: dict[Label, Any] = dict(enumerate(args, len(instance)))  # [jit.form.method-numbers]
    given.update(sorted(kwargs.items()))  # [jit.result.keywords]
    last = len(instance) + len(args)
    for label, value in given.items():
        refuse_mutable(label, value, chapter)  # [map.error.values]
    fixed = {label: hashable(label, value) for label, value in given.items() if is_marked(static, label, last)}
    rest = {label: value for label, value in given.items() if label not in fixed}
    parts = {label: flattened(value, refusal(label, chapter), kinds) for label, value in rest.items()}
    key = Key(
        tuple((label, type(value), value) for label, value in fixed.items()),  # [jit.static.signature]
        tuple((label, type_) for label, (_, type_) in parts.items()),  # [jit.trace.types]
    )
    leaves = {label: leaves for label, (leaves, _) in parts.items()}
    return Arguments(instance, fixed, rest, leaves, key)  # [mapping.open.key]


def refuse_mutable(label: Label, value: Any, chapter: str) -> None:
    """What changes is no argument, nor stands in one: the function finds it by itself."""
    for path, leaf in tree_leaves_with_path(value):
        found = f"Found a {type(leaf).__name__} at argument {label!r}{keystr(path)}"
        if isinstance(leaf, State):  # [mapping.error.state-argument]
            cure = "Use the state in the function, which finds it by itself, or pass its value"
            broken = clause(chapter, "state-argument")  # [grad.error.state-argument]
            raise StateArgument(found, broken, cure)  # [jit.error.state-argument]
        if isinstance(leaf, Node):  # [mapping.error.module-argument]
            cure = "Close over it, or make the function a method of its class"
            broken = clause(chapter, "module-argument")  # [grad.error.module-argument]
            raise NodeArgument(found, broken, cure)  # [jit.error.module-argument]


def hashable(label: Label, value: Any) -> Any:
    try:
        hash(value)
    except TypeError as error:
        found = f"Found a {type(value).__name__} without hash at static argument {label!r}"
        cure = "Give a tuple or another value with a hash, or make the argument dynamic"
        raise NoHash(found, "jit.error.static-hash@1", cure) from error  # [jit.error.static-hash]
    return value


def refusal(label: Label, chapter: str) -> Refusal:
    def refuse(where: str, leaf: object) -> Exception:
        found = f"Found a {type(leaf).__name__} at argument {label!r}{where}"
        cure = "Give arrays and numbers, or declare the argument static"
        return NotAnArgument(found, clause(chapter, "argument"), cure)  # [jit.error.argument]

    return refuse
