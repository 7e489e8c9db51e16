"""The checks of `spec/32-mapping.md`: what a mapping remembers, and what it does not keep alive."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import Counted, with_method
from brainspec_conformance.suite.mapping_more_material import counted, mapped, rows

LEAST, MOST = 128, 512


def with_static(impl: Any, origin: Any) -> Counted:
    return Counted(impl, origin, impl.transform.StatefulMapping, static_argnums=1)


@check("mapping.cache.clear@1", needs=["mapping.trace.once@1"])
def test_after_clearing_every_signature_is_traced_anew(impl: Any) -> None:
    state = impl.State(rows(2))
    f = counted(impl, lambda x: state.value * x, state_in_axes={0: state})
    values = [(rows(2), rows(2)), (rows(2, 1), rows(2)), (rows(2), rows(2, 3))]

    def ran() -> list[int]:
        found = []
        for x, state.value in values:
            found.append(f.ran(x if x.ndim == 1 else x[:, 0] > 0))
        return found

    for _ in range(2):
        assert ran() == [1, 1, 1]
        assert ran() == [0, 0, 0]
        f.function.clear_cache()
        f.function.clear_cache()


@check("mapping.cache.clear@1", needs=["mapping.trace.once@1"])
def test_clearing_changes_no_state_and_no_other_mapping(impl: Any) -> None:
    state = impl.State(jnp.zeros(2))

    def origin(x: Any) -> Any:
        state.value = state.value + x
        return state.value

    f, g = (counted(impl, origin, state_in_axes={0: state}) for _ in range(2))
    f(rows(2)), g(rows(2))
    value = state.value
    f.function.clear_cache()
    assert state.value is value
    assert (g.ran(rows(2)), f.ran(rows(2))) == (0, 1)
    assert state.value.tolist() == [4.0, 8.0]


@check("mapping.cache.bounded@1", needs=["mapping.trace.once@1"])
def test_as_many_signatures_as_promised_are_remembered(impl: Any) -> None:
    f, x = with_static(impl, lambda x, n: None), rows(1)
    assert [f.ran(x, n) for n in range(LEAST)] == [1] * LEAST
    assert [f.ran(x, n) for n in range(LEAST)] == [0] * LEAST


@check("mapping.cache.bounded@1", needs=["mapping.open.by-cache@1"])
def test_no_more_signatures_than_promised_are_remembered(impl: Any) -> None:
    f, x = with_static(impl, lambda x, n: None).function, rows(1)
    for n in range(MOST + LEAST):
        f.eval_shape(x, n)
    remembered = []
    for n in range(MOST + LEAST):
        try:
            f.get_states_by_cache(f.get_arg_cache_key(x, n))
        except ValueError:
            continue
        remembered.append(n)
    assert len(remembered) <= MOST


# What makes a program, and so might hold what it touches.
USES: dict[str, Callable[[Any], object]] = {
    "a call": lambda f: f(rows(2)),
    "calls": lambda f: [f(rows(2)), f(rows(2)), f(jnp.arange(2))],
    "eval_shape": lambda f: f.eval_shape(rows(2)),
    "its jaxpr": lambda f: f.get_jaxpr(rows(2)),
    "its states": lambda f: (f.get_states(rows(2)), None)[1],
}
uses = pytest.mark.parametrize("use", USES.values(), ids=USES)


@check("mapping.cache.frees@1")
@uses
def test_states_that_a_program_touched_are_free(impl: Any, use: Any) -> None:
    cell = {
        "read": impl.ParamState(rows(2)),
        "written": impl.State(jnp.zeros(2)),
        "whole": impl.ShortTermState(rows(2)),
        "stream": impl.random.RandomState(0),
    }

    def origin(x: Any) -> Any:
        cell["written"].value = cell["written"].value + cell["read"].value + cell["stream"].uniform()
        return x * cell["whole"].value

    f = impl.transform.vmap2(origin, state_in_axes={None: impl.ShortTermState, 0: ...})
    use(f)
    refs = [weakref.ref(state) for state in cell.values()]
    cell.clear()
    gc.collect()
    assert [ref() for ref in refs] == [None] * 4


@check("mapping.cache.frees@1", needs=["jit.nest.inside@1"])
def test_states_of_inner_functions_are_free(impl: Any) -> None:
    cell = {"a": impl.State(rows(2, 3)), "b": impl.State(rows(2, 3))}

    def origin(x: Any) -> Any:
        cell["a"].value = cell["a"].value + cell["b"].value
        return x

    inner = mapped(impl, state_in_axes={0: ...})(impl.transform.jit(origin))
    outer = mapped(impl, state_in_axes={0: ...})(lambda x: inner(x))
    outer(rows(2, 3))
    refs = [weakref.ref(state) for state in cell.values()]
    cell.clear()
    gc.collect()
    assert [ref() for ref in refs] == [None, None]


@check("mapping.cache.frees@1", needs=["mapping.trace.once@1"])
def test_the_instance_of_a_method_is_free(impl: Any) -> None:
    def of(users: Any, x: Any) -> Any:
        users.count.value = users.count.value + x
        return users.count.value

    users = with_method(mapped(impl, state_in_axes={0: ...})(of))
    one, other = users(), users()
    one.count, other.count = impl.State(jnp.zeros(2)), impl.State(rows(2))
    assert one.of(rows(2)).tolist() == [1, 2]
    assert other.of(rows(2)).tolist() == [2, 4]
    refs = weakref.ref(one), weakref.ref(one.count)
    del one
    gc.collect()
    assert [ref() for ref in refs] == [None, None]
    assert other.of(rows(2)).tolist() == [3, 6]


@check("mapping.cache.frees@1", needs=["mapping.failure.forgotten@1"])
def test_states_are_free_after_a_failure(impl: Any) -> None:
    cell = {"a": impl.State(rows(2))}

    def origin(x: Any) -> Any:
        cell["a"].value = cell["a"].value + x
        raise LookupError

    f = impl.transform.vmap2(origin, state_in_axes={0: ...})
    with pytest.raises(LookupError):
        f(rows(2))
    ref = weakref.ref(cell.pop("a"))
    gc.collect()
    assert ref() is None
