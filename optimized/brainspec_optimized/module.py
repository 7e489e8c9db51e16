"""What is fast about it: a call is one look-up and the user's own function.

A module is a node that can be called, initialised and printed. Its name lies among its attributes and so is part of the
graph; only the property that guards it keeps it as it is.
"""

import typing as t

from brainspec_optimized.errors import NameIsFixed, NotAName, NoUpdate
from brainspec_optimized.graph import nodes, states, treefy_states
from brainspec_optimized.graph.node import Node
from brainspec_optimized.shown import shows_as

__all__ = ["Module"]


@shows_as("nn.Module")  # [module.node.kind]
class Module(Node):  # [module.node.kind]
    """What users derive their models from."""

    # Said aloud, so that a base class that compares, beside a module, does not take over.
    __eq__ = object.__eq__  # [module.identity.equal]
    __hash__ = object.__hash__  # [module.identity.equal]

    def __init__(self, name: str | None = None) -> None:
        if name is None:  # nothing to keep, so that who forgets to call this loses nothing
            return
        if not isinstance(name, str):
            raise NotAName(f"{name!r} is no name.", "module.error.name@1", "Give a string.")  # [module.error.name]
        self.__dict__["name"] = name  # [module.name.given]

    @property
    def name(self) -> str | None:
        """What the user calls it."""
        if "name" not in self.__dict__:  # [module.node.constructor]
            return None
        return t.cast(str, self.__dict__["name"])  # [module.name.given]

    @name.setter
    def name(self, name: object) -> None:
        found = f"The name of a {type(self).__name__} was to be set."
        cure = "Give it when the module is made, super().__init__(name=...)."
        raise NameIsFixed(found, "module.error.name-set@1", cure)  # [module.error.name-set]

    def __call__(self, *args: t.Any, **kwargs: t.Any) -> t.Any:  # [module.call.own]
        return self.update(*args, **kwargs)  # [module.call.update]

    def update(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """What a call does; the user's class says it."""
        found = f"{type(self).__name__} has neither `update` nor `__call__`."
        raise NoUpdate(found, "module.error.update@1", "Define one of them.")  # [module.error.update]

    def states(self, *filters: object) -> t.Any:
        """What `graph.states` gives."""
        return states(self, *filters)  # [module.states.all]

    def nodes(self, *filters: object) -> t.Any:
        """What `graph.nodes` gives."""
        return nodes(self, *filters)  # [module.states.all]

    def state_trees(self, *filters: object) -> t.Any:
        """What `graph.treefy_states` gives."""
        return treefy_states(self, *filters)  # [module.states.all]

    def init_state(self, *args: t.Any, **kwargs: t.Any) -> None:  # [module.init.defaults]
        """Make the states; there are none before the user's class says so."""

    def reset_state(self, *args: t.Any, **kwargs: t.Any) -> None:  # [module.init.defaults]
        """Put the states back; there are none before the user's class says so."""
