"""What the checks of the module chapter share: modules, and what both initialising and resetting do.

Each scene takes the word of a method, `init_state` or `reset_state`, and asserts what the function that calls it in a
whole graph has to do.
"""

from collections.abc import Callable
from typing import Any

import pytest

from brainspec_conformance.suite.nested_material import Backward, a_node
from brainspec_conformance.suite.state_material import subclass

Call = tuple[Any, tuple[Any, ...], dict[str, Any]]


def a_module(impl: Any, kind: Any = None, **attributes: Any) -> Any:
    """A module, of a class of its own if one is given, with these attributes in this order."""
    module = (impl.nn.Module if kind is None else kind)()
    for name, attribute in attributes.items():
        setattr(module, name, attribute)
    return module


def run_all(impl: Any, word: str) -> Callable[..., Any]:
    """The function that calls this method of all modules."""
    found: Callable[..., Any] = {
        "init_state": impl.nn.init_all_states,
        "reset_state": impl.nn.reset_all_states,
    }[word]
    return found


def noting(impl: Any, word: str, calls: list[Call], then: Callable[[Any], object] = id) -> Any:
    """A class of modules whose method notes each call, then does something with the module, and gives what it likes."""

    def called(self: Any, *args: Any, **kwargs: Any) -> str:
        calls.append((self, args, kwargs))
        then(self)
        return "ignored"

    return subclass(impl.nn.Module, "Users", **{word: called})


def called_modules(calls: list[Call]) -> list[Any]:
    return [module for module, _, _ in calls]


def all_once_after_their_parts(impl: Any, word: str) -> None:
    calls: list[Call] = []
    cell = noting(impl, word, calls)
    inner, shared, first, last = (cell() for _ in range(4))
    node = a_node(impl, part=a_module(impl, cell, deep=inner, shared=shared))
    net = a_module(impl, cell, z=last, b=[first, {"k": shared}], c=node, me=None)
    net.me = shared.up = net
    net.also = net.x = first
    run_all(impl, word)(net)

    assert called_modules(calls) == [first, shared, inner, node.part, last, net]
    assert called_modules(calls) == [each for each in impl.graph.nodes(net).values() if each is not node]


def arguments_and_result(impl: Any, word: str) -> None:
    calls: list[Call] = []
    cell = noting(impl, word, calls)
    net, batch, size = a_module(impl, cell, part=cell()), object(), [3]

    assert run_all(impl, word)(net, batch, 2, size=size, name="v") is net
    assert run_all(impl, word)(net) is net
    assert [(args, kwargs) for _, args, kwargs in calls[:2]] == [((batch, 2), {"size": size, "name": "v"})] * 2
    assert all(args[0] is batch and kwargs["size"] is size for _, args, kwargs in calls[:2])
    assert [(args, kwargs) for _, args, kwargs in calls[2:]] == [((), {})] * 2


def containers_are_targets(impl: Any, word: str) -> None:
    calls: list[Call] = []
    cell = noting(impl, word, calls)
    one, other = cell(), cell()
    targets = [[one, other, one], (None, one, [other]), {"a": one, "b": other}, Backward(b=one, a=other)]
    for target in (*targets, impl.util.NestedDict({"a": {"k": one}, "b": other})):
        calls.clear()
        assert run_all(impl, word)(target, 4) is target
        assert called_modules(calls) == [one, other]
    empty: list[Any] = [[], None, {}]
    assert all(run_all(impl, word)(target) is target for target in empty)


def other_nodes_are_no_modules(impl: Any, word: str) -> None:
    def called(self: Any, *args: Any) -> None:
        raise AssertionError("no module")

    calls: list[Call] = []
    cell = noting(impl, word, calls)
    plain = subclass(impl.graph.Node, init_state=called, reset_state=called)()
    plain.part = cell()
    for target in (plain, a_module(impl, plain=plain), [plain, impl.State(1)]):
        calls.clear()
        run_all(impl, word)(target)
        assert called_modules(calls) == [plain.part]


