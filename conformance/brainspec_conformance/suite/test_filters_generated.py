"""The checks of `spec/90-filters.md` on generated filters, against a model of the page.

A tuple is a filter: the name of its class, then its arguments. Anything else is a literal.
"""

import copy
import pickle
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.filters_material import SAMPLES, Tagged


def build(impl: Any, node: Any) -> Any:
    if isinstance(node, list):
        return [build(impl, member) for member in node]
    if not isinstance(node, tuple):
        return node
    name, *arguments = node
    return getattr(impl.util.filter, name)(*(build(impl, argument) for argument in arguments))


def made(impl: Any, node: Any) -> Any:
    return impl.util.filter.to_predicate(build(impl, node))


def read(node: Any) -> tuple[Any, ...]:
    """The node without literals, as the page reads them."""
    match node:
        case ("Any" | "All" | "Not" as name, *members) if isinstance(node, tuple):
            return (name, *map(read, members))
        case tuple():
            return node
        case list():
            return ("Any", *map(read, node))
        case str():
            return ("WithTag", node)
        case type():
            return ("OfType", node)
    return ("Everything",) if node is True or node is ... else ("Nothing",)


def accepted(node: tuple[Any, ...], path: tuple[Any, ...], value: Any) -> bool:
    """What the page says of a node without literals."""
    name, *args = node
    match name:
        case "Any" | "All" | "Not":
            inner = [accepted(member, path, value) for member in args]
            return any(inner) if name == "Any" else all(inner) if name == "All" else not inner[0]
        case "OfType":
            return isinstance(value, args[0]) or issubclass(getattr(value, "type", object), args[0])
        case "WithTag":
            tag = getattr(value, "tag", ())
            return args[0] in tag if isinstance(tag, tuple) else args[0] == tag
    return args[0] in path if args else name == "Everything"


def written(node: tuple[Any, ...]) -> str:
    name, *args = node
    return f"{name}({', '.join(written(arg) if isinstance(arg, tuple) else repr(arg) for arg in args)})"


def grow(members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(members, max_size=3)
    one = members.map(lambda member: ("Not", member))
    return several | one | several.map(lambda nodes: ("Any", *nodes)) | several.map(lambda nodes: ("All", *nodes))


CLASSES = (int, bool, str, Tagged)
FILTERS = (
    *(("OfType", kind) for kind in CLASSES),
    *(("WithTag", tag) for tag in ("slow", "fast", "")),
    *(("PathContains", key) for key in ("a", "b", 0)),
    ("Everything",),
    ("Nothing",),
)
LEAVES = (*FILTERS, *CLASSES, "slow", "fast", True, False, None, ...)
nodes = st.recursive(st.sampled_from(LEAVES), grow, max_leaves=6)
members = st.lists(nodes, max_size=3)
samples = st.sampled_from(SAMPLES)
small = st.recursive(st.sampled_from(("slow", ("WithTag", "slow"), int)), grow, max_leaves=3)
pairs = st.tuples(small, small) | nodes.map(lambda node: (node, read(node)))


@check(
    "filters.call.bool@1",
    needs=[
        "filters.type.instance@1",
        "filters.type.carried@1",
        "filters.tag.equal@1",
        "filters.tag.contains@1",
        "filters.path.part@1",
        "filters.any.some@1",
        "filters.all.every@1",
        "filters.not.inverse@1",
        "filters.members.literals@1",
    ],
)
@given(node=nodes, sample=samples)
def test_a_nested_filter_answers_the_boolean_of_the_model(impl: Any, node: Any, sample: Any) -> None:
    assert made(impl, node)(*sample) is accepted(read(node), *sample)


@check("filters.any.some@1")
@given(members=members, sample=samples)
def test_any_agrees_with_its_members_asked_alone(impl: Any, members: list[Any], sample: Any) -> None:
    expected = any(made(impl, member)(*sample) for member in members)
    assert bool(build(impl, ("Any", *members))(*sample)) == expected


@check("filters.all.every@1")
@given(members=members, sample=samples)
def test_all_agrees_with_its_members_asked_alone(impl: Any, members: list[Any], sample: Any) -> None:
    expected = all(made(impl, member)(*sample) for member in members)
    assert bool(build(impl, ("All", *members))(*sample)) == expected


@check("filters.not.inverse@1")
@given(node=nodes, sample=samples)
def test_not_contradicts_its_member_asked_alone(impl: Any, node: Any, sample: Any) -> None:
    assert bool(build(impl, ("Not", node))(*sample)) != bool(made(impl, node)(*sample))


@check("filters.not.inverse@1", needs=["filters.any.some@1", "filters.all.every@1"])
@given(members=members, sample=samples)
def test_not_turns_any_into_all_and_all_into_any(impl: Any, members: list[Any], sample: Any) -> None:
    for outer, inner in [("Any", "All"), ("All", "Any")]:
        left = build(impl, ("Not", (outer, *members)))
        right = build(impl, (inner, *(("Not", member) for member in members)))
        assert bool(left(*sample)) == bool(right(*sample))


@check("filters.members.literals@1", needs=["filters.value.equality@1"])
@given(node=nodes)
def test_a_filter_is_the_same_with_literals_and_with_filters_as_members(impl: Any, node: Any) -> None:
    assert made(impl, node) == build(impl, read(node))


@check("filters.literal.callable@1")
@given(node=nodes)
def test_a_literal_that_was_read_is_read_as_itself(impl: Any, node: Any) -> None:
    predicate = made(impl, node)
    assert impl.util.filter.to_predicate(predicate) is predicate


@check("filters.value.equality@1")
@given(pair=pairs)
def test_filters_are_equal_exactly_if_they_are_the_same_expression(impl: Any, pair: tuple[Any, Any]) -> None:
    one, other = made(impl, pair[0]), made(impl, pair[1])
    assert (one == other) == (read(pair[0]) == read(pair[1]))
    assert (one != other) == (read(pair[0]) != read(pair[1]))


@check("filters.value.hash@1", needs=["filters.value.equality@1"])
@given(node=nodes)
def test_a_hash_does_not_depend_on_how_the_filter_was_written(impl: Any, node: Any) -> None:
    assert hash(made(impl, node)) == hash(build(impl, read(node)))


@check("filters.value.repr@1")
@given(node=nodes)
def test_a_filter_prints_as_the_model_writes_it(impl: Any, node: Any) -> None:
    assert repr(made(impl, node)) == written(read(node))


@check("filters.value.pickle@1", needs=["filters.value.equality@1"])
@given(node=nodes, sample=samples)
def test_a_generated_filter_survives_pickle_and_deep_copy(impl: Any, node: Any, sample: Any) -> None:
    predicate = made(impl, node)
    for again in (pickle.loads(pickle.dumps(predicate)), copy.deepcopy(predicate)):
        assert again == predicate
        assert again(*sample) == predicate(*sample)
