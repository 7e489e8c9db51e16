"""The checks of `spec/32-mapping.md`: errors about axes of states, and about what the lanes leave in them."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import NO_VALUES, naming
from brainspec_conformance.suite.mapping_material import POLICIES, Refusing, filled, lax, shown
from brainspec_conformance.suite.state_material import KINDS
from brainspec_conformance.suite.test_mapping_state_reached import THROUGH

TWO = np.arange(2.0, dtype=np.float32)
policies = pytest.mark.parametrize("policy", POLICIES)


def refusing(impl: Any, give: Callable[..., Any], *states: Any, **options: Any) -> Refusing:
    f = Refusing(impl, give, **options)
    f.states += states
    return f


def at(shape: tuple[int, ...], axis: int) -> str:
    """A pattern of what names a shape and an axis."""
    return rf"(?=.*(?:{shown(*shape)}))(?=.*(?<![\d-]){axis}\b)"


# Axes, values with a leaf that has none of them, and that leaf's shape.
NO_SUCH_AXIS: dict[str, tuple[int, Any, tuple[int, ...]]] = {
    "a number": (0, 1.0, ()),
    "an array without axes": (0, np.float32(1), ()),
    "too large": (2, filled(2, 4), (2, 4)),
    "too small": (-3, filled(2, 4), (2, 4)),
    "the first leaf": (1, {"a": filled(5), "b": filled(5, 2)}, (5,)),
    "the last leaf": (-2, {"a": filled(2, 4), "b": [None, filled(7)]}, (7,)),
}


@check("mapping.error.state-axis@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize(("axis", "value", "shape"), NO_SUCH_AXIS.values(), ids=NO_SUCH_AXIS)
@pytest.mark.parametrize("touch", ["read", "written"])
def test_states_that_are_mapped_in_have_their_axes(impl: Any, axis: int, value: Any, shape: Any, touch: str) -> None:
    state = impl.ParamState(value)

    def give(x: Any) -> Any:
        if touch == "written":
            state.value = jax.tree.map(lambda leaf: x, value)
        else:
            state.value  # noqa: B018
        return x

    f = refusing(impl, give, state, state_in_axes={axis: state}, state_out_axes={0: state})
    f.refuses(lambda f: f(TWO), ValueError, naming("ParamState") + at(shape, axis))
    state.value = jax.tree.map(lambda leaf: np.zeros((2, 2, 2)), value)
    f.works(lambda f: f(TWO))


@check("mapping.error.state-axis@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_each_kind_is_named_and_one_that_is_not_touched_is_not(impl: Any, kind: str) -> None:
    state, touching = getattr(impl, kind)(np.zeros(5, np.float32)), [True]
    f = refusing(impl, lambda x: (state.value if touching else 0, x), state, state_in_axes={1: state})
    f.refuses(lambda f: f(TWO), ValueError, naming(kind) + at((5,), 1))
    touching.clear()
    f.works(lambda f: f(TWO))


# Axes, what a lane writes, and the shape of it.
NO_ROOM: dict[str, tuple[int, Callable[[Any], Any], tuple[int, ...]]] = {
    "a number": (1, lambda x: x, ()),
    "a number from the end": (-2, lambda x: x, ()),
    "an array": (4, lambda x: filled(5, 7) * x, (5, 7)),
    "an array from the end": (-4, lambda x: filled(5, 7) * x, (5, 7)),
    "what is not mapped": (2, lambda x: 3.0, ()),
    "a leaf": (1, lambda x: {"a": filled(5) + x, "b": [x]}, ()),
}


def either(shape: tuple[int, ...], size: int) -> str:
    """A pattern of a shape, or of one with an axis for the lanes."""
    return rf"(?=.*(?:{shown(*shape)}|{shown(size, *shape)}))"


@check("mapping.error.state-out-axis@1", needs=["mapping.state.out@1"])
@pytest.mark.parametrize(("axis", "give", "shape"), NO_ROOM.values(), ids=NO_ROOM)
@policies
def test_states_have_room_for_the_axis_that_is_declared_out(
    impl: Any, axis: int, give: Any, shape: Any, policy: str
) -> None:
    before = jax.tree.map(jnp.asarray, give(1.0))
    state, writes = impl.ParamState(before), [give]

    def origin(x: Any) -> Any:
        state.value = writes[0](x) if writes else jax.tree.map(lambda leaf: jnp.zeros((2, 2, 2, 2)), before)
        return x

    f = refusing(impl, origin, state, state_out_axes={axis: state}, unexpected_out_state_mapping=policy)
    f.refuses(
        lambda f: f(TWO), ValueError, naming("ParamState") + rf"(?=.*(?<![\d-]){axis}\b)" + either(shape, len(TWO))
    )
    writes.clear()
    f.works(lambda f: f(TWO))


@check("mapping.error.state-out-axis@1", needs=["mapping.state.stays@1", "mapping.state.retyped@1"])
@pytest.mark.parametrize("axis", [1, 2])
def test_a_state_that_came_in_on_an_axis_keeps_room_for_it(impl: Any, axis: int) -> None:
    state, total = impl.BatchState(np.zeros((2, 2, 2))), [True]

    def origin(x: Any) -> Any:
        state.value = state.value.sum() if total else state.value[:, :1]
        return x

    f = refusing(impl, origin, state, state_in_axes={axis: state})
    f.refuses(lambda f: f(TWO), ValueError, naming("BatchState") + rf"(?=.*\b{axis}\b)" + either((), 2))
    total.clear()
    f.works(lambda f: f(TWO))


@check("mapping.error.state-out-axis@1", needs=["mapping.state.read-only@1"])
def test_a_state_that_is_not_written_needs_no_room(impl: Any) -> None:
    state = impl.ParamState(1.0)
    f = refusing(impl, lambda x: x * state.value, state, state_out_axes={5: state})
    f.works(lambda f: f(TWO))


# How a state gets a value of its own in each lane, and what it then holds; before, it held zeros.
MAPPED: dict[str, Callable[[Any, Any], Any]] = {
    "an argument": lambda impl, x: x,
    "times zero": lambda impl, x: x * 0,
    "a leaf of several": lambda impl, x: {"a": 1.0, "b": [x, None]},
    "a draw": lambda impl, x: impl.random.uniform(),
    "the lane": lambda impl, x: lax.axis_index("i"),
    "another shape": lambda impl, x: jnp.ones((3, 4)) * x,
}
mapped_values = pytest.mark.parametrize("give", MAPPED.values(), ids=MAPPED)


def held_before(impl: Any, give: Any) -> Any:
    return {"a": 0.0, "b": [0.0, None]} if give is MAPPED["a leaf of several"] else jnp.zeros(())


@check("mapping.error.undeclared@1", needs=["mapping.mapped.depends@1"])
@mapped_values
@pytest.mark.parametrize("declared", [{}, {None: ...}], ids=["not declared", "declared in on none"])
def test_a_policy_forbids_that_a_state_grows(impl: Any, give: Any, declared: Any) -> None:
    state, grows = impl.ParamState(held_before(impl, give)), [True]

    def origin(x: Any) -> Any:
        state.value = give(impl, x) if grows else held_before(impl, give)
        return x

    f = refusing(
        impl, origin, state, unexpected_out_state_mapping="raise", state_in_axes=declared, axis_name="i",
    )  # fmt: skip
    f.refuses(lambda f: f(TWO), impl.transform.BatchAxisError, "ParamState")
    grows.clear()
    f.works(lambda f: f(TWO))


@check("mapping.error.undeclared@1", needs=["mapping.mapped.depends@1"])
@pytest.mark.parametrize("size", [1, 0])
@pytest.mark.parametrize("kind", KINDS)
def test_the_state_that_would_grow_is_named(impl: Any, kind: str, size: int) -> None:
    state, count = getattr(impl, kind)(np.zeros(2, np.float32)), impl.State(0)

    def origin(x: Any) -> Any:
        count.value = count.value + 1
        state.value = state.value + x

    f = refusing(impl, origin, state, count, unexpected_out_state_mapping="raise")
    f.refuses(lambda f: f(np.zeros(size)), impl.transform.BatchAxisError, rf"\b{kind}\b")
    f.refuses(lambda f: f(np.zeros(size)), ValueError, kind)


@check("mapping.error.undeclared@1", needs=["mapping.state.stays@1", "mapping.state.out@1", "mapping.state.unmapped@1"])
def test_a_policy_does_not_forbid_what_is_declared_or_not_mapped(impl: Any) -> None:
    sliced, out, count = impl.State(np.zeros(2)), impl.ParamState(0.0), impl.BatchState(0)

    def origin(x: Any) -> Any:
        sliced.value, out.value, count.value = sliced.value + x, x, count.value + 1

    f = refusing(impl, origin, state_in_axes={0: sliced}, state_out_axes={0: out}, unexpected_out_state_mapping="raise")
    f.works(lambda f: f(TWO))
    f.works(lambda f: f(TWO))


@check("mapping.error.undeclared@1", needs=["mapping.state.through@1"])
@pytest.mark.parametrize("name", ["jit", "two jits", "a stateful function", "another mapping"])
def test_a_policy_forbids_that_inner_functions_let_a_state_grow(impl: Any, name: str) -> None:
    state = impl.ParamState(0.0)
    inner = THROUGH[name](impl, lambda x: setattr(state, "value", x + state.value))
    f = refusing(impl, lambda x: inner(x), state, unexpected_out_state_mapping="raise")
    f.refuses(lambda f: f(TWO), impl.transform.BatchAxisError, "ParamState")


@check("mapping.error.declared-none@1", needs=["mapping.mapped.depends@1", "mapping.state.out-none@1"])
@mapped_values
@policies
def test_a_state_without_an_axis_holds_nothing_that_is_mapped(impl: Any, give: Any, policy: str) -> None:
    state, grows = impl.ParamState(held_before(impl, give)), [True]

    def origin(x: Any) -> Any:
        state.value = give(impl, x) if grows else held_before(impl, give)
        return x

    f = refusing(
        impl, origin, state, unexpected_out_state_mapping=policy, state_out_axes={None: state}, axis_name="i",
    )  # fmt: skip
    f.refuses(lambda f: f(TWO), impl.transform.BatchAxisError, "ParamState")
    grows.clear()
    f.works(lambda f: f(TWO))


@check("mapping.error.declared-none@1", needs=["mapping.mapped.depends@1", "mapping.state.sliced@1"])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_state_that_came_in_on_an_axis_does_not_lose_it(impl: Any, axis: int) -> None:
    state = impl.BatchState({"a": np.zeros((2, 2))})

    def origin(x: Any) -> Any:
        state.value = {"a": state.value["a"] * 2}

    f = refusing(impl, origin, state, state_in_axes={axis: state}, state_out_axes={None: state})
    f.refuses(lambda f: f(TWO), impl.transform.BatchAxisError, "BatchState")
    f.refuses(lambda f: f(TWO), ValueError, "BatchState")


@check("mapping.error.result@1")
@pytest.mark.parametrize("leaf", NO_VALUES, ids=[f"{type(leaf).__name__} {n}" for n, leaf in enumerate(NO_VALUES)])
@pytest.mark.parametrize("declared", [{}, {0: ...}, {None: ...}], ids=str)
def test_what_is_no_value_is_not_left_in_a_state(impl: Any, leaf: Any, declared: Any) -> None:
    values = [leaf, 1.0]
    state = impl.ParamState(0.0)

    def origin(x: Any) -> Any:
        state.value = values[0]
        state.value  # noqa: B018
        return x

    f = refusing(impl, origin, state, state_out_axes=dict.fromkeys(declared, state))
    f.refuses(lambda f: f(TWO), TypeError, type(leaf).__name__)
    del values[0]
    f.works(lambda f: f(TWO))


STRUCTURES: dict[str, tuple[Any, Callable[[Any], Any], list[str]]] = {
    "another key": ({"ab": TWO}, lambda x: {"cd": x}, ["ab", "cd"]),
    "one key more": ({"ab": TWO}, lambda x: {"ab": x, "cd": 3.0}, ["ab", "cd"]),
    "deeper": ({"ab": TWO}, lambda x: {"ab": {"cd": x}}, ["ab", "cd"]),
    "a tuple": ([TWO], lambda x: (x,), []),
    "a longer list": ([TWO], lambda x: [x, 2.0], []),
    "a leaf": ({"ab": TWO}, lambda x: 2.0, ["ab"]),
    "nothing": (TWO, lambda x: None, ["None"]),
    "something": (None, lambda x: x, ["None"]),
}


@check("mapping.error.structure@1")
@pytest.mark.parametrize(("before", "after", "parts"), STRUCTURES.values(), ids=STRUCTURES)
@pytest.mark.parametrize("options", [{}, {"state_in_axes": 0}, {"state_out_axes": 0}], ids=str)
def test_a_state_keeps_its_structure(impl: Any, before: Any, after: Any, parts: list[str], options: Any) -> None:
    state, changes = impl.LongTermState(before), [True]

    def origin(x: Any) -> Any:
        held = state.value
        state.value = after(x)
        if not changes:
            state.value = held
        return x

    f = refusing(impl, origin, state, **{name: {axis: state} for name, axis in options.items()})
    f.refuses(lambda f: f(TWO), ValueError, naming("LongTermState", *parts))
    changes.clear()
    f.works(lambda f: f(TWO))
