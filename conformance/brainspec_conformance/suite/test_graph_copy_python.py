"""The checks of `spec/20-graph.md`: `copy.deepcopy` and `pickle`, and how the types show."""

import copy
import operator
import pickle
import sys
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given

from brainspec_conformance.check import check
from brainspec_conformance.suite.nested_material import a_node, descriptions, first_places, grown, pickled, shape_of
from brainspec_conformance.suite.state_material import importable, subclass


class Only:
    """A static value of which there is one, whatever copies it."""

    def __deepcopy__(self, memo: object) -> "Only":
        return self


@check("graph.copy.deep@1")
def test_a_deep_copy_has_copies_of_everything(impl: Any) -> None:
    cell = subclass(impl.graph.Node)
    node = a_node(impl, w=impl.ParamState([1], name="v", tag=["slow"], unit=[0]), part=cell(), z={"k": [np.ones(2)]})
    node.part.x = impl.State({"a": 2})
    again = copy.deepcopy(node)

    assert again is not node
    assert type(again.part) is cell
    assert again.part is not node.part
    assert (again.w.value, again.w.name, again.w.tag, again.w.unit) == ([1], "v", ["slow"], [0])
    assert again.w is not node.w
    assert again.w.value is not node.w.value
    assert again.part.x.value == {"a": 2}
    assert again.part.x.value is not node.part.x.value
    assert again.z["k"][0].tolist() == [1, 1]
    assert again.z["k"][0] is not node.z["k"][0]
    assert again.z["k"] is not node.z["k"]


@check("graph.copy.deep@1")
def test_a_deep_copy_copies_static_values_as_python_does(impl: Any) -> None:
    only, many, table = Only(), bytearray(b"many"), jnp.ones(2)
    node = a_node(impl, b=only, a=many, c=len, table=table, none=None)
    again = copy.deepcopy(node)

    assert list(vars(again)) == ["b", "a", "c", "table", "none"]
    assert again.b is only
    assert again.a == many
    assert again.a is not many
    assert (again.c, again.none, again.table.tolist()) == (len, None, [1, 1])


@check("graph.copy.deep@1")
def test_a_deep_copy_keeps_what_is_shared_also_containers(impl: Any) -> None:
    shared, part, cells = impl.State(1), a_node(impl), [1, 2]
    node = a_node(impl, a=shared, list=[shared, part], part=part, one=cells, other=(cells,))
    node.me, part.up, part.w = node, [node], shared
    again = copy.deepcopy(node)

    assert again.a is again.list[0] is again.part.w
    assert again.part is again.list[1]
    assert again.me is again.part.up[0] is again
    assert again.one is again.other[0]
    assert again.one is not cells


@check("graph.copy.deep@1")
def test_a_deep_copy_is_made_without_the_constructor(impl: Any) -> None:
    def init(self: Any, size: int) -> None:
        self._w = impl.State(size)

    again = copy.deepcopy(subclass(impl.graph.Node, __init__=init)(3))

    assert again._w.value == 3


@check("graph.copy.deep@1")
def test_nodes_around_a_shared_state_are_copied_together(impl: Any) -> None:
    shared = impl.State(1)
    one, other = copy.deepcopy([a_node(impl, w=shared), a_node(impl, w=shared)])

    assert one is not other
    assert one.w is other.w
    assert one.w is not shared


@check("graph.copy.deep@1")
def test_what_is_done_to_a_deep_copy_does_not_reach_the_graph(impl: Any) -> None:
    node = a_node(impl, w=impl.State([1]), cells=[1, 2], part=a_node(impl, rate=0.5))
    again = copy.deepcopy(node)
    again.w.value.append(2)
    again.w.value, again.part.rate, again.more = 3, 0.25, 4
    again.cells.append(3)

    assert (node.w.value, node.cells, node.part.rate, hasattr(node, "more")) == ([1], [1, 2], 0.5, False)


@check("graph.copy.deep@1")
@given(descriptions)
def test_generated_graphs_are_copied_place_by_place(impl: Any, description: Any) -> None:
    root = grown(impl, description)
    again = copy.deepcopy(root)
    pairs = zip(first_places(impl, root).values(), first_places(impl, again).values(), strict=True)

    assert shape_of(impl, again) == shape_of(impl, root)
    assert all(state is not made for state, made in pairs)


