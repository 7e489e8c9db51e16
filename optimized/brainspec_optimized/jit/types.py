"""What is fast about it: the type of a plain array is an attribute of it, and nothing is flattened.

The *types* of a value are its structure and the abstract values of its leaves. They decide, with the static arguments
and JAX's configuration, which program a call runs.
"""

import typing as t

import jax

from brainspec_optimized._jaxshim import type_of, typed_anywhere
from brainspec_optimized.errors import StateNotTraceable
from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_dead import DEAD

__all__ = ["DEAD_TREE", "LEAF", "Types", "are_alike", "described", "is_jax_value", "text_of_types", "types_of"]

Types = tuple[t.Any, tuple[t.Any, ...]]

LEAF = jax.tree.structure(0)

DEAD_TREE = jax.tree.structure(DEAD)
"""The structure of what a dead state holds."""


def is_jax_value(leaf: t.Any) -> bool:
    """Whether `jax.jit` takes it for an argument."""
    if isinstance(leaf, jax.Array):
        return True
    if isinstance(leaf, jax.ShapeDtypeStruct):
        return False
    try:
        jax.typeof(leaf)
    except (TypeError, ValueError):
        return False
    return True


def types_of(state: Cell, value: t.Any, page: str = "jit") -> Types:
    """The types of what a state holds, or an error of this page that says which leaf has none."""
    if isinstance(value, jax.Array):
        return LEAF, (typed_anywhere(value.aval),)
    leaves, tree = jax.tree.flatten(value)
    for leaf in leaves:
        if not is_jax_value(leaf):  # [mapping.error.result]
            raise _not_traceable(state, leaf, page)  # [jit.error.state-value]
    return tree, tuple([type_of(leaf) for leaf in leaves])


def described(aval: t.Any) -> t.Any:
    """A value without numbers of this type, for JAX to trace with."""
    return t.cast(t.Any, jax.ShapeDtypeStruct)(aval.shape, aval.dtype, weak_type=aval.weak_type)


def are_alike(types: Types, others: Types) -> bool:
    """Whether they are the same, but for what is weakly typed."""
    (tree, avals), (other, more) = types, others
    return tree == other and [(a.shape, a.dtype) for a in avals] == [(a.shape, a.dtype) for a in more]


def text_of_types(types: Types) -> str:
    """Types as messages tell them."""
    tree, avals = types
    return str(jax.tree.unflatten(tree, [aval.str_short() for aval in avals]))


def _not_traceable(state: Cell, leaf: t.Any, page: str) -> StateNotTraceable:
    clause = "mapping.error.result@1" if page == "mapping" else f"{page}.error.state-value@1"
    found = f"{type(state).__name__} {state._name!r} holds a {type(leaf).__name__}, which JAX cannot compute with."
    cure = "Hold arrays or numbers in states that a transformed function touches, and keep the rest in attributes."
    return StateNotTraceable(found, clause, cure)
