"""The checks of `spec/30-jit.md`: how many programs are remembered, and that they can be forgotten."""

import gc
import weakref
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import Counted

LEAST, MOST = 128, 512


class Option:
    """A static argument of a user, equal to itself only."""


@check("jit.cache.clear@1", needs=["jit.trace.once@1"])
def test_after_clearing_every_signature_is_traced_anew(impl: Any) -> None:
    state = impl.State(1.0)
    f = Counted(impl, lambda x, n: state.value * x, static_argnums=1)
    calls = [(1.0, "a"), (1, "a"), (1.0, "b")]

    for _ in range(2):
        assert [f.ran(*call) for call in calls] == [1, 1, 1]
        assert [f.ran(*call) for call in calls] == [0, 0, 0]
        f.function.clear_cache()


@check("jit.cache.clear@1", needs=["jit.trace.states@1"])
def test_clearing_forgets_the_programs_for_every_type_of_a_state(impl: Any) -> None:
    state, values = impl.State(None), [1.0, 1, jnp.ones(2)]
    f, ran = Counted(impl, lambda: state.value * 2), []
    for _ in range(2):
        for value in values:
            state.value = value
            ran.append(f.ran())
        f.function.clear_cache()

    assert ran == [1, 1, 1, 1, 1, 1]


@check("jit.cache.clear@1", needs=["jit.trace.closure@1"])
def test_after_clearing_what_the_origin_reads_is_read_anew(impl: Any) -> None:
    scale, state = [2.0], impl.State(3.0)
    f = impl.transform.jit(lambda x: x * scale[0] + state.value)
    f(1.0)
    scale[0], state.value = 5.0, 7.0
    f.clear_cache()

    assert (f(1.0), state.value) == (12.0, 7.0)


@check("jit.cache.clear@1", needs=["jit.trace.once@1"])
def test_clearing_what_remembers_nothing_does_nothing(impl: Any) -> None:
    f = Counted(impl, lambda x: x)
    f.function.clear_cache()
    f.function.clear_cache()

    assert [f.ran(1.0), f.ran(1.0)] == [1, 0]


def shapes_of(f: Counted, signatures: Any) -> list[int]:
    """How often the origin runs for the result of each static argument."""
    return [f.during(lambda n=n: f.function.eval_shape(1.0, n)) for n in signatures]  # type: ignore[misc]


@check("jit.cache.remembers@1", needs=["jit.trace.once@1"])
def test_as_many_signatures_as_promised_are_remembered(impl: Any) -> None:
    f = Counted(impl, lambda x, n: x, static_argnums=1)
    shapes_of(f, range(LEAST))

    assert sum(shapes_of(f, range(LEAST))) == 0


@check("jit.cache.remembers@1", needs=["jit.trace.once@1"])
def test_the_signatures_that_were_used_last_are_remembered(impl: Any) -> None:
    f, often = Counted(impl, lambda x, n: x, static_argnums=1), 0
    f(1.0, "often")
    for n in range(MOST + LEAST):
        f.function.eval_shape(1.0, n)
        if n % (LEAST // 2) == 0:
            often += f.ran(1.0, "often")
    last = range(MOST + 2, MOST + LEAST)

    assert often == 0
    assert sum(shapes_of(f, last)) == 0
    assert sum(shapes_of(f, reversed(last))) == 0


@check("jit.cache.remembers@1", needs=["jit.trace.types@1"])
def test_as_many_types_of_an_argument_as_promised_are_remembered(impl: Any) -> None:
    f = Counted(impl, lambda x: None)
    for _ in range(2):
        for n in range(LEAST):
            f.function.eval_shape(np.zeros(n, np.float32))

    assert f.runs == LEAST


@check("jit.cache.remembers@1", needs=["jit.trace.states@1"])
def test_as_many_types_of_a_state_as_promised_are_remembered(impl: Any) -> None:
    state = impl.State(None)
    f = Counted(impl, lambda: state.value.sum())
    for _ in range(2):
        for n in range(LEAST):
            state.value = np.zeros(n, np.float32)
            f.function.eval_shape()

    assert f.runs == LEAST


@check("jit.cache.remembers@1", needs=["jit.trace.once@1"])
def test_the_shapes_of_a_result_are_remembered_with_its_program(impl: Any) -> None:
    f = Counted(impl, lambda x: x * 2)
    f(1.0)

    assert f.during(lambda: f.function.eval_shape(2.0)) == 0
    assert f.ran(3.0) == 0


@check("jit.cache.remembers@1", needs=["jit.trace.own@1"])
def test_what_one_jitted_function_remembers_does_not_count_for_another(impl: Any) -> None:
    f, g = Counted(impl, lambda x: x), Counted(impl, lambda x, n: x, static_argnums=1)
    f(1.0)
    shapes_of(g, range(MOST + 1))

    assert f.ran(1.0) == 0


@check("jit.cache.bounded@1", needs=["jit.trace.once@1"])
def test_no_more_signatures_than_promised_are_remembered(impl: Any) -> None:
    f = Counted(impl, lambda x, n: x, static_argnums=1)
    shapes_of(f, range(MOST + 1))

    assert sum(shapes_of(f, range(MOST + 1))) > 0


@check("jit.cache.bounded@1", needs=["jit.trace.states@1"])
def test_no_more_types_of_a_state_than_promised_are_remembered(impl: Any) -> None:
    state = impl.State(None)
    f = Counted(impl, lambda: state.value.sum())
    for _ in range(2):
        for n in range(MOST + 1):
            state.value = np.zeros(n, np.float32)
            f.function.eval_shape()

    assert f.runs > MOST + 1


@check("jit.cache.bounded@1")
def test_what_forgotten_signatures_hold_is_free(impl: Any) -> None:
    f = impl.transform.jit(lambda x, n: x, static_argnums=1)
    options = []
    for _ in range(MOST + LEAST):
        option = Option()
        options.append(weakref.ref(option))
        f.eval_shape(1.0, option)
    del option
    gc.collect()

    assert sum(ref() is not None for ref in options) <= MOST


@check("jit.cache.bounded@1", needs=["jit.cache.clear@1"])
@pytest.mark.parametrize("call", ["call", "compile", "eval_shape"])
def test_what_only_a_forgotten_program_holds_is_free(impl: Any, call: str) -> None:
    refs = []

    def origin(x: Any, n: Any) -> Any:
        table = np.arange(3, dtype=np.float32)
        refs.append(weakref.ref(table))
        return x + table

    f = impl.transform.jit(origin, static_argnums=1)
    method = f if call == "call" else getattr(f, call)
    method(1.0, "a"), method(1.0, "b")
    f.clear_cache()
    gc.collect()

    assert [ref() for ref in refs] == [None, None]
