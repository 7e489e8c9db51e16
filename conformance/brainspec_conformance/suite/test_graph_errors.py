"""The checks of `spec/20-graph.md`: errors about roots, containers, filters and snapshots."""

import functools
import re
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import (
    ASKING,
    ROOTED,
    Box,
    Unheard,
    chain,
    names,
    node,
    ref,
    refused,
    touched,
)
from brainspec_conformance.suite.state_material import KINDS, a_state

NO_ROOTS: list[Any] = [42, 1.5, True, "text", b"bytes", {1}, np.ones(2), len, Unheard(), Unheard, ..., iter([1])]


@check("graph.error.root@1")
@pytest.mark.parametrize("name", ROOTED)
@pytest.mark.parametrize("root", NO_ROOTS, ids=lambda root: type(root).__name__)
def test_what_is_neither_node_nor_container_is_no_root(impl: Any, name: str, root: Any) -> None:
    refused(lambda: ROOTED[name](impl, root), TypeError, type(root).__name__)


@check("graph.error.root@1")
@pytest.mark.parametrize("name", ROOTED)
def test_a_state_is_no_root(impl: Any, name: str) -> None:
    for kind in KINDS:
        refused(functools.partial(ROOTED[name], impl, a_state(impl, kind)), TypeError, kind)


@check("graph.error.root@1")
@pytest.mark.parametrize("name", ROOTED)
def test_an_array_and_a_class_of_nodes_are_no_roots(impl: Any, name: str) -> None:
    array = jnp.ones(2)
    refused(lambda: ROOTED[name](impl, array), TypeError, type(array).__name__)
    with pytest.raises(TypeError):
        ROOTED[name](impl, impl.graph.Node)


# Containers that contain themselves, and the path at which the walk meets them again.
LOOPS: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {
    "list": (lambda impl: closed(lambda loop: loop.extend([*range(7), loop])), [7]),
    "list in a list": (lambda impl: closed(lambda loop: loop.extend([*range(7), [*range(8), loop]])), [7, 8]),
    "dictionary": (lambda impl: closed(lambda loop: loop.append({"needle": loop})), ["needle"]),
    "tuple": (lambda impl: closed(lambda loop: loop.append({"needle": (0, [Box(loop)])})), ["needle"]),
    "below a node": (
        lambda impl: node(impl, needle=[closed(lambda loop: loop.extend([*range(7), loop]))]),
        ["needle", 7],
    ),
    "below nodes": (
        lambda impl: chain(impl, "needle", "thread", end={"eye": closed(lambda loop: loop.append((loop,)))}),
        ["needle", "thread", "eye"],
    ),
    "beside a node": (lambda impl: closed(lambda loop: loop.extend([node(impl, up=loop), *range(6), loop])), [7]),
    "of a user": (lambda impl: boxed(), ["needle"]),
    "of users alone": (lambda impl: boxes(), [7, 8]),
}


def closed(close: Callable[[list[Any]], object]) -> list[Any]:
    """A list that was led back to itself."""
    loop: list[Any] = []
    close(loop)
    return loop


def boxed() -> Any:
    box = Box()
    box.content = ({"needle": box},)
    return box


def boxes() -> Any:
    inner = Box()
    outer = Box(*range(7), inner)
    inner.content = (*range(8), outer)
    return outer


@check("graph.error.container-cycle@1")
@pytest.mark.parametrize("name", ROOTED)
@pytest.mark.parametrize("case", LOOPS)
def test_a_container_that_contains_itself_is_refused(impl: Any, name: str, case: str) -> None:
    make, path = LOOPS[case]

    refused(lambda: ROOTED[name](impl, make(impl)), ValueError, *path)


@check("graph.error.container-cycle@1", needs=["graph.states.all@1"])
def test_what_only_looks_like_a_cycle_is_none(impl: Any) -> None:
    empty: list[Any] = []
    several = [empty, empty, (empty, {"k": empty}), (), (), [()], None, {"a": None}]
    cell = node(impl, w=impl.State(1), a=several, b=several)
    cell.up, around = [cell, several], [cell, several]
    cell.around = {"k": around}

    assert list(impl.graph.states(cell)) == [("w",)]
    assert list(impl.graph.states(around)) == [(0, "w")]


