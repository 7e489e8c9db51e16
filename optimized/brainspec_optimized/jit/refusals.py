"""What is fast about it: nothing; paths are looked for when there is something to report."""

import typing as t

import jax

from brainspec_optimized import errors
from brainspec_optimized.graph.vertex import Vertex
from brainspec_optimized.jit.types import DEAD_TREE, is_jax_value
from brainspec_optimized.state_cell import Cell

__all__ = [
    "check_apart",
    "check_argument",
    "check_hash",
    "check_names",
    "check_range",
    "check_result",
    "check_static",
    "check_structure",
    "donated_state",
    "no_function",
    "no_name",
    "no_option",
    "no_position",
    "not_remembered",
    "paths",
    "wrong_count",
    "wrong_value",
]


def paths(tree: t.Any) -> list[tuple[str, t.Any]]:
    """The leaves of a tree, and where each is."""
    return [(jax.tree_util.keystr(path), leaf) for path, leaf in jax.tree_util.tree_leaves_with_path(tree)]


def _as_argument(where: str, leaf: t.Any, page: str = "jit") -> errors.BrainspecError | None:
    kind = type(leaf).__name__
    if isinstance(leaf, Cell):  # [mapping.error.state-argument]
        found = f"A {kind} was given as an argument, at {where}."
        cure = "Use it in the function without giving it; states are found where they are read and written."
        return errors.StateArgument(found, f"{page}.error.state-argument@1", cure)  # [jit.error.state-argument]
    if isinstance(leaf, Vertex):  # [mapping.error.module-argument]
        found = f"A {kind} was given as an argument, at {where}."
        cure = "Use it in the function without giving it, or make the function a method."
        return errors.NodeArgument(found, f"{page}.error.module-argument@1", cure)  # [jit.error.module-argument]
    return None


def check_static(where: str, value: t.Any, page: str = "jit") -> None:
    """Refuse a static argument with a state or a node in it."""
    for path, leaf in paths(value):
        refused = _as_argument(where + path, leaf, page)
        if refused is not None:
            raise refused


def check_hash(where: str, value: t.Any) -> None:
    """Refuse a static argument that cannot be looked up."""
    try:
        hash(value)
    except TypeError as none:
        found = f"The static argument {where} is a {type(value).__name__}, which has no hash: {none}."
        cure = "Give a tuple or another value that can be hashed, or do not declare it static."
        raise errors.StaticWithoutHash(found, "jit.error.static-hash@1", cure) from None  # [jit.error.static-hash]


def check_argument(where: str, value: t.Any, described: bool = False, page: str = "jit") -> None:
    """Refuse a dynamic argument with a leaf that JAX does not take; `described` lets arrays be described."""
    for path, leaf in paths(value):
        refused = _as_argument(where + path, leaf, page)
        if refused is not None:
            raise refused
        taken = is_jax_value(leaf) or (described and isinstance(leaf, jax.ShapeDtypeStruct))
        if not taken:  # [mapping.error.argument]
            found = f"A {type(leaf).__name__} was given as an argument, at {where}{path}."
            cure = "Declare it static, or give arrays and numbers."
            raise errors.NotAnArgument(found, f"{page}.error.argument@1", cure)  # [jit.error.argument]


def check_result(result: t.Any, leaves: list[t.Any], page: str = "jit") -> None:
    """Refuse a result with a leaf that JAX does not give."""
    if all(is_jax_value(leaf) for leaf in leaves):
        return
    for path, leaf in paths(result):
        found = f"The function gave a {type(leaf).__name__}, at {path or 'the top'} of its result."
        if isinstance(leaf, Cell):  # [mapping.error.state-result]
            cure = "Give what it holds, `state.value`."
            raise errors.StateResult(found, f"{page}.error.state-result@1", cure)  # [jit.error.state-result]
        if not is_jax_value(leaf):  # [mapping.error.result]
            cure = "Give arrays and numbers, and take the rest out of the function."
            raise errors.NotAResult(found, f"{page}.error.result@1", cure)  # [jit.error.result]


