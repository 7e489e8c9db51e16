"""The checks of `spec/25-module.md`: initialising and resetting all modules of a graph."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given

from brainspec_conformance.check import check
from brainspec_conformance.suite.module_material import (
    ALL,
    SCENES,
    SNAPSHOT,
    Call,
    a_module,
    an_exception_leaves_as_it_is,
    called_modules,
    excluded_modules_are_left_out_and_not_what_is_below,
    noting,
    run_all,
)
from brainspec_conformance.suite.nested_material import descriptions, grown
from brainspec_conformance.suite.state_material import subclass

words = pytest.mark.parametrize("word", ["init_state", "reset_state"])


@check("module.init.defaults@1")
@words
@pytest.mark.parametrize("args", [(), (4,), (None, "text", [1])], ids=repr)
def test_a_module_has_methods_that_do_nothing(impl: Any, word: str, args: Any) -> None:
    module = a_module(impl, w=impl.State(1), part=impl.nn.Module())
    before = dict(vars(module))

    assert getattr(module, word)(*args, batch=2, size=(3,)) is None
    assert getattr(module, word)(*args) is None
    assert vars(module) == before
    assert module.w.value == 1


@check("module.init.defaults@1")
@words
def test_a_users_method_may_call_the_one_above(impl: Any, word: str) -> None:
    def called(self: Any, batch: int) -> Any:
        self.batch = batch
        return getattr(super(users, self), word)(batch)

    users = subclass(impl.nn.Module, "Users", **{word: called})
    module = users()

    assert getattr(module, word)(4) is None
    assert module.batch == 4


@check("module.init.all@1")
@pytest.mark.parametrize("scene", ALL)
def test_all_modules_are_initialised(impl: Any, scene: str) -> None:
    ALL[scene](impl, "init_state")


@check("module.init.all@1")
def test_a_module_may_ask_its_parts_when_it_is_initialised(impl: Any) -> None:
    def of_cell(self: Any, batch: int) -> None:
        self.h = impl.HiddenState(jnp.zeros((batch, self.size)))

    def of_net(self: Any, batch: int) -> None:
        self.h = impl.HiddenState(np.zeros(sum(cell.h.value.shape[-1] for cell in self.cells) + batch))

    cell, whole = subclass(impl.nn.Module, init_state=of_cell), subclass(impl.nn.Module, init_state=of_net)
    net = a_module(impl, whole, cells=[a_module(impl, cell, size=size) for size in (2, 3)])

    assert impl.nn.init_all_states(net, 4) is net
    assert [each.h.value.shape for each in (*net.cells, net)] == [(4, 2), (4, 3), (9,)]


@check("module.init.all@1")
@given(descriptions)
def test_generated_graphs_are_initialised_in_the_order_of_their_nodes(impl: Any, description: Any) -> None:
    calls: list[Call] = []
    cell, root = noting(impl, "init_state", calls), grown(impl, description)
    expected, met = [], set()

    def visit(thing: Any) -> None:
        if id(thing) in met or not isinstance(thing, (impl.graph.Node, list)):
            return
        met.add(id(thing))
        for _, inner in enumerate(thing) if isinstance(thing, list) else sorted(vars(thing).items()):
            visit(inner)
        if isinstance(thing, cell):
            expected.append(thing)

    for count, node in enumerate([node for node in impl.graph.nodes(root).values() if node is not root]):
        setattr(node, f"g{count}", cell())
    root.d = [a_module(impl, cell, up=root), getattr(root, "d", None)]
    visit(root)
    impl.nn.init_all_states(root)

    assert called_modules(calls) == expected


@check("module.init.snapshot@1", needs=["module.init.all@1"])
@pytest.mark.parametrize("scene", SNAPSHOT)
def test_the_modules_are_those_before_the_first_call(impl: Any, scene: str) -> None:
    SNAPSHOT[scene](impl, "init_state")


@check("module.init.exclude@1", needs=["module.init.all@1"])
def test_excluded_modules_are_not_initialised(impl: Any) -> None:
    excluded_modules_are_left_out_and_not_what_is_below(impl, "init_state")


@check("module.init.raises@1", needs=["module.init.all@1"])
@words
def test_an_exception_leaves_the_call_as_it_is(impl: Any, word: str) -> None:
    an_exception_leaves_as_it_is(impl, word)


@check("module.init.reset@1")
@pytest.mark.parametrize("scene", SCENES)
def test_all_modules_are_reset_as_they_are_initialised(impl: Any, scene: str) -> None:
    SCENES[scene](impl, "reset_state")


@check("module.init.reset@1", needs=["module.init.all@1"])
def test_a_model_is_initialised_once_and_reset_often(impl: Any) -> None:
    def init(self: Any, batch: int) -> None:
        self.h = impl.HiddenState(jnp.zeros(batch))

    def reset(self: Any, batch: int) -> None:
        self.h.value = jnp.zeros(batch)

    cell = subclass(impl.nn.Module, init_state=init, reset_state=reset)
    net = [cell(), a_module(impl, part=cell())]
    impl.nn.init_all_states(net, 2)
    states = [net[0].h, net[1].part.h]
    for batch in (3, 4):
        states[0].value = states[1].value = jnp.ones(batch)
        impl.nn.reset_all_states(net, batch)
        assert [state.value.tolist() for state in states] == [[0.0] * batch] * 2
    assert states == [net[0].h, net[1].part.h]


@check("module.error.target@1")
@words
@pytest.mark.parametrize(
    "target",
    [42, 1.5, "text", True, len, object, np.ones(2), ..., {1}],
    ids=lambda target: type(target).__name__,
)
def test_what_holds_no_module_is_no_target(impl: Any, word: str, target: object) -> None:
    with pytest.raises(TypeError, match=rf"\b{type(target).__name__}\b"):
        run_all(impl, word)(target, 4)


@check("module.error.target@1")
@words
def test_neither_a_state_nor_a_class_of_modules_is_a_target(impl: Any, word: str) -> None:
    for target, name in ((impl.ParamState(1), "ParamState"), (impl.nn.Module, type(impl.nn.Module).__name__)):
        with pytest.raises(TypeError, match=rf"\b{name}\b"):
            run_all(impl, word)(target)
