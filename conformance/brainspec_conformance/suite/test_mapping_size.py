"""The checks of `spec/32-mapping.md`: how many lanes a call has, and what gives their number."""

from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays, key_bits
from brainspec_conformance.suite.mapping_material import adding, assert_holds, bare, filled, lax

# What may say the size, and how.
SOURCES = ["argument", "tree", "keyword", "axis_size", "state"]
# In which combinations it is said.
SAID = [[source] for source in SOURCES] + [
    ["argument", "axis_size"],
    ["tree", "keyword"],
    ["state", "argument"],
    ["state", "axis_size"],
    SOURCES,
]


@check("mapping.size.given@1", needs=["mapping.result.in-axes@1", "mapping.result.keywords@1"])
@pytest.mark.parametrize("said", SAID, ids=" ".join)
@pytest.mark.parametrize("size", [1, 3, 0])
def test_what_is_mapped_gives_the_size(impl: Any, said: list[str], size: int) -> None:
    state = impl.State(filled(2, size))

    def origin(x: Any, y: Any, z: Any = 1) -> Any:
        if "state" in said:
            state.value  # noqa: B018
        return jnp.array([7, 8])

    mapping = impl.transform.vmap2(
        origin,
        in_axes=(0 if "argument" in said else None, {"a": -1} if "tree" in said else None),
        axis_size=size if "axis_size" in said else None,
        state_in_axes={1: state},
    )
    named = {"z": jnp.zeros((size, 5))} if "keyword" in said else {}
    for _ in range(2):
        out = mapping(jnp.zeros((size, 4)), {"a": jnp.zeros((4, 6, size))}, **named)
        assert out.tolist() == [[7, 8]] * size


@check("mapping.size.given@1")
def test_each_call_has_its_own_size(impl: Any) -> None:
    state = impl.State(jnp.arange(4.0))
    by_argument = impl.transform.vmap2(lambda x: jnp.ones(2))
    by_state = impl.transform.vmap2(lambda: state.value * 10, state_in_axes={0: state})
    for size in (3, 1, 5, 3):
        assert by_argument(jnp.zeros(size)).shape == (size, 2)
        state.value = jnp.arange(float(size))
        assert_arrays(by_state(), jnp.arange(float(size)) * 10)


@check("mapping.size.given@1")
def test_states_that_are_not_touched_or_not_mapped_in_say_nothing(impl: Any) -> None:
    idle, whole, out = impl.State(jnp.zeros(7)), impl.ParamState(jnp.zeros(5)), impl.LongTermState(jnp.zeros(6))

    def origin(x: Any) -> Any:
        out.value = out.value + 1
        return whole.value.sum() + x

    mapping = impl.transform.vmap2(
        origin, state_in_axes={0: idle, None: ...}, state_out_axes={1: out, 0: [idle, whole]}
    )
    for size in (2, 3):
        assert mapping(jnp.zeros(size)).shape == (size,)


@check("mapping.size.given@1")
def test_the_size_is_that_of_the_axes_of_all_leaves(impl: Any) -> None:
    a, b = impl.State({"a": filled(2, 3), "b": [filled(3), None]}), impl.ParamState(filled(3, 2))

    def origin() -> Any:
        return a.value["a"].sum() + a.value["b"][0] + b.value.sum()

    mapping = impl.transform.vmap2(origin, state_in_axes={-1: a, 0: b}, axis_size=3)
    assert mapping().tolist() == [3 + 0 + 1, 5 + 1 + 5, 7 + 2 + 9]


def read_first(states: list[Any]) -> Any:
    return states[0].value * 1


def written_first(states: list[Any]) -> Any:
    states[0].value = jnp.ones(2)
    return states[0].value


def read_late(states: list[Any]) -> Any:
    constant = jnp.ones(2) * 3
    return constant, states[1].value, states[0].value


def second_mapped(states: list[Any]) -> Any:
    return states[1].value + 1, states[2].value["a"], states[0].value


def written_and_read(states: list[Any]) -> Any:
    states[2].value = {"a": states[2].value["a"] + 1, "b": 0.0}
    return states[2].value


def only_written(states: list[Any]) -> Any:
    states[0].value = jnp.float32(2)


TOUCHING = [read_first, written_first, read_late, second_mapped, written_and_read, only_written]


@check("mapping.size.states@1")
@pytest.mark.parametrize("touching", TOUCHING, ids=lambda touching: touching.__name__)
@pytest.mark.parametrize("size", [1, 3])
def test_states_give_the_size_as_axis_size_does(impl: Any, touching: Any, size: int) -> None:
    found = []
    for axis_size in (None, size):
        states = [
            impl.State(filled(size, 2)),
            impl.ParamState(jnp.arange(5.0)),
            impl.State({"a": filled(size), "b": filled(size, 3)}),
        ]
        mapping = impl.transform.vmap2(
            lambda: touching(states),  # noqa: B023
            axis_size=axis_size,
            state_in_axes={0: impl.util.filter.Not(impl.ParamState)},
        )
        outs = [mapping(), mapping()]
        found.append((outs, [state.value for state in states[:1] + states[2:]]))

    assert_arrays(found[0][0], found[1][0])
    for one, other in zip(found[0][1], found[1][1], strict=True):
        assert_arrays(jax.tree.map(jnp.asarray, one), jax.tree.map(jnp.asarray, other))


