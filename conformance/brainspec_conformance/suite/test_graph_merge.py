"""The checks of `spec/20-graph.md`: a graph that is put together is like the one that was taken apart."""

import collections
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import (
    Box,
    Keyed,
    Pair,
    Record,
    Unheard,
    having,
    merged,
    node,
    node_class,
    partial,
    structure_of,
)


@check("graph.merge.again@1", needs=["graph.split.trees@1"])
def test_nodes_are_new_and_of_the_same_classes(impl: Any) -> None:
    cells = node_class(impl)
    below = node_class(impl, "Below", cells, size=3)
    root = having(cells(), a=below(), b=[node(impl, c=below())])
    again = merged(impl, root)

    assert [type(each) for each in (again, again.a, again.b[0], again.b[0].c)] == [cells, below, impl.graph.Node, below]
    assert len({id(each) for each in (again, root, again.a, root.a, again.b[0], root.b[0], again.b[0].c)}) == 7


@check("graph.merge.again@1", needs=["graph.split.trees@1"])
def test_attributes_are_in_the_order_of_definition(impl: Any) -> None:
    root = node(impl, z=impl.State(1), a="text", m=node(impl, y=1, x=[impl.State(2)], w=None), b=impl.State(3), _c=())
    root.again = root.m
    del root.a
    root.a = 2
    again = merged(impl, root)

    assert list(vars(again)) == ["z", "m", "b", "_c", "again", "a"]
    assert list(vars(again.m)) == ["y", "x", "w"]


CONTAINERS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any], Any]]] = {
    "list": (lambda a, b: [a, b, "text"], list),
    "tuple": (lambda a, b: (a, b, "text"), list),
    "dictionary": (lambda a, b: {"j": b, "k": a}, lambda made: [made["k"], made["j"]]),
    "ordered": (lambda a, b: collections.OrderedDict(z=a, y=b), lambda made: list(made.values())),
    "defaults": (lambda a, b: collections.defaultdict(list, z=a, y=b), lambda made: [made["z"], made["y"]]),
    "named": (Pair, list),
    "registered": (lambda a, b: Box(a, b, label="label"), lambda made: list(made.content)),
    "registered with keys": (Keyed, lambda made: [made.left, made.right]),
    "dataclass": (Record, lambda made: [made.early, made.late]),
    "partial": (lambda a, b: partial(max, a, key=b), lambda made: [made.args[0], made.keywords["key"]]),
    "nested": (lambda a, b: [(a, None), {"k": [b]}], lambda made: [made[0][0], made[1]["k"][0]]),
}


