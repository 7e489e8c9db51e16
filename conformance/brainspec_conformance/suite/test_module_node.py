"""The checks of `spec/25-module.md`: modules as nodes, their names and their identity."""

import copy
import operator
import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.module_material import a_module
from brainspec_conformance.suite.nested_material import a_node, leaves_of, pickled, structure_of
from brainspec_conformance.suite.state_material import importable, subclass


@check("module.node.kind@1")
def test_a_module_is_a_node(impl: Any) -> None:
    module = impl.nn.Module

    assert issubclass(module, impl.graph.Node)
    assert module is not impl.graph.Node
    assert isinstance(subclass(module)(), impl.graph.Node)
    assert not isinstance(impl.graph.Node(), module)


@check("module.node.kind@1")
def test_the_class_of_modules_shows_as_its_place_in_the_surface(impl: Any) -> None:
    module = impl.nn.Module

    assert repr(module) == f"{module}" == "<class 'brainstate.nn.Module'>"
    assert operator.attrgetter(module.__qualname__)(sys.modules[module.__module__]) is module


# What is given to a module is what it has.
GIVEN: dict[str, Callable[[Any], Any]] = {
    "number": lambda impl: 1.5,
    "text": lambda impl: "text",
    "none": lambda impl: None,
    "list": lambda impl: [1, [2], impl.State(1)],
    "tuple": lambda impl: (1, {"a": impl.nn.Module()}),
    "dict": lambda impl: {"b": 1, "a": impl.State(2)},
    "set": lambda impl: {1, 2},
    "numpy": lambda impl: np.ones(2),
    "jax": lambda impl: jnp.ones(2),
    "key": lambda impl: jax.random.key(0),
    "state": lambda impl: impl.HiddenState(np.zeros(2)),
    "module": lambda impl: impl.nn.Module(name="v"),
    "node": lambda impl: impl.graph.Node(),
    "class": lambda impl: impl.ParamState,
    "function": lambda impl: len,
    "generator": lambda impl: (each for each in "ab"),
    "snapshot": lambda impl: impl.TreefyState(impl.State, 1),
    "tree": lambda impl: impl.util.NestedDict({"a": 1}),
}


@check("module.node.plain@1")
@pytest.mark.parametrize("sort", GIVEN)
def test_an_attribute_is_the_object_that_was_given(impl: Any, sort: str) -> None:
    module, given = subclass(impl.nn.Module)(), GIVEN[sort](impl)
    module.a, module._b = given, given

    assert module.a is module._b is given
    assert vars(module)["a"] is given


@check("module.node.plain@1")
@pytest.mark.parametrize("sort", GIVEN)
@pytest.mark.parametrize("other", ["state", "list", "number"])
def test_an_attribute_is_replaced_and_deleted_at_any_time(impl: Any, sort: str, other: str) -> None:
    module, given, new = impl.nn.Module(), GIVEN[sort](impl), GIVEN[other](impl)
    module.a = given
    impl.nn.init_all_states(module)
    module.a = new
    assert module.a is new

    del module.a
    assert not hasattr(module, "a")
    assert "a" not in vars(module)

    module.a = given
    assert module.a is given


@check("module.node.plain@1", needs=["module.states.all@1"])
def test_the_graph_follows_the_attributes(impl: Any) -> None:
    module = impl.nn.Module()
    module.w, module.cells = impl.State(1), [impl.State(2)]
    assert list(module.states()) == [("cells", 0), ("w",)]

    module.cells.append(impl.State(3))
    module.w = impl.nn.Module()
    module.w.b = new = impl.ParamState(4)
    assert list(module.states()) == [("cells", 0), ("cells", 1), ("w", "b")]

    del module.cells
    module.w.b = 5
    assert list(module.states()) == []
    assert new.value == 4


# Constructors


def with_constructor(impl: Any, when: str, **body: Any) -> Any:
    """A module of a class that calls the constructor of modules first, last or never."""

    def init(self: Any) -> None:
        if when == "first":
            impl.nn.Module.__init__(self)
        self.w, self.part, self.rate = impl.ParamState(1.0), impl.nn.Module(), 0.5
        if when == "last":
            impl.nn.Module.__init__(self)

    return subclass(impl.nn.Module, "Cell", __init__=init, **body)


