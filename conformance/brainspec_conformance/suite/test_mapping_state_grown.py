"""The checks of `spec/32-mapping.md`: states that nobody has declared, and that lanes write values of their own to."""

import warnings
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays
from brainspec_conformance.suite.mapping_material import (
    adding,
    assert_holds,
    bare,
    filled,
    mapped,
    setting,
    told,
)
from brainspec_conformance.suite.state_material import KINDS

X = np.array([1.0, 2.0, 4.0], np.float32)
lenient = pytest.mark.parametrize("policy", ["ignore", "warn"])

# What a lane writes with its number.
GIVEN: dict[str, Callable[[Any], Any]] = {
    "a number": lambda x: x,
    "an array": lambda x: filled(2, 3) * x,
    "as many axes as lanes": lambda x: filled(3, 3) + x,
    "of integers": lambda x: x.astype(int),
    "of truths": lambda x: x > 1,
    "a tree": lambda x: {"a": x, "b": [None, (filled(2) * x, x + 1)]},
    "without numbers": lambda x: jnp.zeros((0, 2)) + x,
}


@check("mapping.state.undeclared@1")
@pytest.mark.parametrize("give", GIVEN.values(), ids=GIVEN)
@lenient
def test_a_state_that_is_not_declared_is_stacked_on_the_first_axis(impl: Any, give: Any, policy: str) -> None:
    state = impl.State(give(jnp.float32(0)))
    wanted = bare(give)(X)
    with told():
        mapping = impl.transform.vmap2(setting(state, give), unexpected_out_state_mapping=policy)
        for _ in range(2):
            mapping(X)
            assert_arrays(state.value, wanted)


@check("mapping.state.undeclared@1")
@pytest.mark.parametrize("size", [1, 2, 0])
def test_a_state_that_is_declared_in_on_none_is_stacked_on_the_first_axis(impl: Any, size: int) -> None:
    state = impl.State(filled(2))

    @mapped(impl, state_in_axes={None: state, 0: ...}, state_out_axes={1: impl.BatchState})
    def f(x: Any) -> None:
        state.value = state.value + x

    with told():
        f(jnp.arange(float(size)))
    assert_holds(state, jnp.arange(float(size))[:, None] + filled(2))


@check("mapping.state.undeclared@1")
@pytest.mark.parametrize("kind", KINDS)
def test_states_of_each_kind_are_stacked_and_kept(impl: Any, kind: str) -> None:
    state = getattr(impl, kind)(filled(2), name="w", tag="slow")
    with told():
        out = impl.transform.vmap2(adding(state))(X)

    assert_arrays(state.value, X[:, None] + filled(2))
    assert_arrays(out, state.value)
    assert (type(state).__name__, state.name, state.tag) == (kind, "w", "slow")


@check("mapping.state.undeclared@1", needs=["mapping.mapped.depends@1"])
def test_only_states_that_are_written_with_what_is_mapped_are_stacked(impl: Any) -> None:
    grown, through, count, read, idle = (impl.State(jnp.array(0.0)) for _ in range(5))

    @mapped(impl)
    def f(x: Any) -> Any:
        grown.value = read.value + x
        through.value = grown.value
        grown.value = grown.value * 2
        count.value = count.value + 1
        return x

    with told():
        f(X)
    assert [state.value.tolist() for state in (grown, through, count, read, idle)] == [[2, 4, 8], [1, 2, 4], 1, 0, 0]


@check("mapping.state.grows@1", needs=["mapping.state.undeclared@1"])
@lenient
def test_each_call_stacks_anew(impl: Any, policy: str) -> None:
    state = impl.State(jnp.array(1.0))
    mapping = impl.transform.vmap2(adding(state), unexpected_out_state_mapping=policy)
    wanted = np.array(1.0)
    with told():
        for size in (2, 3, 3, 1):
            x = np.arange(float(size))
            mapping(jnp.asarray(x))
            wanted = np.stack([wanted + each for each in x])
            assert state.value.tolist() == wanted.tolist()
    assert state.value.shape == (1, 3, 3, 2)


@check("mapping.state.grows@1", needs=["mapping.state.undeclared@1"])
def test_a_tree_grows_with_each_call_and_another_state_does_not(impl: Any) -> None:
    tree, written = impl.State({"a": jnp.zeros(2), "b": jnp.array(0.0)}), impl.ParamState(jnp.array(0.0))

    @mapped(impl)
    def f(x: Any) -> None:
        tree.value = {"a": tree.value["a"] + x, "b": tree.value["b"]}
        written.value = x

    with told():
        for n in (1, 2, 3):
            f(jnp.ones(3))
            shape = (3,) * n
            assert [tree.value["a"].shape, tree.value["b"].shape] == [(*shape, 2), shape]
            assert written.value.shape == (3,)
    assert (tree.value["a"] == 3).all()


@check("mapping.state.grows@1", needs=["mapping.state.undeclared@1"])
def test_a_state_that_is_put_back_grows_from_there(impl: Any) -> None:
    state = impl.State(jnp.array(0.0))
    mapping = impl.transform.vmap2(adding(state))
    with told():
        for _ in range(2):
            mapping(X), mapping(X)
            assert state.value.shape == (3, 3)
            state.value = jnp.array(0.0)
        mapping(X)
    assert state.value.tolist() == X.tolist()


