"""What an origin gives: a loss, and with `has_aux=True` an aux beside it."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.tree_util import keystr, tree_leaves_with_path

from ..errors import NoAux, NotALoss, StateResult
from ..state import State
from ..tree_types import leaf_type
from .given import named


def parts(result: Any, has_aux: bool) -> tuple[Any, ...]:
    """The loss, and the aux if there is one."""
    refuse_states(result)
    if not has_aux:
        return (checked_loss(result),)
    if not isinstance(result, tuple | list) or len(result) != 2:
        found, cure = f"With has_aux=True the function gave a {type(result).__name__}", "Return the loss and the aux"
        raise NoAux(found, "grad.error.aux@1", f"{cure}, two in a tuple")  # [grad.error.aux]
    loss, aux = result  # [grad.result.aux]
    return checked_loss(loss), aux


def refuse_states(result: Any) -> None:
    for path, leaf in tree_leaves_with_path(result):
        if isinstance(leaf, State):
            found, cure = f"Found a {type(leaf).__name__} at result{keystr(path)}", "Return its value"
            raise StateResult(found, "grad.error.state-result@1", cure)  # [grad.error.state-result]


def checked_loss(loss: Any) -> Any:
    type_ = leaf_type(loss)
    if type_ is None or type_.shape != () or not jnp.issubdtype(type_.dtype, np.floating):
        cure = "Return one float without shape; what else there is can be an aux"
        raise NotALoss(f"Found {named(loss)} for a loss", "grad.error.loss@1", cure)  # [grad.error.loss]
    return loss
