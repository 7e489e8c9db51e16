"""Mapped functions, which the reference does not batch: it records one lane once, and evaluates it for each."""

from ..errors import BatchAxisError
from .new_states import vmap_init_all_states, vmap_new_states
from .older import vmap
from .stateful_mapping import StatefulMapping
from .vmap2 import vmap2

__all__ = ["BatchAxisError", "StatefulMapping", "vmap", "vmap2", "vmap_init_all_states", "vmap_new_states"]