def of_user_warnings(found: list[Any]) -> list[str]:
    return [str(one.message) for one in found if issubclass(one.category, UserWarning)]


@check("mapping.state.warn@1")
@pytest.mark.parametrize("kind", KINDS)
def test_each_call_that_stacks_an_undeclared_state_warns(impl: Any, kind: str) -> None:
    state = getattr(impl, kind)(jnp.zeros(2))
    mapping = impl.transform.vmap2(
        setting(state, lambda x: jnp.ones(2) * x), unexpected_out_state_mapping="warn", state_in_axes={None: ...}
    )
    for _ in range(3):
        with told() as found:
            mapping(X)
        assert [message for message in of_user_warnings(found) if kind in message]


@check("mapping.state.warn@1")
def test_each_undeclared_state_is_named(impl: Any) -> None:
    states = [impl.ShortTermState(0.0), impl.ParamState([0.0, 0.0]), impl.BatchState(0.0)]

    @mapped(impl, unexpected_out_state_mapping="warn")
    def f(x: Any) -> None:
        states[0].value, states[1].value, states[2].value = x, [0.0, x], 1.0

    for _ in range(2):
        with told() as found:
            f(X)
        text = "\n".join(of_user_warnings(found))
        assert [kind in text for kind in ("ShortTermState", "ParamState", "BatchState")] == [True, True, False]


@check("mapping.state.warn@1")
def test_states_that_are_declared_or_not_mapped_are_no_reason_to_warn(impl: Any) -> None:
    sliced, out, count, read = (impl.ParamState(jnp.zeros(3)) for _ in range(4))

    @mapped(impl, unexpected_out_state_mapping="warn", state_in_axes={0: sliced}, state_out_axes={1: out})
    def f(x: Any) -> Any:
        sliced.value, out.value, count.value = sliced.value + x, jnp.ones(3) * x, count.value + 1
        impl.random.uniform()
        return read.value * x

    for _ in range(2):
        with told() as found:
            f(X)
        assert [message for message in of_user_warnings(found) if "ParamState" in message] == []


@check("mapping.state.warn@1", needs=["mapping.state.undeclared@1"])
def test_what_a_user_does_not_want_to_hear_changes_nothing(impl: Any) -> None:
    state = impl.ParamState(0.0)
    mapping = impl.transform.vmap2(setting(state), unexpected_out_state_mapping="warn")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mapping(X)

    assert state.value.tolist() == X.tolist()


# Written values of which some leaves are mapped, whatever the others are.
MIXED: dict[str, Callable[[Any], Any]] = {
    "the first of two": lambda x: (x, 5.0),
    "the last of three": lambda x: [jnp.zeros(2), True, filled(2, 2) * x],
    "of a dictionary": lambda x: {"a": np.arange(3), "b": {"c": jnp.ones((3, 2)), "d": [x, None]}},
    "as long as the lanes": lambda x: (jnp.zeros(3), x),
    "without numbers": lambda x: (jnp.zeros((0,)), jnp.zeros((2, 0)) + x),
}


@check("mapping.state.tree@1", needs=["mapping.state.undeclared@1"])
@pytest.mark.parametrize("give", MIXED.values(), ids=MIXED)
@pytest.mark.parametrize("size", [1, 3])
def test_all_leaves_are_stacked_if_one_is_mapped(impl: Any, give: Any, size: int) -> None:
    x = X[:size]
    state = impl.State(give(jnp.float32(0)))
    mapping = impl.transform.vmap2(setting(state, give))
    with told():
        for _ in range(2):
            mapping(x)
            assert_arrays(state.value, bare(give)(x))


@check("mapping.state.tree@1", needs=["mapping.state.stays@1", "mapping.state.out@1"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_all_leaves_are_stacked_on_the_axis_of_the_state(impl: Any, axis: int) -> None:
    def give(x: Any) -> Any:
        return filled(2, 3) * x, jnp.ones((3, 2, 2))

    state, other = impl.State(bare(give, out_axes=axis)(X)), impl.ParamState(give(1.0))

    @mapped(
        impl, state_in_axes={axis: state}, state_out_axes={axis: impl.ParamState}, unexpected_out_state_mapping="raise"
    )
    def f(x: Any) -> None:
        state.value = other.value = give(x)

    f(X)
    for one in (state, other):
        assert_arrays(one.value, bare(give, out_axes=axis)(X))


@check("mapping.state.tree@1", needs=["mapping.state.undeclared@1"])
def test_leaves_of_one_state_say_nothing_of_another(impl: Any) -> None:
    a, b = impl.State((0.0, 0.0)), impl.State((0.0, 0.0))

    @mapped(impl)
    def f(x: Any) -> None:
        a.value, b.value = (1.0, x), (2.0, 3.0)

    with told():
        f(X)
    assert [np.shape(leaf) for leaf in (*a.value, *b.value)] == [(3,), (3,), (), ()]