def only_its_own_method_is_called(impl: Any, word: str) -> None:
    calls: list[Call] = []
    other = "reset_state" if word == "init_state" else "init_state"
    net = a_module(impl, noting(impl, other, calls), part=impl.nn.Module())

    assert run_all(impl, word)(net, 4, batch=2) is net
    assert calls == []


def added_modules_are_left_alone(impl: Any, word: str) -> None:
    def add(module: Any) -> None:
        module.more = cell()
        net.late = cell()

    calls: list[Call] = []
    cell = noting(impl, word, calls, add)
    net = a_module(impl, cell, part=cell())
    part = net.part
    run_all(impl, word)(net)

    assert called_modules(calls) == [part, net]
    assert len(impl.graph.nodes(net)) == 5


def removed_modules_are_called(impl: Any, word: str) -> None:
    def cut(module: Any) -> None:
        vars(net).pop("b", None)
        net.c = None

    calls: list[Call] = []
    cell = noting(impl, word, calls, cut)
    a, b, c = cell(), cell(), cell()
    net = a_module(impl, cell, a=a, b=b, c=[c])
    run_all(impl, word)(net)

    assert called_modules(calls) == [a, b, c, net]
    assert "b" not in vars(net)


def excluded_modules_are_left_out_and_not_what_is_below(impl: Any, word: str) -> None:
    calls: list[Call] = []
    cell = noting(impl, word, calls)
    users = subclass(cell, "Deeper")
    inner, part, shared, last = cell(), users(), cell(), cell()
    net = a_module(impl, cell, part=part, a=shared, z=[shared, last])
    part.inner = inner
    everything = [shared, inner, part, last, net]
    without = impl.util.filter
    expected: list[tuple[Any, list[Any]]] = [
        (None, everything),
        ("slow", everything),
        (users, [shared, inner, last, net]),
        ([users, lambda path, node: path == ()], [shared, inner, last]),
        (without.PathContains("part"), [shared, last, net]),
        (without.PathContains(0), everything),
        (without.Not(users), [part]),
        (lambda path, node: node is inner and path == ("part", "inner"), [shared, part, last, net]),
        (lambda path, node: path == ("z", 1), [shared, inner, part, net]),
        (..., []),
    ]
    for literal, called in expected:
        calls.clear()
        assert run_all(impl, word)(net, 4, node_to_exclude=literal, batch=2) is net
        assert called_modules(calls) == called
        assert all((args, kwargs) == ((4,), {"batch": 2}) for _, args, kwargs in calls)


def an_exception_leaves_as_it_is(impl: Any, word: str) -> None:
    for error in (KeyError("mine"), StopIteration("mine"), AttributeError("mine"), KeyboardInterrupt("mine")):
        some_are_done_before(impl, word, error)


def some_are_done_before(impl: Any, word: str, error: BaseException) -> None:
    def write(module: Any) -> None:
        module.h.value += 1
        module.ready = True
        if module is fails:
            raise error

    calls: list[Call] = []
    cell = noting(impl, word, calls, write)
    before, fails, after = (a_module(impl, cell, h=impl.State(0)) for _ in range(3))
    net = a_module(impl, cell, a=before, b=fails, c=after, h=impl.State(0))
    with pytest.raises(type(error)) as raised:
        run_all(impl, word)(net)

    assert raised.value is error
    assert raised.value.args == ("mine",)
    assert called_modules(calls) == [before, fails]
    assert [each.h.value for each in (before, fails, after, net)] == [1, 1, 0, 0]
    assert ["ready" in vars(each) for each in (before, fails, after, net)] == [True, True, False, False]


ALL: dict[str, Callable[[Any, str], None]] = {
    "once, after their parts": all_once_after_their_parts,
    "arguments and result": arguments_and_result,
    "containers": containers_are_targets,
    "other nodes": other_nodes_are_no_modules,
    "own method": only_its_own_method_is_called,
}
SNAPSHOT = {"added": added_modules_are_left_alone, "removed": removed_modules_are_called}
SCENES = {
    **ALL,
    **SNAPSHOT,
    "exclude": excluded_modules_are_left_out_and_not_what_is_below,
    "raises": an_exception_leaves_as_it_is,
}
