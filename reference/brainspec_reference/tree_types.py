"""The type of a tree: its structure, and the shape, dtype and weak type of each leaf.

A *JAX value* is a tree whose leaves are arrays, random keys, or numbers of Python or NumPy; only it has a type.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

import jax
import numpy as np
from jax.core import ShapedArray
from jax.tree_util import PyTreeDef, keystr, tree_flatten_with_path

from ._jaxshim import description, type_of, with_shape

VALUES = (bool, int, float, complex, np.generic, np.ndarray, jax.Array)
DESCRIPTIONS = (*VALUES, jax.ShapeDtypeStruct)  # what will do where only the type matters

# The error for a leaf that is no JAX value: where it is, and what it is.
Refusal: TypeAlias = Callable[[str, object], Exception]


class TreeType(NamedTuple):
    structure: PyTreeDef
    types: tuple[ShapedArray, ...]

    def filled(self, leaves: Iterable[Any]) -> Any:
        return jax.tree.unflatten(self.structure, leaves)

    def described(self) -> Any:
        """A tree of this type that says so."""
        return self.filled(map(description, self.types))


def strong(type_: ShapedArray) -> tuple[Any, ...]:
    """What a type says beside being weak."""
    return type_.shape, type_.dtype


def leaf_type(leaf: object, kinds: tuple[type, ...] = VALUES) -> ShapedArray | None:
    """The type of a leaf without where it is placed; `None` if `jax.jit` takes no such argument."""
    if not isinstance(leaf, kinds):
        return None
    try:
        found = type_of(leaf)
    except (TypeError, ValueError, OverflowError):  # an array of strings, a masked one, a number that is too large
        return None
    return with_shape(found, found.shape)


def flattened(tree: Any, refusal: Refusal, kinds: tuple[type, ...] = VALUES) -> tuple[list[Any], TreeType]:
    """The leaves of a JAX value, and its type."""
    placed, structure = tree_flatten_with_path(tree)
    types = []
    for path, leaf in placed:
        found = leaf_type(leaf, kinds)
        if found is None:  # [mapping.error.argument]
            raise refusal(keystr(path), leaf)
        types.append(found)
    return [leaf for _, leaf in placed], TreeType(structure, tuple(types))
