"""The checks of `spec/30-jit.md`: jitted functions as methods."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays, is_traced, jitted


def counter_class(impl: Any, *bases: type, **body: Any) -> Any:
    """A class whose method `add` is jitted, counts in a state, and notes which instance it got."""

    def init(self: Any, start: int = 0) -> None:
        self.count, self.seen = impl.ShortTermState(jnp.array(start)), []

    def add(self: Any, x: Any, by: Any = 1) -> Any:
        self.seen.append(self)
        self.count.value = self.count.value + x * by
        return self.count.value

    return type("Counter", bases, {"__init__": init, "add": impl.transform.jit(add), **body})


@check("jit.form.method@1", needs=["jit.state.written@1"])
def test_each_instance_has_its_own_states(impl: Any) -> None:
    made = counter_class(impl)
    a, b = made(), made(10)

    assert [a.add(1), b.add(1), a.add(2), b.add(5), a.add(3)] == [1, 11, 3, 16, 6]
    assert (a.count.value, b.count.value) == (6, 16)


@check("jit.form.method@1")
def test_the_instance_is_passed_as_it_is(impl: Any) -> None:
    made = counter_class(impl)
    a, b = made(), made()
    a.add(1), b.add(1)

    assert [each.seen[0] is each for each in (a, b)] == [True, True]


@check("jit.form.method@1", needs=["jit.state.written@1"])
def test_a_module_has_jitted_methods(impl: Any) -> None:
    made = counter_class(impl, impl.nn.Module)
    a, b = made(), made()

    assert (a.add(1), a.add(x=2), b.add(5, by=2)) == (1, 3, 10)


@check("jit.form.method@1", needs=["jit.state.written@1"])
def test_instances_that_are_equal_have_their_own_states(impl: Any) -> None:
    made = counter_class(impl, __eq__=lambda self, other: True, __hash__=None)
    a, b = made(), made()

    assert (a.add(1), b.add(5), a.add(1)) == (1, 5, 2)


@check("jit.form.method@1")
def test_a_frozen_dataclass_has_jitted_methods(impl: Any) -> None:
    @dataclasses.dataclass(frozen=True)
    class Scale:
        by: float

        @jitted(impl)
        def of(self, x: Any) -> Any:
            return x * self.by

    assert [Scale(2.0).of(3.0), Scale(2.0).of(3.0), Scale(5.0).of(3.0)] == [6.0, 6.0, 15.0]


@check("jit.form.method@1")
def test_an_instance_without_references_has_jitted_methods(impl: Any) -> None:
    class Scale:
        __slots__ = ("by",)

        def __init__(self, by: float) -> None:
            self.by = by

        @jitted(impl)
        def of(self, x: Any) -> Any:
            return x * self.by

    a, b = Scale(2.0), Scale(5.0)
    assert [a.of(3.0), b.of(3.0), a.of(1.0), b.of(1.0)] == [6.0, 15.0, 2.0, 5.0]


@check("jit.form.method@1", needs=["jit.state.written@1"])
def test_a_bound_jitted_method_can_be_kept_and_passed_on(impl: Any) -> None:
    made = counter_class(impl)
    a, b = made(), made()
    add = a.add

    assert (add(1), b.add(7), add(2)) == (1, 7, 3)
    assert [int(x) for x in map(b.add, [1, 2])] == [8, 10]


@check("jit.form.method@1", needs=["jit.state.written@1"])
def test_a_jitted_method_is_inherited_and_overridden(impl: Any) -> None:
    base = counter_class(impl)

    class Derived(base):  # type: ignore[misc, valid-type]
        @jitted(impl)
        def add(self, x: Any) -> Any:
            return super().add(x * 10) + 1

    plain, derived = type("Plain", (base,), {})(), Derived()
    assert (plain.add(1), derived.add(1), derived.add(2), plain.add(1)) == (1, 11, 31, 2)
    assert derived.count.value == 30


@check("jit.form.method@1")
def test_a_jitted_function_in_an_instance_is_no_method(impl: Any) -> None:
    made = counter_class(impl)()
    made.twice = impl.transform.jit(lambda x: 2 * x)

    assert made.twice(3.0) == 6.0


@check("jit.form.method@1", needs=["jit.trace.once@1"])
def test_the_origin_of_a_method_runs_once_for_each_instance(impl: Any) -> None:
    made = counter_class(impl)
    a, b = made(), made()
    for each in (a, b, a, b, a):
        each.add(1)

    assert (len(a.seen), len(b.seen)) == (1, 1)


# Options, how the method `of(self, x, n, *, k)` is then called, and which of its parameters are static.
NUMBERED: dict[str, tuple[dict[str, Any], Callable[[Any], Any], str]] = {
    "one": ({"static_argnums": 1}, lambda m: m.of(2, 3), "x"),
    "two": ({"static_argnums": 2}, lambda m: m.of(2, 3), "n"),
    "several": ({"static_argnums": (1, 2)}, lambda m: m.of(2, 3), "xn"),
    "last": ({"static_argnums": -1}, lambda m: m.of(2, 3), "n"),
    "last but one": ({"static_argnums": (-2,)}, lambda m: m.of(2, 3), "x"),
    "by name": ({"static_argnums": 2}, lambda m: m.of(2, n=3), "n"),
    "named": ({"static_argnames": "n"}, lambda m: m.of(2, 3), "n"),
    "named first": ({"static_argnames": ["x"]}, lambda m: m.of(2, 3), "x"),
    "none": ({}, lambda m: m.of(2, 3), ""),
}


@check("jit.form.method-numbers@1", needs=["jit.form.method@1", "jit.static.declared@1", "jit.static.both@1"])
@pytest.mark.parametrize("name", NUMBERED)
def test_numbers_count_the_instance(impl: Any, name: str) -> None:
    options, call, static = NUMBERED[name]
    seen: dict[str, Any] = {}

    class Power:
        @jitted(impl, **options)
        def of(self, x: Any, n: Any) -> Any:
            seen.update(x=x, n=n)
            return x * 10 + n

    assert_arrays(call(Power()), jnp.asarray(23))
    assert "".join(name for name, value in seen.items() if not is_traced(value)) == static


DONATED = [
    ({"donate_argnums": 1}, 0),
    ({"donate_argnums": -2}, 0),
    ({"donate_argnums": (2,)}, 1),
    ({"donate_argnames": "x"}, 0),
]


@check("jit.form.method-numbers@1", needs=["jit.form.method@1", "jit.donate.result@1"])
@pytest.mark.parametrize(("options", "donated"), DONATED, ids=str)
def test_numbers_of_donated_parameters_count_the_instance(impl: Any, options: Any, donated: int) -> None:
    class Sum:
        @jitted(impl, **options)
        def of(self, x: Any, y: Any) -> Any:
            return x + y

    given = [jnp.ones(3), jnp.ones(3)]
    assert Sum().of(*given).tolist() == [2, 2, 2]
    assert given[1 - donated].tolist() == [1, 1, 1]
