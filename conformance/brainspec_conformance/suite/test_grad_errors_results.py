"""The checks of `spec/36-grad.md`: errors about what an origin gives."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import busy, naming, unchanged
from brainspec_conformance.suite.state_material import KINDS, a_state


def assert_refused(impl: Any, result: Callable[[Any], Any], error: Any, *parts: str, **options: Any) -> None:
    """An origin that gives this is refused each time, changes nothing, and works when it gives what it should."""
    wrong, good = [True], (lambda x: (x**2, None)) if options.get("has_aux") else (lambda x: x**2)
    origin, state = busy(impl, lambda x: result(x) if wrong else good(x))
    stream = impl.random.RandomState(0)

    def drawing(x: Any) -> Any:
        stream.random()
        return origin(x)

    made = impl.transform.grad(drawing, [state], argnums=0, **options)
    for _ in range(2):
        with unchanged(impl, state, stream), pytest.raises(error, match=naming(*parts)):
            made(3.0)
    wrong.clear()
    found = made(3.0)
    assert (found[0] if options.get("has_aux") else found) == ([0.0], 6.0)
    assert state.value == 1.0


# What is no loss, and what is said of it.
NO_LOSSES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a vector": (lambda x: jnp.stack([x, x, x]), "3"),
    "a vector of one": (lambda x: x * jnp.ones(1), "1"),
    "an empty array": (lambda x: x * jnp.ones((0, 7)), "7"),
    "a matrix": (lambda x: x * jnp.ones((2, 5)), "5"),
    "a Python integer": (lambda x: 1, "int"),
    "an integer": (lambda x: jnp.int32(1), "int32"),
    "a rounded number": (lambda x: jnp.asarray(x).astype(jnp.int8), "int8"),
    "a truth": (lambda x: x > 0, "bool"),
    "a complex number": (lambda x: x * (1 + 1j), "complex"),
    "a key": (lambda x: jax.random.key(0), "key"),
    "a text": (lambda x: "text", "str"),
    "nothing": (lambda x: None, "None"),
    "a list": (lambda x: [x], "list"),
    "a pair": (lambda x: (x, x), "tuple"),
    "a dictionary": (lambda x: {"loss": x}, "dict"),
    "a fraction": (lambda x: Fraction(1, 2), "Fraction"),
}


@check("grad.error.loss@1", needs=["grad.result.both@1"])
@pytest.mark.parametrize("name", NO_LOSSES)
def test_what_is_no_float_without_shape_is_no_loss(impl: Any, name: str) -> None:
    give, said = NO_LOSSES[name]
    assert_refused(impl, give, TypeError, said)


@check("grad.error.loss@1", needs=["grad.result.aux@1"])
@pytest.mark.parametrize("name", NO_LOSSES)
def test_so_it_is_beside_an_aux(impl: Any, name: str) -> None:
    give, said = NO_LOSSES[name]
    assert_refused(impl, lambda x: (give(x), x), TypeError, said, has_aux=True)


@check("grad.error.loss@1", needs=["grad.nest.grad@1"])
def test_a_gradient_by_two_arguments_is_no_loss(impl: Any) -> None:
    made = impl.transform.grad(impl.transform.grad(lambda x, y: x * y, argnums=(0, 1)))
    with pytest.raises(TypeError, match="tuple"):
        made(1.0, 2.0)


@check("grad.error.loss@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_a_float_of_any_width_is_a_loss(impl: Any, dtype: str) -> None:
    assert impl.transform.grad(lambda x: (x * 2).astype(dtype))(jnp.float32(1)) == 2.0


NO_PAIRS: dict[str, Callable[[Any], Any]] = {
    "a number": lambda x: x,
    "an array of two": lambda x: jnp.stack([x, x]),
    "three": lambda x: (x, x, x),
    "a list of three": lambda x: [x, None, x],
    "one": lambda x: (x,),
    "none": lambda x: (),
    "a dictionary of two": lambda x: {"a": x, "b": x},
    "a text of two": lambda x: "ab",
    "nothing": lambda x: None,
}


@check("grad.error.aux@1", needs=["grad.result.aux@1", "grad.result.both@1"])
@pytest.mark.parametrize("return_value", [False, True], ids=["alone", "with the value"])
@pytest.mark.parametrize("name", NO_PAIRS)
def test_what_is_no_pair_has_no_aux(impl: Any, name: str, return_value: bool) -> None:
    give = NO_PAIRS[name]
    stream, (origin, state) = impl.random.RandomState(0), busy(impl, lambda x: give(x))
    made = impl.transform.grad(origin, has_aux=True, return_value=return_value)
    for _ in range(2):
        with unchanged(impl, state, stream), pytest.raises(TypeError, match="has_aux"):
            made(3.0)


RESULTS: dict[str, tuple[Callable[[Any, Any], Any], bool]] = {
    "the loss": (lambda s, x: s, False),
    "in the loss": (lambda s, x: {"a": [x, s]}, False),
    "a loss with an aux": (lambda s, x: (s, x), True),
    "the aux": (lambda s, x: (x, s), True),
    "in the aux": (lambda s, x: (x, {"a": [1, (s, x)]}), True),
}


@check("grad.error.state-result@1")
@pytest.mark.parametrize("born", [False, True], ids=["before", "inside"])
@pytest.mark.parametrize("name", RESULTS)
def test_a_state_is_no_result_and_in_none(impl: Any, name: str, born: bool) -> None:
    (give, has_aux), given = RESULTS[name], impl.ParamState(1.0)
    options = {"has_aux": True} if has_aux else {}
    origin, state = busy(impl, lambda x: give(impl.ParamState(x) if born else given, x))
    for more in ({}, {"return_value": True}):
        with unchanged(impl, state, given), pytest.raises(ValueError, match="ParamState"):
            impl.transform.grad(origin, **options, **more)(1.0)


@check("grad.error.state-result@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_any_kind_is_no_result(impl: Any, kind: str) -> None:
    given = a_state(impl, kind)
    with pytest.raises(ValueError, match=rf"\b{kind}\b"):
        impl.transform.grad(lambda x: (x, [given]), has_aux=True)(1.0)
