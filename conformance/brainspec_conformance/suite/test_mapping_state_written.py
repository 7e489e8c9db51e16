"""The checks of `spec/32-mapping.md`: what written states hold after a call, and what the next call makes of it."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays, type_of
from brainspec_conformance.suite.mapping_material import assert_holds, bare, filled, mapped, setting, told

X = np.array([0.5, 1.0], np.float32)

# What a lane writes with its number, where the state held something of the same structure before.
WRITTEN: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "the argument": (0.0, lambda x: x),
    "a number": (0, lambda x: 3),
    "a fraction": (0, lambda x: 2.5),
    "a truth": (0, lambda x: True),
    "a NumPy number": (0, lambda x: np.float32(1.5)),
    "a NumPy array": (0, lambda x: np.arange(3)),
    "computed": (0.0, lambda x: x * np.arange(3.0)),
    "a constant array": (0, lambda x: jnp.arange(2)),
    "a comparison": (0.0, lambda x: x > 0.7),
    "weak": (0.0, lambda x: jnp.asarray(2.0) * 1),
    "short": (0.0, lambda x: x.astype(jnp.bfloat16)),
    "bytes": (0.0, lambda x: x.astype(jnp.int8)),
    "complex": (0.0, lambda x: x + 1j),
    "a key": (np.zeros(2, np.uint32), lambda x: jax.random.fold_in(jax.random.PRNGKey(0), x.astype(int))),
    "none": (None, lambda x: None),
    "a tree": ({"a": 0, "b": [None, (1, 2)]}, lambda x: {"b": [None, (x, 2 * x)], "a": np.ones(2)}),
}
# How a state is declared, and on which axis it then is.
DECLARED: dict[str, tuple[dict[str, Any], Any]] = {
    "out on the first": ({"state_out_axes": {0: ...}}, 0),
    "out on the last": ({"state_out_axes": {-1: ...}}, -1),
    "not at all": ({}, None),
}


@check("mapping.state.written@1", needs=["mapping.state.out@1", "mapping.state.undeclared@1"])
@pytest.mark.parametrize(("before", "give"), WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize(("options", "axis"), DECLARED.values(), ids=DECLARED)
def test_a_state_holds_what_was_written_with_its_type(
    impl: Any, before: Any, give: Any, options: Any, axis: Any
) -> None:
    state = impl.State(before)
    mapping = impl.transform.vmap2(setting(state, give), **options)
    with told():
        mapping(X)
    try:
        wanted = bare(give, out_axes=axis)(X)
    except ValueError:  # it is mapped
        wanted = bare(give)(X)
    assert_arrays(state.value, wanted)
    lane = jax.jit(give)(X[0])
    types = [[type_of(leaf)[1:] for leaf in jax.tree.leaves(tree)] for tree in (state.value, lane)]
    assert types[0] == types[1]


@check("mapping.state.written@1", needs=["mapping.state.stays@1"])
def test_the_last_write_counts(impl: Any) -> None:
    state, other = impl.State(jnp.zeros(2)), impl.ParamState(jnp.zeros((2, 3), int))

    @mapped(impl, state_in_axes={0: ...})
    def f(x: Any) -> Any:
        state.value = x
        first = state.value
        state.value = first * 10
        state.value += 1
        other.value = other.value + 1
        other.value = other.value.astype(jnp.int8)
        return first, state.value

    first, last = f(X)
    assert_arrays(first, jnp.asarray(X))
    assert_arrays(last, X * 10 + jnp.float32(1))
    assert_arrays(state.value, last)
    assert_arrays(other.value, jnp.ones((2, 3), jnp.int8))


@check("mapping.state.written@1", needs=["mapping.state.stays@1"])
def test_a_state_of_numbers_holds_arrays_after_it_was_written(impl: Any) -> None:
    state = impl.State(np.array([1, 2]))
    mapping = impl.transform.vmap2(lambda: setting(state)(state.value), state_in_axes={0: state})
    for _ in range(2):
        mapping()
        assert_arrays(state.value, jnp.array([1, 2]))


@check("mapping.state.written@1", needs=["mapping.state.unmapped@1"])
def test_a_write_of_what_was_read_is_a_write(impl: Any) -> None:
    state = impl.State({"a": 2.5, "b": np.arange(3)})

    def origin(x: Any) -> Any:
        state.value = state.value
        return x

    impl.transform.vmap2(origin)(X)
    assert_arrays(state.value, {"a": jnp.asarray(2.5), "b": jnp.arange(3)})


# What lanes make of their slice, of shape (2,), and a number.
RETYPED: dict[str, Callable[[Any, Any], Any]] = {
    "more axes": lambda seen, x: seen[:, None] * x * jnp.ones((2, 3)),
    "fewer axes": lambda seen, x: seen.sum() + x,
    "longer": lambda seen, x: jnp.concatenate([seen, seen * x]),
    "without numbers": lambda seen, x: seen[:0],
    "integers": lambda seen, x: (seen * 3).astype(int),
    "truths": lambda seen, x: seen > x,
    "complex": lambda seen, x: seen + 1j * x,
    "short": lambda seen, x: seen.astype(jnp.float16),
}


@check("mapping.state.retyped@1", needs=["mapping.state.sliced@1", "mapping.state.stays@1", "mapping.state.out@1"])
@pytest.mark.parametrize("make", RETYPED.values(), ids=RETYPED)
@pytest.mark.parametrize("out", [None, 0], ids=["in", "in and out"])
def test_a_state_keeps_a_new_type(impl: Any, make: Any, out: Any) -> None:
    value = filled(2, 2) + 1
    state, untouched = impl.State(value), impl.ParamState(value)

    def origin(x: Any) -> None:
        state.value = make(state.value, x)

    axes = {0: state}
    mapping = impl.transform.vmap2(origin, state_in_axes=axes, state_out_axes=axes if out == 0 else None)
    mapping(X)

    assert_arrays(state.value, bare(make)(value, X))
    assert untouched.value is value


@check("mapping.state.retyped@1", needs=["mapping.state.stays@1"])
def test_a_state_changes_its_type_in_each_call(impl: Any) -> None:
    state = impl.State(jnp.ones((2, 1)))

    @mapped(impl, state_in_axes={0: state}, unexpected_out_state_mapping="raise")
    def f(x: Any) -> Any:
        state.value = jnp.concatenate([state.value, state.value + x])
        return state.value

    for n in (2, 4, 8):
        assert f(jnp.arange(2.0)).shape == (2, n)
        assert state.value.shape == (2, n)
    assert state.value[1].tolist() == [1, 2, 2, 3, 2, 3, 3, 4]


@check("mapping.state.retyped@1", needs=["mapping.state.unmapped@1", "mapping.state.undeclared@1"])
def test_states_that_are_not_declared_keep_a_new_type(impl: Any) -> None:
    grown, count = impl.State(jnp.array(1)), impl.ParamState(jnp.array(1))

    @mapped(impl)
    def f(x: Any) -> None:
        grown.value = jnp.ones((2, 2)) * x
        count.value = jnp.zeros(5, bool)

    with told():
        f(X)
    assert_holds(grown, jnp.ones((2, 2, 2)) * X[:, None, None])
    assert_holds(count, jnp.zeros(5, bool))


@check("mapping.state.current@1", needs=["mapping.state.sliced@1", "mapping.state.stays@1"])
def test_each_call_goes_on_from_what_states_hold(impl: Any) -> None:
    sliced, whole, count = impl.State(jnp.zeros((2, 3))), impl.ParamState(jnp.array(1.0)), impl.BatchState(0)

    @mapped(impl, state_in_axes={1: sliced}, unexpected_out_state_mapping="raise")
    def f(x: Any) -> Any:
        sliced.value = sliced.value + x * whole.value
        count.value = count.value + 1
        return sliced.value.sum()

    x = np.array([1.0, 2.0, 3.0], np.float32)
    wanted = np.zeros((2, 3))
    for n in range(1, 5):
        out = f(jnp.asarray(x))
        wanted = wanted + x * np.float32(whole.value)
        assert sliced.value.tolist() == wanted.tolist()
        assert out.tolist() == wanted.sum(0).tolist()
        assert count.value == n
        whole.value = jnp.array(n + 1.0)
    sliced.value = jnp.ones((2, 3)) * 100
    assert f(jnp.zeros(3)).tolist() == [200, 200, 200]


@check("mapping.state.current@1", needs=["mapping.state.sliced@1"])
def test_each_call_sees_the_types_that_states_have(impl: Any) -> None:
    state = impl.State(jnp.zeros(2))
    mapping = impl.transform.vmap2(lambda x: (state.value, x), state_in_axes={0: state})
    values = [
        jnp.ones(2),
        jnp.ones((2, 3)) * 2,
        jnp.arange(2),
        [jnp.zeros(2), {"a": jnp.ones((2, 1))}],
        jnp.ones(2) * 3,
    ]
    for value in [*values, *reversed(values)]:
        state.value = value
        out, _ = mapping(jnp.zeros(2))
        assert_arrays(out, value)


@check("mapping.state.current@1", needs=["mapping.state.whole@1"])
def test_two_mappings_share_a_state(impl: Any) -> None:
    state = impl.State(jnp.array(0.0))

    def origin(x: Any) -> Any:
        state.value = state.value + 1
        return x * state.value

    one, other = impl.transform.vmap2(origin), impl.transform.vmap2(origin, in_axes=None, axis_size=2)
    x = jnp.ones(2)
    assert [one(x).tolist(), other(1.0).tolist(), one(x).tolist(), origin(x).tolist(), other(1.0).tolist()] == [
        [n, n] for n in (1, 2, 3, 4, 5)
    ]
