"""The checks of `spec/30-jit.md`: devices. With one device the two of each check are the same, and it says less."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, NamedSharding, SingleDeviceSharding

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import Spec, assert_on, jitted, numbers, put, two_devices

SPLIT = Spec("x")


def over_all(spec: Any) -> NamedSharding:
    """A sharding over all devices, of the sort that is no part of a type."""
    return NamedSharding(Mesh(np.array(jax.devices()), ("x",)), spec)


# How a value comes to its place: committed to a device, split or copied over all of them, or committed to none.
PLACES: dict[str, Callable[[Any], Any]] = {
    "here": lambda value: put(value, two_devices()[0]),
    "there": lambda value: put(value, two_devices()[1]),
    "split": lambda value: jax.device_put(value, over_all(SPLIT)),
    "everywhere": lambda value: jax.device_put(value, over_all(Spec())),
    "uncommitted": jnp.asarray,
    "NumPy": np.asarray,
}
places = pytest.mark.parametrize("place", PLACES)
# Where a state is, and what the argument of the call is committed to.
meetings = pytest.mark.parametrize(
    ("place", "called"),
    [
        ("there", "here"),
        ("split", "here"),
        ("everywhere", "here"),
        ("here", "there"),
        ("split", "there"),
        ("uncommitted", "there"),
        ("NumPy", "there"),
        ("there", "nowhere"),
        ("split", "nowhere"),
    ],
)


def ones() -> Any:
    return np.ones(2 * len(jax.devices()), np.float32)


def argument(called: str) -> tuple[Any, jax.Device]:
    """An argument, and the device of a call with it."""
    here, there = two_devices()
    device = there if called == "there" else here
    return (ones() if called == "nowhere" else put(ones(), device)), device


@check("jit.place.moved@1", needs=["jit.state.read-only@1"])
@meetings
def test_a_state_is_read_wherever_it_is(impl: Any, place: str, called: str) -> None:
    value, (x, _) = PLACES[place](3 * ones()), argument(called)
    state = impl.ParamState(value)
    f = impl.transform.jit(lambda x: state.value + x)
    for _ in range(2):
        assert numbers(f(x)).tolist() == (4 * ones()).tolist()
        assert state.value is value


@check("jit.place.moved@1", needs=["jit.state.written@1"])
@places
def test_a_state_is_written_wherever_it_was(impl: Any, place: str) -> None:
    state, (x, _) = impl.State(PLACES[place](3 * ones())), argument("there")

    @jitted(impl)
    def f(x: Any) -> None:
        state.value = state.value + x

    f(x), f(x)
    assert numbers(state.value).tolist() == (5 * ones()).tolist()


@check("jit.place.moved@1", needs=["jit.state.read-only@1"])
def test_states_in_several_places_meet_in_one_call(impl: Any) -> None:
    states = {place: impl.State(move(ones())) for place, move in PLACES.items()}
    held = {place: state.value for place, state in states.items()}
    f = impl.transform.jit(lambda x: x + sum(state.value for state in states.values()))
    for called in ("here", "there", "nowhere"):
        assert numbers(f(argument(called)[0])).tolist() == (7 * ones()).tolist()
    assert all(states[place].value is held[place] for place in states)


@check("jit.place.moved@1", needs=["jit.state.current@1"])
def test_a_state_may_move_between_calls(impl: Any) -> None:
    state = impl.State(put(ones(), two_devices()[0]))
    f = impl.transform.jit(lambda x: state.value + x)
    x = argument("here")[0]
    for place in ("here", "there", "split", "uncommitted", "here"):
        state.value = value = PLACES[place](2 * ones())
        assert numbers(f(x)).tolist() == (3 * ones()).tolist()
        assert state.value is value


@check("jit.place.moved@1", needs=["jit.nest.inside@1", "jit.state.read-only@1"])
def test_a_state_of_an_inner_function_is_read_wherever_it_is(impl: Any) -> None:
    state = impl.State(PLACES["there"](ones()))
    value, inner = state.value, impl.transform.jit(lambda x: state.value * x)
    outer = impl.transform.jit(lambda x: inner(x) + x)

    assert numbers(outer(argument("here")[0])).tolist() == (2 * ones()).tolist()
    assert state.value is value


@check("jit.place.written@1", needs=["jit.state.written@1", "jit.place.moved@1"])
@meetings
def test_results_and_written_states_are_on_the_device_of_the_call(impl: Any, place: str, called: str) -> None:
    state, (x, device) = impl.State(PLACES[place](ones())), argument(called)

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = state.value + x
        return {"state": state.value, "x": x, "sum": x.sum()}

    for _ in range(2):
        assert_on((f(x), state.value), device)


@check("jit.place.written@1", needs=["jit.place.moved@1", "jit.state.read-only@1"])
@meetings
def test_what_only_passes_through_is_on_the_device_of_the_call(impl: Any, place: str, called: str) -> None:
    source, target, (x, device) = impl.State(PLACES[place](ones())), impl.State(ones()), argument(called)
    value = source.value

    @jitted(impl)
    def f(x: Any) -> Any:
        target.value = source.value
        return source.value, 1, jnp.arange(2)

    for _ in range(2):
        assert_on((f(x), target.value), device)
        assert source.value is value


@check("jit.place.written@1", needs=["jit.state.written@1"])
@pytest.mark.parametrize("call", ["no arguments", "numbers", "arrays"])
def test_a_call_without_a_committed_argument_is_on_the_default_device(impl: Any, call: str) -> None:
    here, there = two_devices()
    args: Any = {"no arguments": (), "numbers": (2.0, np.float32(1)), "arrays": (jnp.ones(2), np.ones(2))}[call]
    state = impl.State(put(1.0, there))

    @jitted(impl)
    def f(*args: Any) -> Any:
        state.value = state.value + sum(args)
        return state.value, args, 3

    for _ in range(2):
        assert_on((f(*args), state.value), here)
        state.value = put(1.0, there)


@check("jit.place.written@1", needs=["jit.state.written@1"])
def test_another_default_device_is_used(impl: Any) -> None:
    here, there = two_devices()
    state = impl.State(put(1.0, here))

    @jitted(impl)
    def f() -> Any:
        state.value = state.value + 1
        return state.value * 2, 3

    for device in (here, there, here, there):
        with jax.default_device(device):
            out = f()
        assert_on((out, state.value), device)
    assert state.value == 5.0


@check("jit.place.written@1", needs=["jit.result.keywords@1"])
def test_any_committed_argument_decides(impl: Any) -> None:
    _, there = two_devices()
    f = impl.transform.jit(lambda x, tree=None, *, k=1.0: (x * 2, k, 3))

    assert_on(f(1.0, k=put(2.0, there)), there)
    assert_on(f(1.0, {"a": [jnp.ones(2), put(2.0, there)]}), there)
    assert_on(f(np.ones(2), {"a": [None, put(1, there)]}), there)


@check("jit.place.written@1", needs=["jit.state.random@1"])
def test_a_key_is_on_the_device_of_the_call(impl: Any) -> None:
    state = impl.random.RandomState(0)
    f = impl.transform.jit(lambda x: state.random() + x)
    for device in (*reversed(two_devices()), two_devices()[1]):
        assert_on((f(put(1.0, device)), state.value), device)


def singles() -> tuple[SingleDeviceSharding, SingleDeviceSharding]:
    here, there = two_devices()
    return SingleDeviceSharding(here), SingleDeviceSharding(there)


# Options for the function of two arguments below.
SHARDINGS: dict[str, Callable[[], dict[str, Any]]] = {
    "in, one for all": lambda: {"in_shardings": singles()[1]},
    "in, one each": lambda: {"in_shardings": (singles()[1], singles()[1])},
    "in, one open": lambda: {"in_shardings": (None, singles()[1])},
    "out, one for all": lambda: {"out_shardings": singles()[1]},
    "out, by name": lambda: {"out_shardings": {"a": singles()[1], "b": singles()[1]}},
    "both": lambda: {"in_shardings": singles()[1], "out_shardings": singles()[1]},
    "both split": lambda: {"in_shardings": over_all(SPLIT), "out_shardings": over_all(SPLIT)},
    "out split": lambda: {"out_shardings": over_all(SPLIT)},
    "split, then copied": lambda: {
        "in_shardings": (over_all(SPLIT), over_all(Spec())),
        "out_shardings": {"a": over_all(Spec()), "b": [over_all(SPLIT)]},
    },
}


@check("jit.place.shardings@1", needs=["jit.place.moved@1", "jit.state.read-only@1", "jit.state.written@1"])
@pytest.mark.parametrize("name", SHARDINGS)
def test_shardings_speak_of_arguments_and_results_alone(impl: Any, name: str) -> None:
    options = SHARDINGS[name]()
    sources = [impl.State(PLACES[place](ones())) for place in ("here", "there", "uncommitted")]
    values, target = [source.value for source in sources], impl.State(np.ones(3, np.float32))

    def plain(x: Any, y: Any) -> Any:
        return {"a": x + y, "b": [x * 2]}

    @jitted(impl, **options)
    def f(x: Any, y: Any) -> Any:
        target.value = target.value * 2
        tree = plain(x, y)
        return {"a": tree["a"] + sum(source.value for source in sources), "b": tree["b"]}

    wanted = jax.jit(plain, **options)(ones(), ones())
    for n in (2, 4):
        out = f(ones(), ones())
        assert numbers(out["a"]).tolist() == (5 * ones()).tolist()
        for one, other in zip(jax.tree.leaves(out), jax.tree.leaves(wanted), strict=True):
            assert one.sharding.is_equivalent_to(other.sharding, 1)
        assert numbers(target.value).tolist() == [n, n, n]
    assert all(source.value is value for source, value in zip(sources, values, strict=True))


@check("jit.place.shardings@1", needs=["jit.result.same@1"])
def test_results_of_arguments_that_are_split_are_where_they_shall_be(impl: Any) -> None:
    f = impl.transform.jit(lambda x: x * 2, out_shardings=over_all(SPLIT))
    out = f(PLACES["split"](ones()))

    assert out.sharding.is_equivalent_to(over_all(SPLIT), 1)
    assert numbers(out).tolist() == (2 * ones()).tolist()
