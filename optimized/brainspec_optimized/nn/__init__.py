"""What is fast about it: nothing; it is the place where users find what to build models from."""

from brainspec_optimized.mapping import vmap_init_all_states
from brainspec_optimized.module import Module
from brainspec_optimized.module_init import init_all_states, reset_all_states

__all__ = ["Module", "init_all_states", "reset_all_states", "vmap_init_all_states"]  # [model.surface.present]
