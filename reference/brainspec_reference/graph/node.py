"""Nodes: the objects that hold states, other nodes, and whatever else."""

from ..type_names import Shown, shown_as


@shown_as("graph.Node")  # [graph.types.shown]
class Node(metaclass=Shown):  # without `__setattr__`  # [module.node.plain]
    """An ordinary Python object. Its attributes are the entries of its `__dict__`."""

    def __getstate__(self) -> object:
        """What `copy` and `pickle` carry over, as of any object: both keep what is shared, and cycles."""
        carried = super().__getstate__()  # [graph.copy.deep]
        return carried  # noqa: RET504  # both clauses are decided here  # [graph.copy.pickle]
