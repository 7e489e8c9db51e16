"""Modules: the nodes that users derive their models from.

A module is an ordinary Python object. Nothing is registered when an attribute is set; what there is to know of a
module is found by walking its graph when somebody asks.
"""

from typing import Any, TypeVar

from .errors import NameIsFixed, NotAName, NotATarget, NoUpdate
from .filters import All, Literal, Not
from .graph import Node, nodes, states, treefy_states
from .graph.walk import is_root
from .module_text import node_text
from .type_names import shown_as
from .util import FlattedDict, NestedDict

Target = TypeVar("Target")


@shown_as("nn.Module")  # [module.node.kind]
class Module(Node):  # not registered with JAX, so it is a leaf  # [module.identity.leaf]
    """A node that can be called, initialised and printed."""

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            return  # and leaves no trace, as if it had not been called  # [module.node.constructor]
        if not isinstance(name, str):
            found, cure = f"Found {name!r} for the name of a module", "Give a string or None"
            raise NotAName(found, "module.error.name@1", cure)  # [module.error.name]
        vars(self)["name"] = name  # an attribute like others, so part of the graph  # [module.name.given]

    @property
    def name(self) -> str | None:
        return vars(self).get("name")  # [module.node.constructor]

    @name.setter
    def name(self, name: object) -> None:
        found, cure = f"The name of a module was set to {name!r}", "Give it to the constructor: Module(name=...)"
        raise NameIsFixed(found, "module.error.name-set@1", cure)  # [module.error.name-set]

    def __eq__(self, other: object) -> bool:
        return self is other  # [module.identity.equal]

    def __hash__(self) -> int:
        return object.__hash__(self)  # [module.identity.equal]

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:  # [module.call.own]
        return self.update(*args, **kwargs)  # [module.call.update]

    def update(self, /, *args: Any, **kwargs: Any) -> Any:
        found, cure = f"A {type(self).__name__} was called", "Define update or __call__ in its class"
        raise NoUpdate(found, "module.error.update@1", cure)  # [module.error.update]

    def states(self, /, *filters: Literal) -> FlattedDict | tuple[FlattedDict, ...]:
        return states(self, *filters)  # [module.states.all]

    def nodes(self, /, *filters: Literal) -> FlattedDict | tuple[FlattedDict, ...]:
        return nodes(self, *filters)  # [module.states.all]

    def state_trees(self, /, *filters: Literal) -> NestedDict | tuple[NestedDict, ...]:
        return treefy_states(self, *filters)  # [module.states.all]

    def init_state(self, /, *args: Any, **kwargs: Any) -> Any:
        """Makes the states of this module; those of its parts are made before."""
        return None  # [module.init.defaults]

    def reset_state(self, /, *args: Any, **kwargs: Any) -> Any:
        """Gives the states of this module their first values again."""
        return None  # [module.init.defaults]

    __repr__ = node_text


def init_all_states(target: Target, /, *args: Any, node_to_exclude: Literal = None, **kwargs: Any) -> Target:
    for module in modules(target, node_to_exclude):  # and no `try`  # [module.init.raises]
        module.init_state(*args, **kwargs)  # [module.init.all]
    return target  # [module.init.all]


def reset_all_states(target: Target, /, *args: Any, node_to_exclude: Literal = None, **kwargs: Any) -> Target:
    for module in modules(target, node_to_exclude):  # and no `try`  # [module.init.raises]
        module.reset_state(*args, **kwargs)  # [module.init.reset]
    return target  # [module.init.reset]


def modules(target: object, excluded: Literal) -> list[Module]:
    """The modules that are not left out, in order. What leaves out is asked about modules only."""
    if not is_root(target):
        found, cure = f"Found a {type(target).__name__} for a model", "Give a module, or a container of modules"
        raise NotATarget(found, "module.error.target@1", cure)  # [module.error.target]
    wanted: Any = nodes(target, All(Module, Not(excluded)))  # [module.init.exclude]
    return list(wanted.values())  # [module.init.snapshot]
