"""The checks of `spec/33-map.md`: errors about what `map` is given, and about what its function asks."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import NO_NUMBERS, NO_VALUES, a_node
from brainspec_conformance.suite.jit_material import nothing_changes
from brainspec_conformance.suite.map_material import Refusing, some_batches
from brainspec_conformance.suite.mapping_material import filled
from brainspec_conformance.suite.state_material import KINDS, a_state, subclass
from brainspec_conformance.suite.test_jit_errors_called import CONCRETE, raised_by
from brainspec_conformance.suite.test_mapping_errors_sizes import sizes
from brainspec_conformance.suite.test_state_errors import PLANTED

TWO = np.arange(2.0, dtype=np.float32)
planted = pytest.mark.parametrize("plant", [plant for plant, _ in PLANTED], ids=["a key", "a list", "a tuple"])


def first(*xs: Any) -> Any:
    return jax.tree.leaves(xs)[0]


@check("map.error.callable@1")
@pytest.mark.parametrize("thing", [3, "text", None, 2.5, (len,), [abs], {"f": abs}, ...], ids=repr)
def test_what_cannot_be_called_is_not_run(impl: Any, thing: Any) -> None:
    for words in ((TWO,), (TWO, TWO)):
        with pytest.raises(TypeError, match=rf"\b{type(thing).__name__}\b"):
            impl.transform.map(thing, *words)


@check("map.error.callable@1")
def test_values_and_states_are_not_run(impl: Any) -> None:
    state = impl.ParamState(jnp.ones(2))
    for thing, name in ((state, "ParamState"), (jnp.ones(2), "Array"), (subclass(impl.State, "Mine")(1.0), "Mine")):
        with nothing_changes(impl, state), pytest.raises(TypeError, match=name):
            impl.transform.map(thing, TWO)


# What has no size.
NO_SIZE: dict[str, tuple[Any, ...]] = {
    "nothing": (),
    "an empty dictionary": ({},),
    "no leaves": (None, [], {"a": ()}),
    "a number": (1.0,),
    "an integer": (3,),
    "an array without axes": (np.zeros(()),),
    "a number of JAX's kind": (np.float32(1),),
    "a list of numbers": ([1.0, 2.0],),
    "a number beside": (TWO, 1.0),
    "a number before": (True, TWO),
    "a number in a tree": (TWO, {"a": TWO, "b": [np.int32(2)]}),
}


@check("map.error.sizes@1", needs=["map.run.sequence@1"])
@some_batches
@pytest.mark.parametrize("name", NO_SIZE)
def test_what_is_run_over_has_a_size(impl: Any, name: str, batch_size: int | None) -> None:
    f = Refusing(impl, lambda *xs: 1.0, batch_size)
    f.refuses(*NO_SIZE[name], error=ValueError)
    f.works(TWO)


@check("map.error.sizes@1", needs=["map.run.sequence@1"])
def test_a_key_has_no_slices(impl: Any) -> None:
    f = Refusing(impl, lambda *xs: 1.0)
    f.refuses(jax.random.key(0), error=ValueError)
    f.works(jax.random.split(jax.random.key(0), 2))


# Values whose sizes do not agree.
DISAGREEING: dict[str, tuple[Any, ...]] = {
    "two": (np.zeros(13), np.zeros(17)),
    "two of more axes": (np.zeros((17, 13)), np.zeros((13, 17))),
    "in a tree": ([np.zeros(13), {"a": np.zeros((17, 13))}],),
    "in two trees": ({"a": np.zeros(17), "b": np.zeros((17, 2))}, {"a": np.zeros(13)}),
    "the last of three": (np.zeros(17), np.zeros(17), np.zeros((13, 17))),
}


@check("map.error.sizes@1", needs=["map.run.sequence@1"])
@some_batches
@pytest.mark.parametrize("name", DISAGREEING)
def test_sizes_agree(impl: Any, name: str, batch_size: int | None) -> None:
    f = Refusing(impl, first, batch_size)
    f.refuses(*DISAGREEING[name], error=ValueError, match=sizes(13, 17))
    f.works(np.zeros(2), np.zeros((2, 3)))


@check("map.error.sizes@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize(("one", "other"), [(0, 17), (1, 17), (17, 1)])
def test_nothing_is_broadcast_to_a_size(impl: Any, one: int, other: int) -> None:
    f = Refusing(impl, lambda x, y: x + y)
    f.refuses(np.zeros(one), np.zeros(other), error=ValueError, match=sizes(one, other))
    f.works(np.zeros(2), np.zeros(2))


@check("map.error.sizes@1", needs=["map.nest.inside@1"])
def test_it_is_so_in_a_function_that_is_traced(impl: Any) -> None:
    state = impl.State(jnp.zeros(()))

    def f(x: Any) -> Any:
        state.value = state.value + 1
        return impl.transform.map(lambda x, y: x, x, np.zeros(17))

    with nothing_changes(impl, state), pytest.raises(ValueError, match=sizes(13, 17)):
        impl.transform.jit(f)(np.zeros(13))


@check("map.error.batch-size@1", needs=["map.batch.lanes@1"])
@pytest.mark.parametrize("size", [1.5, 2.0, True, False, "two", (2,), [2], 1j, b"2", np.float32(2)], ids=repr)
def test_a_size_of_batches_is_an_integer(impl: Any, size: Any) -> None:
    f = Refusing(impl, first)
    f.refuses(TWO, error=TypeError, batch_size=size)
    with pytest.raises(TypeError) as raised:
        f.call(TWO, batch_size=size)
    assert str(size) in str(raised.value)
    f.works(TWO)


@check("map.error.batch-size@1", needs=["map.batch.lanes@1"])
@pytest.mark.parametrize("size", [0, -1, -17, np.int32(0), np.int64(-3)], ids=str)
def test_a_size_of_batches_is_positive(impl: Any, size: Any) -> None:
    f = Refusing(impl, first)
    for xs in (TWO, TWO[:0]):
        f.refuses(xs, error=ValueError, match=rf"(?<![\d-]){size}\b", batch_size=size)
    f.works(TWO)


@check("map.error.values@1", needs=["map.run.sequence@1"])
@some_batches
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_is_not_run_over(impl: Any, kind: str, batch_size: int | None) -> None:
    state = a_state(impl, kind)
    f = Refusing(impl, first, batch_size)
    f.states.append(state)
    for xs in ((state,), (TWO, state), (state, TWO)):
        f.refuses(*xs, error=ValueError)
    f.works(TWO)


@check("map.error.values@1", needs=["map.run.sequence@1"])
@planted
def test_a_tree_with_a_state_is_not_run_over(impl: Any, plant: Any) -> None:
    state = impl.ParamState(TWO)
    f = Refusing(impl, first)
    f.states.append(state)
    f.refuses(jax.tree.map(lambda leaf: leaf if leaf is state else TWO, plant(state)), error=ValueError)
    f.works(plant(TWO)["needle"] if isinstance(plant(TWO), dict) else TWO)


@check("map.error.values@1", needs=["map.run.sequence@1"])
@some_batches
@pytest.mark.parametrize("base", ["module", "node"])
def test_a_node_is_not_run_over(impl: Any, base: str, batch_size: int | None) -> None:
    node = a_node(impl, base)
    f = Refusing(impl, first, batch_size)
    f.states.append(node.state)
    for xs in ((node,), (TWO, node), ({"a": [TWO, node]},)):
        f.refuses(*xs, error=TypeError)


@check("map.error.values@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize("thing", NO_VALUES, ids=lambda thing: type(thing).__name__)
def test_what_is_no_value_is_not_run_over(impl: Any, thing: Any) -> None:
    f = Refusing(impl, first)
    for xs in ((thing,), (TWO, thing), ({"a": TWO, "b": [thing]},)):
        f.refuses(*xs, error=TypeError)
    f.works(TWO)


@check("map.error.values@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize("thing", NO_NUMBERS, ids=lambda thing: thing.dtype.kind)
def test_arrays_of_other_things_are_not_run_over(impl: Any, thing: Any) -> None:
    Refusing(impl, first).refuses(thing, error=TypeError)


@check("map.error.values@1", needs=["map.run.sequence@1"])
@some_batches
@pytest.mark.parametrize("born", [False, True], ids=["before", "inside"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_is_no_result(impl: Any, kind: str, born: bool, batch_size: int | None) -> None:
    given = None if born else a_state(impl, kind)
    f = Refusing(impl, lambda x: [x, a_state(impl, kind) if born else given], batch_size)
    f.refuses(TWO, error=ValueError)


@check("map.error.values@1", needs=["map.run.sequence@1"])
@some_batches
@pytest.mark.parametrize("thing", NO_VALUES, ids=lambda thing: type(thing).__name__)
def test_what_is_no_value_is_no_result(impl: Any, thing: Any, batch_size: int | None) -> None:
    wrong = [True]
    f = Refusing(impl, lambda x: {"a": x, "b": (thing,)} if wrong else x, batch_size)
    f.refuses(TWO, error=TypeError)
    wrong.clear()
    f.works(TWO)


@check("map.error.values@1", needs=["map.run.sequence@1"])
def test_values_are_refused_where_there_are_no_slices_too(impl: Any) -> None:
    state = impl.ParamState(TWO)
    f = Refusing(impl, lambda x, y: [state])
    f.states.append(state)
    f.refuses(TWO[:0], state, error=ValueError)
    f.refuses(TWO[:0], "text", error=TypeError)
    f.refuses(TWO[:0], TWO[:0], error=ValueError)


@check("map.error.concrete@1", needs=["map.run.sequence@1"])
@some_batches
@pytest.mark.parametrize("name", CONCRETE)
def test_what_asks_for_a_number_is_refused_as_in_jit(impl: Any, name: str, batch_size: int | None) -> None:
    ask, held, x = CONCRETE[name], impl.ParamState(jnp.int32(1)), jnp.array([2, 1])
    expected = raised_by(lambda: jax.jit(ask)(jnp.int32(2)))
    for give in (ask, lambda x: ask(held.value)):
        f = Refusing(impl, give, batch_size)
        f.states.append(held)
        with nothing_changes(impl, *f.states):
            assert raised_by(lambda: f.call(x)) is expected  # noqa: B023


@check("map.error.concrete@1", needs=["map.state.carried@1"])
def test_a_state_that_was_written_gives_no_number_either(impl: Any) -> None:
    state = impl.State(jnp.float32(1))

    def f(x: Any) -> Any:
        state.value = state.value * 2
        return 1 if state.value > 3 else 2

    for x in (jnp.ones(3), jnp.ones(1), jnp.ones(0)):
        with nothing_changes(impl, state), pytest.raises(jax.errors.TracerBoolConversionError):
            impl.transform.map(f, x)
    with jax.disable_jit():
        assert impl.transform.map(f, jnp.ones(3)).tolist() == [2, 1, 1]


@check("map.error.concrete@1", needs=["map.run.sequence@1"])
@some_batches
def test_shapes_are_numbers(impl: Any, batch_size: int | None) -> None:
    found = impl.transform.map(lambda x: x * 2 if len(x) == 3 else x, filled(4, 3), batch_size=batch_size)
    assert found.tolist() == (filled(4, 3) * 2).tolist()
