"""The checks of `spec/30-jit.md`: programs whose states have ceased to exist."""

import gc
import weakref
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_gone, jitted


class Cell:
    """Anything that has attributes."""

    def __init__(self, h: Any = None) -> None:
        self.h = h


def counting(impl: Any, cell: Any, runs: list[int]) -> Any:
    @jitted(impl)
    def f(x: Any) -> Any:
        runs.append(1)
        cell.h.value = cell.h.value + x
        return cell.h.value

    return f


def replaced(cell: Any, state: Any) -> None:
    """Give a name to another state; the one before is no more."""
    before = weakref.ref(cell.h)
    cell.h = state
    assert_gone(before)


@check("jit.state.replaced@1", needs=["jit.state.written@1"])
def test_a_state_in_the_place_of_one_that_is_no_more_is_used(impl: Any) -> None:
    cell = Cell(impl.HiddenState(jnp.zeros(2)))
    f = counting(impl, cell, [])
    f(1.0)
    for start in (0, 1):
        replaced(cell, impl.HiddenState(np.full(2, 10.0 * start)))
        assert f(1.0).tolist() == [10 * start + 1] * 2
        assert f(2.0).tolist() == [10 * start + 3] * 2
        assert cell.h.value.tolist() == [10 * start + 3] * 2


@check("jit.state.replaced@1", needs=["jit.trace.once@1"])
def test_the_call_after_a_state_ceased_to_exist_traces(impl: Any) -> None:
    cell, runs = Cell(impl.State(jnp.zeros(2))), list[int]()
    f = counting(impl, cell, runs)
    f(1.0), f(1.0)
    assert len(runs) == 1
    replaced(cell, impl.State(jnp.zeros(2)))
    f(1.0), f(1.0)
    assert len(runs) == 2


@check("jit.state.replaced@1", needs=["jit.state.current@1"])
def test_a_state_that_was_only_read_is_replaced(impl: Any) -> None:
    cell = Cell(impl.ParamState(2.0))
    f = impl.transform.jit(lambda x: cell.h.value * x)
    assert f(3.0) == 6.0
    replaced(cell, impl.ParamState(5.0))

    assert f(3.0) == 15.0


@check("jit.state.replaced@1")
def test_a_name_that_is_gone_is_missed(impl: Any) -> None:
    cell = Cell(impl.State(2.0))
    f = impl.transform.jit(lambda x: cell.h.value * x)
    assert f(3.0) == 6.0
    before = weakref.ref(cell.h)
    del cell.h
    assert_gone(before)

    with pytest.raises(AttributeError, match="h"):
        f(3.0)


@check("jit.state.replaced@1", needs=["jit.state.current@1"])
def test_a_state_that_python_frees_in_a_circle_is_replaced(impl: Any) -> None:
    cell = Cell(impl.State(2.0, around=[]))
    cell.h.around.append(cell.h)
    f = impl.transform.jit(lambda x: cell.h.value * x)
    assert f(3.0) == 6.0
    replaced(cell, impl.State(5.0))

    assert f(3.0) == 15.0


@check("jit.state.replaced@1", needs=["jit.state.written@1"])
def test_one_of_several_states_is_replaced(impl: Any) -> None:
    one, other = Cell(impl.State(1.0)), Cell(impl.State(10.0))

    @jitted(impl)
    def f() -> Any:
        one.h.value, other.h.value = other.h.value, one.h.value
        return one.h.value, other.h.value

    assert f() == (10.0, 1.0)
    replaced(other, impl.State(jnp.asarray(100.0)))
    assert f() == (100.0, 10.0)
    replaced(one, impl.State(jnp.asarray(5.0)))
    assert f() == (10.0, 5.0)


@check("jit.state.replaced@1", needs=["jit.nest.inside@1", "jit.state.written@1"])
def test_a_state_of_an_inner_function_is_replaced(impl: Any) -> None:
    cell = Cell(impl.State(jnp.float32(0)))
    inner = counting(impl, cell, [])
    outer = impl.transform.jit(lambda x: inner(x) + inner(x))
    assert outer(1.0) == 3.0
    replaced(cell, impl.State(jnp.float32(10)))

    assert outer(1.0) == 23.0
    assert cell.h.value == 12.0


@check("jit.state.replaced@1", needs=["jit.form.method@1", "jit.state.written@1"])
def test_a_module_in_the_place_of_one_that_is_no_more_is_used(impl: Any) -> None:
    class Counter:
        def __init__(self, start: float) -> None:
            self.count = impl.State(start)

        @jitted(impl)
        def add(self, x: Any) -> Any:
            self.count.value = self.count.value + x
            return self.count.value

    found = []
    for start in (1.0, 10.0):
        counter = Counter(start)
        found += [float(counter.add(1.0)), float(counter.add(2.0))]
        del counter
        gc.collect()
    assert found == [2, 4, 11, 13]
