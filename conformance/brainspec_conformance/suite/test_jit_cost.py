"""The measurements of `spec/30-jit.md`: how often programs are compiled."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from brainspec_conformance.check import check
from brainspec_conformance.suite.shared_material import compilations


@check("jit.cost.compilations@1")
def test_compilations_are_counted(impl: Any, measure: Callable[[str, object], None]) -> None:
    state, other = impl.ParamState(jnp.ones(2)), impl.State(0.0)

    def origin(x: Any) -> Any:
        other.value = other.value + (state.value * x).sum()
        return {"a": state.value * 2, "b": x}

    f = impl.transform.jit(origin)
    array, ones = jnp.arange(2.0), jnp.ones((2, 2))
    measure("by compile", compilations(lambda: f.compile(1.0)))
    # The first call gives a state its lasting type, so the one after it may compile.
    measure("by two calls after it", compilations(lambda: [f(1.0), f(1.0)]))
    measure("by ten more", compilations(lambda: [f(float(n)) for n in range(10)]))
    measure("by the first call of another signature", compilations(lambda: f(array)))
    measure("by ten more of it", compilations(lambda: [f(array) for _ in range(10)]))
    state.value = ones
    measure("by a state of another type", compilations(lambda: f(array)))
    state.value = array
    measure("by going back", compilations(lambda: f(array)))