@check("graph.merge.again@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("sort", CONTAINERS)
def test_containers_are_new_and_of_the_same_types(impl: Any, sort: str) -> None:
    make, content = CONTAINERS[sort]
    part, static = make(impl.State(1), impl.State(2)), object()
    again = merged(impl, node(impl, part=part, plain=make(static, 5), nodes=make(node(impl), static)))

    assert type(again.part) is type(part)
    assert again.part is not part
    assert [state.value for state in content(again.part)[:2]] == [1, 2]
    assert structure_of(again.part) == structure_of(part)
    assert content(again.plain)[:2] == [static, 5]
    assert type(content(again.nodes)[0]) is impl.graph.Node
    assert content(again.nodes)[1] is static


@check("graph.merge.again@1", needs=["graph.split.trees@1"])
def test_containers_without_states_are_new_as_well(impl: Any) -> None:
    root = node(impl, a=[], b={}, c=[1, [2, {"k": []}]], d=(), e=None, f=((), [None]))
    again = merged(impl, root)

    assert vars(again) == vars(root)
    for one, other in [(again.a, root.a), (again.b, root.b), (again.c, root.c), (again.c[1], root.c[1])]:
        assert one is not other
    assert again.c[1][1]["k"] is not root.c[1][1]["k"]


@check("graph.merge.again@1", needs=["graph.split.trees@1", "graph.snapshot.pytree@1"])
def test_a_snapshot_that_a_node_holds_is_a_container(impl: Any) -> None:
    held = impl.TreefyState(impl.ParamState, 1.5, name="v", tag="slow", unit="mV")
    graphdef, tree = impl.graph.treefy_split(node(impl, kept=held))
    again = impl.graph.treefy_merge(graphdef, tree)

    assert list(tree) == []
    assert type(again.kept) is impl.TreefyState
    assert (again.kept.type, again.kept.value, again.kept.name) == (impl.ParamState, 1.5, "v")
    assert (again.kept.tag, again.kept.metadata) == ("slow", {"unit": "mV"})


@check("graph.merge.again@1", needs=["graph.split.trees@1"])
def test_static_values_are_the_same_objects(impl: Any) -> None:
    root = node(impl, w=impl.State(1), array=np.ones(2), jax=jax.numpy.ones(2), kind=Unheard, unheard=Unheard())
    root.function, root.set, root.text, root.number = lambda x: x, {1, 2}, "te" * 9, 1.5
    root.inside = [root.array, {"k": root.function}]
    again = merged(impl, root)

    for name in ("array", "jax", "kind", "unheard", "function", "set", "text", "number"):
        assert vars(again)[name] is vars(root)[name]
    assert again.inside[0] is root.array
    assert again.inside[1]["k"] is root.function


@check("graph.merge.again@1", needs=["graph.split.trees@1"])
def test_a_closure_refers_to_what_it_did(impl: Any) -> None:
    root = node(impl, w=impl.State(1))
    state = root.w
    root.read = lambda: state.value
    again = merged(impl, root)
    state.value = 2

    assert again.read() == 2
    assert again.w.value == 1


@check("graph.merge.again@1", needs=["graph.split.trees@1"])
def test_what_is_not_walked_is_no_attribute_of_a_merged_node(impl: Any) -> None:
    cells = node_class(impl, shared=impl.State(1), double=property(lambda self: self.w.value * 2))
    again = merged(impl, having(cells(), w=impl.State(2)))

    assert list(vars(again)) == ["w"]
    assert again.shared is cells.shared
    assert again.double == 4


@check("graph.merge.again@1", needs=["graph.split.trees@1"])
def test_attributes_behind_properties_are_put_back(impl: Any) -> None:
    root = node_class(impl, rate=property(lambda self: 1 / 0))()
    vars(root)["rate"] = 0.5

    assert vars(merged(impl, root)) == {"rate": 0.5}


@check("graph.merge.again@1", needs=["graph.split.trees@1"])
def test_each_merge_builds_a_graph_of_its_own(impl: Any) -> None:
    split = impl.graph.treefy_split(node(impl, w=impl.State(1), cells=[node(impl, v=impl.State(2))], table=[1]))
    one, other = impl.graph.treefy_merge(*split), impl.graph.treefy_merge(*split)
    one.w.value, one.cells[0].v.value = 3, 4
    one.table.append(2), one.cells.append(5)
    one.rate = 0.5

    assert (other.w.value, other.cells[0].v.value, other.table, len(other.cells)) == (1, 2, [1], 1)
    assert list(vars(other)) == ["w", "cells", "table"]
    assert impl.graph.treefy_merge(*split).table == [1]


@check("graph.merge.again@1", needs=["graph.split.trees@1"])
def test_a_graph_is_built_like_the_one_that_was_split(impl: Any) -> None:
    root = node(impl, w=impl.State(1), cells=[node(impl, v=impl.State(2))], table={"k": [1]}, rate=0.5)
    split = impl.graph.treefy_split(root)
    root.rate, root.later, root.w = 2.0, 1, impl.State(3)
    root.table["k"].append(2), root.cells.clear()
    again = impl.graph.treefy_merge(*split)

    assert list(vars(again)) == ["w", "cells", "table", "rate"]
    assert (again.w.value, again.cells[0].v.value, again.table, again.rate) == (1, 2, {"k": [1]}, 0.5)


@check("graph.merge.again@1", needs=["graph.split.trees@1"])
def test_a_container_is_merged_as_a_root(impl: Any) -> None:
    root = {"b": [impl.State(1), 0.5], "a": (node(impl, w=impl.State(2)),)}
    again = merged(impl, root)

    assert type(again) is dict
    assert again is not root
    assert (again["b"][0].value, again["b"][1], again["a"][0].w.value) == (1, 0.5, 2)
    assert (merged(impl, []), merged(impl, None), merged(impl, ((), {}))) == ([], None, ((), {}))


@check("graph.merge.again@1", needs=["graph.split.trees@1"])
def test_states_that_agree_stay_several(impl: Any) -> None:
    value = np.ones(2)
    again = merged(impl, node(impl, a=impl.State(value, name="v"), b=[impl.State(value, name="v")]))
    again.a.value = None

    assert again.b[0].value is value
