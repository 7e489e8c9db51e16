"""What a call is given: its arguments, and what the asked states hold.

The program has inputs for the asked arguments, and for others that hold arrays of JAX, on which it may be measured how
precisely they are known. The rest, be it a number of Python, reaches the origin as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
from jax.tree_util import keystr, tree_leaves, tree_leaves_with_path

from ..engine.tangent_values import is_continuous
from ..errors import NotContinuous
from ..jit.arguments import Arguments, Key, refuse_mutable
from ..jit.marks import Label
from ..state import State
from ..state_death import refuse_dead
from ..tree_types import flattened, leaf_type

Refuse = Callable[[str, object], Exception]


def taken_apart(
    asked: Sequence[int], instance: tuple[Any, ...], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Arguments:
    given: dict[Label, Any] = dict(enumerate(args))
    given.update(kwargs)
    for label, value in given.items():
        refuse_mutable(label, value, "grad")
    for number in asked:
        refuse_discrete(given[number], not_an_argument(number))  # [grad.error.argument-dtype]
    dynamic = {label: value for label, value in given.items() if label in asked or has_arrays(value)}
    fixed = {label: value for label, value in given.items() if label not in dynamic}  # [grad.result.others]
    parts = {label: flattened(value, not_an_argument(label)) for label, value in dynamic.items()}
    key = Key((), tuple((label, type_) for label, (_, type_) in parts.items()))
    return Arguments(instance, fixed, dynamic, {label: leaves for label, (leaves, _) in parts.items()}, key)


def has_arrays(value: Any) -> bool:
    """Is it a JAX value with an array in it?"""
    leaves = tree_leaves(value)
    return any(isinstance(leaf, jax.Array) for leaf in leaves) and None not in map(leaf_type, leaves)


def refuse_discrete(value: Any, refuse: Refuse) -> None:
    """Only floats and complex numbers have derivatives."""
    for path, leaf in tree_leaves_with_path(value):
        found = leaf_type(leaf)
        if found is None or not is_continuous(found):
            raise refuse(keystr(path), leaf)


def named(leaf: object) -> str:
    """What a leaf is: its type, if it is a JAX value, else its class."""
    found = leaf_type(leaf)
    return type(leaf).__name__ if found is None else found.str_short()  # type: ignore[no-untyped-call]


def not_an_argument(label: Label) -> Refuse:
    def refuse(where: str, leaf: object) -> Exception:
        found = f"Found {named(leaf)} at argument {label!r}{where}, by which derivatives are asked for"
        return NotContinuous(found, "grad.error.argument-dtype@1", "Give floats, or leave it out of argnums")

    return refuse


def refuse_discrete_state(state: State) -> None:
    def refuse(where: str, leaf: object) -> Exception:
        found = (
            f"Found {named(leaf)} in the value{where} of a {type(state).__name__}, by which derivatives are asked for"
        )
        return NotContinuous(found, "grad.error.state-dtype@1", "Put in floats, or leave it out of grad_states")

    refuse_dead(state)
    refuse_discrete(state._held, refuse)  # [grad.error.state-dtype]
