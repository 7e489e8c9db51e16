"""The checks of `spec/32-mapping.md`: what a mapping tells of its programs."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.extend.core import ClosedJaxpr, jaxpr_as_fun

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import assert_describes, shaped, unchanged
from brainspec_conformance.suite.jit_material import assert_close, barrier, structure
from brainspec_conformance.suite.mapping_more_material import both, counted, mapped, rows, split

# Arguments of two lanes. Each line adds something else to the signature, and its values the same.
ARGUMENTS: dict[str, list[Any]] = {
    "floats": [np.zeros(2, np.float32), jnp.arange(2.0)],
    "weak floats": [jnp.broadcast_to(jnp.asarray(1.0), (2,)), jnp.broadcast_to(jnp.asarray(2.0), (2,))],
    "integers": [np.zeros(2, np.int32), jnp.arange(2)],
    "three lanes": [rows(3), 2 * rows(3)],
    "a row": [rows(1, 2), -rows(1, 2)],
    "a list": [[rows(2)], [-rows(2)]],
    "a tuple": [(rows(2),), (-rows(2),)],
    "a dictionary": [{"a": rows(2), "b": 1.0}, {"b": 2.0, "a": rows(2)}],
    "keys": [split(jax.random.key(0)), split(jax.random.key(1))],
}


@check("mapping.open.key@1")
def test_keys_are_equal_exactly_for_the_same_types(impl: Any) -> None:
    f = counted(impl, lambda x: x)
    key = f.function.get_arg_cache_key
    keys = {name: [key(value) for value in values] for name, values in ARGUMENTS.items()}
    for name, (one, other) in keys.items():
        assert (name, one == other, hash(one) == hash(other)) == (name, True, True)
        assert {one: name}[other] == name
        assert [different for different, (first, _) in keys.items() if first == one] == [name]
    assert f.runs == 0


@check("mapping.open.key@1")
def test_named_and_static_arguments_are_in_the_key(impl: Any) -> None:
    f = impl.transform.StatefulMapping(lambda x, n, *, y, z: x, static_argnums=1, static_argnames="z")
    key, x = f.get_arg_cache_key, rows(2)
    assert key(x, 1, y=x, z="a") == key(-x, 1, z="a", y=x)
    keys = [key(x, n, y=y, z=z) for n, y, z in ((1, x, 1), (True, x, 1), (1.0, x, 1), (1, x, 1.0), (1, rows(2, 2), 1))]
    assert len(set(keys)) == len(keys)


@check("mapping.open.key@1")
def test_a_key_does_not_depend_on_states_and_calls(impl: Any) -> None:
    state = impl.State(rows(2))
    f = impl.transform.vmap2(lambda x: x + state.value, state_in_axes={0: state})
    key = f.get_arg_cache_key(rows(2))
    f(rows(2))
    state.value = jnp.arange(2)
    assert f.get_arg_cache_key(rows(2)) == key
    f(rows(2))
    f.clear_cache()
    assert f.get_arg_cache_key(rows(2)) == key


def types_of(avals: Any) -> list[tuple[tuple[int, ...], str]]:
    return [(aval.shape, str(aval.dtype)) for aval in avals]


def evaluated(jaxpr: Any, *inputs: Any) -> list[Any]:
    run: Any = jaxpr_as_fun
    return list(run(jaxpr)(*map(jnp.asarray, inputs)))


@check("mapping.open.jaxpr@1")
def test_a_jaxpr_takes_arguments_and_states_of_the_whole_call(impl: Any) -> None:
    a, b = impl.State(np.zeros((4, 2), np.int8)), impl.State({"q": np.zeros((2, 6), np.int8), "p": np.int8(1)})
    unused = impl.State(np.zeros(9, np.int8))

    def origin(x: Any, y: Any, *, z: Any) -> Any:
        b.value = {"q": b.value["q"] * x["k"], "p": b.value["p"]}
        a.value  # noqa: B018
        return z, [x["j"]]

    f = impl.transform.vmap2(
        origin, in_axes=({"j": 1, "k": 0}, None), out_axes=(0, 1), state_in_axes={0: [], 1: a}, state_out_axes={0: b}
    )
    ints = {n: np.zeros(n, np.int8) for n in (3, 5)}
    args = {"j": np.zeros((7, 2), np.int8), "k": np.zeros(2, np.int8)}, ints[5]
    jaxpr = f.get_jaxpr(*args, z=np.zeros((2, 8), np.int8))
    assert isinstance(jaxpr, ClosedJaxpr)
    shapes = [(7, 2), (2,), (5,), (2, 8), (), (2, 6), (4, 2)]
    assert types_of(jaxpr.in_avals) == [(shape, "int8") for shape in shapes]
    assert types_of(jaxpr.out_avals) == [(shape, "int8") for shape in [(2, 8), (7, 2), (2,), (2, 2, 6)]]
    assert unused.value.shape == (9,)


@check("mapping.open.jaxpr@1", needs=["mapping.random.afterwards@1"])
def test_a_jaxpr_does_what_a_call_does(impl: Any) -> None:
    a, b, stream = impl.State(rows(3)), impl.ParamState(rows(2, 3)), impl.random.RandomState(0)

    def origin(x: Any, y: Any) -> Any:
        b.value = b.value * x
        drawn = jax.random.key_data(stream.split_key())
        a.value = a.value + y
        return {"sum": b.value.sum() + a.value, "drawn": drawn}

    f = impl.transform.vmap2(origin, in_axes=(0, None), state_in_axes={0: a, 1: b})
    x, y = rows(3), 10.0
    for _ in range(2):
        jaxpr = f.get_jaxpr(x, y)
        assert types_of(jaxpr.in_avals)[:4] == [
            ((3,), "float32"),
            ((), "float32"),
            ((2, 3), "float32"),
            ((), "key<fry>"),
        ]
        found = evaluated(jaxpr, x, y, b.value, stream.value, a.value)
        out = f(x, y)
        for one, other in zip(found, [out["drawn"], out["sum"], b.value, stream.value, a.value], strict=True):
            assert_close(one, other)


@check("mapping.open.states@1")
def test_states_stand_in_the_order_of_the_first_touch(impl: Any) -> None:
    a, b, c = impl.State(rows(2)), impl.ParamState(rows(2)), impl.ShortTermState(jnp.zeros(()))
    stream, unused = impl.random.RandomState(0), impl.State(1.0)

    def origin(x: Any) -> Any:
        c.value = c.value + 1
        jax.random.key_data(stream.value)
        total = b.value.sum()
        a.value = total * x + len(repr(type(unused)))
        return a.value

    f = impl.transform.vmap2(origin, state_in_axes={0: [a, b]})
    for _ in range(2):
        assert f.get_states(rows(2)) == (c, stream, b, a)
        assert f.get_read_states(rows(2)) == (b,)
        assert f.get_write_states(rows(2)) == (c, stream, a)
        f(rows(2))


@check("mapping.open.states@1")
def test_a_mapping_without_states_has_none(impl: Any) -> None:
    f = impl.transform.vmap2(lambda x: impl.State(x).value)
    assert (f.get_states(rows(2)), f.get_read_states(rows(2)), f.get_write_states(rows(2))) == ((), (), ())


@check("mapping.open.states@1", needs=["mapping.nest.mapping@1"])
def test_states_of_inner_functions_are_states_of_the_outer(impl: Any) -> None:
    a, b = impl.State(rows(3)), impl.State(jnp.zeros(()))

    def origin(x: Any) -> Any:
        b.value = b.value + 1
        return a.value * x

    inner = impl.transform.vmap2(origin, state_in_axes={0: a})
    outer = impl.transform.vmap2(lambda x: inner(x) + impl.random.uniform())
    states = outer.get_states(rows(2, 3))
    assert states[:2] == (b, a)
    assert len(states) == 3
    assert outer.get_read_states(rows(2, 3)) == (a,)
    assert outer.get_write_states(rows(2, 3)) == (b, states[2])


@check("mapping.open.states@1", needs=["mapping.trace.types@1"])
def test_states_are_those_for_the_arguments(impl: Any) -> None:
    a, b = impl.State(1.0), impl.State(2.0)
    f = impl.transform.vmap2(lambda x: (a if x.ndim else b).value * x)
    for _ in range(2):
        assert (f.get_states(rows(2)), f.get_states(rows(2, 2))) == ((b,), (a,))


@check("mapping.open.shapes@1")
@pytest.mark.parametrize("by_shape", [False, True], ids=["by arrays", "by shapes"])
def test_shapes_and_structure_of_a_result_are_told(impl: Any, by_shape: bool) -> None:
    state = impl.State(rows(2, 3))

    def origin(x: Any, y: Any, *, z: Any) -> Any:
        return {"a": (x.T, None), "b": [y, 7], "c": z > 0}, state.value

    f = impl.transform.vmap2(
        origin, in_axes=(2, None), out_axes=({"a": 1, "b": None, "c": 0}, -1), state_in_axes={1: state}
    )
    dtypes = {(4, 5, 3): np.float32, (6,): np.int32, (3, 2): np.float32}
    arrays = [shaped(shape, dtype) if by_shape else jnp.ones(shape, dtype) for shape, dtype in dtypes.items()]
    ints = [shaped((6,), np.int32), shaped((), np.int32)]
    wanted = {"a": (shaped((5, 3, 4)), None), "b": ints, "c": shaped((3, 2), np.bool_)}, shaped((2, 3))
    for told in (f.eval_shape, f.get_out_shapes):
        assert_describes(told(*arrays[:2], z=arrays[2]), wanted)
    assert f.get_out_treedef(*arrays[:2], z=arrays[2]) == structure(wanted)


@check("mapping.open.shapes@1")
@pytest.mark.parametrize("size", [0, 1, 3])
def test_the_size_is_in_the_shapes(impl: Any, size: int) -> None:
    f = impl.transform.vmap2(lambda: (1.5, jnp.zeros(2), None), axis_size=size, out_axes=(0, 1, 0))
    for _ in range(2):
        assert_describes(f.eval_shape(), (shaped((size,)), shaped((2, size)), None))
        f()


ACCESSORS = ["jaxpr", "states", "read_states", "write_states", "out_shapes", "out_treedef"]
accessors = pytest.mark.parametrize("name", ACCESSORS)


def shown(found: Any) -> Any:
    """What can be compared: a jaxpr by the types of what goes in and comes out."""
    return [types_of(avals) for avals in (found.in_avals, found.out_avals)] if isinstance(found, ClosedJaxpr) else found


def three(impl: Any) -> Any:
    """A mapping that reads one state, writes another, and reads and writes a third."""
    a, b, c = impl.State(jnp.zeros(())), impl.ParamState(rows(2)), impl.ShortTermState({"n": jnp.zeros(2)})

    def origin(x: Any) -> Any:
        c.value = {"n": c.value["n"] + x}
        a.value = b.value.sum()
        return c.value["n"], None

    return impl.transform.vmap2(origin, state_in_axes={0: c})


@check("mapping.open.by-cache@1", needs=["mapping.open.key@1"])
@pytest.mark.parametrize("made", ["by a call", "by an accessor"])
@accessors
def test_an_accessor_by_key_gives_what_it_gives_for_arguments(impl: Any, name: str, made: str) -> None:
    f = three(impl)
    told, told_by_key = getattr(f, f"get_{name}"), getattr(f, f"get_{name}_by_cache")
    arguments = (rows(2), jnp.arange(2))
    for x in arguments:
        (f if made == "by a call" else told)(x)
    for x in arguments:
        assert shown(told_by_key(f.get_arg_cache_key(-x))) == shown(told(x))


@check("mapping.open.by-cache@1", needs=["mapping.open.key@1", "mapping.trace.types@1"])
def test_an_accessor_by_key_speaks_of_the_program_that_was_used_last(impl: Any) -> None:
    state, other = impl.State(None), impl.State(2.0)
    f = impl.transform.vmap2(lambda x: state.value * x if state.value.ndim else other.value * state.value)
    key, small, large = f.get_arg_cache_key(rows(3)), jnp.ones(()), jnp.ones(2)
    for value, states, shape in (
        (small, {state, other}, (3,)),
        (large, {state}, (3, 2)),
        (small, {state, other}, (3,)),
    ):
        state.value = value
        f(rows(3))
        assert set(f.get_states_by_cache(key)) == states
        assert f.get_out_shapes_by_cache(key).shape == shape
    state.value = large
    assert f.get_out_shapes_by_cache(key).shape == (3,)


Look = Callable[[Any], object]


def by_arguments(name: str) -> Look:
    return lambda f: getattr(f, f"get_{name}")(rows(2))


def by_key(name: str) -> Look:
    return lambda f: (f.get_jaxpr(rows(2)), getattr(f, f"get_{name}_by_cache")(f.get_arg_cache_key(rows(2))))


LOOKS: dict[str, Look] = {
    "key": lambda f: f.get_arg_cache_key(rows(2)),
    "eval_shape": lambda f: f.eval_shape(rows(2)),
    **{name: by_arguments(name) for name in ACCESSORS},
    **{f"{name} by key": by_key(name) for name in ACCESSORS},
}


@check("mapping.open.changes-nothing@1")
@pytest.mark.parametrize("when", ["before a call", "after a call"])
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_looking_inside_changes_nothing_and_runs_nothing(impl: Any, look: Look, when: str) -> None:
    seen: list[int] = []
    state, whole, stream = impl.State(rows(2)), impl.ParamState(np.float32(1)), impl.random.RandomState(0)

    @mapped(impl, **both({0: state}))
    def f(x: Any) -> Any:
        jax.debug.callback(lambda y: seen.append(1), x)
        state.value = state.value + x
        whole.value = whole.value + 1
        stream.split_key(), impl.random.split_key()
        return x

    if when == "after a call":
        f(rows(2))
    barrier()
    before = len(seen)
    with unchanged(impl, state, whole, stream):
        look(f)
    barrier()
    assert len(seen) == before
