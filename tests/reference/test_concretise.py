"""Using a recorded value as a number raises what JAX raises under a trace."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.record import record, type_of

IDIOMS: dict[str, Callable[[Any], Any]] = {
    "bool": lambda x: 1 if x.sum() > 0 else 0,
    "int": lambda x: int(x[0]),
    "float": lambda x: float(x[0]),
    "numpy": lambda x: np.asarray(x),
    "item": lambda x: x[0].item(),
    "list index": lambda x: [1, 2, 3][x[0].astype(int)],
    "boolean mask": lambda x: x[x > 0],
    "iteration": lambda x: next(iter(x)),
    "hash": lambda x: hash(x),
    "equality": lambda x: x == x,
    "shape": lambda x: jnp.zeros(x.shape) + x,
    "tolist": lambda x: x.tolist(),
    "range": lambda x: list(range(x[0].astype(int))),
    "complex": lambda x: complex(x[0]),
    "not": lambda x: not x[0],
    "truth of several": lambda x: bool(x),
}


def raised(thunk: Callable[[], Any]) -> type | None:
    try:
        thunk()
    except Exception as error:
        return type(error)
    return None


@pytest.mark.parametrize("idiom", IDIOMS)
def test_a_recorded_value_used_as_a_number_raises_what_jax_raises(idiom: str) -> None:
    use, x = IDIOMS[idiom], jnp.ones(3)
    expected = raised(lambda: jax.make_jaxpr(lambda x: (use(x), x)[1])(x))

    assert expected == raised(lambda: record(lambda x: (use(x), [x])[1], [type_of(x)]))


def test_the_message_names_the_line_that_computed_the_value() -> None:
    def branches(x: Any) -> Any:
        total = x.sum()
        return [x if total > 0 else -x]

    with pytest.raises(jax.errors.TracerBoolConversionError, match=r"computed at .*test_concretise\.py:\d+"):
        record(branches, [type_of(jnp.ones(3))])
