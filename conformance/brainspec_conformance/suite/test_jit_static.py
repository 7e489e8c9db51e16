"""The checks of `spec/30-jit.md`: how static arguments are declared and passed."""

import functools
from typing import Any

import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import Counted, Pair, noting, with_method


class Thing:
    """What only a static argument can be."""


GIVEN: dict[str, Any] = {
    "a string": "text",
    "a number": 1234567,
    "a float": 0.5,
    "nothing": None,
    "a tuple": (3, ("a", None)),
    "a named tuple": Pair(1, "b"),
    "a NumPy number": np.int32(3),
    "an object": Thing(),
    "a class": Thing,
    "a function": len,
    "a part of a function": functools.partial(max, 1),
    "a set": frozenset({1}),
    "a type of numbers": np.dtype("float32"),
}
givens = pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
one, two, three = Thing(), Thing(), Thing()


@check("jit.static.passed@1", needs=["jit.static.declared@1"])
@givens
def test_a_static_argument_reaches_the_origin_as_it_is(impl: Any, given: Any) -> None:
    seen: list[Any] = []
    f = impl.transform.jit(noting(seen), static_argnums=1)
    f(1.0, given)

    assert len(seen) == 1
    assert seen[0] is given


@check("jit.static.passed@1", needs=["jit.static.declared@1"])
def test_static_arguments_reach_the_places_where_they_were_given(impl: Any) -> None:
    seen: list[Any] = []

    def origin(a: Any, b: Any, c: Any, *, d: Any, e: Any) -> Any:
        seen.extend((a, c, e))
        return b * 10 + d

    f = impl.transform.jit(origin, static_argnums=(0, 2), static_argnames=("e",))
    assert f(one, 2, two, e=three, d=3) == 23
    assert f(two, 4, one, d=5, e=three) == 45
    assert [part is whole for part, whole in zip(seen, (one, two, three, two, one, three))] == [True] * 6


@check("jit.static.passed@1", needs=["jit.static.declared@1"])
@pytest.mark.parametrize("options", [{"static_argnums": 1}, {"static_argnames": "n"}], ids=str)
def test_a_named_static_argument_reaches_the_origin_as_it_is(impl: Any, options: dict[str, Any]) -> None:
    seen: list[Any] = []
    f = impl.transform.jit(noting(seen), **options)
    f(1.0, n=one), f(1.0, two)

    assert seen[0] is one
    assert seen[1] is two


@check("jit.static.passed@1", needs=["jit.static.declared@1"])
@pytest.mark.parametrize("method", ["compile", "lower", "eval_shape"])
def test_a_static_argument_reaches_the_origin_ahead_of_time(impl: Any, method: str) -> None:
    seen: list[Any] = []
    f = impl.transform.jit(noting(seen), static_argnums=1)
    getattr(f, method)(1.0, one)

    assert seen
    assert all(n is one for n in seen)


@check("jit.static.passed@1", needs=["jit.static.declared@1"])
def test_static_arguments_reach_a_function_of_any_number_of_them(impl: Any) -> None:
    seen: list[Any] = []

    def origin(*args: Any) -> Any:
        seen.append(args[1])
        return sum(args[::2])

    f = impl.transform.jit(origin, static_argnums=1)

    assert (f(1, one), f(1, two, 3)) == (1, 4)
    assert seen[0] is one
    assert seen[1] is two


DECLARED: dict[str, dict[str, Any]] = {
    "a number": {"static_argnums": 1},
    "a tuple of numbers": {"static_argnums": (1,)},
    "a list of numbers": {"static_argnums": [1]},
    "a range": {"static_argnums": range(1, 2)},
    "a negative number": {"static_argnums": -2},
    "a tuple of negative numbers": {"static_argnums": (-2,)},
    "a name": {"static_argnames": "name"},
    "a tuple of names": {"static_argnames": ("name",)},
    "a list of names": {"static_argnames": ["name"]},
    "both": {"static_argnums": 1, "static_argnames": "name"},
}


@check("jit.static.declared@1")
@pytest.mark.parametrize("options", DECLARED.values(), ids=DECLARED)
def test_numbers_and_names_declare_the_same(impl: Any, options: dict[str, Any]) -> None:
    f = Counted(impl, lambda x, name, y=1: x * len(name) + y, **options)

    assert (f(2, "abc"), f(3, "ab", 4), f(1, "abc", y=7)) == (7, 10, 10)
    assert [f.ran(5, "abc"), f.ran(5, "cba")] == [0, 1]


@check("jit.static.declared@1")
def test_several_numbers_declare_several_parameters(impl: Any) -> None:
    for numbers in ((0, 2), [2, 0], (-3, -1), (0, -1)):
        f = Counted(impl, lambda a, x, b: x * len(a + b), static_argnums=numbers)
        assert (f("ab", 2, "c"), f("d", 2, "ef")) == (6, 6)
        assert [f.ran("ab", 3, "c"), f.ran("a", 3, "bc")] == [0, 1]


@check("jit.static.declared@1", needs=["jit.result.keywords@1"])
def test_several_names_declare_several_parameters(impl: Any) -> None:
    for names in (("a", "b"), ["b", "a"]):
        f = Counted(impl, lambda x, *, a, b: x * len(a) - len(b), static_argnames=names)
        assert (f(2, a="abc", b="d"), f(2, b="abc", a="d")) == (5, -1)
        assert [f.ran(3, b="d", a="abc"), f.ran(3, a="ddd", b="a")] == [0, 1]


