"""The checks of `spec/32-mapping.md`: mappings, jitted functions and the transforms of JAX, one inside the other."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite import shared_material
from brainspec_conformance.suite.jit_material import assert_arrays, jitted
from brainspec_conformance.suite.mapping_more_material import AROUND, both, counted, lax, mapped, rows
from brainspec_conformance.suite.shared_material import Read, assert_as_plain, squared

BEFORE = pytest.mark.parametrize("before", [False, True], ids=["new", "used before"])
# Axes of an argument of two axes, in and out, for the outer and then the inner mapping.
AXES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "rows of rows": ({}, {}),
    "columns first": ({"in_axes": (1, 0), "out_axes": 1}, {"in_axes": (0, None)}),
    "from the end": ({"in_axes": (-1, None), "out_axes": -1}, {"in_axes": (-1, 0), "out_axes": -1}),
    "one each": ({"in_axes": (0, None)}, {"in_axes": (None, 0)}),
}


@check("mapping.nest.mapping@1", needs=["mapping.form.plain@1"])
@BEFORE
@pytest.mark.parametrize("name", AXES)
def test_two_mappings_act_as_two_of_jax(impl: Any, name: str, before: bool) -> None:
    outer, inner = AXES[name]
    x, y = rows(3, 3), -rows(3) if name in ("from the end", "columns first", "one each") else -rows(3, 3)

    def f(x: Any, y: Any) -> Any:
        return {"a": x * 2 + y, "b": x - y}

    plain = jax.jit(jax.vmap(jax.vmap(f, **inner), **outer))
    mine = impl.transform.vmap2(f, **inner)
    if before:
        mine(x, y)
    both_ = impl.transform.vmap2(mine, **outer)
    for sign in (1, -1):
        assert_arrays(both_(sign * x, y), plain(sign * x, y))


@check("mapping.nest.mapping@1", needs=["mapping.form.plain@1"])
def test_mappings_stand_in_each_other_at_any_depth(impl: Any) -> None:
    f: Any = lambda x, y: x * y + 1  # noqa: E731
    plain = f
    for axis in (0, 1, 0, None):
        f, plain = (vmap(g, in_axes=(0, axis)) for vmap, g in ((impl.transform.vmap2, f), (jax.vmap, plain)))
    x, y = rows(1, 2, 2, 3), rows(2, 3, 2)
    for _ in range(2):
        assert_arrays(f(x, y), jax.jit(plain)(x, y))


@check("mapping.nest.mapping@1", needs=["mapping.form.plain@1"])
def test_inner_calls_follow_each_other(impl: Any) -> None:
    double, add = impl.transform.vmap2(lambda x: 2 * x), impl.transform.vmap2(lambda x, y: x + y, in_axes=(0, None))

    @mapped(impl)
    def f(x: Any) -> Any:
        y = double(x)
        return add(y, x[0]), double(double(y)).sum(), add(double(x[:2]), 1.0)

    def plain(x: Any) -> Any:
        return 2 * x + x[0], (8 * x).sum(), 2 * x[:2] + 1.0

    for n in (3, 2):
        assert_arrays(f(rows(n, 3)), jax.jit(jax.vmap(plain))(rows(n, 3)))


@check("mapping.nest.mapping@1", needs=["mapping.form.plain@1"])
def test_an_inner_mapping_uses_what_is_around_it(impl: Any) -> None:
    f = impl.transform.vmap2(lambda x: impl.transform.vmap2(lambda y: x.sum() * y + x[0])(x))
    for x in (rows(2, 3), -rows(2, 3)):
        assert f(x).tolist() == (x.sum(1, keepdims=True) * x + x[:, :1]).tolist()


# Axes of a state of shape (2, 3, 4), of the outer and then of the inner mapping: what is left is a vector.
STATE_AXES = [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (-1, 0), (-1, -1), (0, -1), (-3, -2)]


@check("mapping.nest.states@1", needs=["mapping.state.sliced@1", "mapping.nest.mapping@1"])
@pytest.mark.parametrize("axes", STATE_AXES, ids=str)
def test_a_state_loses_an_axis_to_each_mapping_and_gets_it_back(impl: Any, axes: tuple[int, int]) -> None:
    outer_axis, inner_axis = axes
    state, seen = impl.State({"a": rows(2, 3, 4)}), list[Any]()
    value = np.asarray(state.value["a"])
    moved = np.moveaxis(value, outer_axis, 0)
    size, slices = moved.shape[0], [np.moveaxis(part, inner_axis, 0) for part in moved]

    def f(x: Any) -> Any:
        seen.append(state.value["a"].shape)
        state.value = {"a": state.value["a"] * x}
        return state.value["a"]

    inner = impl.transform.vmap2(f, **both({inner_axis: state}))
    outer = impl.transform.vmap2(inner, **both({outer_axis: state}))
    x = rows(size, slices[0].shape[0])
    for _ in range(2):
        slices = [part * np.asarray(x)[i][:, None] for i, part in enumerate(slices)]
        assert outer(x).tolist() == np.stack(slices).tolist()
        back = np.moveaxis(np.stack([np.moveaxis(part, 0, inner_axis) for part in slices]), 0, outer_axis)
        assert state.value["a"].tolist() == back.tolist()
    assert set(seen) == {slices[0][0].shape}


@check("mapping.nest.states@1", needs=["mapping.state.sliced@1", "mapping.nest.mapping@1"])
def test_three_mappings_take_an_axis_each(impl: Any) -> None:
    state = impl.State(jnp.zeros((2, 3, 4)))

    def f(x: Any) -> None:
        state.value = state.value + x

    inner = impl.transform.vmap2(f, state_in_axes={0: state})
    middle = impl.transform.vmap2(inner, state_in_axes={1: state}, in_axes=1)
    outer = impl.transform.vmap2(middle, state_in_axes={1: state})
    # The outer takes the axis of 3; the middle, of what is left, that of 4; the inner that of 2.
    x = rows(3, 2, 4)
    for n in (1, 2):
        outer(x)
        assert state.value.tolist() == (n * x.transpose(1, 0, 2)).tolist()


@check("mapping.nest.states@1", needs=["mapping.state.sliced@1", "mapping.nest.mapping@1"])
def test_a_state_may_be_mapped_by_the_outer_mapping_alone(impl: Any) -> None:
    state, seen = impl.State(rows(2, 3)), impl.State(rows(3))
    inner = impl.transform.vmap2(lambda x: (state.value * x, seen.value), state_in_axes={0: seen})
    outer = impl.transform.vmap2(inner, state_in_axes={0: state})
    found, kept = outer(rows(2, 3))
    assert found.tolist() == (rows(2, 3)[:, None] * rows(2, 3)[:, :, None]).tolist()
    assert kept.tolist() == [[1, 2, 3]] * 2


@check("mapping.nest.jit@1", needs=["mapping.state.sliced@1", "jit.nest.inside@1"])
@BEFORE
@pytest.mark.parametrize("where", ["outside", "inside", "both"])
def test_a_mapping_and_a_jitted_function_act_as_their_origins(impl: Any, where: str, before: bool) -> None:
    state, plain, count = impl.State(rows(3, 2)), np.asarray(rows(3, 2)), impl.ShortTermState(jnp.array(0))
    runs: list[int] = []

    def origin(x: Any) -> Any:
        runs.append(1)
        state.value = state.value * 2 + x
        count.value = count.value + 1
        return {"a": state.value, "b": state.value.sum() - x}

    inner = impl.transform.jit(origin) if where != "outside" else origin
    f = impl.transform.vmap2(inner, state_in_axes={0: state})
    if before:
        f(rows(3))
        state.value, count.value = rows(3, 2), jnp.array(0)
        runs.clear()
    f = impl.transform.jit(f) if where != "inside" else f
    x = np.asarray(rows(3))
    for n in range(3):
        plain = plain * 2 + x[:, None]
        found = f(jnp.asarray(x))
        assert found["a"].tolist() == state.value.tolist() == plain.tolist()
        assert found["b"].tolist() == (plain.sum(1) - x).tolist()
        assert count.value == n + 1
    assert len(runs) <= 1
    assert before or runs == [1]


@check("mapping.nest.jit@1", needs=["mapping.nest.mapping@1", "jit.nest.inside@1"])
def test_origins_are_traced_once_for_each_signature_of_the_outer_one(impl: Any) -> None:
    state = impl.State(jnp.zeros((2, 3)))
    inner = counted(impl, lambda x: x + state.value, state_in_axes={0: state})
    middle = impl.transform.vmap2(impl.transform.jit(lambda x: inner(x)), state_in_axes={0: state})
    outer = impl.transform.jit(middle)
    assert [inner.during(lambda: outer(rows(2, 3))) for _ in range(3)] == [1, 0, 0]
    assert [inner.during(lambda: outer(rows(2, 3, 2))) for _ in range(2)] == [1, 0]
    assert inner.during(lambda: outer(rows(2, 3))) == 0


@check("mapping.nest.jit@1", needs=["mapping.state.sliced@1", "jit.nest.inside@1"])
def test_two_mappings_in_a_jitted_function_share_states(impl: Any) -> None:
    state = impl.State(jnp.zeros((2, 3)))

    def add(x: Any) -> None:
        state.value = state.value + x

    over = [impl.transform.vmap2(add, **both({axis: state})) for axis in (0, 1)]

    @jitted(impl)
    def f(x: Any) -> Any:
        over[0](x[:2])
        state.value = state.value * 2
        over[1](x)
        return state.value.sum()

    x, wanted = rows(3), np.zeros((2, 3))
    for _ in range(2):
        wanted = (wanted + np.asarray(x[:2])[:, None]) * 2 + np.asarray(x)
        assert f(x) == wanted.sum()
        assert state.value.tolist() == wanted.tolist()


def chosen(read: Read, x: Any) -> Any:
    return jax.lax.switch(jnp.int32(x) % 3, [lambda y: y * read(), lambda y: read() - y, lambda y: y], x)


# What a lane does with a reader of a state and a number.
BODIES: dict[str, Callable[[Read, Any], Any]] = {
    **shared_material.BODIES,
    "switch": chosen,
    "indexing": lambda read, x: jnp.arange(4.0).at[jnp.int32(x)].set(read())[jnp.int32(read()) % 4],
    "sorting": lambda read, x: jnp.sort(jnp.stack([x, read(), 2.5])),
}


@check("mapping.nest.jax@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize("name", BODIES)
def test_each_transform_acts_in_each_lane_as_in_vmap(impl: Any, name: str) -> None:
    state, body = impl.State(rows(3)), BODIES[name]
    f = impl.transform.vmap2(lambda x: body(lambda: state.value, x), state_in_axes={0: state})
    plain = jax.jit(jax.vmap(lambda w, x: body(lambda: w, x)))
    for x in (rows(3), 4 - rows(3)):
        assert_arrays(f(x), plain(state.value, x))


@check("mapping.nest.jax@1", needs=["mapping.form.plain@1"])
@pytest.mark.parametrize("name", ["grad", "vmap", "scan", "cond", "while_loop", "jit"])
def test_each_transform_reads_states_that_are_not_mapped(impl: Any, name: str) -> None:
    state, body = impl.State(jnp.float32(2)), BODIES[name]
    f = impl.transform.vmap2(lambda x: body(lambda: state.value, x))
    plain = jax.jit(jax.vmap(lambda w, x: body(lambda: w, x), in_axes=(None, 0)))
    for state.value in (jnp.float32(2), jnp.float32(3)):
        assert_arrays(f(rows(3)), plain(state.value, rows(3)))


@check("mapping.nest.jax@1", needs=["mapping.axis.reduce@1"])
def test_a_collective_is_differentiated_as_in_vmap(impl: Any) -> None:
    def f(x: Any) -> Any:
        return jax.grad(lambda y: (y - lax.pmean(y, "i")) ** 2)(x)

    found = impl.transform.vmap2(f, axis_name="i")(rows(3))
    assert_arrays(found, jax.jit(jax.vmap(f, axis_name="i"))(rows(3)))


@check("mapping.nest.around@1", needs=["mapping.form.plain@1"])
@pytest.mark.parametrize("name", AROUND)
def test_a_mapping_in_a_transform_does_as_its_origin_or_says_so(impl: Any, name: str) -> None:
    f, plain, around = impl.transform.vmap2(squared), jax.vmap(squared), AROUND[name]
    assert_as_plain(lambda: around(f), lambda: around(plain))
    assert f(rows(3)).tolist() == [1, 4, 9]
    assert_as_plain(lambda: around(f), lambda: around(plain))
    assert f(rows(2)).tolist() == [1, 4]


@check("mapping.nest.around@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize("name", ["grad", "vmap", "jit", "scan", "cond"])
def test_a_mapping_in_a_transform_reads_states(impl: Any, name: str) -> None:
    state, around = impl.State(np.array([2, 3], np.float32)), AROUND[name]
    value, f = state.value, impl.transform.vmap2(lambda x: state.value * x, state_in_axes={0: state})
    assert_as_plain(lambda: around(f), lambda: around(lambda x: state.value * x))
    assert state.value is value
    state.value = np.array([3, 4], np.float32)
    assert f(rows(2)).tolist() == [3, 8]


@check("mapping.nest.around@1", needs=["mapping.nest.mapping@1"])
@pytest.mark.parametrize("name", ["grad", "vmap", "scan"])
def test_a_mapping_in_a_transform_in_an_origin(impl: Any, name: str) -> None:
    inner, around = impl.transform.vmap2(squared), AROUND[name]
    outer = impl.transform.vmap2(lambda: around(inner), axis_size=2)
    for _ in range(2):
        assert_as_plain(outer, jax.jit(jax.vmap(lambda: around(jax.vmap(squared)), axis_size=2)))
    assert inner(rows(2)).tolist() == [1, 4]
