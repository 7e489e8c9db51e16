"""Two observations are the same or they are not, and where they part is told."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_conformance.programs.comparing import LOOSE, STRICT, compare, compare_trees
from brainspec_conformance.programs.run import NOTHING, Observed, Seen

F = jnp.float32


def aspect(a: Any, b: Any, allowed: float | None = None, aspects: Any = STRICT) -> str | None:
    found = compare_trees(0, "result", a, b, lambda x: allowed, aspects)
    return None if found is None else found.aspect


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        (F(1), F(1), None),
        (F(1), F(2), "value"),
        (F(0.0), F(-0.0), "value"),
        (F(np.nan), F(-np.nan), None),
        (F(1), jnp.int32(1), "dtype"),
        (F(1), jnp.ones(1), "shape"),
        (F(1), jnp.asarray(1.0), "weak type"),
        (F(1), np.float32(1), "kind"),
        (1, 1.0, "kind"),
        (1, 2, "value"),
        ({"a": 1}, {"b": 1}, "structure"),
        ((1, 2), [1, 2], "structure"),
        (None, 1, "structure"),
        (jax.random.key(0), jax.random.key(0), None),
        (jax.random.key(0), jax.random.key(1), "value"),
        (jax.ShapeDtypeStruct((2,), F), jax.ShapeDtypeStruct((2,), F), None),
        (jax.ShapeDtypeStruct((2,), F), jax.ShapeDtypeStruct((3,), F), "shape"),
    ],
)
def test_leaves_differ_in_the_first_respect(a: Any, b: Any, wanted: str | None) -> None:
    assert aspect(a, b) == wanted


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [(1.0, 1.05, None), (1.0, 1.2, "value"), (np.inf, 1.0, "value"), (np.inf, np.inf, None), (np.nan, np.nan, None), (1.0, np.nan, "value")],
)  # fmt: skip
def test_a_bound_lets_numbers_differ_but_not_infinities(a: float, b: float, wanted: str | None) -> None:
    assert aspect(F(a), F(b), allowed=0.1) == wanted


def test_loosely_a_number_is_an_array() -> None:
    assert aspect(F(1), 1.0, aspects=LOOSE) is None
    assert aspect(jnp.int32(1), 1.0, aspects=LOOSE) == "dtype"


def seen(**changes: Any) -> Observed:
    return Observed((Seen(**{"step": 0, "result": NOTHING, "raised": None, "states": {"root.a": F(1)}, **changes}),))


@pytest.mark.parametrize(
    ("changes", "where", "wanted"),
    [
        ({"states": {"root.a": F(2)}}, "root.a", "value"),
        ({"raised": LookupError()}, "exception", "class"),
        ({"result": 1}, "result", "presence"),
    ],
)
def test_a_difference_says_where(changes: dict[str, Any], where: str, wanted: str) -> None:
    found = compare(seen(), seen(**changes))

    assert found is not None
    assert (found.where, found.aspect, found.step) == (where, wanted, 0)


def test_exceptions_are_the_same_by_the_class_that_a_user_can_catch() -> None:
    class Own(ValueError):
        pass

    assert compare(seen(raised=Own()), seen(raised=ValueError())) is None
    assert compare(seen(raised=Own()), seen(raised=TypeError())) is not None
