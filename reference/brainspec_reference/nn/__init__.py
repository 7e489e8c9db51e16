"""The place where users find modules."""

from ..mapping import vmap_init_all_states
from ..module import Module, init_all_states, reset_all_states

__all__ = ["Module", "init_all_states", "reset_all_states", "vmap_init_all_states"]  # [model.surface.present]