constructors = pytest.mark.parametrize("when", ["never", "first", "last"])


@check("module.node.constructor@1", needs=["module.states.all@1", "module.repr.form@1"])
@constructors
def test_a_module_is_the_same_whenever_the_constructor_runs(impl: Any, when: str) -> None:
    cell = with_constructor(impl, when)()
    cell.more = impl.State(2)

    assert cell.name is None
    assert list(cell.states()) == [("more",), ("w",)]
    assert list(cell.nodes()) == [("part",), ()]
    assert list(cell.state_trees()) == ["more", "w"]
    assert repr(cell) == (
        "Cell(\n  w=ParamState(\n    value=1.0\n  ),\n  part=Module(),\n  rate=0.5,\n  more=State(\n    value=2\n  )\n)"
    )
    assert cell == cell
    assert {cell: 1}[cell] == 1
    assert jax.tree.leaves([cell]) == [cell]


@check("module.node.constructor@1", needs=["module.call.update@1", "module.init.all@1"])
@constructors
def test_a_module_is_called_and_initialised_whenever_the_constructor_runs(impl: Any, when: str) -> None:
    def init_state(self: Any, batch: int) -> None:
        self.batch = batch

    cell = with_constructor(impl, when, init_state=init_state, update=lambda self, x: x * self.batch)()
    impl.nn.init_all_states(cell, 3)

    assert cell(2) == 6
    assert impl.nn.reset_all_states(cell, 4) is cell


@check("module.node.constructor@1", needs=["graph.clone.apart@1", "graph.copy.deep@1"])
@constructors
def test_a_module_is_cloned_and_copied_whenever_the_constructor_runs(impl: Any, when: str) -> None:
    cell = with_constructor(impl, when)()
    for made in (impl.graph.clone(cell), copy.deepcopy(cell)):
        assert type(made) is type(cell)
        assert (made.name, made.w.value, made.rate) == (None, 1.0, 0.5)
        assert impl.graph.graphdef(made) == impl.graph.graphdef(cell)


@check("module.node.constructor@1", needs=["graph.def.equal@1"])
def test_the_constructor_is_no_part_of_the_graph(impl: Any) -> None:
    def init(self: Any, call: bool) -> None:
        if call:
            impl.nn.Module.__init__(self)
        self.w = impl.State(1)

    users = subclass(impl.nn.Module, __init__=init)

    assert impl.graph.graphdef(users(True)) == impl.graph.graphdef(users(False))


@check("module.node.constructor@1", needs=["module.error.name-set@1"])
@constructors
def test_a_name_cannot_be_set_whenever_the_constructor_runs(impl: Any, when: str) -> None:
    cell = with_constructor(impl, when)()
    with pytest.raises(AttributeError):
        cell.name = "cell"

    assert cell.name is None


# Names


@check("module.name.given@1")
def test_a_module_has_the_name_that_it_was_given(impl: Any) -> None:
    def init(self: Any, name: Any = None) -> None:
        impl.nn.Module.__init__(self, name=name)

    for kind in (impl.nn.Module, subclass(impl.nn.Module), subclass(impl.nn.Module, __init__=init)):
        assert kind(name="cell").name == "cell"
        assert kind(name="other").name == "other"
        assert kind().name is None
        assert kind(name=None).name is None


@check("module.name.given@1", needs=["graph.clone.apart@1", "graph.copy.deep@1", "graph.copy.pickle@1"])
def test_a_copy_of_a_module_has_its_name(impl: Any) -> None:
    users = importable(impl.nn.Module)
    module = a_module(impl, w=impl.State(1), part=users(name="part"), none=users())
    graphdef, tree = impl.graph.treefy_split(module)
    merged = impl.graph.treefy_merge(graphdef, tree)
    for made in (impl.graph.clone(module), copy.deepcopy(module), pickled(module), merged):
        assert (made.name, made.part.name, made.none.name) == (None, "part", None)
        assert type(made.part) is users


