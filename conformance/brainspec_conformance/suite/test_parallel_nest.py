"""The checks of `spec/34-parallel.md`: parallel mappings with other transforms, their counts, failures and accessors."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_equal, jitted
from brainspec_conformance.suite.mapping_more_material import both, lax
from brainspec_conformance.suite.parallel_material import (
    PLACES,
    backwards,
    counts,
    everywhere,
    lanes,
    parallel,
    some,
    spread,
)


@check("parallel.nest.vmap@1", needs=["parallel.form.plain@1", "mapping.nest.states@1"])
@pytest.mark.parametrize("axes", [(0, 0), (0, 1), (1, 0), (-1, 0), (0, -1)], ids=str)
@pytest.mark.parametrize("parallel_one", ["outer", "inner"])
def test_a_state_loses_an_axis_to_each(impl: Any, parallel_one: str, axes: tuple[int, int]) -> None:
    outer_axis, inner_axis = axes
    pmap2, vmap2, found = impl.transform.pmap2, impl.transform.vmap2, list[Any]()
    sizes = (len(everywhere()), 3) if parallel_one == "outer" else (3, len(everywhere()))
    value = np.arange(float(2 * sizes[0] * sizes[1])).reshape(*sizes, 2)
    value = np.moveaxis(np.moveaxis(value, 1, 1 + inner_axis % 2), 0, outer_axis)
    x = jnp.arange(float(sizes[0] * sizes[1])).reshape(sizes)
    for outer, inner in ((pmap2, vmap2) if parallel_one == "outer" else (vmap2, pmap2), (vmap2, vmap2)):
        state = impl.State(jnp.asarray(value))

        def f(x: Any, state: Any = state) -> Any:
            state.value = state.value * x
            return state.value.sum()

        m = outer(inner(f, **both({inner_axis: state})), **both({outer_axis: state}))
        found.append(([m(x), m(x)], state.value))
    assert_equal(*found)


@check("parallel.nest.vmap@1", needs=["parallel.form.plain@1", "mapping.axis.spmd@1"])
@pytest.mark.parametrize("named", [{}, {"axis_name": "data"}], ids=["without a name", "of the same name"])
def test_a_hint_about_devices_changes_no_value_around_them(impl: Any, named: dict[str, str]) -> None:
    inner = impl.transform.pmap2(lambda x: 2 * x)
    x = lanes(3, len(everywhere()))
    assert_equal(impl.transform.vmap2(inner, spmd_axis_name="data", **named)(x), 2 * x)


@check("parallel.nest.vmap@1", needs=["parallel.form.plain@1", "mapping.nest.mapping@1"])
@counts
def test_mappings_stand_around_each_other_over_some_devices(impl: Any, count: int) -> None:
    x = lanes(count, 3, 2)

    def f(x: Any, y: Any) -> Any:
        return {"a": x * 2 + y, "b": y}

    def three(first: Any, second: Any, third: Any) -> Any:
        return first(second(third(f, in_axes=(0, None)), in_axes=(0, 0)), in_axes=(0, None))

    def pmap2(f: Any, **options: Any) -> Any:
        return impl.transform.pmap2(f, devices=backwards(count), **options)

    vmap2, y = impl.transform.vmap2, lanes(8, 3)[:1].reshape(3)
    wanted = jax.jit(three(jax.vmap, jax.vmap, jax.vmap))
    assert_equal(three(pmap2, vmap2, vmap2)(x, y), wanted(x, y))
    middle = x.transpose(1, 0, 2), jnp.ones(len(some(count)))
    assert_equal(three(vmap2, pmap2, vmap2)(*middle), wanted(*middle))


@check("parallel.nest.jit@1", needs=["parallel.form.plain@1", "jit.nest.inside@1", "mapping.state.sliced@1"])
@pytest.mark.parametrize("where", ["around", "inside", "both"])
@counts
def test_jitted_functions_act_as_their_origins(impl: Any, where: str, count: int) -> None:
    state, number = impl.State(lanes(count, 2)), impl.ShortTermState(jnp.array(0))

    def origin(x: Any) -> Any:
        state.value = state.value * 2 + x
        number.value = number.value + 1
        return {"a": state.value, "b": number.value}

    inner = origin if where == "around" else impl.transform.jit(origin)
    f = impl.transform.pmap2(inner, devices=some(count), state_in_axes={0: state}, out_axes={"a": 0, "b": None})
    f = f if where == "inside" else impl.transform.jit(f)
    plain, x = np.asarray(lanes(count, 2)), lanes(count)
    for n in (1, 2, 3):
        plain = plain * 2 + np.asarray(x)[:, None]
        out = f(x)
        assert out["a"].tolist() == state.value.tolist() == plain.tolist()
        assert out["b"] == number.value == n


@check("parallel.nest.jit@1", needs=["parallel.form.plain@1", "jit.nest.inside@1", "mapping.state.sliced@1"])
def test_code_around_a_parallel_mapping_goes_on_with_what_it_left(impl: Any) -> None:
    state = impl.State(lanes(8))

    @parallel(impl, axis_name="i", state_in_axes={0: state})
    def add(x: Any) -> Any:
        state.value = state.value + lax.psum(x, "i")
        return state.value

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = state.value * 2
        y = add(x + 1)
        state.value = state.value + y.sum()
        return add(state.value)

    def plain(s: Any, x: Any) -> Any:
        s = 2 * s + (x + 1).sum()
        s = s + s.sum()
        return s + s.sum()

    wanted = np.asarray(lanes(8))
    for _ in range(2):
        wanted = plain(wanted, np.ones(len(wanted)))
        assert f(jnp.ones(len(wanted))).tolist() == state.value.tolist() == wanted.tolist()


BARE: dict[str, Callable[[Any, Any], Any]] = {
    "grad": lambda w, x: jax.grad(lambda y: w() * (y**2).sum())(x),
    "grad by a state": lambda w, x: jax.grad(lambda v: (v * x).sum() ** 2)(w()),
    "vmap": lambda w, x: jax.vmap(lambda y: y * w())(x),
    "jvp": lambda w, x: jax.jvp(lambda y: y * w(), (x,), (x,)),
    "jacobian": lambda w, x: jax.jacfwd(lambda y: y * y[0] * w())(x),
    "scan": lambda w, x: jax.lax.scan(lambda c, y: (c * w() + y, c), 0.0, x),
    "cond": lambda w, x: jax.lax.cond(x[0] > 2, lambda: x * w(), lambda: x),
    "while_loop": lambda w, x: jax.lax.while_loop(lambda c: c[0] < 50, lambda c: c * 2 + w(), x),
    "jit": lambda w, x: jax.jit(lambda y: y * w())(x),
}


@check("parallel.nest.grad@1", needs=["parallel.form.plain@1", "mapping.nest.jax@1"])
@pytest.mark.parametrize("name", BARE)
def test_bare_transforms_act_as_in_vmap2(impl: Any, name: str) -> None:
    w, body = impl.State(lanes(8)), BARE[name]

    def f(x: Any) -> Any:
        return body(lambda: w.value, x)

    found, wanted = (
        transform(f, state_in_axes={0: w})(lanes(8, 2)) for transform in (impl.transform.pmap2, impl.transform.vmap2)
    )
    assert_equal(found, wanted)


@check("parallel.jit.sharded@1", needs=["jit.place.moved@1", "jit.state.written@1", "jit.state.read-only@1"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("first", PLACES)
def test_a_jitted_function_takes_what_is_spread(impl: Any, first: str, place: str) -> None:
    state, whole = impl.State(PLACES[first](lanes(8, 2))), impl.ParamState(spread(lanes(8), everywhere()))
    value = whole.value

    @jitted(impl)
    def f(x: Any, y: Any) -> Any:
        state.value = state.value * x + whole.value[:, None]
        return {"a": state.value.sum(0), "b": (x + y).T, "c": x[1:] - x[:-1]}

    def plain(s: Any, w: Any, x: Any, y: Any) -> Any:
        s = s * x + w[:, None]
        return s, {"a": s.sum(0), "b": (x + y).T, "c": x[1:] - x[:-1]}

    held, x = lanes(8, 2), lanes(8, 2) / 16
    for _ in range(2):
        held, wanted = jax.jit(plain)(held, lanes(8), x, 2.0)
        out = f(PLACES[place](x), 2.0)
        assert_equal(out, wanted)
        assert_equal(state.value, held)
        assert whole.value is value