@check("jit.static.declared@1")
def test_what_is_not_declared_is_not_static(impl: Any) -> None:
    f = Counted(impl, lambda a, x, y: x + y, static_argnums=0)

    assert [f.ran("a", 1, 2), f.ran("a", 2, 2), f.ran("a", 1, 3)] == [1, 0, 0]


@check("jit.static.declared@1")
def test_an_empty_sequence_declares_nothing(impl: Any) -> None:
    f = Counted(impl, lambda x, y: x + y, static_argnums=(), static_argnames=())

    assert [f.ran(1, 2), f.ran(2, 2), f.ran(1, 3)] == [1, 0, 0]


@check("jit.static.declared@1", needs=["jit.result.keywords@1"])
def test_negative_numbers_count_from_the_last_positional_parameter(impl: Any) -> None:
    f = impl.transform.jit(lambda x, name, *, y: x * len(name) + y, static_argnums=-1)
    assert f(2, "abc", y=1) == 7

    g = impl.transform.jit(lambda x, name, y=1, z=2: x * len(name) + y * z, static_argnums=-3)
    assert (g(2, "abc"), g(2, "abc", 3), g(2, "abc", 3, 4)) == (8, 12, 18)


@check("jit.static.declared@1", needs=["jit.form.method@1"])
def test_negative_numbers_of_a_method_count_from_its_last_parameter(impl: Any) -> None:
    scale = with_method(impl.transform.jit(lambda self, x, name: x * len(name), static_argnums=-1))

    assert scale().of(2, "abc") == 6


@check("jit.static.declared@1", needs=["jit.form.callable@1"])
def test_numbers_of_a_bound_method_do_not_count_the_instance(impl: Any) -> None:
    class Scale:
        def of(self, x: Any, name: str) -> Any:
            return x * len(name)

    for number in (1, -1):
        assert impl.transform.jit(Scale().of, static_argnums=number)(2, "abc") == 6


@check("jit.static.declared@1")
def test_a_static_argument_may_be_left_out(impl: Any) -> None:
    f = Counted(impl, lambda x, name="ab", *, other="abc": x * len(name + other), static_argnames=["name", "other"])

    assert [int(f(2)), int(f(3)), int(f(2, other="a")), int(f(2, name="a", other=""))] == [10, 15, 6, 2]
    assert f.runs == 3


@check("jit.static.both@1")
@pytest.mark.parametrize("options", [{"static_argnums": (1, 2)}, {"static_argnames": ["m", "n"]}], ids=str)
def test_one_declaration_holds_for_both_ways_of_passing(impl: Any, options: dict[str, Any]) -> None:
    f = Counted(impl, lambda x, m, n: x * len(m) - len(n), **options)

    assert f(2, "abc", "d") == f(2, "abc", n="d") == f(2, m="abc", n="d") == f(n="d", m="abc", x=2) == 5
    assert [f.ran(2, "ab", "d"), f.ran(2, "ab", n="de"), f.ran(2, n="def", m="ab")] == [1, 1, 1]


@check("jit.static.both@1")
@pytest.mark.parametrize("options", [{"static_argnums": -2}, {"static_argnames": "m"}], ids=str)
def test_one_declaration_does_not_hold_for_another_parameter(impl: Any, options: dict[str, Any]) -> None:
    f = Counted(impl, lambda x, m, n: x * len(m) - n, **options)

    assert f.ran(1, "ab", 2) == 1
    assert [f.ran(2, "ab", 3), f.ran(3, "ab", 4)] == [0, 0]
    assert f.ran(1, m="abc", n=2) == 1
    assert [f.ran(2, m="abc", n=3), f.ran(3, n=4, m="abc")] == [0, 0]


@check("jit.static.both@1", needs=["jit.static.signature@1", "jit.trace.types@1"])
def test_two_declarations_hold_for_their_own_ways_of_passing(impl: Any) -> None:
    f = Counted(impl, lambda x, m, n: x * m - n, static_argnums=1, static_argnames="n")

    assert [f.ran(1, 2, n=3), f.ran(1, 3, n=3), f.ran(1, 3, n=4), f.ran(5, 3, n=4)] == [1, 1, 1, 0]
    assert [f.ran(1, m=2, n=3), f.ran(1, m=3, n=3), f.ran(1, m=3, n=4)] == [1, 0, 1]
    assert [f.ran(1, 2, 3), f.ran(1, 2, 4), f.ran(1, 3, 4)] == [1, 0, 1]
    assert (f(2, 3, 4), f(2, m=3, n=4), f(2, 3, n=4)) == (2, 2, 2)


@check("jit.static.both@1", needs=["jit.static.passed@1"])
def test_two_declarations_do_not_hold_for_the_other_way_of_passing(impl: Any) -> None:
    f = impl.transform.jit(lambda x, m, n: x * len(m + n), static_argnums=1, static_argnames="n")

    assert f(2, "ab", n="c") == 6
    with pytest.raises(TypeError, match="str"):
        f(2, m="ab", n="c")
    with pytest.raises(TypeError, match="str"):
        f(2, "ab", "c")


@check("jit.static.both@1", needs=["jit.form.method@1"])
@pytest.mark.parametrize("options", [{"static_argnums": 2}, {"static_argnames": "name"}], ids=str)
def test_one_declaration_of_a_method_holds_for_both_ways_of_passing(impl: Any, options: dict[str, Any]) -> None:
    scale = with_method(impl.transform.jit(lambda self, x, name: x * len(name), **options))()

    assert (scale.of(2, "abc"), scale.of(2, name="abc"), scale.of(name="abc", x=2)) == (6, 6, 6)
