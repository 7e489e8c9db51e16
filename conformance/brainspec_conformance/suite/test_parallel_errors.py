"""The checks of `spec/34-parallel.md`: errors, and what they leave."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import naming, unchanged
from brainspec_conformance.suite.parallel_material import backwards, counts, everywhere, lanes, parallel, some


@check("parallel.error.too-many@1", needs=["parallel.form.plain@1"])
@pytest.mark.parametrize("how", ["an argument", "axis_size", "a state"])
@counts
def test_more_lanes_than_devices_are_refused(impl: Any, count: int, how: str) -> None:
    devices = backwards(count)
    size = len(devices) + 3
    state, other, stream = impl.State(jnp.zeros(size)), impl.State(jnp.zeros(())), impl.random.RandomState(0)
    options: dict[str, Any] = {
        "axis_size": {"axis_size": size, "in_axes": None},
        "a state": {"state_in_axes": {0: state}},
    }

    @parallel(impl, devices=devices, **options.get(how, {}))
    def f(x: Any) -> Any:
        other.value = other.value + 1
        stream.uniform()
        return x + state.value.sum()

    # A state cannot give the size here: the arguments agree with it.
    x = jnp.zeros(()) if how == "axis_size" else jnp.zeros(size)
    with (
        unchanged(impl, state, other, stream),
        pytest.raises(ValueError, match=naming(str(size), str(len(devices)))),
    ):
        f(x)
    if how == "an argument":
        assert f(jnp.zeros(len(devices))).tolist() == [0.0] * len(devices)
        assert other.value == 1.0


@check("parallel.error.nested@1", needs=["parallel.form.plain@1"])
@pytest.mark.parametrize("between", ["nothing", "vmap2", "jit", "vmap2 of jit"])
def test_a_parallel_mapping_in_another_is_refused(impl: Any, between: str) -> None:
    state, stream = impl.State(jnp.zeros(())), impl.random.RandomState(0)

    def origin(x: Any) -> Any:
        state.value = state.value + 1
        return x

    inner = impl.transform.pmap2(origin, devices=some(1))
    around: dict[str, Callable[[Any], Any]] = {
        "nothing": lambda f: f,
        "vmap2": impl.transform.vmap2,
        "jit": impl.transform.jit,
        "vmap2 of jit": lambda f: impl.transform.vmap2(impl.transform.jit(f)),
    }
    middle = around[between](inner)

    def outer_origin(x: Any) -> Any:
        state.value = state.value + 1
        stream.uniform()
        return middle(x)

    outer = impl.transform.pmap2(outer_origin, devices=some(1))
    x = jnp.ones((1, 1, 1))
    for _ in range(2):
        with unchanged(impl, state, stream), pytest.raises(ValueError, match="pmap2"):
            outer(x)
    assert inner(jnp.ones((1, 2))).tolist() == [[1.0, 1.0]]
    assert state.value == 1.0


@check("parallel.error.nested@1", needs=["parallel.form.plain@1"])
def test_parallel_mappings_after_each_other_are_not_nested(impl: Any) -> None:
    f = impl.transform.pmap2(lambda x: x + 1)
    both_ = impl.transform.jit(lambda x: f(f(x)))
    g = impl.transform.pmap2(impl.transform.pmap2(lambda x: x))
    with pytest.raises(ValueError, match="pmap2"):
        g(jnp.ones((1, 1)))
    assert both_(lanes(8)).tolist() == (lanes(8) + 2).tolist()


WRONG_DEVICES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "empty": (list, ValueError, ""),
    "an empty tuple": (lambda: (), ValueError, ""),
    "twice": (lambda: [everywhere()[0], everywhere()[-1], everywhere()[0]], ValueError, ""),
    "a number": (lambda: [*everywhere(), 0], TypeError, "int"),
    "a name": (lambda: ["cpu"], TypeError, "str"),
    "None": (lambda: [None], TypeError, "NoneType"),
}


@check("parallel.error.devices@1")
@pytest.mark.parametrize("name", WRONG_DEVICES)
def test_wrong_lists_of_devices_are_refused(impl: Any, name: str) -> None:
    make, error, message = WRONG_DEVICES[name]
    with pytest.raises(error, match=message):
        impl.transform.pmap2(abs, devices=make())
    with pytest.raises(error, match=message):
        impl.transform.pmap2(devices=make())(abs)


@check("parallel.error.devices@1", needs=["parallel.form.plain@1"])
def test_lists_and_tuples_of_devices_are_accepted(impl: Any) -> None:
    for devices in (tuple(some(2)), some(2), backwards(2)):
        assert impl.transform.pmap2(lambda: 1, devices=devices)().shape == (len(devices),)


@check("parallel.error.backend@1")
@pytest.mark.parametrize("name", ["abacus", "", "CPU "])
def test_backends_that_are_not_there_are_refused(impl: Any, name: str) -> None:
    with pytest.raises(ValueError, match=naming(name)):
        impl.transform.pmap2(abs, backend=name)
    with pytest.raises(ValueError, match=naming(name)):
        impl.transform.pmap2(backend=name)(abs)


@check("parallel.error.backend@1")
def test_a_backend_and_devices_are_refused_together(impl: Any) -> None:
    for devices in (everywhere(), some(1), tuple(some(1))):
        with pytest.raises(ValueError):
            impl.transform.pmap2(abs, backend=jax.default_backend(), devices=devices)


def two(x: Any, y: Any) -> Any:
    return x


NUMBERS: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "a position too far": ({"donate_argnums": 2}, ValueError, "2"),
    "one too far of two": ({"donate_argnums": (0, 5)}, ValueError, "5"),
    "too far from the end": ({"donate_argnums": -3}, ValueError, "-3"),
    "static, too far": ({"static_broadcasted_argnums": 2}, ValueError, "2"),
    "static, too far from the end": ({"static_broadcasted_argnums": (-3,)}, ValueError, "-3"),
    "both": ({"static_broadcasted_argnums": (0, 1), "donate_argnums": 1}, ValueError, ""),
    "both, counted apart": ({"static_broadcasted_argnums": -1, "donate_argnums": 1}, ValueError, ""),
    "a name": ({"donate_argnums": "x"}, TypeError, "str"),
    "a fraction": ({"donate_argnums": (0, 1.5)}, TypeError, "float"),
    "static, a name": ({"static_broadcasted_argnums": ("x",)}, TypeError, "str"),
    "static, a fraction": ({"static_broadcasted_argnums": 0.5}, TypeError, "float"),
}


@check("parallel.error.donated@1")
@pytest.mark.parametrize("name", NUMBERS)
def test_wrong_positions_are_refused(impl: Any, name: str) -> None:
    options, error, message = NUMBERS[name]
    with pytest.raises(error, match=message):
        impl.transform.pmap2(two, **options)
    with pytest.raises(error, match=message):
        impl.transform.pmap2(**options)(two)


@check("parallel.error.donated@1", needs=["parallel.form.plain@1"])
def test_any_position_of_many_is_accepted(impl: Any) -> None:
    f = impl.transform.pmap2(lambda *args: args[-1], donate_argnums=7, static_broadcasted_argnums=5)
    assert f(lanes(8)).tolist() == lanes(8).tolist()


@check("parallel.error.donated-state@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize("what", ["mapped in", "whole", "in a tree", "written", "remembered"])
def test_an_array_of_a_state_is_not_donated(impl: Any, what: str) -> None:
    state, other, value = impl.ParamState({"w": lanes(8)}), impl.State(jnp.zeros(())), lanes(8)

    def origin(x: Any) -> Any:
        other.value = other.value + 1
        x, used = x["x"][0] if isinstance(x, dict) else x, state.value["w"]
        if what == "written":
            state.value = {"w": used * x}
        return x * used.sum()

    axes = None if what == "whole" else {0: state}
    f = impl.transform.pmap2(origin, donate_argnums=0, state_in_axes=axes)
    if what == "remembered":
        f(lanes(8) * 1)
    given = state.value["w"]
    with unchanged(impl, state, other), pytest.raises(ValueError, match="ParamState"):
        f({"x": [given]} if what == "in a tree" else given)
    assert given.tolist() == value.tolist()
    out = f(given * 1)
    sums = value.sum() if what == "whole" else np.asarray(value)
    assert out.tolist() == (np.asarray(value) * sums).tolist()


@check("parallel.error.donated-state@1", needs=["parallel.form.plain@1"])
def test_an_array_of_a_state_that_is_not_touched_or_not_donated_is_taken(impl: Any) -> None:
    touched, other = impl.State(lanes(8)), impl.ParamState(lanes(8) * 2)
    f = impl.transform.pmap2(lambda x, y: x + y * touched.value.sum(), donate_argnums=0)
    value = other.value
    out = f(jnp.array(value), touched.value)
    assert out.tolist() == (2 * lanes(8) + lanes(8) * lanes(8).sum()).tolist()
    assert f(other.value, touched.value).tolist() == out.tolist()
