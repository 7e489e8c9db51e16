"""The checks of `spec/30-jit.md`: errors when a jitted function is made."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from brainspec_conformance.check import check

Make = Callable[..., Any]
# The ways to make a jitted function with options.
MAKES: dict[str, Callable[[Any], Make]] = {
    "called": lambda impl: impl.transform.jit,
    "decorating": lambda impl: lambda f, **options: impl.transform.jit(**options)(f),
}
makes = pytest.mark.parametrize("way", MAKES.values(), ids=MAKES)


@check("jit.error.callable@1")
@pytest.mark.parametrize("thing", [3, 1.5, "text", [len], {"f": len}, (), np.zeros(2), ...], ids=repr)
def test_what_cannot_be_called_is_not_jitted(impl: Any, thing: Any) -> None:
    for make in (impl.transform.jit, impl.transform.StatefulFunction):
        for options in ({}, {"static_argnums": 0}):
            with pytest.raises(TypeError, match=type(thing).__name__):
                make(thing, **options)
    with pytest.raises(TypeError, match=type(thing).__name__):
        impl.transform.jit(static_argnums=0)(thing)


@check("jit.error.callable@1")
def test_a_state_is_not_jitted(impl: Any) -> None:
    with pytest.raises(TypeError, match="ParamState"):
        impl.transform.jit(impl.ParamState(1.0))


@check("jit.error.option@1")
@makes
@pytest.mark.parametrize("option", ["static_argnum", "static_args", "donate", "colour", "name", "return_shape"])
def test_an_option_that_there_is_not_is_not_taken(impl: Any, way: Any, option: str) -> None:
    with pytest.raises(TypeError, match=rf"\b{option}\b"):
        way(impl)(lambda x: x, **{option: 0})


def two(x: Any, y: Any, *, k: Any = 1) -> Any:
    return x


def more(x: Any, y: Any = 1, /, z: Any = 2) -> Any:
    return x


class Scale:
    def of(self, x: Any, y: Any) -> Any:
        return x


OUT_OF_RANGE: list[tuple[Any, Any, int]] = [
    (two, 2, 2),
    (two, 5, 5),
    (two, -3, -3),
    (two, (0, 7), 7),
    (two, [1, -4], -4),
    (more, 3, 3),
    (more, -4, -4),
    (lambda: 1, 0, 0),
    (lambda **words: 1, 0, 0),
    (Scale().of, 2, 2),
    (Scale().of, -3, -3),
    (functools.partial(two, 1.0), 1, 1),
]
ranges = pytest.mark.parametrize(
    ("origin", "numbers", "number"), OUT_OF_RANGE, ids=[str(row[1:]) for row in OUT_OF_RANGE]
)
kinds = pytest.mark.parametrize("kind", ["static", "donate"])


@check("jit.error.static-range@1")
@makes
@kinds
@ranges
def test_a_number_that_is_no_position_is_not_taken(
    impl: Any, way: Any, kind: str, origin: Any, numbers: Any, number: int
) -> None:
    with pytest.raises(ValueError, match=rf"(?<![\d-]){number}\b"):
        way(impl)(origin, **{f"{kind}_argnums": numbers})


@check("jit.error.static-range@1")
@kinds
def test_a_number_that_may_be_a_position_is_taken(impl: Any, kind: str) -> None:
    for origin, numbers in [
        (two, (0, 1)),
        (two, (-1, -2)),
        (more, (2, -2)),
        (Scale().of, (1, -2)),
        (lambda *args: args[0], 7),
        (lambda x, *args: x, (3, 0)),
        (max, 5),
    ]:
        assert isinstance(impl.transform.jit(origin, **{f"{kind}_argnums": numbers}), impl.transform.JittedFunction)


@check("jit.error.static-name@1")
@makes
@kinds
@pytest.mark.parametrize(
    ("origin", "names", "name"),
    [
        (two, "zz", "zz"),
        (two, ("x", "yy"), "yy"),
        (two, ["self"], "self"),
        (lambda *args: 1, "args_0", "args_0"),
        (Scale().of, "self", "self"),
    ],
    ids=["one", "among others", "in a list", "of any number of arguments", "the instance"],
)
def test_a_name_that_is_no_parameter_is_not_taken(
    impl: Any, way: Any, kind: str, origin: Any, names: Any, name: str
) -> None:
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        way(impl)(origin, **{f"{kind}_argnames": names})


@check("jit.error.static-name@1")
@kinds
def test_a_name_that_may_be_a_parameter_is_taken(impl: Any, kind: str) -> None:
    for origin, names in [
        (two, ("x", "k")),
        (more, ["z"]),
        (Scale().of, "y"),
        (lambda **words: words["key"], "key"),
        (lambda x, **words: x, ("x", "any")),
        (max, "key"),
    ]:
        assert isinstance(impl.transform.jit(origin, **{f"{kind}_argnames": names}), impl.transform.JittedFunction)


@check("jit.error.static-form@1")
@makes
@kinds
@pytest.mark.parametrize(
    ("numbers", "name"),
    [
        ("x", "str"),
        (1.0, "float"),
        ((0, "y"), "str"),
        ([0, None], "NoneType"),
        ((0, 1.0), "float"),
        ([[0]], "list"),
    ],
    ids=str,
)
def test_what_is_no_number_is_not_taken_for_one(impl: Any, way: Any, kind: str, numbers: Any, name: str) -> None:
    with pytest.raises(TypeError, match=name):
        way(impl)(two, **{f"{kind}_argnums": numbers})


@check("jit.error.static-form@1")
@makes
@kinds
@pytest.mark.parametrize(
    ("names", "name"),
    [
        (1, "int"),
        (("x", 1), "int"),
        (["x", None], "NoneType"),
        (("x", b"y"), "bytes"),
        ([("x",)], "tuple"),
        (1.5, "float"),
    ],
    ids=str,
)
def test_what_is_no_name_is_not_taken_for_one(impl: Any, way: Any, kind: str, names: Any, name: str) -> None:
    with pytest.raises(TypeError, match=name):
        way(impl)(two, **{f"{kind}_argnames": names})


BOTH: list[dict[str, Any]] = [
    {"static_argnums": 0, "donate_argnums": 0},
    {"static_argnums": (0, 1), "donate_argnums": [1]},
    {"static_argnums": -1, "donate_argnums": 1},
    {"static_argnums": 0, "donate_argnums": -2},
    {"static_argnames": "x", "donate_argnames": ("y", "x")},
    {"static_argnames": "k", "donate_argnames": "k"},
    {"static_argnums": 0, "donate_argnames": "x"},
    {"static_argnames": "y", "donate_argnums": 1},
    {"static_argnames": ["k", "y"], "donate_argnums": -1},
]


@check("jit.error.static-donated@1")
@makes
@pytest.mark.parametrize("options", BOTH, ids=str)
def test_a_parameter_is_not_both_static_and_donated(impl: Any, way: Any, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        way(impl)(two, **options)


@check("jit.error.static-donated@1")
def test_one_parameter_is_static_and_another_donated(impl: Any) -> None:
    for options in (
        {"static_argnums": 1, "donate_argnums": 0},
        {"static_argnames": "y", "donate_argnums": 0},
        {"static_argnums": -1, "donate_argnames": "x"},
    ):
        assert impl.transform.jit(lambda x, y: x * len(y), **options)(np.float32(2), "abc") == 6.0


@check("jit.error.static-range@1")
def test_a_function_of_a_class_has_the_instance_among_its_parameters(impl: Any) -> None:
    with pytest.raises(ValueError, match="3"):
        impl.transform.jit(Scale.of, static_argnums=3)
    impl.transform.jit(Scale.of, static_argnums=2)
