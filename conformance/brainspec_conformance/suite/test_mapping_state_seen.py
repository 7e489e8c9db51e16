"""The checks of `spec/32-mapping.md`: what each lane sees of a state, on which axis it is declared, and states that are only read."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays
from brainspec_conformance.suite.mapping_material import bare, filled, mapped, reading
from brainspec_conformance.suite.state_material import KINDS

Make = Callable[[], Any]

# Values of states that are whole in every lane.
WHOLE: dict[str, Make] = {
    "a number": lambda: 2.5,
    "an integer of NumPy": lambda: np.int8(3),
    "an array": lambda: filled(2, 3),
    "an array of NumPy": lambda: np.arange(3, dtype=np.float32),
    "as long as the lanes": lambda: jnp.arange(4.0),
    "a tree": lambda: {"a": filled(2, 4), "b": [None, (1, jnp.ones(4))]},
    "nothing": lambda: None,
    "no numbers": lambda: jnp.zeros((0, 4)),
}


@check("mapping.state.whole@1")
@pytest.mark.parametrize("make", WHOLE.values(), ids=WHOLE)
def test_each_lane_sees_the_whole_of_a_state_that_is_not_mapped_in(impl: Any, make: Make) -> None:
    def declared(state: Any) -> list[dict[str, Any]]:
        return [{}, {"state_in_axes": {None: state, 0: ...}}, {"state_out_axes": {0: state}}]

    for n in range(3):
        state = impl.State(make())
        mapping = impl.transform.vmap2(lambda x: (state.value, x), **declared(state)[n])  # noqa: B023
        for _ in range(2):
            assert_arrays(mapping(jnp.arange(4.0)), bare(lambda x: (make(), x))(jnp.arange(4.0)))


@check("mapping.state.whole@1")
@pytest.mark.parametrize("kind", KINDS)
def test_states_of_each_kind_are_whole_if_nothing_is_said(impl: Any, kind: str) -> None:
    state = getattr(impl, kind)(filled(3, 2))
    mapping = impl.transform.vmap2(lambda x: state.value @ x)

    assert_arrays(mapping(jnp.eye(2)), filled(3, 2).T)


@check("mapping.state.whole@1")
def test_each_lane_sees_the_whole_again_after_another_has_written(impl: Any) -> None:
    state = impl.State(jnp.zeros(2))

    @mapped(impl, axis_name="i", state_out_axes={None: ...})
    def f(x: Any) -> Any:
        before = state.value
        state.value = jnp.ones(2) * 5
        return before, state.value

    before, after = f(jnp.arange(3.0))
    assert before.tolist() == [[0, 0]] * 3
    assert after.tolist() == [[5, 5]] * 3


# Axes, and values with three slices along them.
SLICED: list[tuple[int, Make]] = [
    (0, lambda: filled(3)),
    (0, lambda: filled(3, 3, 2)),
    (1, lambda: filled(2, 3)),
    (1, lambda: filled(3, 3)),
    (2, lambda: filled(2, 2, 3)),
    (-1, lambda: filled(2, 3)),
    (-2, lambda: filled(2, 3, 4)),
    (-3, lambda: filled(3, 2, 3)),
    (0, lambda: np.arange(3)),
    (1, lambda: {"a": filled(2, 3), "b": [None, (filled(4, 3, 2), jnp.zeros((0, 3), bool))]}),
    (-1, lambda: {"a": filled(3), "b": (filled(2, 3), filled(3, 2, 3))}),
    (-2, lambda: [filled(3, 1), filled(1, 3, 2)]),
    (0, lambda: [jnp.int8([1, 2, 3]), jnp.array([True, False, True])]),
]
sliced = pytest.mark.parametrize(
    ("axis", "make"), SLICED, ids=[f"axis {axis} {n}" for n, (axis, _) in enumerate(SLICED)]
)


@check("mapping.state.sliced@1", needs=["mapping.size.states@1"])
@sliced
def test_each_lane_sees_its_slice_of_each_leaf(impl: Any, axis: int, make: Make) -> None:
    state = impl.State(make())
    mapping = impl.transform.vmap2(reading(state), state_in_axes={axis: impl.State})
    for _ in range(2):
        assert_arrays(mapping(), bare(lambda value: value, in_axes=axis)(make()))


@check("mapping.state.sliced@1")
@pytest.mark.parametrize("size", [1, 2, 0])
def test_several_states_have_axes_of_their_own(impl: Any, size: int) -> None:
    a, b, c = impl.ShortTermState(filled(size, 2)), impl.ParamState(filled(2, size)), impl.BatchState(filled(4))

    @mapped(impl, state_in_axes={0: impl.ShortTermState, -1: b, None: c})
    def f(x: Any) -> Any:
        return a.value, b.value * x, c.value

    out = f(jnp.arange(float(size)))
    assert_arrays(out[0], filled(size, 2))
    assert_arrays(out[1], filled(2, size).T * jnp.arange(float(size))[:, None])
    assert_arrays(out[2], jnp.broadcast_to(filled(4), (size, 4)))


@check("mapping.state.sliced@1")
@pytest.mark.parametrize("kind", KINDS)
def test_states_of_each_kind_are_sliced(impl: Any, kind: str) -> None:
    state, x = getattr(impl, kind)(filled(2, 3)), jnp.arange(3.0)
    mapping = impl.transform.vmap2(lambda x: (state.value.shape, state.value.sum() * x), state_in_axes={1: state})

    shape, sums = mapping(x)
    assert [part.tolist() for part in shape] == [[2, 2, 2]]
    assert_arrays(sums, filled(2, 3).sum(0) * x)


@check("mapping.state.sliced@1")
def test_each_lane_reads_what_it_wrote_to_its_slice(impl: Any) -> None:
    state = impl.State(filled(2, 3))

    @mapped(impl, state_in_axes={1: state})
    def f(x: Any) -> Any:
        before = state.value
        state.value = before * x
        between = state.value
        state.value = state.value + 1
        return before, between, state.value

    x = jnp.arange(3.0)
    before, between, after = f(x)
    assert_arrays(before, filled(2, 3).T)
    assert_arrays(between, filled(2, 3).T * x[:, None])
    assert_arrays(after, filled(2, 3).T * x[:, None] + 1)


# Axes of states, of which the first that accepts a short-term state and the first that accepts a parameter count.
ORDERS: dict[str, tuple[Callable[[Any], dict[Any, Any]], Any, Any]] = {
    "the kind, then the rest": (lambda impl: {1: impl.ShortTermState, 0: ...}, 1, 0),
    "the rest first": (lambda impl: {0: ..., 1: impl.ShortTermState}, 0, 0),
    "none first": (lambda impl: {None: impl.ShortTermState, 1: ...}, None, 1),
    "none last": (lambda impl: {1: impl.ParamState, None: ..., 0: impl.State}, None, 1),
    "none for all": (lambda impl: {None: impl.State, 0: ..., 1: ...}, None, None),
    "larger axes first": (lambda impl: {-1: "slow", 2: impl.State, 0: ...}, -1, 2),
    "negative after positive": (lambda impl: {0: False, -2: impl.ParamState, 1: ...}, 1, -2),
    "nobody": (lambda impl: {0: [], 1: impl.BatchState}, None, None),
}
orders = pytest.mark.parametrize(("make", "first", "second"), ORDERS.values(), ids=ORDERS)


@check("mapping.state.first@1", needs=["mapping.state.sliced@1", "mapping.state.whole@1"])
@orders
def test_the_first_axis_that_accepts_a_state_is_where_it_is_mapped_in(
    impl: Any, make: Any, first: Any, second: Any
) -> None:
    value = filled(3, 3, 3)
    a, b = impl.ShortTermState(value, tag="slow"), impl.ParamState(value)
    mapping = impl.transform.vmap2(lambda: (a.value, b.value), axis_size=3, state_in_axes=make(impl))
    wanted = bare(lambda a, b: (a, b), in_axes=(first, second), axis_size=3)(value, value)

    for _ in range(2):
        assert_arrays(mapping(), wanted)


@check("mapping.state.first@1", needs=["mapping.state.out@1"])
@orders
def test_the_first_axis_that_accepts_a_state_is_where_it_is_stacked(
    impl: Any, make: Any, first: Any, second: Any
) -> None:
    value = filled(2, 2)
    a, b = impl.ShortTermState(value, tag="slow"), impl.ParamState(value)

    @mapped(impl, axis_size=3, state_out_axes=make(impl))
    def f() -> None:
        a.value, b.value = a.value + 1, b.value + 2

    f()
    for state, axis, more in ((a, first, 1), (b, second, 2)):
        assert_arrays(state.value, value + more if axis is None else jnp.stack([value + more] * 3, axis))


# Values that are only read, and the axis on which they have three slices.
HELD: dict[str, tuple[Make, Any]] = {
    "an array": (lambda: filled(3, 3), 1),
    "an array of NumPy": (lambda: np.ones((3, 3)), 0),
    "a tree": (lambda: {"a": np.ones((2, 3)), "b": (filled(3), None)}, -1),
    "a number": (lambda: 2.5, None),
    "a tuple": (lambda: (1, np.float16(2)), None),
}


@check("mapping.state.read-only@1")
@pytest.mark.parametrize(("make", "axis"), HELD.values(), ids=HELD)
@pytest.mark.parametrize("out", ["not declared", "none", "same", "other"])
def test_a_state_that_is_only_read_keeps_its_object(impl: Any, make: Make, axis: Any, out: str) -> None:
    value = make()
    state, other = impl.State(value), impl.ParamState(jnp.zeros(3))

    def f(x: Any) -> Any:
        other.value = other.value + x
        return state.value, state.value

    outs = {"not declared": {}, "none": {None: state}, "same": {axis: state}, "other": {0 if axis else 1: state}}
    mapping = impl.transform.vmap2(f, state_in_axes={axis: state, 0: other}, state_out_axes=outs[out])
    for n in (1, 2):
        mapping(jnp.ones(3))
        assert state.value is value
        assert other.value.tolist() == [n] * 3


@check("mapping.state.read-only@1")
def test_a_state_that_an_inner_function_only_reads_keeps_its_object(impl: Any) -> None:
    value = filled(3, 2)
    state = impl.State(value)
    for inner in (impl.transform.jit(lambda x: state.value * x), impl.transform.vmap2(lambda y: state.value * y)):
        mapping = impl.transform.vmap2(inner, state_in_axes={0: state}, state_out_axes={1: state})
        for _ in range(2):
            mapping(jnp.ones((3, 2)))
            assert state.value is value