@check("module.name.given@1", needs=["graph.def.equal@1"])
def test_a_name_is_part_of_the_graph(impl: Any) -> None:
    def of(name: Any) -> Any:
        return impl.graph.graphdef([impl.nn.Module(name=name)])

    assert of("cell") == of("cell")
    assert of(None) == of(None)
    assert of("cell") != of("other")
    assert of("cell") != of(None)


# Identity


@check("module.identity.equal@1")
def test_a_module_is_equal_to_itself_alone(impl: Any) -> None:
    users, state = subclass(impl.nn.Module), impl.State(1)
    modules = [impl.nn.Module(), impl.nn.Module(), users(name="v"), users(name="v")]
    modules += [a_module(impl, users, w=state, rate=0.5) for _ in range(2)]
    for i, module in enumerate(modules):
        assert [module == other for other in modules] == [i == j for j in range(len(modules))]
        assert [module != other for other in modules] == [i != j for j in range(len(modules))]
        assert not any(module == other for other in (None, 0, "v", (), users, state, impl.graph.Node()))


@check("module.identity.equal@1")
def test_a_module_is_a_key_whatever_becomes_of_it(impl: Any) -> None:
    one, other = subclass(impl.nn.Module)(name="v"), impl.nn.Module()
    table, before = {one: 1, other: 2}, hash(one)
    one.w, one.table = impl.State([1]), {"a": [1]}
    one.w.value = [2]

    assert hash(one) == before
    assert (table[one], table[other], len({one, other, one})) == (1, 2, 2)
    assert impl.nn.Module() not in table


@check("module.identity.leaf@1")
def test_a_module_is_a_leaf(impl: Any) -> None:
    plain, users = impl.nn.Module(name="v"), subclass(subclass(impl.nn.Module))()
    users.w, users.part = impl.State(1), plain
    tree = {"b": [plain, 1], "a": users}
    leaves = jax.tree.leaves(tree)

    assert len(leaves) == 3
    assert leaves[0] is users
    assert leaves[1] is plain
    assert structure_of(tree) == structure_of({"b": [0, 0], "a": 0})
    assert jax.tree.map(lambda x: x, users) is users
    assert jax.tree_util.all_leaves([plain, users])


# The functions of graphs as methods


@check("module.states.all@1")
def test_the_methods_give_what_the_functions_of_graphs_give(impl: Any) -> None:
    w, h = impl.ParamState(1.0), impl.HiddenState(np.zeros(2))
    module = a_module(impl, w=w, parts=[a_module(impl, h=h, w=w), a_node(impl, x=impl.State(3))])
    graph, none, one = impl.graph, (), (impl.ParamState,)
    several: list[tuple[Any, ...]] = [none, one, (impl.ShortTermState, impl.LongTermState), (None, impl.State, ...)]
    for filters in several:
        assert module.states(*filters) == graph.states(module, *filters)
        assert type(module.states(*filters)) is type(graph.states(module, *filters))
        assert structure_of(module.state_trees(*filters)) == structure_of(graph.treefy_states(module, *filters))
    for filters in (none, (impl.nn.Module,), (lambda path, node: path == (), ...)):
        assert module.nodes(*filters) == graph.nodes(module, *filters)


@check("module.states.all@1")
def test_the_methods_give_states_nodes_and_snapshots_in_the_order_of_the_walk(impl: Any) -> None:
    part = a_node(impl, b=impl.HiddenState(np.zeros(2)), a=impl.State(1))
    module = a_module(impl, w=impl.ParamState(1.0), part=[part])
    states, tree = module.states(), module.state_trees()

    assert list(states.items()) == [(("part", 0, "a"), part.a), (("part", 0, "b"), part.b), (("w",), module.w)]
    assert list(module.nodes().items()) == [(("part", 0), part), ((), module)]
    assert [type(found) for found in (states, module.nodes())] == [impl.util.FlattedDict] * 2
    assert type(tree) is impl.util.NestedDict
    assert type(tree["w"]) is impl.TreefyState
    assert (list(tree), tree["w"].value, tree["w"].type) == (["part", "w"], 1.0, impl.ParamState)
    long, short = module.state_trees(impl.LongTermState, impl.ShortTermState)
    assert (list(leaves_of(long)), list(leaves_of(short))) == ([("w",)], [("part", 0, "b")])
