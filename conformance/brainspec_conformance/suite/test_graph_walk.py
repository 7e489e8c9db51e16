"""The checks of `spec/20-graph.md`: the order in which a graph is walked, and what is met."""

import collections
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import (
    Box,
    Keyed,
    Pair,
    Record,
    Untruthful,
    chain,
    having,
    merged,
    node,
    node_class,
    partial,
)


def paths(impl: Any, root: Any) -> list[Any]:
    return list(impl.graph.states(root))


@check("graph.walk.attributes@1", needs=["graph.states.all@1"])
@pytest.mark.parametrize("order", list(itertools.permutations(["b", "a", "B", "_a"]))[::5], ids="".join)
def test_attributes_are_met_by_name_whatever_the_order_of_setting(impl: Any, order: tuple[str, ...]) -> None:
    root = node(impl, **{name: impl.State(0) for name in order})

    assert paths(impl, root) == [("B",), ("_a",), ("a",), ("b",)]


@check("graph.walk.attributes@1", needs=["graph.states.all@1"])
def test_attributes_are_ordered_as_python_sorts_strings(impl: Any) -> None:
    names = ["w10", "w9", "é", "z", "Z", "", "w", "W1", "__w", "w_1"]
    root = node(impl, **{name: impl.State(0) for name in names})

    assert paths(impl, root) == [(name,) for name in sorted(names)]


@check("graph.walk.attributes@1", needs=["graph.states.all@1"])
def test_attributes_of_all_nodes_are_met_by_name(impl: Any) -> None:
    def cell() -> Any:
        return node(impl, y=impl.State(0), x=impl.State(0))

    root = node(impl, c=cell(), b=impl.State(0), a=cell(), d=[cell()])

    assert paths(impl, root) == [
        ("a", "x"),
        ("a", "y"),
        ("b",),
        ("c", "x"),
        ("c", "y"),
        ("d", 0, "x"),
        ("d", 0, "y"),
    ]


@check("graph.walk.attributes@1", needs=["graph.states.all@1"])
def test_attributes_are_those_that_the_node_has_now(impl: Any) -> None:
    root = node(impl, b=impl.State(1), gone=impl.State(2), a=impl.State(3))
    del root.gone
    root.b = later = impl.State(4)
    vars(root)["aa"] = impl.State(5)

    assert paths(impl, root) == [("a",), ("aa",), ("b",)]
    assert impl.graph.states(root)[("b",)] is later


@check("graph.walk.attributes@1", needs=["graph.states.all@1"])
def test_what_the_class_has_is_no_attribute(impl: Any) -> None:
    cells = node_class(impl, shared=impl.State(1), part=property(lambda self: self._part))
    root = having(cells(), _part=impl.State(2))

    assert paths(impl, root) == [("_part",)]


@check("graph.walk.attributes@1", needs=["graph.states.all@1"])
def test_an_attribute_counts_also_behind_a_property_of_its_name(impl: Any) -> None:
    root = node_class(impl, part=property(lambda self: 1 / 0))()
    vars(root)["part"] = state = impl.State(1)

    assert list(impl.graph.states(root).items()) == [(("part",), state)]


# A container of states, made from as many as it takes, with the places of the first, the second and so on.
CONTAINERS: dict[str, tuple[Callable[..., Any], list[tuple[Any, ...]]]] = {
    "list": (lambda a, b: [a, b], [(0,), (1,)]),
    "long list": (lambda *states: list(states), [(n,) for n in range(12)]),
    "tuple": (lambda *states: states, [(n,) for n in range(11)]),
    "dictionary": (lambda a, b, c: {"b": b, "a": a, "c": c}, [("a",), ("b",), ("c",)]),
    "numbered": (lambda a, b, c: {10: c, 9: b, 2: a}, [(2,), (9,), (10,)]),
    "keyed by tuples": (lambda a, b: {(1, 0): b, (0, 1): a}, [((0, 1),), ((1, 0),)]),
    "ordered": (lambda a, b: collections.OrderedDict(z=a, y=b), [("z",), ("y",)]),
    "defaults": (lambda a, b: collections.defaultdict(list, {"b": b, "a": a}), [("a",), ("b",)]),
    "named": (Pair, [("second",), ("first",)]),
    "registered": (lambda *states: Box(*states, label="label"), [(n,) for n in range(11)]),
    "registered with keys": (lambda a, b: Keyed(left=b, right=a), [("right",), ("left",)]),
    "dataclass": (lambda a, b: Record(early=b, late=a), [("late",), ("early",)]),
    "partial": (lambda a, b, c: partial(print, a, z=c, end=b), [(0, 0), (1, "end"), (1, "z")]),
    "nested": (lambda a, b: ({"k": [None, a]}, [[], {}, (b,)]), [(0, "k", 1), (1, 2, 0)]),
    "among others": (lambda a: [None, "text", 1.5, a], [(3,)]),
}


@check("graph.walk.containers@1", needs=["graph.states.all@1"])
@pytest.mark.parametrize("sort", CONTAINERS)
def test_contents_are_met_in_the_order_of_jax(impl: Any, sort: str) -> None:
    make, places = CONTAINERS[sort]
    states = [impl.State(n) for n in range(len(places))]
    found = impl.graph.states(node(impl, part=make(*states)))

    assert list(found.items()) == [(("part", *place), state) for place, state in zip(places, states)]


@check("graph.walk.containers@1", needs=["graph.states.all@1"])
@pytest.mark.parametrize("sort", CONTAINERS)
def test_parts_of_paths_are_bare(impl: Any, sort: str) -> None:
    make, places = CONTAINERS[sort]
    (found, *_) = impl.graph.states(node(impl, part=make(*(impl.State(n) for n in range(len(places))))))

    assert [type(part) for part in found] == [str, *map(type, places[0])]


