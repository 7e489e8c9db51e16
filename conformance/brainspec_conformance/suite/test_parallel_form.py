"""The checks of `spec/34-parallel.md`: what `pmap2` gives, and its options."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import numbers, type_of
from brainspec_conformance.suite.mapping_more_material import lax
from brainspec_conformance.suite.parallel_material import (
    PLACES,
    counted,
    counts,
    everywhere,
    lanes,
    parallel,
    places,
    some,
)


@check("parallel.form.plain@1")
def test_each_way_to_write_it_gives_a_mapping(impl: Any) -> None:
    pmap2 = impl.transform.pmap2

    def double(x: Any) -> Any:
        return 2 * x

    x = lanes(8)
    made = [pmap2(double), pmap2()(double), pmap2(in_axes=0)(double), pmap2(double, "i"), pmap2(double, axis_name="i")]
    for f in made:
        assert isinstance(f, impl.transform.StatefulMapping)
        assert f.name == "pmap2"
        assert f(x).tolist() == (2 * x).tolist()
        assert f.origin_fun is double
    assert [f.axis_name for f in made] == [None, None, None, "i", "i"]


@check("parallel.form.plain@1")
def test_options_are_kept_and_have_their_defaults(impl: Any) -> None:
    f = impl.transform.pmap2(abs)
    assert (f.in_axes, f.out_axes, f.axis_size, f.axis_name) == (0, 0, None, None)
    assert f.unexpected_out_state_mapping == "ignore"
    assert (f.state_in_axes, f.state_out_axes) == ({}, {})
    g = impl.transform.pmap2(
        lambda x, y: x,
        in_axes=(None, 1),
        out_axes=-1,
        axis_size=1,
        axis_name="i",
        static_broadcasted_argnums=(),
        devices=some(1),
        backend=None,
        donate_argnums=(),
        state_in_axes={0: impl.ParamState},
        state_out_axes={1: impl.ParamState},
        unexpected_out_state_mapping="raise",
    )
    assert (g.in_axes, g.out_axes, g.axis_size, g.axis_name) == ((None, 1), -1, 1, "i")
    assert g.unexpected_out_state_mapping == "raise"
    assert ([*g.state_in_axes], [*g.state_out_axes]) == ([0], [1])


@check("parallel.form.plain@1")
def test_a_method_is_a_parallel_mapping(impl: Any) -> None:
    class Users:
        def __init__(self, by: float) -> None:
            self.by = impl.State(by)

        @parallel(impl, in_axes=(0, None))
        def of(self, x: Any, y: Any) -> Any:
            return self.by.value * x + y

    x = lanes(8)
    for by in (2.0, 3.0):
        assert Users(by).of(x, 1.0).tolist() == (by * x + 1).tolist()


@check("parallel.size.devices@1")
@counts
def test_the_size_is_the_length_of_the_list(impl: Any, count: int) -> None:
    size, state = len(some(count)), impl.State(jnp.array(2.0))
    f = impl.transform.pmap2(
        lambda x: (x * state.value, jnp.ones(2)), in_axes=None, out_axes=(0, 1), devices=some(count)
    )
    for _ in range(2):
        out, ones = f(3.0)
        assert out.tolist() == [6.0] * size
        assert ones.shape == (2, size)


@check("parallel.size.devices@1")
def test_the_size_is_known_in_the_origin(impl: Any) -> None:
    size = len(everywhere())
    f = impl.transform.pmap2(lambda: jnp.zeros(lax.psum(1, "i")) + jax.lax.axis_index("i"), axis_name="i")
    assert f().tolist() == [[float(i)] * size for i in range(size)]


@check("parallel.size.devices@1", needs=["mapping.state.sliced@1"])
def test_a_state_agrees_with_the_length_of_the_list(impl: Any) -> None:
    state = impl.State(lanes(2))
    f = impl.transform.pmap2(lambda: state.value * 2, devices=some(2), state_in_axes={0: state})
    assert f().tolist() == (2 * lanes(2)).tolist()


@check("parallel.size.fewer@1")
@pytest.mark.parametrize("how", ["an argument", "axis_size", "another axis"])
@counts
def test_fewer_lanes_run_on_the_first_devices(impl: Any, count: int, how: str) -> None:
    size, devices = len(some(count)), everywhere()[::-1]
    options: dict[str, Any] = {
        "an argument": {},
        "axis_size": {"axis_size": size, "in_axes": None},
        "another axis": {"in_axes": 1},
    }
    x = {"an argument": jnp.ones((size, 2)), "axis_size": jnp.ones(2), "another axis": jnp.ones((2, size))}[how]
    f = impl.transform.pmap2(lambda x: x + 1, devices=devices, **options[how])
    for _ in range(2):
        out = f(x)
        assert out.tolist() == [[2.0, 2.0]] * size
        assert out.devices() == set(devices[:size])


@check("parallel.size.fewer@1")
def test_one_mapping_is_called_with_several_sizes(impl: Any) -> None:
    f = counted(impl, lambda x: x * 2)
    for count in (4, 1, 8, 4):
        out = f(lanes(count))
        assert out.tolist() == (2 * lanes(count)).tolist()
        assert out.devices() == set(some(count))


@check("parallel.size.zero@1", needs=["parallel.form.plain@1"])
def test_no_lanes_are_legal(impl: Any) -> None:
    state, grown = impl.State(jnp.zeros((2, 0))), impl.State(jnp.zeros(3))
    stream = impl.random.RandomState(0)
    key = jax.random.split(stream.value, 1)[0]

    def origin(x: Any) -> Any:
        state.value = state.value + x
        grown.value = grown.value * x
        return stream.uniform() + x, 7

    f = impl.transform.pmap2(origin, out_axes=(0, None), state_in_axes={1: state})
    out, seven = f(jnp.zeros(0))
    assert (out.shape, seven) == ((0,), 7)
    assert (state.value.shape, grown.value.shape) == ((2, 0), (0, 3))
    assert numbers(stream.value).tolist() == numbers(key).tolist()
    assert impl.transform.pmap2(lambda x: x, axis_size=0, in_axes=None)(1.0).shape == (0,)


@check("parallel.option.static@1")
@pytest.mark.parametrize("given", [1, (1,), -1, [1]], ids=str)
def test_arguments_are_static(impl: Any, given: Any) -> None:
    seen: list[Any] = []

    def origin(x: Any, how: Any) -> Any:
        seen.append(how)
        return x * len(how)

    f = counted(impl, origin, static_broadcasted_argnums=given)
    x, name = lanes(8), "".join(["a", "b"])
    assert f(x, name).tolist() == (2 * x).tolist()
    assert seen[0] is name
    assert [f.ran(x, how) for how in ("ab", "abc", (), ("a", "b"), ("a", "b"))] == [0, 1, 1, 1, 0]
    assert f(x, "abc").tolist() == (3 * x).tolist()


@check("parallel.option.static@1")
def test_axes_of_static_arguments_mean_nothing(impl: Any) -> None:
    f = impl.transform.pmap2(lambda n, x, m: x * len(n) * m, in_axes=(0, 1, 0), static_broadcasted_argnums=(0, 2))
    assert f("ab", lanes(8).reshape(1, -1), 5).tolist() == (10 * lanes(8)[:, None]).tolist()


@check("parallel.option.donate@1")
@pytest.mark.parametrize("given", [0, (0, 1), (-1,)], ids=str)
def test_donating_changes_no_value_and_no_state(impl: Any, given: Any) -> None:
    state, whole = impl.State(lanes(8)), impl.ParamState(jnp.float32(2))

    def origin(x: Any, y: Any) -> Any:
        state.value = state.value + x
        whole.value = whole.value * 1
        return {"x": x * whole.value, "y": y + x}

    f = impl.transform.pmap2(origin, donate_argnums=given, state_in_axes={0: state})
    wanted, values = lanes(8), list[Any]()
    for n in (1, 2, 3):
        values.append((state.value, wanted, whole.value))
        out = f(lanes(8) * n, lanes(8) * 10)
        wanted = wanted + lanes(8) * n
        assert out["x"].tolist() == (2 * n * lanes(8)).tolist()
        assert out["y"].tolist() == ((10 + n) * lanes(8)).tolist()
        assert state.value.tolist() == wanted.tolist()
    for old, was, two in values:
        assert old.tolist() == was.tolist()
        assert two == 2.0


@check("parallel.option.donate@1")
def test_what_is_not_donated_lives_on(impl: Any) -> None:
    f = impl.transform.pmap2(lambda x, y: x + y, donate_argnums=(0,))
    y = PLACES["spread"](lanes(8))
    for _ in range(2):
        assert f(PLACES["spread"](lanes(8)), y).tolist() == (2 * lanes(8)).tolist()
    assert y.tolist() == lanes(8).tolist()


@check("parallel.option.donate@1", needs=["parallel.option.static@1"])
def test_positions_are_counted_with_static_arguments(impl: Any) -> None:
    f = impl.transform.pmap2(lambda n, x: x * n, static_broadcasted_argnums=0, donate_argnums=1)
    for n in (2, 3, 2):
        assert f(n, lanes(8) * 1).tolist() == (n * lanes(8)).tolist()


@check("parallel.option.backend@1")
def test_a_backend_names_the_devices(impl: Any) -> None:
    devices = jax.local_devices(backend="cpu")
    f = impl.transform.pmap2(lambda x: x + 1, backend="cpu")
    for size in (1, len(devices)):
        assert f(np.zeros(size)).devices() == set(devices[:size])
    out = impl.transform.pmap2(lambda: 3, backend="cpu")()
    assert out.tolist() == [3] * len(devices)
    assert out.devices() == set(devices)


@check("parallel.place.moved@1", needs=["parallel.form.plain@1"])
@places
def test_arguments_are_taken_from_any_place(impl: Any, place: str) -> None:
    f = impl.transform.pmap2(lambda x, y, *, z: x["a"] + y.sum() + z, in_axes=(0, None))
    x = PLACES[place](lanes(8))
    for _ in range(2):
        out = f({"a": x}, x, z=x)
        assert out.tolist() == (2 * lanes(8) + lanes(8).sum()).tolist()
        assert type_of(out) == ((len(everywhere()),), jnp.float32, False)
