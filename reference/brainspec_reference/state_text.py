"""How a state prints: its kind, and one line each for its value, its name and its tag.

An array prints as its *short type*, such as `float32[2,4]`, so that a model fits on a screen and prints alike
before and after a step. To print a value, each array in it is replaced by a stand-in that prints so.
A set prints in the order of its members, which is the same in every process.
Printing is no reading: a user who looks at a state inside a transform does not change what the transform sees.
"""

from typing import Any

import jax
import numpy as np


def is_array(value: object) -> bool:
    return isinstance(value, jax.Array | np.ndarray)


class ShortType:
    """The stand-in for an array."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def __repr__(self) -> str:
        shape = ",".join(map(str, self.array.shape))
        return f"ShapedArray({self.array.dtype.name}[{shape}])"  # [state.repr.value]


def shortened(value: Any) -> Any:
    if is_array(value):
        return ShortType(value)
    if type(value) is dict:  # JAX would sort the keys
        return {key: shortened(part) for key, part in value.items()}
    if jax.tree_util.all_leaves([value]):
        return value
    return jax.tree.map(shortened, value, is_leaf=lambda part: part is not value)


def label_text(label: object) -> str:
    if not isinstance(label, set | frozenset):
        return repr(label)
    members = ", ".join(map(repr, sorted(label)))  # [state.repr.tag]
    return "{" + members + "}" if members else "set()"  # [state.repr.tag]


def state_text(kind: str, value: object, name: object, tag: object) -> str:
    lines = [f"  value={shortened(value)!r}"]
    lines += [f"  {key}={label_text(label)}" for key, label in (("name", name), ("tag", tag)) if label is not None]
    return "\n".join([f"{kind}(", ",\n".join(lines), ")"])  # [state.repr.form]


def block(opening: str, entries: list[str], closing: str) -> str:
    """Entries of one or more lines, indented between two brackets."""
    indented = ["  " + entry.replace("\n", "\n  ") for entry in entries]
    return "\n".join([opening, ",\n".join(indented), closing])