@check("mapping.size.states@1")
def test_a_state_that_an_inner_function_reads_gives_the_size(impl: Any) -> None:
    state = impl.State(filled(2, 3))
    inner = impl.transform.jit(lambda: state.value * 2)
    mapping = impl.transform.vmap2(lambda: (jnp.zeros(()), inner()), state_in_axes={1: state}, out_axes=-1)

    for _ in range(2):
        zeros, twice = mapping()
        assert zeros.shape == (3,)
        assert_arrays(twice, filled(2, 3) * 2)


@check("mapping.size.states@1")
def test_the_size_is_known_after_the_first_touch(impl: Any) -> None:
    state, other = impl.State(jnp.arange(3.0)), impl.ParamState(1.0)

    def origin() -> Any:
        whole = other.value
        mean = lax.pmean(state.value, "i")
        return jnp.zeros(lax.psum(1, "i")) + mean + whole, lax.axis_index("i")

    mapping = impl.transform.vmap2(origin, axis_name="i", state_in_axes={0: state})
    for _ in range(2):
        out, index = mapping()
        assert out.tolist() == [[2] * 3] * 3
        assert index.tolist() == [0, 1, 2]
    state.value = jnp.arange(5.0)
    assert mapping()[0].tolist() == [[3] * 5] * 5


@check("mapping.size.states@1")
def test_draws_before_the_size_is_known_are_those_of_its_lanes(impl: Any) -> None:
    found = []
    for axis_size in (None, 3):
        state, stream = impl.State(jnp.zeros(3)), impl.random.RandomState(5)
        mapping = impl.transform.vmap2(
            lambda: (stream.uniform(), state.value + stream.uniform()),  # noqa: B023
            axis_size=axis_size,
            state_in_axes={0: state},
        )
        found.append((mapping(), key_bits(stream)))

    assert_arrays(found[0][0], found[1][0])
    assert found[0][1] == found[1][1]
    assert len(set(found[0][0][0].tolist())) == 3


@check("mapping.size.zero@1", needs=["mapping.result.lanes@1"])
@pytest.mark.parametrize("out_axes", [0, 1, -1])
def test_no_lanes_give_empty_stacks(impl: Any, out_axes: int) -> None:
    def origin(x: Any) -> Any:
        return x * 2, jnp.ones((2, 3)) * x[0], jnp.arange(2)

    x = jnp.zeros((0, 2))
    mapping = impl.transform.vmap2(origin, out_axes=out_axes)
    for _ in range(2):
        assert_arrays(mapping(x), bare(origin, out_axes=out_axes)(x))


@check("mapping.size.zero@1")
def test_no_lanes_leave_empty_stacks_in_states(impl: Any) -> None:
    sliced, out, grown, count = (
        impl.State(jnp.zeros((2, 0))),
        impl.ParamState(jnp.ones(3)),
        impl.LongTermState({"a": 0.0}),
        impl.ShortTermState(jnp.array(0)),
    )

    def origin(x: Any) -> None:
        sliced.value = sliced.value + x
        out.value = out.value + 1
        grown.value = {"a": x}
        count.value = count.value + 1

    mapping = impl.transform.vmap2(origin, state_in_axes={1: sliced}, state_out_axes={-1: out})
    mapping(jnp.zeros(0))

    assert_holds(sliced, jnp.zeros((2, 0)))
    assert_holds(out, jnp.zeros((3, 0)))
    assert_holds(grown, {"a": jnp.zeros(0)})
    assert_holds(count, jnp.array(1))


@check("mapping.size.zero@1")
def test_a_state_can_give_no_lanes(impl: Any) -> None:
    state = impl.State(jnp.zeros((0, 2)))
    mapping = impl.transform.vmap2(adding(state), in_axes=None, state_in_axes={0: state})

    assert mapping(1.0).shape == (0, 2)
    assert state.value.shape == (0, 2)


@check("mapping.size.zero@1")
def test_random_states_evolve_where_there_are_no_lanes(impl: Any) -> None:
    touched, idle = impl.random.RandomState(3), impl.random.RandomState(4)
    mapping = impl.transform.vmap2(lambda: touched.uniform(), axis_size=0)
    key, other = jax.random.key(3), idle.value
    for _ in range(2):
        assert mapping().shape == (0,)
        key = jax.random.split(key, 1)[0]
        assert key_bits(touched) == jax.random.key_data(key).tolist()
    assert idle.value is other


@check("mapping.size.zero@1")
def test_a_mapping_of_no_lanes_goes_on_with_some(impl: Any) -> None:
    mapping = impl.transform.vmap2(lambda x: x.sum())
    for size in (0, 2, 0, 3):
        assert mapping(jnp.ones((size, 4))).tolist() == [4.0] * size