@check("graph.walk.containers@1", needs=["graph.nodes.order@1"])
@pytest.mark.parametrize("sort", CONTAINERS)
def test_nodes_in_containers_are_met(impl: Any, sort: str) -> None:
    make, places = CONTAINERS[sort]
    cells = [node(impl, number=n) for n in range(len(places))]
    found = impl.graph.nodes(node(impl, part=make(*cells)))

    assert list(found)[:-1] == [("part", *place) for place in places]
    assert [cell.number for cell in list(found.values())[:-1]] == list(range(len(places)))


@check("graph.walk.once@1", needs=["graph.states.all@1"])
def test_a_state_is_met_where_the_walk_comes_first(impl: Any) -> None:
    deep, shallow = impl.State(1), impl.State(2)
    root = node(impl, d=deep, b=shallow, a=chain(impl, "x", "y", end=[deep]), c=node(impl, w=shallow))

    assert list(impl.graph.states(root).items()) == [(("a", "x", "y", 0), deep), (("b",), shallow)]


@check("graph.walk.once@1", needs=["graph.states.all@1"])
def test_a_state_is_met_once_in_containers(impl: Any) -> None:
    one, other = impl.State(1), impl.State(1)
    root = [{"k": one}, one, (other, one), node(impl, w=other)]

    assert paths(impl, root) == [(0, "k"), (2, 0)]


@check("graph.walk.once@1", needs=["graph.states.all@1"])
def test_a_container_in_two_places_is_walked_in_both(impl: Any) -> None:
    cells = [impl.State(1)]
    root = node(impl, a=cells, b=cells, c=(cells, [cells]))

    assert paths(impl, root) == [("a", 0)]


@check("graph.walk.once@1", needs=["graph.states.all@1", "graph.nodes.order@1"])
def test_a_node_is_met_once_with_all_below_it(impl: Any) -> None:
    cell = node(impl, w=impl.State(1), v=[impl.State(2)])
    root = node(impl, b=cell, a={"k": [cell]}, c=cell)

    assert paths(impl, root) == [("a", "k", 0, "v", 0), ("a", "k", 0, "w")]
    assert list(impl.graph.nodes(root)) == [("a", "k", 0), ()]


@check("graph.walk.once@1", needs=["graph.states.all@1", "graph.nodes.order@1"])
def test_cycles_through_nodes_end_where_they_began(impl: Any) -> None:
    root, child = node(impl, z=impl.State(1)), node(impl, w=impl.State(2))
    root.child, child.parent, child.all = child, root, [child, root]

    assert paths(impl, root) == [("child", "w"), ("z",)]
    assert paths(impl, child) == [("all", 1, "z"), ("w",)]
    assert list(impl.graph.nodes(root)) == [("child",), ()]
    assert list(impl.graph.nodes(child)) == [("all", 1), ()]


@check("graph.walk.once@1", needs=["graph.states.all@1"])
def test_a_container_that_a_node_leads_back_to_is_no_endless_walk(impl: Any) -> None:
    cell = node(impl, w=impl.State(1))
    cell.around = around = [cell, [impl.State(2)]]

    assert paths(impl, around) == [(0, "around", 1, 0), (0, "w")]
    assert paths(impl, cell) == [("around", 1, 0), ("w",)]


@check("graph.walk.identity@1", needs=["graph.walk.once@1", "graph.nodes.order@1"])
def test_nodes_that_say_that_they_are_equal_are_several(impl: Any) -> None:
    odd = node_class(impl, "Odd", Untruthful)
    one, two = (having(odd(), w=impl.State(n)) for n in range(2))
    root = having(odd(), a=one, b=[two, one])
    found = impl.graph.nodes(root)

    assert [id(cell) for cell in found.values()] == [id(one), id(two), id(root)]
    assert list(found) == [("a",), ("b", 0), ()]
    assert paths(impl, root) == [("a", "w"), ("b", 0, "w")]


@check("graph.walk.identity@1", needs=["graph.walk.once@1", "graph.nodes.order@1"])
def test_nodes_that_cannot_be_compared_or_hashed_are_walked(impl: Any) -> None:
    def fails(*_: Any) -> Any:
        raise RuntimeError("must not be asked")

    body = dict.fromkeys(["__eq__", "__ne__", "__hash__", "__bool__", "__len__", "__lt__"], fails)
    strict = node_class(impl, "Strict", **body)
    root = having(strict(), a=strict(), b=strict())
    root.a.w, root.b.again = impl.State(1), root.a

    assert list(impl.graph.nodes(root)) == [("a",), ("b",), ()]
    assert paths(impl, root) == [("a", "w")]


@check("graph.walk.identity@1", needs=["graph.merge.sharing@1"])
def test_equal_nodes_stay_several_in_a_merge(impl: Any) -> None:
    odd = node_class(impl, "Odd", Untruthful)
    cell = having(odd(), w=impl.State(1))
    root = merged(impl, having(odd(), a=cell, b=having(odd(), w=impl.State(2)), c=cell))

    assert root.a is root.c
    assert root.a is not root.b
    assert (root.a.w.value, root.b.w.value) == (1, 2)


@check("graph.walk.identity@1", needs=["graph.walk.once@1", "graph.nodes.order@1"])
def test_equal_nodes_that_can_be_hashed_are_several(impl: Any) -> None:
    alike = node_class(impl, "Alike", __eq__=lambda self, other: True, __hash__=lambda self: 1)

    assert list(impl.graph.nodes([alike(), alike()])) == [(0,), (1,)]
