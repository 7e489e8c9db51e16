"""The measurements of `spec/33-map.md`: how often programs are compiled."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from brainspec_conformance.check import check
from brainspec_conformance.suite.mapping_more_material import rows
from brainspec_conformance.suite.shared_material import compilations


@check("map.cost.compilations@1")
def test_compilations_are_counted(impl: Any, measure: Callable[[str, object], None]) -> None:
    state, weight, stream = impl.State(jnp.zeros(())), impl.ParamState(jnp.ones(())), impl.random.RandomState(0)
    x = rows(5)

    def carrying(x: Any) -> Any:
        state.value = state.value + weight.value * x
        return {"a": state.value + stream.uniform(), "b": x}

    def reading(x: Any) -> Any:
        return {"a": weight.value * x + stream.uniform(), "b": x}

    measure("one by one", compilations(lambda: impl.transform.map(carrying, x)))
    measure("by another call", compilations(lambda: impl.transform.map(carrying, x)))
    measure("in batches that divide", compilations(lambda: impl.transform.map(reading, x, batch_size=5)))
    measure("in batches and what remains", compilations(lambda: impl.transform.map(reading, x, batch_size=2)))
    f = impl.transform.jit(lambda x: impl.transform.map(reading, x, batch_size=2))
    measure("in a jitted function", compilations(lambda: f(x)))
    measure("by ten more of it", compilations(lambda: [f(x) for _ in range(10)]))
