"""What is fast about it: nothing; a text is made when somebody prints.

Arrays stand as their types, so that a model fits a screen and prints alike before and after a step. Printing is not
reading: it looks at the raw value, so that a print in a traced function leaves the program as it was.
"""

import typing as t

import jax
import numpy as np

from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_dead import held

__all__ = ["dressed", "dressed_leaf", "dressed_tag", "state_text"]


class _Text:
    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def state_text(state: Cell) -> str:
    """The text of a state."""
    value = dressed(held(state), _dressed_tree)  # [state.repr.no-touch]
    parts = {"value": value, "name": state._name, "tag": dressed_tag(state._tag)}
    lines = [f"  {key}={held!r}" for key, held in parts.items() if key == "value" or held is not None]
    return f"{type(state).__name__}(\n" + ",\n".join(lines) + "\n)"  # [state.repr.form]


def dressed_tag(tag: t.Any) -> t.Any:
    """What prints as a tag is to be printed."""
    if not isinstance(tag, (set, frozenset)):
        return tag
    # The order of a set of strings is another in every process.
    return _Text("{" + ", ".join(map(repr, sorted(tag))) + "}" if tag else "set()")  # [state.repr.tag]


def dressed(value: t.Any, dressed_other: t.Callable[[t.Any], t.Any]) -> t.Any:
    """A copy of the plain containers, with what is none of them dressed."""
    # By hand: JAX would sort the keys of a dictionary.
    if type(value) is dict:
        return {key: dressed(held, dressed_other) for key, held in value.items()}
    if type(value) in (list, tuple):
        return type(value)([dressed(held, dressed_other) for held in value])
    return dressed_other(value)


def _dressed_tree(value: t.Any) -> t.Any:
    try:
        return jax.tree.map(dressed_leaf, value)
    except Exception:  # a user's container that cannot be rebuilt around a text must still print
        return value


def dressed_leaf(leaf: t.Any) -> t.Any:
    """What prints as the type of an array, or as itself."""
    if not isinstance(leaf, (jax.Array, np.ndarray)):
        return leaf
    # Not the text of the abstract value, which is that after JAX's conversion: float32 for NumPy's float64.
    sizes = ",".join(map(str, leaf.shape))
    return _Text(f"ShapedArray({leaf.dtype.name}[{sizes}])")  # [state.repr.value]
