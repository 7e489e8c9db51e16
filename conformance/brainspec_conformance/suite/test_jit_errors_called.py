"""The checks of `spec/30-jit.md`: errors about how a jitted or stateful function is called."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import Counted, busy, naming, stateful, unchanged


class Unhashable:
    __hash__ = None  # type: ignore[assignment]


UNHASHABLE: list[Any] = [[2], {"a": 1}, {1}, (1, [2]), np.zeros(2), Unhashable(), bytearray(b"a")]


@check("jit.error.static-hash@1", needs=["jit.static.both@1"])
@pytest.mark.parametrize("given", UNHASHABLE, ids=lambda given: type(given).__name__)
def test_what_cannot_be_hashed_is_no_static_argument(impl: Any, given: Any) -> None:
    origin, state = busy(impl, lambda x, n=None, *, m=None: x)
    f, name = Counted(impl, origin, static_argnums=1, static_argnames="m"), type(given).__name__
    f(1.0, "a")
    with unchanged(impl, state):
        with pytest.raises(ValueError, match=name):
            f(1.0, given)
        with pytest.raises(ValueError, match=name):
            f(1.0, "a", m=given)

    assert f.ran(1.0, "a") == 0


@check("jit.error.static-hash@1", needs=["jit.static.declared@1"])
def test_a_jax_array_is_no_static_argument(impl: Any) -> None:
    f = impl.transform.jit(lambda x, n: x, static_argnums=1)
    given = jnp.ones(2)
    with pytest.raises(ValueError, match=type(given).__name__):
        f(1.0, given)


Call = Callable[[Any], object]
UNKNOWN: dict[str, tuple[Call, str]] = {
    "a name": (lambda f: f(1.0, needle=2.0), "needle"),
    "a name beside others": (lambda f: f(1.0, y=3.0, needle=2.0), "needle"),
    "one too many": (lambda f: f(1.0, 2.0), "positional"),
    "a parameter twice": (lambda f: f(1.0, x=2.0), "multiple"),
    "a name of what is static": (lambda f: f(1.0, n="text", needle="text"), "needle"),
}


@check("jit.error.unknown-argument@1", needs=["jit.static.declared@1"])
@pytest.mark.parametrize(("call", "name"), UNKNOWN.values(), ids=UNKNOWN)
def test_arguments_that_the_origin_does_not_take_are_refused(impl: Any, call: Call, name: str) -> None:
    state, runs = impl.State(0.0), []

    def origin(x: Any, *, y: Any = 1.0, n: str = "") -> Any:
        runs.append(x)
        state.value = state.value + x
        return x * y

    f = impl.transform.jit(origin, static_argnames="n")
    f(1.0)
    for _ in range(2):
        with unchanged(impl, state), pytest.raises(TypeError, match=name):
            call(f)
    f(1.0)

    assert len(runs) == 1


@check("jit.error.unknown-argument@1")
def test_a_parameter_without_a_name_is_not_named(impl: Any) -> None:
    def origin(needle: Any, /) -> Any:
        return needle

    f = impl.transform.jit(origin)
    with pytest.raises(TypeError, match="needle"):
        f(needle=1.0)
    assert f(1.0) == 1.0


@check("jit.error.unknown-argument@1", needs=["jit.static.declared@1"])
def test_a_static_argument_that_the_origin_does_not_take_is_refused(impl: Any) -> None:
    f = impl.transform.jit(lambda x, n: x, static_argnums=1)
    with pytest.raises(TypeError, match="needle"):
        f(1.0, "a", needle="b")
    with pytest.raises(TypeError, match="positional"):
        f(1.0, "a", 2.0)
    assert f(1.0, "a") == 1.0


# Ways to donate what a state holds, to functions of `x` and `y`.
DONATED: dict[str, tuple[dict[str, Any], Callable[[Any, Any], object]]] = {
    "by position": ({"donate_argnums": 0}, lambda f, value: f(value, 1.0)),
    "by the last position": ({"donate_argnums": -1}, lambda f, value: f(1.0, value)),
    "by name": ({"donate_argnames": "y"}, lambda f, value: f(1.0, y=value)),
    "by position, named": ({"donate_argnums": (1,)}, lambda f, value: f(1.0, y=value)),
    "by name, unnamed": ({"donate_argnames": ["x"]}, lambda f, value: f(value, 1.0)),
    "in a tree": ({"donate_argnums": 0}, lambda f, value: f({"b": [jnp.ones(2), value]}, 1.0)),
}
donated = pytest.mark.parametrize(("options", "call"), DONATED.values(), ids=DONATED)


@check("jit.error.donated-state@1", needs=["jit.donate.result@1"])
@donated
@pytest.mark.parametrize("writes", [False, True], ids=["read", "written"])
def test_what_a_state_holds_is_not_donated(impl: Any, options: Any, call: Any, writes: bool) -> None:
    state = impl.ParamState({"a": jnp.arange(2.0), "b": jnp.ones(3)})

    def give(x: Any, y: Any) -> Any:
        if writes:
            state.value = {"a": state.value["a"] * 2, "b": jnp.zeros(3)}
        return state.value["a"].sum()

    origin, other = busy(impl, give)
    f = Counted(impl, origin, **options)
    with unchanged(impl, state, other), pytest.raises(ValueError, match="ParamState"):
        call(f, state.value["b"])
    assert [state.value["a"].tolist(), state.value["b"].tolist()] == [[0, 1], [1, 1, 1]]

    assert f.during(lambda: call(f, jnp.array(state.value["b"]))) == 1
    with unchanged(impl, state, other), pytest.raises(ValueError, match="ParamState"):
        call(f, state.value["b"])
    assert state.value["b"].tolist() == [1 - writes] * 3
    assert f.during(lambda: call(f, jnp.array(state.value["b"]))) == 0


@check("jit.donate.result@1")
def test_what_an_untouched_state_holds_is_donated(impl: Any) -> None:
    state, other = impl.ParamState(jnp.ones(3)), impl.ParamState(jnp.ones(3))
    f = impl.transform.jit(lambda x, y: x + y + other.value, donate_argnums=0)

    assert f(state.value, other.value).tolist() == [3, 3, 3]
    assert other.value.tolist() == [1, 1, 1]


# What needs a number, of an integer without one.
CONCRETE: dict[str, Callable[[Any], Any]] = {
    "if": lambda x: 1 if x > 0 else 2,
    "bool": bool,
    "float": float,
    "int": int,
    "complex": complex,
    "range": lambda x: len(range(x)),
    "an index": lambda x: [1, 2, 3][x],
    "NumPy": lambda x: np.sin(x),
    "an array of NumPy": np.asarray,
    "a size": lambda x: jnp.zeros(x),
    "an item": lambda x: x.item(),
    "a list": lambda x: x.tolist(),
    "a mask": lambda x: jnp.arange(3)[jnp.arange(3) > x],
}


def raised_by(action: Callable[[], object]) -> type[Exception]:
    with pytest.raises(Exception) as raised:
        action()
    return raised.type


@check("jit.error.concrete@1", needs=["jit.trace.once@1"])
@pytest.mark.parametrize("ask", CONCRETE.values(), ids=CONCRETE)
def test_a_value_without_numbers_gives_no_number(impl: Any, ask: Any) -> None:
    held, x = impl.ParamState(jnp.int32(1)), jnp.int32(2)
    expected = raised_by(lambda: jax.jit(ask)(x))
    for of in (ask, lambda x: ask(held.value)):
        origin, state = busy(impl, of)
        f = Counted(impl, origin)
        for _ in range(2):
            with unchanged(impl, state, held):
                assert raised_by(lambda: f(x)) is expected  # noqa: B023
        assert f.runs == 2


@check("jit.error.concrete@1", needs=["jit.trace.once@1"])
def test_a_call_that_found_no_number_leaves_what_is_remembered(impl: Any) -> None:
    origin, state = busy(impl, lambda x, n: x if n else int(x))
    f = Counted(impl, origin, static_argnums=1)
    f(2.0, True)
    with unchanged(impl, state):
        assert raised_by(lambda: f(2.0, False)) is jax.errors.ConcretizationTypeError

    assert [f.ran(2.0, True), state.value] == [0, 2.0]


ACCESSORS = ["jaxpr", "states", "read_states", "write_states", "out_shapes", "out_treedef"]
accessors = pytest.mark.parametrize("name", ACCESSORS)


@check("jit.error.by-cache@1", needs=["jit.open.key@1"])
@accessors
def test_a_key_that_is_not_remembered_tells_nothing(impl: Any, name: str) -> None:
    g = stateful(impl, lambda x: x)
    by_key = getattr(g.function, f"get_{name}_by_cache")
    for x in (1.0, None):
        with pytest.raises(ValueError):
            by_key(g.function.get_arg_cache_key(x))
    g(1.0)
    by_key(g.function.get_arg_cache_key(2.0))
    for key in (g.function.get_arg_cache_key(1), g.function.get_arg_cache_key((1.0,)), "text", 42, None, ()):
        with pytest.raises(ValueError):
            by_key(key)
    assert g.runs == 1


@check("jit.error.by-cache@1", needs=["jit.open.of-jit@1", "jit.cache.clear@1"])
@accessors
def test_a_key_that_was_forgotten_tells_nothing(impl: Any, name: str) -> None:
    f = impl.transform.jit(lambda x: x)
    f(1.0)
    g = f.stateful_fun
    f.clear_cache()
    with pytest.raises(ValueError):
        getattr(g, f"get_{name}_by_cache")(g.get_arg_cache_key(1.0))


@check("jit.error.by-cache@1", needs=["jit.open.key@1"])
def test_a_key_of_a_call_that_failed_tells_nothing(impl: Any) -> None:
    def origin(x: Any) -> Any:
        raise LookupError

    g = impl.transform.StatefulFunction(origin)
    with pytest.raises(LookupError):
        g(1.0)
    with pytest.raises(ValueError):
        g.get_states_by_cache(g.get_arg_cache_key(1.0))


def two_states(impl: Any) -> tuple[Any, list[Any]]:
    states = [impl.State(jnp.zeros(3)), impl.ParamState({"ab": jnp.ones(5)})]

    def origin(x: Any) -> Any:
        states[0].value = states[0].value + x
        return states[1].value["ab"] * x

    return stateful(impl, origin), states


@check("jit.error.pure-values@1", needs=["jit.open.pure@1"])
@pytest.mark.parametrize("count", [0, 1, 3, 11])
@pytest.mark.parametrize("before", [False, True], ids=["before a call", "after a call"])
def test_a_program_takes_as_many_values_as_it_has_states(impl: Any, count: int, before: bool) -> None:
    g, states = two_states(impl)
    if before:
        g(1.0)
    values = (jnp.zeros(3), {"ab": jnp.ones(5)}, *[jnp.zeros(3)] * 9)[:count]
    with unchanged(impl, *states), pytest.raises(ValueError, match=rf"(?s)(?=.*\b{count}\b).*\b2\b"):
        g.function.jaxpr_call(values, 1.0)


OTHER_VALUES: dict[str, tuple[Any, Any, list[str]]] = {
    "another shape": (np.zeros(7, np.float32), None, ["3", "7"]),
    "another number of axes": (np.zeros((3, 1), np.float32), None, []),
    "an array that would broadcast": (np.zeros((), np.float32), None, []),
    "another dtype": (np.zeros(3, np.int32), None, ["float32", "int32"]),
    "another container": ([np.zeros(3, np.float32)], None, []),
    "nothing": (None, None, []),
    "another key": (None, {"cd": np.ones(5, np.float32)}, ["ab", "cd"]),
    "another shape in a tree": (None, {"ab": np.ones(7, np.float32)}, ["5", "7"]),
}


@check("jit.error.pure-values@1", needs=["jit.open.pure@1"])
@pytest.mark.parametrize(("first", "second", "parts"), OTHER_VALUES.values(), ids=OTHER_VALUES)
def test_a_program_takes_values_of_the_types_of_its_states(
    impl: Any, first: Any, second: Any, parts: list[str]
) -> None:
    g, states = two_states(impl)
    g(1.0)
    values = (first if second is None else jnp.zeros(3), second or {"ab": jnp.ones(5)})
    with unchanged(impl, *states), pytest.raises(ValueError, match=naming(*parts)):
        g.function.jaxpr_call(values, 1.0)

    assert g.ran(1.0) == 0
