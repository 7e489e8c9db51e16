"""The checks of `spec/20-graph.md`: what a merged graph shares, and how its nodes are made."""

import dataclasses
from typing import Any

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import Box, Pair, chain, merged, node, node_class


@check("graph.merge.sharing@1", needs=["graph.split.trees@1"])
def test_a_state_in_several_places_is_one(impl: Any) -> None:
    state, other = impl.State(1), impl.State(1)
    root = node(impl, d=state, c=[state, (other,)], b=node(impl, w=state, v=other), a={"k": Box(state)}, e=other)
    again = merged(impl, root)

    assert again.d is again.c[0] is again.b.w is again.a["k"].content[0]
    assert again.c[1][0] is again.b.v is again.e
    assert again.d is not again.e
    assert again.d is not state


@check("graph.merge.sharing@1", needs=["graph.split.trees@1"])
def test_a_node_in_several_places_is_one(impl: Any) -> None:
    cell = node(impl, w=impl.State(1))
    root = node(impl, z=cell, b=[cell, Pair(cell, 1)], a=node(impl, part=cell, w=cell.w), c=node(impl, w=impl.State(1)))
    again = merged(impl, root)

    assert again.z is again.b[0] is again.b[1].second is again.a.part
    assert again.a.w is again.z.w
    assert again.c is not again.z
    assert again.z is not cell


@check("graph.merge.sharing@1", needs=["graph.split.trees@1"])
def test_a_node_may_lead_to_itself(impl: Any) -> None:
    root = node(impl, w=impl.State(1))
    root.me, root.all, root.pair, root.deep = root, [root, root.w], (root, {"k": root}), Box(Pair(root, root))
    again = merged(impl, root)

    assert again is again.me is again.all[0] is again.pair[0] is again.pair[1]["k"] is again.deep.content[0].first
    assert again.all[1] is again.w
    assert again is not root


@check("graph.merge.sharing@1", needs=["graph.split.trees@1"])
def test_nodes_may_lead_to_each_other(impl: Any) -> None:
    root = chain(impl, "b", "a", end=node(impl, w=impl.State(1)))
    root.b.a.up, root.b.up, root.a, root.b.w = root.b, root, root.b.a, root.b.a.w
    again = merged(impl, root)

    assert again.b.a is again.a
    assert again.a.up is again.b
    assert again.b.up is again
    assert again.b.w is again.a.w
    assert len({id(again), id(again.a), id(again.b)}) == 3


@check("graph.merge.sharing@1", needs=["graph.split.trees@1"])
def test_what_is_shared_is_shared_below_a_container_as_root(impl: Any) -> None:
    state, cell = impl.State(1), node(impl)
    cell.up = cell
    again = merged(impl, ({"a": state}, [cell, state], cell))

    assert again[0]["a"] is again[1][1]
    assert again[1][0] is again[2] is again[2].up
    assert again[2] is not cell


@check("graph.merge.sharing@1", needs=["graph.split.trees@1"])
def test_a_container_that_a_node_leads_back_to_is_merged(impl: Any) -> None:
    cell = node(impl, w=impl.State(1))
    around = [cell]
    cell.around = around
    again = merged(impl, around)

    assert again[0] is again[0].around[0]
    assert (again[0] is cell, type(again[0].around), len(again)) == (False, list, 1)


@check("graph.merge.containers@1", needs=["graph.split.trees@1"])
def test_a_container_in_several_places_becomes_several(impl: Any) -> None:
    table = [1, {"k": 2}]
    root = node(impl, a=table, b=table, c=[table, table], d=node(impl, e=table), w=impl.State(0))
    again = merged(impl, root)
    places = [again.a, again.b, *again.c, again.d.e]

    assert places == [[1, {"k": 2}]] * 5
    assert len({id(place) for place in places}) == 5
    assert len({id(place[1]) for place in places}) == 5


@check("graph.merge.containers@1", needs=["graph.split.trees@1", "graph.merge.sharing@1"])
def test_what_is_in_a_container_in_several_places_stays_one(impl: Any) -> None:
    cells = [impl.State(1), node(impl, w=impl.State(2)), "text"]
    again = merged(impl, node(impl, a=cells, b=(cells, Box(cells))))
    places = [again.a, again.b[0], again.b[1].content[0]]

    assert len({id(place) for place in places}) == 3
    assert len({(id(place[0]), id(place[1])) for place in places}) == 1


@check("graph.merge.containers@1", needs=["graph.split.trees@1"])
def test_a_users_container_in_several_places_becomes_several(impl: Any) -> None:
    box = Box(1, label="label")
    again = merged(impl, [box, {"k": box}])

    assert again[0] is not again[1]["k"]
    assert (again[0].content, again[1]["k"].label) == ((1,), "label")


def fails(*_: Any, **__: Any) -> Any:
    raise RuntimeError("must not be called")


@check("graph.merge.bare@1", needs=["graph.split.trees@1"])
def test_neither_constructor_nor_assignment_is_called(impl: Any) -> None:
    strict = node_class(impl, "Strict", __init__=fails, __setattr__=fails, __delattr__=fails)
    root = object.__new__(strict)
    vars(root).update(w=impl.State(1), part=object.__new__(strict), rate=0.5)
    vars(root.part).update(v=impl.State(2), up=root)
    again = merged(impl, root)

    assert [type(each) for each in (again, again.part)] == [strict, strict]
    assert (again.w.value, again.rate, again.part.v.value) == (1, 0.5, 2)
    assert again.part.up is again


@check("graph.merge.bare@1", needs=["graph.split.trees@1"])
def test_what_a_constructor_counts_is_not_counted(impl: Any) -> None:
    made: list[Any] = []

    def init(self: Any, size: int = 1) -> None:
        made.append(size)
        self.w, self.size = impl.State(size), size

    def assign(self: Any, name: str, value: Any) -> None:
        made.append(name)
        object.__setattr__(self, name, value)

    root = node_class(impl, __init__=init, __setattr__=assign)(3)
    again = merged(impl, root)

    assert made == [3, "w", "size"]
    assert (again.w.value, again.size) == (3, 3)


@check("graph.merge.bare@1", needs=["graph.split.trees@1"])
def test_a_frozen_dataclass_may_be_a_node(impl: Any) -> None:
    cells: Any = dataclasses.make_dataclass("Frozen", ["w", "rate"], bases=(impl.graph.Node,), frozen=True)
    again = merged(impl, cells(impl.State(1), 0.5))

    assert type(again) is cells
    assert (again.w.value, again.rate) == (1, 0.5)
