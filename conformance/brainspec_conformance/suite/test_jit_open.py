"""The checks of `spec/30-jit.md`: stateful functions and their keys."""

from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import TYPES, Counted, first_of, noting, stateful, unchanged
from brainspec_conformance.suite.test_jit_static_signature import OTHER, SAME


@check("jit.open.function@1")
def test_a_stateful_function_shows_as_its_place(impl: Any) -> None:
    assert repr(impl.transform.StatefulFunction) == "<class 'brainstate.transform.StatefulFunction'>"
    assert isinstance(impl.transform.StatefulFunction(abs), impl.transform.StatefulFunction)


@check("jit.open.function@1", needs=["jit.trace.once@1", "jit.state.written@1"])
def test_a_stateful_function_is_called_as_a_jitted_one(impl: Any) -> None:
    state = impl.State(1.0)

    def origin(x: Any, *, y: Any = 1.0) -> Any:
        state.value = state.value + x * y
        return {"a": state.value, "b": None}

    g = stateful(impl, origin)
    assert [g.ran(1.0), g.ran(2.0), g.ran(1.0, y=2.0), g.ran(1.0, y=3.0)] == [1, 0, 1, 0]
    assert state.value == 9.0
    assert isinstance(state.value, jax.Array)
    assert g(1.0)["a"] == 10.0
    assert g.function.origin_fun.__wrapped__ is origin


@check("jit.open.function@1", needs=["jit.static.both@1", "jit.static.signature@1"])
@pytest.mark.parametrize(
    "options", [{"static_argnums": 1}, {"static_argnums": [-1]}, {"static_argnames": "n"}], ids=str
)
def test_a_stateful_function_takes_static_arguments(impl: Any, options: dict[str, Any]) -> None:
    seen: list[Any] = []
    g = stateful(impl, noting(seen), name="noted", **options)
    given = ("a", (1, None))

    assert [g.ran(1.0, given), g.ran(2.0, given), g.ran(1.0, 1), g.ran(1.0, True)] == [1, 0, 1, 1]
    assert seen[0] is given
    assert g(3.0, n=given) == 3.0


@check("jit.open.function@1", needs=["jit.static.declared@1"])
def test_a_stateful_function_takes_its_options_by_position(impl: Any) -> None:
    g = impl.transform.StatefulFunction(lambda x, m, *, n: x * len(m) + len(n), (1,), ("n",), "lengths")

    assert g(2, "abc", n="d") == 7


@check("jit.open.function@1", needs=["jit.failure.unchanged@1"])
def test_a_stateful_function_that_fails_changes_nothing(impl: Any) -> None:
    state, mine = impl.State(1.0), LookupError()

    def origin(x: Any) -> Any:
        state.value = x
        raise mine

    g = stateful(impl, origin)
    with unchanged(impl, state), pytest.raises(LookupError) as raised:
        g(2.0)
    assert raised.value is mine
    with pytest.raises(LookupError):
        g(2.0)
    assert g.runs == 2


@check("jit.open.of-jit@1", needs=["jit.trace.once@1"])
def test_the_stateful_function_of_a_jitted_one_runs_the_same_programs(impl: Any) -> None:
    f = Counted(impl, lambda x, n: x * n, static_argnums=1)
    g = f.function.stateful_fun

    assert isinstance(g, impl.transform.StatefulFunction)
    assert f.ran(2.0, 3) == 1
    assert f.during(lambda: g(5.0, 3)) == 0
    assert g(5.0, 3) == 15.0
    assert f.during(lambda: g(5, 3)) == 1
    assert f.ran(7, 3) == 0


@check("jit.open.of-jit@1", needs=["jit.trace.once@1", "jit.ahead.compile@1"])
def test_the_stateful_function_of_a_jitted_one_knows_what_was_prepared(impl: Any) -> None:
    state = impl.State(1.0)
    f = Counted(impl, lambda x: state.value * x)
    f.function.compile(1.0)
    g = f.function.stateful_fun

    assert g.get_states_by_cache(g.get_arg_cache_key(2.0)) == (state,)
    assert f.during(lambda: g(2.0)) == 0


@check("jit.open.of-jit@1", needs=["jit.cache.clear@1"])
def test_clearing_a_jitted_function_clears_its_stateful_one(impl: Any) -> None:
    f = Counted(impl, lambda x: x)
    g = f.function.stateful_fun
    g(1.0)
    f.function.clear_cache()

    assert f.during(lambda: g(1.0)) == 1


def keys_of(g: Any, *arguments: Any) -> list[Any]:
    return [g.get_arg_cache_key(x) for x in arguments]


@check("jit.open.key@1")
@pytest.mark.parametrize("name", TYPES)
def test_keys_of_arguments_of_one_type_are_equal(impl: Any, name: str) -> None:
    keys = keys_of(impl.transform.StatefulFunction(lambda x: x), *TYPES[name]())

    assert all(key == keys[0] for key in keys)
    assert len(set(keys)) == 1


@check("jit.open.key@1")
def test_keys_of_arguments_of_other_types_are_not(impl: Any) -> None:
    keys = keys_of(impl.transform.StatefulFunction(lambda x: x), *map(first_of, TYPES))

    assert len(set(keys)) == len(TYPES)
    assert [keys.index(key) for key in keys] == list(range(len(TYPES)))


@check("jit.open.key@1", needs=["jit.static.declared@1"])
def test_keys_of_static_arguments_are_equal_if_they_are_one_for_the_signature(impl: Any) -> None:
    g = impl.transform.StatefulFunction(lambda n: None, static_argnums=0)
    found = {name: len(set(keys_of(g, *pair()))) for name, pair in {**SAME, **OTHER}.items()}

    assert found == {**dict.fromkeys(SAME, 1), **dict.fromkeys(OTHER, 2)}


@check("jit.open.key@1", needs=["jit.static.declared@1"])
def test_every_argument_is_part_of_the_key(impl: Any) -> None:
    g = impl.transform.StatefulFunction(lambda x, n, *, y, m: x, static_argnums=1, static_argnames="m")
    key = g.get_arg_cache_key(1.0, "n", y=2, m="m")

    assert g.get_arg_cache_key(2.0, "n", m="m", y=3) == key
    others = [
        g.get_arg_cache_key(1, "n", y=2, m="m"),
        g.get_arg_cache_key(1.0, "m", y=2, m="m"),
        g.get_arg_cache_key(1.0, "n", y=2.0, m="m"),
        g.get_arg_cache_key(1.0, "n", y=2, m="n"),
        g.get_arg_cache_key(1.0, "m", y=2, m="n"),
    ]
    assert len({key, *others}) == 6


@check("jit.open.key@1")
def test_a_key_knows_neither_origin_nor_states(impl: Any) -> None:
    state = impl.State(1.0)
    g = stateful(impl, lambda x: state.value * x)
    key = g.function.get_arg_cache_key(1.0)
    assert g.runs == 0

    g(1.0)
    state.value = jnp.ones(2)
    assert g.function.get_arg_cache_key(2.0) == key
    g(1.0)
    assert g.function.get_arg_cache_key(2.0) == key
    assert (hash(g.function.get_arg_cache_key(2.0)), g.runs) == (hash(key), 2)