@check("graph.error.not-covered@1")
@pytest.mark.parametrize("filters", [("ParamState",), ("ParamState", "BatchState", None)], ids=str)
def test_a_state_that_no_filter_of_a_split_accepts_is_named(impl: Any, filters: tuple[Any, ...]) -> None:
    asked = [getattr(impl, str(word), word) for word in filters]
    roots = {
        ("needle",): node(impl, w=impl.ParamState(1.0), needle=impl.State(2)),
        ("thread", 7, "needle"): node(impl, thread=[*range(7), node(impl, needle=impl.State(1))]),
        ("thread", "eye", 7): [{"thread": {"eye": [*range(7), impl.State(1)]}}],
    }
    for path, root in roots.items():
        refused(functools.partial(impl.graph.treefy_split, root, *asked), ValueError, *path)


@check("graph.error.not-covered@1")
def test_a_split_that_is_refused_leaves_the_graph(impl: Any) -> None:
    root = node(impl, needle=impl.State(1), w=impl.ParamState(2.0))
    before, state = dict(vars(root)), root.needle
    refused(lambda: impl.graph.treefy_split(root, impl.ParamState), ValueError, "needle")

    assert list(vars(root).items()) == list(before.items())
    assert (state.value, root.w.value) == (1, 2.0)


@check("graph.error.not-covered@1")
def test_a_state_is_named_by_its_first_path(impl: Any) -> None:
    root = node(impl, zebra=impl.State(1))
    root.needle = root.zebra

    refused(lambda: impl.graph.treefy_split(root, None), ValueError, "needle")


REST: list[Any] = [..., True]


def asking(impl: Any, name: str, root: Any, *filters: Any) -> Callable[[], Any]:
    return lambda: getattr(impl.graph, name)(root, *filters)


def trees(impl: Any) -> list[Any]:
    """What has `split` and `filter`."""
    leaf = ref(impl, 1.0)
    return [impl.util.NestedDict({"a": {"b": leaf}}), impl.util.FlattedDict({("a", "b"): leaf}), impl.util.NestedDict()]


@check("graph.error.rest-last@1")
@pytest.mark.parametrize("name", ASKING)
@pytest.mark.parametrize("rest", REST)
def test_the_rest_is_taken_last(impl: Any, name: str, rest: Any) -> None:
    root = node(impl, a=impl.State(1), w=impl.ParamState(2.0))
    before = dict(vars(root))
    for filters in [(rest, impl.ParamState), (rest, ...), (rest, True), ("slow", rest, None), (rest, "slow", ...)]:
        with pytest.raises(ValueError):
            asking(impl, name, root, *filters)()
        with pytest.raises(ValueError):
            asking(impl, name, node(impl), *filters)()

    assert list(vars(root).items()) == list(before.items())


@check("graph.error.rest-last@1")
@pytest.mark.parametrize("name", ASKING)
@pytest.mark.parametrize("rest", REST)
def test_the_rest_may_be_last_and_alone(impl: Any, name: str, rest: Any) -> None:
    assert len(asking(impl, name, node(impl), "slow", rest)()) >= 2
    asking(impl, name, node(impl), rest)()


@check("graph.error.rest-last@1")
@pytest.mark.parametrize("method", ["split", "filter"])
def test_the_rest_of_a_tree_is_taken_last(impl: Any, method: str) -> None:
    for tree in trees(impl):
        for filters in [(..., impl.State), (True, ...), ("slow", ..., None)]:
            with pytest.raises(ValueError):
                getattr(tree, method)(*filters)


