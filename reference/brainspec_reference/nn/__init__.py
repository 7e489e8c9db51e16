"""The place where users find modules; the chapter itself is `brainspec_reference.module`."""

from ..module import Module, init_all_states, reset_all_states

__all__ = ["Module", "init_all_states", "reset_all_states"]  # [model.surface.present]
