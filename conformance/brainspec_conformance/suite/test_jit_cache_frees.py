"""The checks of `spec/30-jit.md`: what a jitted function does not keep alive."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import Counted, with_method
from brainspec_conformance.suite.state_material import in_a_thread

# What makes a program, and so might hold what it touches.
USES: dict[str, Callable[[Any], object]] = {
    "a call": lambda f: f(1.0),
    "calls": lambda f: [f(1.0), f(2.0), f(1)],
    "compile": lambda f: (f.compile(1.0), None)[1],
    "eval_shape": lambda f: f.eval_shape(1.0),
    "its jaxpr": lambda f: f.stateful_fun.get_jaxpr(1.0),
    "its states": lambda f: (f.stateful_fun.get_states(1.0), None)[1],
    "a call from a thread": lambda f: in_a_thread(lambda: f(1.0)),
}
CALLS = [name for name in USES if "call" in name]
uses = pytest.mark.parametrize("use", USES.values(), ids=USES)


@check("jit.cache.frees@1")
@uses
def test_states_that_a_program_touched_are_free(impl: Any, use: Any) -> None:
    cell = {"read": impl.ParamState(jnp.ones(2)), "written": impl.State(jnp.zeros(())), "both": impl.State(0.0)}

    def origin(x: Any) -> Any:
        cell["written"].value = cell["read"].value.sum()
        cell["both"].value += x
        return x

    f = impl.transform.jit(origin)
    use(f)
    refs = [weakref.ref(state) for state in cell.values()]
    cell.clear()
    gc.collect()

    assert [ref() for ref in refs] == [None, None, None]


@check("jit.cache.frees@1", needs=["jit.form.method@1"])
@pytest.mark.parametrize("use", [USES[name] for name in CALLS], ids=CALLS)
def test_the_instance_of_a_method_is_free(impl: Any, use: Any) -> None:
    def of(counter: Any, x: Any) -> Any:
        counter.count.value += x
        return counter.count.value

    users = with_method(impl.transform.jit(of))
    counter, other = users(), users()
    counter.count, other.count = impl.State(0.0), impl.State(5.0)
    use(counter.of)
    use(other.of)
    refs = weakref.ref(counter), weakref.ref(counter.count)
    del counter
    gc.collect()

    assert [ref() for ref in refs] == [None, None]
    before = other.count.value
    assert other.of(1.0) == before + 1


@check("jit.cache.frees@1", needs=["jit.form.method@1"])
def test_the_instance_of_a_method_is_free_after_a_failure(impl: Any) -> None:
    def of(counter: Any, x: Any) -> Any:
        counter.count.value += x
        raise LookupError

    counter = with_method(impl.transform.jit(of))()
    counter.count = impl.State(0)
    with pytest.raises(LookupError):
        counter.of(1)
    refs = weakref.ref(counter), weakref.ref(counter.count)
    del counter
    gc.collect()

    assert [ref() for ref in refs] == [None, None]


@check("jit.cache.frees@1", needs=["jit.state.local@1"])
def test_states_that_are_born_in_an_origin_are_free(impl: Any) -> None:
    refs = []

    def origin(x: Any) -> Any:
        state = impl.State(x)
        refs.append(weakref.ref(state))
        return state.value

    f = impl.transform.jit(origin)
    f(1.0), f(2.0)
    gc.collect()

    assert [ref() for ref in refs] == [None]


@check("jit.cache.frees@1", needs=["jit.nest.inside@1"])
def test_states_that_an_inner_function_touched_are_free(impl: Any) -> None:
    cell = {"h": impl.State(1.0)}
    inner = impl.transform.jit(lambda x: cell["h"].value * x)
    outer = impl.transform.jit(lambda x: inner(x) + 1)
    assert outer(2.0) == 3.0
    ref = weakref.ref(cell.pop("h"))
    gc.collect()

    assert ref() is None


@check("jit.form.method@1")
def test_an_instance_does_not_inherit_the_programs_of_one_that_is_gone(impl: Any) -> None:
    users = with_method(impl.transform.jit(lambda self, x: self.state.value * x + self.offset))
    found = []
    for n in range(5):
        user = users()  # most likely where the one before it was
        user.state, user.offset = impl.State(float(n)), n
        found.append(float(user.of(10.0)))
        del user

    assert found == [0, 11, 22, 33, 44]


@check("jit.state.replaced@1", needs=["jit.cache.frees@1"])
def test_a_state_does_not_inherit_the_programs_of_one_that_is_gone(impl: Any) -> None:
    cell: dict[str, Any] = {}
    f = Counted(impl, lambda x: cell["h"].value * x)
    found = []
    for n in range(5):
        cell.clear()
        gc.collect()
        cell["h"] = impl.State(float(n))  # most likely where the one before it was
        found.append((f.ran(10.0), float(f(10.0))))

    assert found == [(1, 10.0 * n) for n in range(5)]