@check("graph.error.literal@1", needs=["filters.error.literal@1"])
@pytest.mark.parametrize("name", ASKING)
@pytest.mark.parametrize("literal", [42, 1, {1}, np.True_, list[int], ["slow", 42]], ids=repr)
def test_what_is_no_literal_is_refused(impl: Any, name: str, literal: Any) -> None:
    state = impl.State(1)
    root, found = node(impl, a=state, b=[node(impl)]), re.escape("42" if isinstance(literal, list) else repr(literal))
    for filters in [(literal,), ("slow", literal), (literal, "slow"), (impl.State, "slow", literal, ...)]:
        with pytest.raises(TypeError, match=found):
            asking(impl, name, root, *filters)()
        with pytest.raises(TypeError, match=found):
            asking(impl, name, [], *filters)()

    assert root.a is state
    assert len(vars(root)) == 2


@check("graph.error.literal@1", needs=["filters.error.literal@1"])
@pytest.mark.parametrize("name", ASKING)
def test_nothing_is_walked_before_the_literals_are_read(impl: Any, name: str) -> None:
    asked: list[Any] = []
    predicate = lambda path, found: not asked.append(path)  # type: ignore[func-returns-value]  # noqa: E731
    loop: list[Any] = []
    loop.append(loop)
    for root in (loop, node(impl, a=impl.State(1), b=node(impl))):

        def act(root: Any = root) -> None:
            with pytest.raises(TypeError, match="42"):
                asking(impl, name, root, predicate, 42)()

        assert touched(impl, act) == ([], [])
    assert asked == []


@check("graph.error.literal@1", needs=["filters.error.literal@1"])
@pytest.mark.parametrize("method", ["split", "filter"])
def test_what_is_no_literal_is_refused_by_trees(impl: Any, method: str) -> None:
    for tree in trees(impl):
        for filters in [(42,), (impl.State, 42), (42, ...)]:
            with pytest.raises(TypeError, match="42"):
                getattr(tree, method)(*filters)


@check("graph.error.frozen@1", needs=["graph.snapshot.made@1"])
@pytest.mark.parametrize("word", ["type", "value", "name", "tag", "metadata"])
def test_the_fields_of_a_snapshot_are_not_assigned(impl: Any, word: str) -> None:
    snapshot = ref(impl, 1, name="v", tag="slow", unit="mV")
    fields = ("type", "value", "name", "tag", "metadata")
    before = [getattr(snapshot, field) for field in fields]
    for value in (None, before[fields.index(word)], impl.ParamState):
        with pytest.raises(AttributeError):
            setattr(snapshot, word, value)

    assert [getattr(snapshot, field) for field in fields] == before


@check("graph.error.frozen@1", needs=["graph.snapshot.replace@1", "graph.treefy.states@1"])
def test_every_snapshot_is_frozen(impl: Any) -> None:
    root = node(impl, w=impl.ParamState(1))
    made = [impl.graph.treefy_states(root)["w"], ref(impl, 1).replace(1)]
    for snapshot in made:
        for word in ("type", "value", "name", "tag", "metadata"):
            with pytest.raises(AttributeError):
                setattr(snapshot, word, None)
        assert snapshot.value == 1


@check("graph.error.kind@1")
@pytest.mark.parametrize("kind", [int, object, type, Unheard, np.ndarray], ids=lambda kind: kind.__name__)
def test_a_class_that_is_no_kind_makes_no_snapshot(impl: Any, kind: Any) -> None:
    refused(lambda: impl.TreefyState(kind, 1.0), TypeError, kind.__name__)
    refused(lambda: impl.TreefyState(kind, 1.0, name="v", unit="mV"), TypeError, kind.__name__)


@check("graph.error.kind@1")
def test_what_is_no_class_makes_no_snapshot(impl: Any) -> None:
    for kind in (42, "ParamState", None, list[int], (impl.State, impl.ParamState), 1.5):
        with pytest.raises(TypeError):
            impl.TreefyState(kind, 1.0)
    with pytest.raises(TypeError, match=names("State")):
        impl.TreefyState(impl.State(1), 1.0)
    with pytest.raises(TypeError, match=names("Node")):
        impl.TreefyState(impl.graph.Node, 1.0)
