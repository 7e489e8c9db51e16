"""The checks of `spec/32-mapping.md`: on which axis what the lanes leave in a state that was declared, or is not mapped, is stacked."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays
from brainspec_conformance.suite.mapping_material import (
    POLICIES,
    adding,
    assert_holds,
    bare,
    filled,
    lax,
    mapped,
    setting,
    told,
)

X = np.array([1.0, 2.0, 4.0], np.float32)
policies = pytest.mark.parametrize("policy", POLICIES)

# What three lanes write that does not depend on them, and what the state held before.
UNMAPPED: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "a count": (lambda: jnp.array(0), lambda value: value + 1),
    "an array": (lambda: filled(2, 3), lambda value: value * 2 + 1),
    "a constant": (lambda: jnp.zeros(2), lambda value: jnp.array([7.0, 8.0])),
    "a number": (lambda: 0.0, lambda value: 2.5),
    "another shape": (lambda: jnp.zeros(2), lambda value: jnp.concatenate([value, value])),
    "a tree": (
        lambda: {"a": 1, "b": (jnp.ones(3), None)},
        lambda value: {"a": value["a"] + 1, "b": (np.ones(2), None)},
    ),
    "as long as the lanes": (lambda: jnp.zeros(3), lambda value: value + jnp.arange(3.0)),
}


@check("mapping.state.unmapped@1")
@pytest.mark.parametrize(("before", "step"), UNMAPPED.values(), ids=UNMAPPED)
@policies
@pytest.mark.parametrize("declared", [{}, {None: ...}], ids=["not declared", "declared in on none"])
def test_a_state_holds_what_no_lane_made_its_own(impl: Any, before: Any, step: Any, policy: str, declared: Any) -> None:
    state = impl.State(before())

    @mapped(impl, unexpected_out_state_mapping=policy, state_in_axes=declared)
    def f(x: Any) -> Any:
        state.value = step(state.value)
        return x

    wanted = before()
    with told() as warnings:
        for _ in range(2):
            f(X)
            wanted = jax.jit(step)(wanted)
            assert_arrays(state.value, wanted)
    assert [one for one in warnings if "State" in str(one.message)] == []


@check("mapping.state.unmapped@1")
@pytest.mark.parametrize("size", [1, 2])
def test_a_state_that_is_written_several_times_holds_what_was_written_last(impl: Any, size: int) -> None:
    state, other = impl.State(jnp.array(1.0)), impl.ParamState(jnp.ones(2))

    @mapped(impl, unexpected_out_state_mapping="raise")
    def f(x: Any) -> Any:
        state.value = x
        seen = state.value
        state.value = other.value.sum()
        other.value = other.value + 1
        return seen

    assert f(jnp.arange(float(size))).tolist() == list(range(size))
    f(jnp.ones(size))
    assert_holds(state, jnp.array(4.0))
    assert_holds(other, jnp.array([3.0, 3.0]))


# What a lane writes, of one or several ranks: `x` is a number of its own.
LEAVES: dict[str, Callable[[Any], Any]] = {
    "mapped": lambda x: filled(2, 4) * x,
    "not mapped": lambda x: filled(2, 4) * 2,
    "a tree": lambda x: {"a": filled(2, 2) * x, "b": [None, (filled(2, 3, 1) + x, jnp.ones((1, 2)))]},
    "of integers": lambda x: jnp.ones((3, 2), jnp.int8),
}
leaves = pytest.mark.parametrize("give", LEAVES.values(), ids=LEAVES)
axes = pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])


def zeros(value: Any) -> Any:
    return jax.tree.map(jnp.zeros_like, value)


@check("mapping.state.out@1")
@leaves
@axes
def test_a_state_that_is_declared_out_is_stacked_on_its_axis(impl: Any, give: Any, axis: int) -> None:
    state = impl.State(zeros(give(1.0)))
    mapping = impl.transform.vmap2(
        setting(state, give), state_out_axes={axis: ...}, unexpected_out_state_mapping="raise"
    )
    wanted = bare(give, out_axes=axis)(X)

    for _ in range(2):
        mapping(X)
        assert_arrays(state.value, wanted)


@check("mapping.state.out@1")
@pytest.mark.parametrize("size", [1, 2, 0])
def test_states_are_stacked_on_axes_of_their_own(impl: Any, size: int) -> None:
    a, b, c = impl.ShortTermState(jnp.zeros(4)), impl.ParamState({"a": 0.0}), impl.BatchState(jnp.zeros(()))

    @mapped(impl, state_out_axes={1: impl.ShortTermState, -1: impl.ParamState, None: c})
    def f(x: Any) -> None:
        b.value = {"a": 3.0}
        a.value = a.value + x
        c.value = c.value + 1

    x = jnp.arange(float(size))
    f(x)
    assert_holds(a, jnp.broadcast_to(x, (4, size)))
    assert_arrays(b.value, {"a": bare(lambda x: 3.0)(x)})
    assert_holds(c, jnp.array(1.0))


@check("mapping.state.out@1", needs=["mapping.state.whole@1"])
def test_a_state_that_is_declared_out_alone_is_seen_whole_in_the_next_call(impl: Any) -> None:
    state = impl.State(jnp.array(1.0))
    mapping = impl.transform.vmap2(adding(state), state_out_axes={-1: state}, unexpected_out_state_mapping="raise")
    mapping(jnp.arange(2.0)), mapping(jnp.arange(3.0) * 10)

    assert state.value.tolist() == [[1, 11, 21], [2, 12, 22]]


@check("mapping.state.stays@1", needs=["mapping.state.sliced@1"])
@leaves
@pytest.mark.parametrize(
    ("axis", "policy"), [(0, "raise"), (1, "raise"), (2, "raise"), (-1, "ignore"), (-2, "raise"), (-3, "warn")]
)
def test_a_state_stays_on_the_axis_on_which_it_came_in(impl: Any, give: Any, axis: int, policy: str) -> None:
    value = bare(give, out_axes=axis)(X)
    state, other = impl.State(value), impl.ParamState(jnp.zeros(()))

    @mapped(impl, state_in_axes={axis: state}, state_out_axes={0: other}, unexpected_out_state_mapping=policy)
    def f(x: Any) -> None:
        other.value = x
        state.value = jax.tree.map(lambda seen, fresh: seen + fresh, state.value, give(x))

    wanted = value
    for _ in range(3):
        f(X)
        wanted = jax.tree.map(lambda one, more: one + more, wanted, value)
        assert_arrays(state.value, wanted)


@check("mapping.state.stays@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize("size", [1, 2])
def test_a_state_stays_where_the_lanes_write_the_same(impl: Any, size: int) -> None:
    read, blind = impl.State(filled(2, size)), impl.ParamState(filled(size))

    @mapped(impl, state_in_axes={1: read, 0: blind})
    def f() -> None:
        read.value = jnp.ones_like(read.value) * 3
        blind.value = 5.0

    for _ in range(2):
        f()
        assert_holds(read, jnp.full((2, size), 3.0))
        assert blind.value.tolist() == [5] * size


@check("mapping.state.moves@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize("one", [0, 1, 2, -1])
@pytest.mark.parametrize("other", [0, 1, 2, -2])
def test_a_state_moves_from_one_axis_to_another(impl: Any, one: int, other: int) -> None:
    value = {"a": filled(3, 3, 3), "b": (filled(3, 3, 3) * 2, None)}
    state = impl.State(value)
    mapping = impl.transform.vmap2(adding(state), state_in_axes={one: state}, state_out_axes={other: impl.State})

    for _ in range(2):
        wanted = bare(lambda value, x: jax.tree.map(lambda leaf: leaf + x, value), in_axes=(one, 0), out_axes=other)(
            value, X
        )
        mapping(X)
        assert_arrays(state.value, wanted)
        value = wanted


@check("mapping.state.moves@1", needs=["mapping.state.sliced@1", "mapping.size.states@1"])
def test_a_state_that_moves_changes_its_shape(impl: Any) -> None:
    a, b = impl.State(filled(2, 3, 4)), impl.ParamState(filled(4, 3))

    @mapped(impl, state_in_axes={1: a, -1: b}, state_out_axes={-1: a, 0: b})
    def f() -> None:
        a.value, b.value = a.value * 1, a.value[0] + b.value

    f()
    assert_holds(a, jnp.moveaxis(filled(2, 3, 4), 1, -1))
    assert_holds(b, filled(2, 3, 4)[0] + filled(4, 3).T)


# What three lanes have in common, over the axis `i`.
COMMON: dict[str, Callable[[Any], Any]] = {
    "a sum": lambda x: lax.psum(x, "i"),
    "a constant": lambda x: jnp.array([1.0, 2.0]),
    "a number": lambda x: 3.0,
    "a gathering": lambda x: lax.all_gather(x, "i"),
}


@check("mapping.state.out-none@1", needs=["mapping.mapped.reduced@1"])
@pytest.mark.parametrize("common", COMMON.values(), ids=COMMON)
@pytest.mark.parametrize("mapped_in", [{}, {0: ...}, {-1: ...}, {None: ...}], ids=str)
@pytest.mark.parametrize("policy", ["ignore", "raise"])
def test_a_state_that_is_declared_out_on_none_has_no_axis(impl: Any, common: Any, mapped_in: Any, policy: str) -> None:
    state = impl.State({"a": jnp.zeros(3), "b": [jnp.ones((3, 3))]})

    @mapped(
        impl, axis_name="i", state_in_axes=mapped_in, state_out_axes={None: state}, unexpected_out_state_mapping=policy
    )
    def f(x: Any) -> Any:
        state.value  # noqa: B018
        state.value = {"a": common(x), "b": [common(2 * x)]}
        return x

    f(X)
    wanted = bare(lambda x: {"a": common(x), "b": [common(2 * x)]}, out_axes=None, axis_name="i")(X)
    assert_arrays(state.value, wanted)


@check("mapping.state.out-none@1", needs=["mapping.mapped.reduced@1", "mapping.state.sliced@1"])
def test_slices_are_put_together_into_one_value(impl: Any) -> None:
    state = impl.State(filled(2, 3))

    @mapped(impl, axis_name="i", axis_size=3, state_in_axes={1: state}, state_out_axes={None: ..., 0: state})
    def f() -> None:
        state.value = lax.pmax(state.value, "i")

    f()
    assert_holds(state, jnp.array([2.0, 5.0]))
