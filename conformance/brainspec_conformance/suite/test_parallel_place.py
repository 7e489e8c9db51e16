"""The checks of `spec/34-parallel.md`: where the parts of results and states are."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import numbers
from brainspec_conformance.suite.mapping_more_material import both, lax
from brainspec_conformance.suite.parallel_material import (
    PLACES,
    assert_copied,
    assert_spread,
    backwards,
    copied,
    counts,
    everywhere,
    lanes,
    parallel,
    places,
    some,
    spread,
)


@check("parallel.place.lanes@1", needs=["parallel.form.plain@1"])
@pytest.mark.parametrize("out_axes", [0, 1, -1, -3])
@pytest.mark.parametrize("order", ["from the first", "from the last"])
@counts
def test_results_are_spread_on_their_axis(impl: Any, count: int, order: str, out_axes: int) -> None:
    devices = some(count) if order == "from the first" else backwards(count)
    x = lanes(count, 2, 3)
    f = impl.transform.pmap2(lambda x: {"a": x * 2, "b": [x + 1]}, devices=devices, out_axes=out_axes)
    for _ in range(2):
        out = f(x)
        assert_spread(out["a"], out_axes, devices)
        assert_spread(out["b"][0], out_axes, devices)
        assert np.moveaxis(np.asarray(out["a"]), out_axes, 0).tolist() == (2 * x).tolist()


@check("parallel.place.lanes@1", needs=["parallel.form.plain@1"])
def test_every_kind_of_result_is_spread(impl: Any) -> None:
    devices = everywhere()

    def f(x: Any) -> Any:
        return x, jnp.zeros(2), 3, jax.random.key_data(jax.random.key(0)), x > 0, jax.lax.axis_index("i")

    out = impl.transform.pmap2(f, "i")(lanes(8))
    for array in out:
        assert_spread(array, 0, devices)


@check("parallel.place.lanes@1", needs=["parallel.size.fewer@1"])
def test_results_of_fewer_lanes_are_spread_on_the_first_devices(impl: Any) -> None:
    devices = backwards(8)
    f = impl.transform.pmap2(lambda x: x + 1, devices=devices)
    for count in (8, 2, 4, 1):
        assert_spread(f(lanes(count, 2)), 0, devices[: len(some(count))])


@check("parallel.place.lanes@1", needs=["parallel.place.moved@1"])
@places
def test_results_are_spread_wherever_arguments_are(impl: Any, place: str) -> None:
    f = impl.transform.pmap2(lambda x, y: (x + 1, y, x), in_axes=(0, None), out_axes=(0, 1, 0))
    for _ in range(2):
        out = f(PLACES[place](lanes(8)), PLACES[place](lanes(8)))
        for array, axis in zip(out, (0, 1, 0), strict=True):
            assert_spread(array, axis, everywhere())


@check("parallel.place.states@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize("axis", [0, 1, -1])
@counts
def test_states_are_spread_on_their_axis_and_stay_so(impl: Any, count: int, axis: int) -> None:
    devices = backwards(count)
    value = np.moveaxis(np.asarray(lanes(count, 3)), 0, axis)
    state = impl.State({"a": value, "b": [value]})

    @parallel(impl, devices=devices, state_in_axes={axis: state})
    def f(x: Any) -> None:
        state.value = jax.tree.map(lambda leaf: leaf + x, state.value)

    wanted = np.asarray(lanes(count, 3))
    for _ in range(3):
        f(lanes(count))
        wanted = wanted + np.asarray(lanes(count))[:, None]
        for leaf in (state.value["a"], state.value["b"][0]):
            assert_spread(leaf, axis, devices)
            assert np.moveaxis(np.asarray(leaf), axis, 0).tolist() == wanted.tolist()


@check("parallel.place.states@1", needs=["mapping.state.sliced@1"])
def test_states_are_spread_where_they_are_declared_or_grow(impl: Any) -> None:
    devices = everywhere()
    moved, out, same = impl.State(lanes(8, 2).T), impl.ParamState(jnp.zeros(2)), impl.LongTermState(jnp.zeros(()))
    grown = impl.ShortTermState(jnp.zeros(3))

    @parallel(impl, state_in_axes={1: moved}, state_out_axes={0: moved, -1: out, 1: impl.LongTermState})
    def f(x: Any) -> None:
        moved.value = moved.value * 2
        out.value = x * jnp.ones(2)
        same.value = jnp.ones(2)
        grown.value = x * jnp.ones(3)

    f(lanes(8))
    for state, axis in ((moved, 0), (out, 1), (same, 1), (grown, 0)):
        assert_spread(state.value, axis, devices)
    assert moved.value.tolist() == (2 * lanes(8, 2)).tolist()
    assert same.value.tolist() == [[1.0] * len(devices)] * 2


@check("parallel.place.states@1", needs=["mapping.state.sliced@1", "parallel.place.moved@1"])
@places
def test_states_are_spread_wherever_they_were(impl: Any, place: str) -> None:
    state = impl.State(PLACES[place](lanes(8)))

    @parallel(impl, state_in_axes={0: state})
    def f(x: Any) -> None:
        state.value = state.value + x

    for n in (2, 3):
        f(PLACES[place](lanes(8)))
        assert_spread(state.value, 0, everywhere())
        assert state.value.tolist() == (n * lanes(8)).tolist()


@check("parallel.place.whole@1", needs=["parallel.form.plain@1"])
@counts
def test_what_is_not_mapped_is_on_every_device(impl: Any, count: int) -> None:
    devices = backwards(count)
    number, tree = impl.State(jnp.array(0)), impl.ParamState({"a": jnp.ones((2, 3)), "b": 0.0})

    @parallel(impl, devices=devices, axis_name="i", in_axes=(0, None), out_axes=(None, 0, None, None))
    def f(x: Any, y: Any) -> Any:
        number.value = number.value + 1
        tree.value = {"a": tree.value["a"] * y, "b": lax.psum(x, "i")}
        return y * 2, x, lax.pmean(x, "i"), 3

    for n in (1, 2):
        out = f(lanes(count), 2.0)
        for array in (out[0], out[2], out[3], number.value, tree.value["a"], tree.value["b"]):
            assert_copied(array, devices)
        assert (out[0], out[3], number.value, tree.value["b"]) == (4.0, 3, n, lanes(count).sum())
        assert tree.value["a"].tolist() == [[2.0**n] * 3] * 2


@check("parallel.place.whole@1", needs=["mapping.random.afterwards@1"])
def test_a_key_is_on_every_device(impl: Any) -> None:
    stream, devices = impl.random.RandomState(0), backwards(4)
    f = impl.transform.pmap2(lambda x: stream.uniform() + x, devices=devices)
    for _ in range(2):
        f(lanes(4))
        assert stream.value.devices() == set(devices)
        assert stream.value.shape == ()


def left_by(impl: Any) -> tuple[Any, list[Any]]:
    """States and a result as a parallel mapping over all devices leaves them: spread, on another axis, and whole."""
    s, t, n = impl.State(jnp.zeros(len(everywhere()))), impl.State(lanes(8, 2).T), impl.State(jnp.array(0.0))

    @parallel(impl, **both({0: s, 1: t}))
    def f(x: Any) -> Any:
        s.value, t.value, n.value = s.value + x, t.value * 2, n.value + 1
        return s.value

    return f(lanes(8)), [s, t, n]


Use = Callable[[Any, Any, list[Any]], Any]


def through_mapping(make: Callable[[Any], Any]) -> Use:
    """Adds up everything, lane by lane where it has lanes."""

    def use(impl: Any, out: Any, states: list[Any]) -> Any:
        s, t, n = states
        f = make(impl)(lambda x: x + s.value + t.value.sum() + n.value, state_in_axes={0: s, 1: t})
        return f(out).sum()

    return use


def by_writing(impl: Any, out: Any, states: list[Any]) -> Any:
    s, t, n = states
    total = impl.State(0.0)

    @impl.transform.jit  # type: ignore[untyped-decorator]
    def f(x: Any) -> None:
        n.value = n.value * len(x)
        total.value = (s.value + x).sum() + t.value.sum() + n.value

    f(out)
    return total.value


USES: dict[str, Use] = {
    "JAX": lambda impl, out, states: (
        (out + states[0].value).sum() + jnp.stack([states[1].value]).sum() + states[2].value * len(out)
    ),
    "NumPy": lambda impl, out, states: (
        (np.asarray(out) + np.asarray(states[0].value)).sum()
        + np.asarray(states[1].value).sum()
        + float(states[2].value) * len(out)
    ),
    "bare jit": lambda impl, out, states: jax.jit(lambda x, s, t, n: (x + s).sum() + t.sum() + n * len(x))(
        out, *(state.value for state in states)
    ),
    "jit": lambda impl, out, states: impl.transform.jit(
        lambda x: (x + states[0].value).sum() + states[1].value.sum() + states[2].value * len(x)
    )(out),
    "writing in jit": by_writing,
    "vmap2": through_mapping(lambda impl: impl.transform.vmap2),
    "pmap2": through_mapping(lambda impl: impl.transform.pmap2),
    "pmap2, backwards": through_mapping(
        lambda impl: lambda f, **axes: impl.transform.pmap2(f, devices=everywhere()[::-1], **axes)
    ),
    "vmap2 in jit": through_mapping(lambda impl: lambda f, **axes: impl.transform.jit(impl.transform.vmap2(f, **axes))),
}


@check("parallel.place.any@1", needs=["parallel.form.plain@1", "mapping.state.sliced@1"])
@pytest.mark.parametrize("name", USES)
def test_what_is_left_is_used_anywhere(impl: Any, name: str) -> None:
    out, states = left_by(impl)
    total = 2 * lanes(8).sum() + 2 * lanes(8, 2).sum() + len(everywhere())
    assert USES[name](impl, out, states) == total


@check("parallel.place.any@1", needs=["parallel.form.plain@1", "mapping.state.sliced@1"])
def test_mappings_over_several_lists_follow_each_other(impl: Any) -> None:
    s, n = impl.State(lanes(8)[: len(some(2))]), impl.State(jnp.array(0))

    def f(x: Any) -> Any:
        s.value, n.value = s.value + x, n.value + 1
        return s.value

    lists = [some(2), backwards(2), some(2)]
    mappings = [impl.transform.pmap2(f, devices=devices, state_in_axes={0: s}) for devices in lists]
    mappings.append(impl.transform.vmap2(f, state_in_axes={0: s}))
    x = lanes(2)
    for n_calls, m in enumerate([*mappings, *mappings], start=1):
        x_plus = m(x) - lanes(2)
        assert n.value == n_calls
        assert x_plus.tolist() == (n_calls * lanes(2)).tolist()
    # A result over some devices is an argument over others.
    assert mappings[1](mappings[0](x)).shape == x.shape


@check("parallel.place.moved@1", needs=["mapping.state.sliced@1"])
@places
def test_states_are_read_from_any_place_and_stay_there(impl: Any, place: str) -> None:
    state, whole = impl.State(PLACES[place](lanes(8))), impl.ParamState(PLACES[place](lanes(8)))
    values = state.value, whole.value
    f = impl.transform.pmap2(lambda x: state.value * x + whole.value.sum(), state_in_axes={0: state})
    for _ in range(2):
        out = f(lanes(8))
        assert out.tolist() == (lanes(8) ** 2 + lanes(8).sum()).tolist()
        assert state.value is values[0]
        assert whole.value is values[1]


@check("parallel.place.moved@1", needs=["mapping.state.sliced@1"])
def test_states_in_several_places_meet_and_move(impl: Any) -> None:
    states = {place: impl.State(move(lanes(8))) for place, move in PLACES.items()}
    f = impl.transform.pmap2(
        lambda x: x + sum(state.value for state in states.values()), state_in_axes={0: list(states.values())}
    )
    for turn in range(3):
        values = {}
        for n, (place, state) in enumerate(states.items()):
            state.value = values[place] = [*PLACES.values()][(n + turn) % len(PLACES)](lanes(8))
        assert numbers(f(lanes(8))).tolist() == (8 * lanes(8)).tolist()
        assert all(states[place].value is values[place] for place in states)


@check("parallel.place.guarded@1")
def test_transfers_of_remembered_calls_are_counted(impl: Any, measure: Callable[[str, object], None]) -> None:
    """Whether a remembered call succeeds where nothing may be moved, for what a mapping may touch."""
    devices = everywhere()
    x, y = spread(lanes(8, 2), devices), copied(jnp.float32(2), devices)
    state, whole = impl.State(spread(lanes(8), devices)), impl.ParamState(copied(jnp.float32(2), devices))
    columns, stream = impl.State(spread(lanes(8, 2).T, devices, 1)), impl.random.RandomState(0)

    def add(x: Any) -> Any:
        state.value = state.value + 1
        return x

    def columnwise(x: Any) -> Any:
        columns.value = columns.value * 2
        return x

    def lead(x: Any) -> Any:
        whole.value = whole.value * 2
        return x * whole.value

    pmap2 = impl.transform.pmap2
    calls: dict[str, tuple[Any, ...]] = {
        "an argument": (pmap2(lambda x: x * 2), x),
        "one that is not mapped": (pmap2(lambda x, y: x * y, in_axes=(0, None)), x, y),
        "a state that is mapped": (pmap2(add, state_in_axes={0: state}), x),
        "a state on another axis": (pmap2(columnwise, state_in_axes={1: columns}), x),
        "a state that is not": (pmap2(lead), x),
        "a stream": (pmap2(lambda x: x + stream.uniform()), x),
    }
    for name, (f, *args) in calls.items():
        f(*args), f(*args)
        try:
            with jax.transfer_guard("disallow"):
                f(*args)
        except Exception as error:
            measure(name, f"moves: {type(error).__name__}")
        else:
            measure(name, "moves nothing")
