"""What is fast about it: nothing; paths are looked for when there is something to report."""

import typing as t

import jax
import jax.numpy as jnp

from brainspec_optimized import errors
from brainspec_optimized.graph.vertex import Vertex
from brainspec_optimized.jit.refusals import paths
from brainspec_optimized.jit.types import is_jax_value
from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_checks import leaves_of

__all__ = [
    "check_argument",
    "check_arguments",
    "check_loss",
    "check_result",
    "check_state",
    "check_touched",
    "no_aux",
    "no_number",
    "no_option",
    "no_position",
    "no_state",
    "nothing",
]

_SLOPED = "Floats have gradients; use the others without asking for one."


def check_arguments(args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> None:
    """Refuse arguments with a state or a node in them."""
    for place, arg in (*enumerate(args), *kwargs.items()):
        if any(isinstance(leaf, (Cell, Vertex)) for leaf in leaves_of(arg)):
            raise _as_argument(f"argument {place!r}", arg)


def _as_argument(where: str, arg: t.Any) -> errors.BrainspecError:
    path, leaf = next((path, leaf) for path, leaf in paths(arg) if isinstance(leaf, (Cell, Vertex)))
    found = f"A {type(leaf).__name__} was given as an argument, at {where}{path}."
    if isinstance(leaf, Cell):
        cure = "Use it in the function without giving it, and name it in grad_states."
        return errors.StateArgument(found, "grad.error.state-argument@1", cure)  # [grad.error.state-argument]
    cure = "Use it in the function without giving it, and name its states in grad_states."
    return errors.NodeArgument(found, "grad.error.module-argument@1", cure)  # [grad.error.module-argument]


def check_argument(position: int, arg: t.Any) -> None:
    """Refuse a gradient by an argument that has none."""
    if all(map(_has_slope, leaves_of(arg))):
        return
    path, leaf = next((path, leaf) for path, leaf in paths(arg) if not _has_slope(leaf))
    found = f"A gradient was asked by a {_text(leaf)}, at argument {position}{path}."
    raise errors.ArgumentHasNoSlope(found, "grad.error.argument-dtype@1", _SLOPED)  # [grad.error.argument-dtype]


def check_state(state: Cell, value: t.Any) -> None:
    """Refuse a gradient by a state that has none."""
    for leaf in leaves_of(value):
        if not _has_slope(leaf):
            found = f"A gradient was asked by {type(state).__name__} {state._name!r}, which holds a {_text(leaf)}."
            raise errors.StateHasNoSlope(found, "grad.error.state-dtype@1", _SLOPED)  # [grad.error.state-dtype]


def check_touched(asked: list[Cell], touched: list[Cell]) -> None:
    """Refuse a gradient by a state that has nothing to do with the loss."""
    for state in asked:
        if state not in touched:
            found = (
                f"A gradient was asked by {type(state).__name__} {state._name!r}, which the function does not touch."
            )
            cure = "Take it out of grad_states, or say check_states=False for zeros."
            raise errors.StateUnused(found, "grad.error.state-unused@1", cure)  # [grad.error.state-unused]


def check_result(result: t.Any) -> None:
    """Refuse a result with a state in it."""
    for path, leaf in paths(result) if any(isinstance(leaf, Cell) for leaf in leaves_of(result)) else ():
        if isinstance(leaf, Cell):
            found = f"The function gave a {type(leaf).__name__}, at {path or 'the top'} of its result."
            cure = "Give what it holds, `state.value`."
            raise errors.StateResult(found, "grad.error.state-result@1", cure)  # [grad.error.state-result]


def check_loss(loss: t.Any) -> None:
    """Refuse a loss that is not one float."""
    if jax.tree_util.all_leaves([loss]) and is_jax_value(loss):
        aval = jax.typeof(loss)
        if aval.shape == () and jnp.issubdtype(aval.dtype, jnp.floating):  # [grad.error.loss]
            return
    found = f"The function gave a {_text(loss)} for its loss."
    cure = "Give one float without shape, as a sum or a mean; what is beside it goes into the aux, with has_aux=True."
    raise errors.NotALoss(found, "grad.error.loss@1", cure)  # [grad.error.loss]


def no_aux(result: t.Any) -> errors.BrainspecError:
    """The error for a result that is no pair."""
    what = f"{type(result).__name__} of {len(result)}" if isinstance(result, (tuple, list)) else _text(result)
    found = f"With has_aux=True the function gave a {what}."
    return errors.NoAux(found, "grad.error.aux@1", "Give a pair, the loss and the aux, or leave has_aux out.")


def no_number(given: object) -> errors.BrainspecError:
    """The error for a position that is no integer."""
    found = f"argnums has {given!r}, a {type(given).__name__}."
    return errors.NotAPosition(found, "grad.error.argnums@1", "Give an integer, or a tuple or list of such.")


def no_position(given: int, count: int) -> errors.BrainspecError:
    """The error for a position where there is no argument."""
    found = f"argnums has {given}, and the call has {count} positional arguments."
    return errors.NoSuchPosition(found, "grad.error.argnums@1", "Count from 0, and give what is asked by position.")


def no_state(given: object) -> errors.BrainspecError:
    """The error for an asked state that is none."""
    found = f"grad_states has {given!r}, a {type(given).__name__}."
    return errors.NotAState(found, "grad.error.grad-states@1", "Give a state, or a tree of states.")


def nothing() -> errors.BrainspecError:
    """The error for a gradient that is asked by nothing."""
    found = "There is neither a state in grad_states nor a number in argnums."
    return errors.NothingAsked(found, "grad.error.nothing@1", "Name a state or an argument.")


def no_option(names: t.Iterable[str]) -> errors.BrainspecError:
    """The error for an option that there is not."""
    found = f"grad has no option {', '.join(map(repr, names))}."
    cure = "The options are grad_states, argnums, has_aux, return_value and check_states."
    return errors.NoSuchOption(found, "grad.error.option@1", cure)


def _has_slope(leaf: t.Any) -> bool:
    return is_jax_value(leaf) and bool(jnp.issubdtype(jax.typeof(leaf).dtype, jnp.inexact))


def _text(leaf: t.Any) -> str:
    if hasattr(leaf, "dtype") and hasattr(leaf, "shape"):
        return f"{leaf.dtype}{list(leaf.shape)}"
    return type(leaf).__name__
