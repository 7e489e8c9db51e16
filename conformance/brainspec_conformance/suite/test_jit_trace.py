"""The checks of `spec/30-jit.md`: how often the origin runs, by arguments; what it reads from elsewhere."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import TYPES, Counted, Origin, first_of, with_method
from brainspec_conformance.suite.state_material import in_a_thread


def reading(impl: Any) -> Origin:
    state = impl.ParamState(jnp.ones(2))
    return lambda x: (state.value * x).sum()


def writing(impl: Any) -> Origin:
    state = impl.State(jnp.zeros(()))

    def origin(x: Any) -> None:
        state.value = jnp.asarray(x, jnp.float32)

    return origin


def updating(impl: Any) -> Origin:
    number, tree = impl.State(0.0), impl.ShortTermState({"a": jnp.zeros(2), "b": (None, 1.0)})

    def origin(x: Any) -> Any:
        number.value += x
        tree.value = jax.tree.map(lambda leaf: leaf * 2, tree.value)
        return number.value

    return origin


def drawing(impl: Any) -> Origin:
    stream = impl.random.RandomState(0)

    def origin(x: Any) -> Any:
        stream.split_key()
        return x

    return origin


def bearing(impl: Any) -> Origin:
    kept: list[Any] = []

    def origin(x: Any) -> Any:
        kept.append(impl.State(x))
        kept[-1].value += 1
        return kept[-1].value

    return origin


ORIGINS = {
    "no state": lambda impl: lambda x: x + 1,
    "nothing at all": lambda impl: lambda x: None,
    "a state that is read": reading,
    "a state that is written": writing,
    "states that are read and written": updating,
    "a state that is born": bearing,
    "a draw": drawing,
    "a part of a function": lambda impl: functools.partial(lambda x, y: x + y, y=2.0),
}
origins = pytest.mark.parametrize("make", ORIGINS.values(), ids=ORIGINS)


@check("jit.trace.once@1")
@origins
def test_the_origin_runs_once_for_the_first_call_and_not_again(impl: Any, make: Any) -> None:
    f = Counted(impl, make(impl))

    assert [f.ran(x) for x in (1.0, 1.0, -2.0, 3.0)] == [1, 0, 0, 0]


@check("jit.trace.once@1")
@origins
def test_programs_of_several_signatures_are_kept_side_by_side(impl: Any, make: Any) -> None:
    f = Counted(impl, make(impl))
    for x in (1.0, np.float32(1), np.int32(1)):
        f(x)
    # A write in the first round may have changed the type of a state.
    for x in (1.0, np.float32(1), np.int32(1)):
        f(x)

    assert [f.ran(x) for x in (np.int32(5), 1.0, np.float32(5), 2.0)] == [0, 0, 0, 0]


@check("jit.trace.once@1", needs=["jit.state.retyped@1"])
def test_a_call_that_changes_the_type_of_a_state_runs_the_origin_once(impl: Any) -> None:
    state = impl.State(jnp.array([1, 2]))

    def origin() -> None:
        state.value = state.value * 0.5

    f = Counted(impl, origin)
    assert [f.ran() for _ in range(4)] == [1, 1, 0, 0]


@check("jit.trace.once@1")
def test_the_origin_does_not_run_again_in_another_thread(impl: Any) -> None:
    f = Counted(impl, reading(impl))
    f(1.0)

    assert in_a_thread(lambda: f.ran(2.0)) == 0
    assert in_a_thread(lambda: f.ran(jnp.float32(2.0))) == 1
    assert f.ran(jnp.float32(3.0)) == 0


@check("jit.trace.once@1")
def test_the_origin_does_not_run_again_while_somebody_watches(impl: Any) -> None:
    f = Counted(impl, updating(impl))
    f(1.0)
    with impl.StateTraceStack():
        assert f.ran(2.0) == 0


@check("jit.trace.once@1")
def test_the_origin_does_not_run_again_for_arguments_elsewhere(impl: Any) -> None:
    f = Counted(impl, lambda x: x + 1)
    f(jnp.ones(2))

    assert [f.ran(jax.device_put(jnp.ones(2), device)) for device in jax.devices()] == [0 for _ in jax.devices()]


@check("jit.trace.once@1")
def test_the_origin_of_a_method_runs_once_for_an_instance(impl: Any) -> None:
    runs = []

    def of(counter: Any, x: Any) -> None:
        runs.append(counter)
        counter.count.value += x

    users = with_method(impl.transform.jit(of))
    a, b = users(), users()
    a.count, b.count = impl.State(0), impl.State(0)
    for counter in (a, b, a, a, b):
        counter.of(1)
    assert runs == [a, b]
    assert (a.count.value, b.count.value) == (3, 2)


@check("jit.trace.once@1", needs=["jit.form.callable@1"])
def test_a_jitted_bound_method_runs_once(impl: Any) -> None:
    class Scale:
        runs = 0

        def of(self, x: Any) -> Any:
            self.runs += 1
            return x * 2

    scale = Scale()
    f = impl.transform.jit(scale.of)
    assert [int(f(x)) for x in (1, 2, 3)] == [2, 4, 6]
    assert scale.runs == 1


@check("jit.trace.once@1")
def test_an_origin_that_calls_itself_runs_once_a_signature(impl: Any) -> None:
    f = Counted(impl, lambda x, n: f(x, n - 1) + x if n else x, static_argnums=1)

    assert f.ran(2.0, 3) == 4
    assert f.ran(5.0, 3) == f.ran(5.0, 1) == 0
    assert (f(2.0, 3), f(5.0, 1)) == (8.0, 10.0)


@check("jit.trace.types@1", needs=["jit.trace.once@1"])
@pytest.mark.parametrize("name", TYPES)
def test_arguments_that_differ_in_their_numbers_make_one_signature(impl: Any, name: str) -> None:
    f = Counted(impl, lambda x: None)
    for x in TYPES[name]():
        f(x)

    assert f.runs == 1


@check("jit.trace.types@1")
def test_each_type_of_an_argument_makes_a_signature(impl: Any) -> None:
    f = Counted(impl, lambda x: None)
    counts = {name: f.ran(first_of(name)) for name in TYPES}

    assert counts == dict.fromkeys(TYPES, 1)
    assert {name: f.ran(first_of(name)) for name in TYPES} == dict.fromkeys(TYPES, 0)


@check("jit.trace.types@1", needs=["jit.result.keywords@1"])
def test_each_type_of_a_named_argument_makes_a_signature(impl: Any) -> None:
    names = ["a weak float", "a float", "an array", "a row", "a list", "a dictionary", "nothing"]
    f = Counted(impl, lambda *, x: None)

    assert {name: f.ran(x=first_of(name)) for name in names} == dict.fromkeys(names, 1)
    assert {name: f.ran(x=TYPES[name]()[-1]) for name in names} == dict.fromkeys(names, 0)


@check("jit.trace.types@1", needs=["jit.trace.once@1"])
def test_each_place_of_an_argument_counts(impl: Any) -> None:
    f = Counted(impl, lambda x, y: None)

    assert [f.ran(1.0, 2), f.ran(1, 2.0), f.ran(1.0, 2.0), f.ran([1.0], 2)] == [1, 1, 1, 1]
    assert [f.ran(3, 4.0), f.ran(3.0, 4), f.ran([3.0], 4), f.ran(3.0, 4.0)] == [0, 0, 0, 0]


@check("jit.trace.types@1", needs=["jit.trace.once@1"])
def test_the_number_of_arguments_counts(impl: Any) -> None:
    f = Counted(impl, lambda *args: len(args))

    assert [f.ran(), f.ran(1.0), f.ran(1.0, 1.0), f.ran((1.0, 1.0))] == [1, 1, 1, 1]
    assert [int(f(1.0)), int(f(1.0, 2.0)), int(f((1.0, 2.0))), int(f())] == [1, 2, 1, 0]
    assert f.runs == 4


@check("jit.trace.types@1", needs=["jit.result.keywords@1", "jit.trace.once@1"])
def test_the_names_of_arguments_count(impl: Any) -> None:
    f = Counted(impl, lambda **words: sorted(words).index("b"))

    assert [f.ran(a=1.0, b=2.0), f.ran(b=1.0, c=2.0), f.ran(b=1.0)] == [1, 1, 1]
    assert [int(f(b=1.0, a=2.0)), int(f(c=1.0, b=2.0)), int(f(b=3.0))] == [1, 0, 0]
    assert f.runs == 3


@check("jit.trace.closure@1")
def test_what_the_origin_reads_is_read_once(impl: Any) -> None:
    class Settings:
        reads = 0

        @property
        def rate(self) -> float:
            self.reads += 1
            return 2.0 * self.reads

    settings = Settings()
    f = impl.transform.jit(lambda x: x * settings.rate)
    assert settings.reads == 0
    assert [float(f(x)) for x in (1.0, 1.0, 3.0)] == [2.0, 2.0, 6.0]
    assert settings.reads == 1


@check("jit.trace.closure@1", needs=["jit.trace.types@1"])
def test_values_are_read_when_a_signature_is_traced(impl: Any) -> None:
    scale = {"by": 1.0}
    f = impl.transform.jit(lambda x: x * scale["by"])
    scale["by"] = 2.0
    assert f(1.0) == 2.0

    scale["by"] = 3.0
    assert f(np.float32(1)) == 3.0
    assert f(1.0) == 2.0


@check("jit.trace.closure@1", needs=["jit.form.callable@1"])
def test_plain_attributes_are_read_when_a_signature_is_traced(impl: Any) -> None:
    class Scale(impl.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.by = 2.0
            self.bias = jnp.float32(1)

        def update(self, x: Any) -> Any:
            return x * self.by + self.bias

    scale = Scale()
    f = impl.transform.jit(scale)
    assert f(1.0) == 3.0
    scale.by, scale.bias = 5.0, jnp.float32(7)
    assert f(2.0) == 5.0


@check("jit.trace.closure@1")
def test_what_is_said_of_a_state_is_read_when_a_signature_is_traced(impl: Any) -> None:
    state = impl.State(1.0, name="ab", unit=3)
    f = Counted(impl, lambda: state.value * len(state.name) * state.unit)
    assert f() == 6.0

    state.name, state.unit, state.value = "abcd", 5, 2.0
    assert f() == 12.0
    assert f.runs == 1


@check("jit.trace.own@1")
def test_two_jitted_functions_of_one_origin_run_it_once_each(impl: Any) -> None:
    f = Counted(impl, lambda x: x)
    g = impl.transform.jit(f.function.origin_fun)

    assert [f.ran(1.0), f.during(lambda: g(1.0)), f.ran(2.0), f.during(lambda: g(2.0))] == [1, 1, 0, 0]


@check("jit.trace.own@1", needs=["jit.trace.closure@1"])
def test_two_jitted_functions_of_one_origin_read_it_at_their_own_times(impl: Any) -> None:
    scale = [2.0]

    def origin(x: Any) -> Any:
        return x * scale[0]

    f, g = impl.transform.jit(origin), impl.transform.jit(origin)
    assert f(1.0) == 2.0
    scale[0] = 3.0
    assert (g(1.0), f(1.0)) == (3.0, 2.0)


@check("jit.trace.own@1", needs=["jit.cache.clear@1"])
def test_clearing_one_jitted_function_leaves_the_other(impl: Any) -> None:
    f = Counted(impl, lambda x: x)
    g = impl.transform.jit(f.function.origin_fun)
    f(1.0), g(1.0)
    g.clear_cache()

    assert [f.ran(1.0), f.during(lambda: g(1.0))] == [0, 1]


FIRST = {
    "jit": lambda origin: jax.jit(origin)(1.0),
    "make_jaxpr": lambda origin: jax.make_jaxpr(origin)(1.0),
    "eval_shape": lambda origin: jax.eval_shape(origin, 1.0),
}


@check("jit.trace.once@1")
@pytest.mark.parametrize("first", FIRST.values(), ids=FIRST)
def test_what_jax_remembers_of_an_origin_does_not_matter(impl: Any, first: Any) -> None:
    f = Counted(impl, lambda x: x + 1)
    first(f.function.origin_fun)

    assert f.ran(1.0) == 1