@check("graph.copy.pickle@1")
def test_a_graph_comes_back_from_pickle_with_all_that_it_holds(impl: Any) -> None:
    cell = importable(impl.graph.Node)
    node = a_node(impl, w=impl.ParamState(np.ones(2), name="v", tag=["slow"], unit="mV"), part=cell(), z={"k": (1, [])})
    node.part._x, node.h, node.a = impl.State({"a": 2}), impl.HiddenState(jnp.zeros(3)), None
    again = pickled(node)

    assert type(again) is impl.graph.Node
    assert type(again.part) is cell
    assert list(vars(again)) == ["w", "part", "z", "h", "a"]
    assert (again.w.value.tolist(), again.w.name, again.w.tag, again.w.unit) == ([1, 1], "v", ["slow"], "mV")
    assert (type(again.w), type(again.h), again.h.value.shape) == (impl.ParamState, impl.HiddenState, (3,))
    assert (again.part._x.value, again.z, again.a) == ({"a": 2}, {"k": (1, [])}, None)


@check("graph.copy.pickle@1")
def test_what_is_shared_comes_back_from_pickle_as_one(impl: Any) -> None:
    shared, part = impl.State(1), a_node(impl)
    node = a_node(impl, a=shared, list=[shared, part], part=part)
    node.me, part.up, part.w = node, {"k": node}, shared
    again = pickled(node)

    assert again.a is again.list[0] is again.part.w
    assert again.part is again.list[1]
    assert again.me is again.part.up["k"] is again


@check("graph.copy.pickle@1")
def test_a_graph_comes_back_from_pickle_by_any_protocol(impl: Any) -> None:
    node = a_node(impl, w=impl.ParamState([1], name="v"), rate=0.5)
    node.me = node
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(node, protocol))
        assert again.me is again
        assert (again.w.value, again.w.name, again.rate) == ([1], "v", 0.5)


@check("graph.copy.pickle@1")
def test_a_graph_comes_back_from_pickle_without_the_constructor(impl: Any) -> None:
    def init(self: Any, size: int) -> None:
        self.w = impl.State(size)

    cell = importable(impl.graph.Node)
    cell.__init__ = init

    assert pickled(cell(3)).w.value == 3


@check("graph.copy.pickle@1", needs=["graph.update.writes@1", "graph.states.all@1"])
def test_a_graph_from_pickle_lives_on(impl: Any) -> None:
    again = pickled(a_node(impl, w=impl.State(1), part=a_node(impl, w=impl.State(2))))
    again.more = impl.State(3)
    impl.graph.update_states(again, {"w": impl.TreefyState(impl.State, 10)})

    assert list(impl.graph.states(again)) == [("more",), ("part", "w"), ("w",)]
    assert again.w.value == 10


@check("graph.copy.pickle@1")
@given(descriptions)
def test_generated_graphs_come_back_from_pickle_place_by_place(impl: Any, description: Any) -> None:
    root = grown(impl, description)

    assert shape_of(impl, pickled(root)) == shape_of(impl, root)


SHOWN = {
    "graph.Node": "brainstate.graph.Node",
    "graph.GraphDef": "brainstate.graph.GraphDef",
    "TreefyState": "brainstate.TreefyState",
    "util.NestedDict": "brainstate.util.NestedDict",
    "util.FlattedDict": "brainstate.util.FlattedDict",
}


@check("graph.types.shown@1")
@pytest.mark.parametrize("place", SHOWN)
def test_a_type_shows_as_its_place_in_the_surface(impl: Any, place: str) -> None:
    found = operator.attrgetter(place)(impl)

    assert repr(found) == f"{found}" == f"<class '{SHOWN[place]}'>"
    assert repr([found]) == f"[<class '{SHOWN[place]}'>]"


@check("graph.types.shown@1")
@pytest.mark.parametrize("place", SHOWN)
def test_a_type_is_found_where_its_module_says(impl: Any, place: str) -> None:
    found = operator.attrgetter(place)(impl)

    assert operator.attrgetter(found.__qualname__)(sys.modules[found.__module__]) is found
