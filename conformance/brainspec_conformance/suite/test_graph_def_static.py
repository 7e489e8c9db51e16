"""The checks of `spec/20-graph.md`: a `GraphDef` under JAX and `pickle`."""

import collections
import pickle
from typing import Any

import jax
import jax.numpy as jnp
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
    importable_node,
    node,
    partial,
    structure_of,
)
from brainspec_conformance.suite.state_material import importable

ROW, SET, UNHEARD = np.ones(2), {1}, Unheard()


def model(impl: Any, rate: Any = 0.5) -> Any:
    cell = node(impl, w=impl.ParamState(jnp.array(2.0)))
    return having(cell, table=ROW, set=SET, rate=rate, up=cell, part=[node(impl, unheard=UNHEARD), None, cell.w])


@check("graph.def.static@1", needs=["graph.def.equal@1"])
def test_it_has_no_leaves(impl: Any) -> None:
    roots: list[Any] = [model(impl), [], None, node(impl), {"a": np.ones(2), "b": jnp.ones(2)}]
    for root in roots:
        graphdef = impl.graph.graphdef(root)
        mapped = jax.tree.map(lambda x: 1 / 0, [graphdef, {"k": graphdef}])

        assert jax.tree.leaves([graphdef]) == []
        assert mapped == [graphdef, {"k": graphdef}]
        assert [type(each) for each in (mapped[0], mapped[1]["k"])] == [impl.graph.GraphDef] * 2


@check("graph.def.static@1", needs=["graph.def.equal@1", "graph.merge.again@1"])
def test_it_is_in_the_structure_of_a_tree(impl: Any) -> None:
    def structure(rate: Any) -> Any:
        return structure_of(impl.graph.graphdef(model(impl, rate)))

    assert structure(0.5) == structure(0.5)
    assert hash(structure(0.5)) == hash(structure(0.5))
    assert structure(0.5) != structure(1.0)
    assert structure(1) != structure(True)
    again = jax.tree.unflatten(structure(0.5), [])
    assert again == impl.graph.graphdef(model(impl))


@check("graph.def.static@1", needs=["graph.def.equal@1", "graph.merge.again@1"])
@pytest.mark.parametrize("static", [True, False], ids=["static", "tree"])
def test_an_equal_one_uses_a_program_again(impl: Any, static: bool) -> None:
    traced: list[Any] = []

    def step(graphdef: Any, tree: Any) -> Any:
        traced.append(graphdef)
        again = impl.graph.treefy_merge(graphdef, tree)
        return again.w.value * again.rate

    jitted = jax.jit(step, static_argnums=0 if static else None)
    results = [float(jitted(*impl.graph.treefy_split(model(impl, rate)))) for rate in (0.5, 0.5, 1, 0.5, 1.0, 1)]

    assert results == [1, 1, 2, 1, 2, 2]
    assert len(traced) == 3


@check("graph.def.static@1", needs=["graph.def.equal@1", "graph.merge.again@1"])
def test_it_may_be_a_result_of_a_trace(impl: Any) -> None:
    graphdef, tree = impl.graph.treefy_split(model(impl))

    def step(graphdef: Any, tree: Any) -> Any:
        again = impl.graph.treefy_merge(graphdef, tree)
        again.w.value += 1
        return impl.graph.treefy_split(again)

    given, after = jax.jit(step)(graphdef, tree)
    assert given == graphdef
    assert impl.graph.treefy_merge(given, after).w.value == 3.0
    assert jax.vmap(lambda x, graphdef: x + len(jax.tree.leaves(graphdef)), in_axes=(0, None))(ROW, graphdef).sum() == 2


@check("graph.def.static@1", needs=["graph.def.equal@1", "graph.merge.again@1"])
def test_a_traced_array_is_a_static_value_within_its_trace(impl: Any) -> None:
    def step(x: Any) -> Any:
        graphdef, tree = impl.graph.treefy_split(node(impl, w=impl.State(x), rate=x))
        assert jax.tree.leaves(graphdef) == []
        again = impl.graph.treefy_merge(graphdef, tree)
        assert again.rate is x
        return again.w.value

    jax.eval_shape(step, 1.0)


def picklable(impl: Any) -> Any:
    """A graph of which all that is static equals what `pickle` makes of it."""
    users = importable_node(impl)
    cell = having(users(), w=impl.State(1), rate=0.5, kind=Unheard, function=np.sin, text=("text", None, b"bytes"))
    root = having(users(), z=cell, a=[cell, cell.w, {"k": impl.ParamState(np.ones(2))}], up=None)
    return having(root, me=root, limit=frozenset({1, 2}), state=importable(impl.ParamState)(2))


@check("graph.def.pickle@1", needs=["graph.def.equal@1"])
def test_it_comes_back_from_pickle(impl: Any) -> None:
    graphdef = impl.graph.graphdef(picklable(impl))
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        back = pickle.loads(pickle.dumps(graphdef, protocol))
        assert isinstance(back, impl.graph.GraphDef)
        assert back == graphdef
        assert hash(back) == hash(graphdef)


CONTAINERS: dict[str, Any] = {
    "tuples and lists": lambda one: [(one, 1), [], ()],
    "dictionaries": lambda one: {"b": one, "a": {2: 1, 1: 2}},
    "ordered": lambda one: collections.OrderedDict(b=one, a=1),
    "defaults": lambda one: collections.defaultdict(list, b=one, a=1),
    "named": lambda one: Pair(one, 1),
    "registered": lambda one: Box(one, 1, label="label"),
    "registered with keys": lambda one: Keyed(one, 1),
    "dataclass": lambda one: Record(one, 1, "other"),
    "partial": lambda one: partial(max, one, key=1),
}


@check("graph.def.pickle@1", needs=["graph.def.equal@1"])
@pytest.mark.parametrize("sort", CONTAINERS)
def test_its_containers_come_back_from_pickle(impl: Any, sort: str) -> None:
    for one in (0.5, impl.State(1), node(impl, w=impl.State(1))):
        graphdef = impl.graph.graphdef(node(impl, part=CONTAINERS[sort](one)))
        assert pickle.loads(pickle.dumps(graphdef)) == graphdef


@check("graph.def.pickle@1", needs=["graph.def.equal@1", "graph.merge.again@1"])
def test_what_came_back_from_pickle_serves_a_merge(impl: Any) -> None:
    root = picklable(impl)
    root.table, root.box = np.arange(3), Box({1, 2}, label="label")
    graphdef, tree = pickle.loads(pickle.dumps(impl.graph.treefy_split(root)))
    again = impl.graph.treefy_merge(graphdef, tree)

    assert type(again) is type(again.z) is type(root)
    assert list(vars(again)) == list(vars(root))
    assert again.me is again
    assert again.a[0] is again.z
    assert again.a[1] is again.z.w
    assert (again.z.w.value, again.z.rate, again.z.kind, again.up) == (1, 0.5, Unheard, None)
    assert again.table.tolist() == [0, 1, 2]
    assert (again.box.content, again.box.label) == (({1, 2},), "label")