def check_structure(state: Cell, before: t.Any, after: t.Any, page: str = "jit") -> None:
    """Refuse, by the rules of this page, that a state comes out in another structure than it went in."""
    if before != after and before != DEAD_TREE:  # [mapping.error.structure]
        found = f"{type(state).__name__} {state._name!r} held {before} and was given {after}."
        cure = "Write the structure that it has, or make another state."
        raise errors.StructureChanged(found, f"{page}.error.structure@1", cure)  # [jit.error.structure]


def check_range(which: str, positions: list[int], count: int) -> None:
    """Refuse a number that is no position."""
    for n in positions:
        if not -count <= n < count:
            found = f"{which}_argnums has {n}, and the function has {count} positional parameters."
            raise errors.NoSuchPosition(found, "jit.error.static-range@1", "Count from 0.")  # [jit.error.static-range]


def check_names(which: str, names: tuple[str, ...], parameters: list[str]) -> None:
    """Refuse a name that is no parameter's."""
    for name in names:
        if name not in parameters:
            found = f"{which}_argnames has {name!r}, and the parameters are {parameters}."
            cure = "Write the name as it stands in the signature."
            raise errors.NoSuchParameter(found, "jit.error.static-name@1", cure)  # [jit.error.static-name]


def check_apart(static: set[int | str], donated: set[int | str]) -> None:
    """Refuse a parameter that is kept as it is and given away."""
    both = sorted(map(str, static & donated))
    if both:
        found, cure = f"Static and donated: {', '.join(both)}.", "Declare it one of the two."
        raise errors.StaticAndDonated(found, "jit.error.static-donated@1", cure)  # [jit.error.static-donated]


def no_position(which: str, given: object) -> errors.BrainspecError:
    """The error for a position that is no integer."""
    found = f"{which}_argnums has {given!r}, a {type(given).__name__}."
    return errors.NotAPosition(found, "jit.error.static-form@1", "Give an integer or several.")


def no_name(which: str, given: object) -> errors.BrainspecError:
    """The error for a name that is no string."""
    found = f"{which}_argnames has {given!r}, a {type(given).__name__}."
    return errors.NotAParameter(found, "jit.error.static-form@1", "Give a string or several.")


def no_function(given: object, page: str = "jit") -> errors.BrainspecError:
    """The error of this page for an origin that cannot be called."""
    found = f"{given!r}, a {type(given).__name__}, is no function."
    return errors.NotCallable(found, f"{page}.error.callable@1", "Give something that can be called.")


def no_option(names: t.Iterable[str], page: str = "jit", whose: str = "jit") -> errors.BrainspecError:
    """The error for an option that there is not."""
    found = f"{whose} has no option {', '.join(map(repr, names))}."
    return errors.NoSuchOption(found, f"{page}.error.option@1", "Look at the signature, `help(...)`.")


def donated_state(state: Cell, page: str = "jit") -> errors.BrainspecError:
    """The error for an array that would be gone from a state."""
    found = f"An array was donated that {type(state).__name__} {state._name!r} holds."
    return errors.StateDonated(found, f"{page}.error.donated-state@1", "Donate a copy, `x.copy()`.")


def not_remembered(key: object, page: str = "jit") -> errors.BrainspecError:
    """The error for a key under which there is no program."""
    found = f"No program is remembered for the key {key!r}."
    cure = "Use the accessor that takes the arguments."
    return errors.NotRemembered(found, f"{page}.error.by-cache@1", cure)


def wrong_count(given: int, wanted: int) -> errors.BrainspecError:
    """The error for values that are not one for each state."""
    found = f"{given} values were given for {wanted} states."
    return errors.WrongValues(found, "jit.error.pure-values@1", "Give one for each of get_states.")


def wrong_value(state: Cell, given: object, wanted: object) -> errors.BrainspecError:
    """The error for a value that the program was not made for."""
    found = f"{given} was given for {type(state).__name__} {state._name!r}, which holds {wanted}."
    return errors.WrongValues(found, "jit.error.pure-values@1", "Give values of the types that the states hold.")
