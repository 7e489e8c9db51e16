"""The measurements of `spec/32-mapping.md`: how often programs are compiled, and whether growing states warn."""

import warnings
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from brainspec_conformance.check import check
from brainspec_conformance.suite.mapping_more_material import mapped, rows
from brainspec_conformance.suite.shared_material import compilations


@check("mapping.cost.compilations@1")
def test_compilations_are_counted(impl: Any, measure: Callable[[str, object], None]) -> None:
    state, whole = impl.State(jnp.zeros((2, 3))), impl.ParamState(jnp.ones(2))
    stream = impl.random.RandomState(0)

    @mapped(impl, state_in_axes={1: state})
    def f(x: Any) -> Any:
        state.value = state.value + whole.value * x
        return {"a": state.value + stream.uniform(), "b": x}

    one, other, value = rows(3), rows(3, 2), whole.value
    ones = jnp.ones(())
    measure("by the first call", compilations(lambda: f(one)))
    # The first call gives states their lasting places, so the one after it may compile.
    measure("by the second", compilations(lambda: f(one)))
    measure("by ten more", compilations(lambda: [f(one) for _ in range(10)]))
    measure("by the first call of another signature", compilations(lambda: f(other)))
    measure("by ten more of it", compilations(lambda: [f(other) for _ in range(10)]))
    whole.value = ones
    measure("by a state of another type", compilations(lambda: f(one)))
    whole.value = value
    measure("by going back", compilations(lambda: f(one)))


def told(action: Callable[[], object]) -> int:
    """How many warnings an action gives."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        action()
    return len(found)


@check("mapping.cost.warning@1")
def test_warnings_of_growing_states_are_counted(impl: Any, measure: Callable[[str, object], None]) -> None:
    def growing() -> Any:
        state = impl.ShortTermState(jnp.zeros(()))

        def f(x: Any) -> None:
            state.value = state.value + x

        return impl.transform.vmap2(f)

    def replacing() -> Any:
        state = impl.ShortTermState(jnp.zeros(2))

        def f(x: Any) -> None:
            state.value = x

        return impl.transform.vmap2(f)

    stays = replacing()
    for name, f in (("a state that grows", growing()), ("another mapping", growing())):
        measure(f"by the first call, of {name}", told(lambda f=f: f(rows(2))))  # type: ignore[misc]
        measure(f"by three more, of {name}", told(lambda f=f: [f(rows(2)) for _ in range(3)]))  # type: ignore[misc]
    measure("where the size stays", told(lambda: stays(rows(2))))
