"""The checks of `spec/90-filters.md`."""

import collections
import copy
import functools
import operator
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jax.tree_util import DictKey, FlattenedIndexKey, GetAttrKey, SequenceKey

from brainspec_conformance.check import check


class Tagged:
    def __init__(self, tag: object) -> None:
        self.tag = tag


class Carrying:
    def __init__(self, kind: object) -> None:
        self.type = kind


class Key:
    """A dictionary key that equals others of its name, and prints as itself alone."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


class Odd:
    """A predicate that is false, has no hash and claims to be equal to anything."""

    __hash__ = None  # type: ignore[assignment]

    def __call__(self, path: object, value: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return True


class Judge:
    def accepts(self, path: object, value: object) -> bool:
        return True


class Word(str):
    __slots__ = ()


Pair = collections.namedtuple("Pair", ["first", "second"])

NUMBERS = (42, 1.5, 2j, np.float32(3))
NO_LITERALS = (*NUMBERS, b"slow", {1}, frozenset({1}), {"a": 1}, object(), range(3), iter("ab"), np.zeros(2), int | str)
LITERALS: tuple[object, ...] = (
    "slow",
    int,
    True,
    False,
    ...,
    None,
    operator.eq,
    [int, "slow"],
    (str,),
    [],
    [["slow"], None],
)
TRUE: tuple[object, ...] = (1, "yes", [0], np.bool_(True))
FALSE: tuple[object, ...] = (0, "", [], None, np.bool_(False))
PATHS = ((), ("a",), ("a", "b"), ("b", 0), (0, "b", "a"))
VALUES = (1, True, "one", None, 2.5, Tagged("slow"), Tagged("fast"), Tagged(("slow", "fast")), Carrying(bool))
SAMPLES = [(path, value) for path in PATHS for value in VALUES]


def says(answer: object) -> Callable[[object, object], object]:
    return lambda path, value: answer


def answers(predicate: Any) -> list[bool]:
    return [bool(predicate(path, value)) for path, value in SAMPLES]


def constants(impl: Any) -> list[Any]:
    return [impl.util.filter.Everything(), impl.util.filter.Nothing()]


def one_of_each(impl: Any) -> list[Any]:
    filters = impl.util.filter
    leaves = [filters.OfType(int), filters.WithTag("slow"), filters.PathContains("a")]
    return [*leaves, *(make(*leaves) for make in (filters.Any, filters.All)), filters.Not(int), *constants(impl)]


def listener(asked: list[int], number: int, answer: object) -> Callable[[object, object], object]:
    def listens(path: object, value: object) -> object:
        asked.append(number)
        return answer

    return listens


# Generated filters. A tuple is a filter: the name of its class, then its arguments. Anything else is a literal.


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


# Calls


@check("filters.call.bool@1")
@pytest.mark.parametrize("answer", [1, 0, "yes", "", [], None, np.bool_(True), np.bool_(False)], ids=repr)
def test_a_filter_answers_a_boolean_whatever_its_members_return(impl: Any, answer: object) -> None:
    filters, member = impl.util.filter, says(answer)
    for many in (filters.Any, filters.All):
        for members in ([member], [member, member], [says(True), member], [says(False), member], [many(member)]):
            assert type(many(*members)((), 1)) is bool
    assert type(filters.Not(member)((), 1)) is bool


@check("filters.call.bool@1")
@pytest.mark.parametrize("answer", [True, False])
def test_a_filter_answers_a_boolean_for_an_answer_of_jax(impl: Any, answer: bool) -> None:
    for name in ("Any", "All", "Not"):
        assert type(getattr(impl.util.filter, name)(says(jnp.array(answer)))((), 1)) is bool


@check("filters.call.bool@1")
def test_every_filter_answers_a_boolean_at_every_value(impl: Any) -> None:
    values = (*VALUES, Tagged(None), Tagged(""), Tagged([]), Tagged({"slow"}), Carrying(None), Carrying([]))
    for each in one_of_each(impl):
        assert {type(each(path, value)) for path in PATHS for value in values} == {bool}


@check("filters.call.bool@1")
def test_a_filter_answers_a_boolean_where_equality_gives_another_type(impl: Any) -> None:
    filters = impl.util.filter
    assert type(filters.PathContains(np.int64(3))((3,), None)) is bool
    assert type(filters.PathContains(np.int64(3))((4,), None)) is bool
    assert type(filters.WithTag("slow")((), Tagged(np.str_("slow")))) is bool
    assert type(filters.WithTag(np.str_("slow"))((), Tagged("fast"))) is bool


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


# OfType


@check("filters.type.instance@1")
def test_a_type_accepts_its_instances_and_those_of_subclasses(impl: Any) -> None:
    of_type = impl.util.filter.OfType
    for kind, value in [(int, 3), (int, True), (object, None), (type(None), None), (str, Word("a")), (type, int)]:
        assert of_type(kind)(("a",), value)


@check("filters.type.instance@1")
def test_a_type_accepts_what_isinstance_takes_for_its_instance(impl: Any) -> None:
    assert impl.util.filter.OfType(jax.Array)((), jnp.zeros(2))
    assert impl.util.filter.OfType(Sequence)((), [1, 2])


@check("filters.type.instance@1")
def test_an_instance_is_accepted_although_it_carries_another_type(impl: Any) -> None:
    class Both(int):
        type = str

    assert impl.util.filter.OfType(int)((), Both(1))


@check("filters.type.carried@1")
def test_a_type_accepts_a_value_that_carries_it_or_a_subclass(impl: Any) -> None:
    of_type = impl.util.filter.OfType
    assert of_type(int)((), Carrying(int))
    assert of_type(int)((), Carrying(bool))
    assert of_type(object)((), Carrying(Tagged))


@check("filters.type.carried@1")
def test_a_type_is_carried_by_the_class_as_well_as_by_the_instance(impl: Any) -> None:
    class Both(int):
        type = str

    assert impl.util.filter.OfType(str)((), Both(1))


@check("filters.type.other@1")
def test_a_type_refuses_a_value_of_another_type(impl: Any) -> None:
    of_type = impl.util.filter.OfType
    for kind, value in [(int, "three"), (bool, 3), (str, None), (int, int), (int, bool), (type, 3)]:
        assert not of_type(kind)(("int",), value)


@check("filters.type.other@1")
def test_a_type_refuses_a_value_that_carries_another_class(impl: Any) -> None:
    assert not impl.util.filter.OfType(int)((), Carrying(str))
    assert not impl.util.filter.OfType(bool)((), Carrying(int))


@check("filters.type.other@1")
@pytest.mark.parametrize("carried", ["int", None, 3, True, (int,), [int], list[int], int | str], ids=repr)
def test_a_type_refuses_a_value_whose_type_is_no_class(impl: Any, carried: object) -> None:
    assert not impl.util.filter.OfType(int)((), Carrying(carried))
    assert not impl.util.filter.OfType(list)((), Carrying(carried))


# WithTag


@check("filters.tag.equal@1")
def test_a_tag_accepts_a_value_whose_tag_is_that_string(impl: Any) -> None:
    with_tag = impl.util.filter.WithTag
    assert with_tag("slow")((), Tagged("slow"))
    assert with_tag("")(("a", 0), Tagged(""))


@check("filters.tag.equal@1")
def test_a_tag_may_be_of_a_class_derived_from_string(impl: Any) -> None:
    with_tag = impl.util.filter.WithTag
    assert with_tag("slow")((), Tagged(Word("slow")))
    assert with_tag(Word("slow"))((), Tagged("slow"))


@check("filters.tag.equal@1")
def test_a_tag_refuses_a_value_whose_tag_is_another_string(impl: Any) -> None:
    with_tag = impl.util.filter.WithTag
    for tag in ("fast", "slo", "", "Slow", "slow "):
        assert not with_tag("slow")(("slow",), Tagged(tag))


@check("filters.tag.contains@1")
@pytest.mark.parametrize("container", [list, tuple, set, frozenset])
def test_a_tag_accepts_a_container_that_contains_it_anywhere(impl: Any, container: Any) -> None:
    for tag in ("first", "middle", "last"):
        assert impl.util.filter.WithTag(tag)((), Tagged(container(["first", "middle", "last"])))


@check("filters.tag.contains@1")
@pytest.mark.parametrize("container", [list, tuple, set, frozenset])
def test_a_tag_refuses_a_container_without_it(impl: Any, container: Any) -> None:
    with_tag = impl.util.filter.WithTag
    assert not with_tag("slow")((), Tagged(container([])))
    assert not with_tag("slow")((), Tagged(container(["slowest", "fast", ""])))


@check("filters.tag.whole@1")
def test_a_tag_refuses_a_string_that_merely_contains_it(impl: Any) -> None:
    with_tag = impl.util.filter.WithTag
    for tag in ("slowest", "unslow", "so slow it is", "slow,fast"):
        assert not with_tag("slow")((), Tagged(tag))
    assert not with_tag("")((), Tagged("slow"))


@check("filters.tag.absent@1")
def test_a_tag_refuses_a_value_without_a_tag(impl: Any) -> None:
    for value in (3.0, None, "slow", ["slow"], {"tag": "slow"}, np.zeros(2), Carrying("slow")):
        assert not impl.util.filter.WithTag("slow")(("slow",), value)


@check("filters.tag.absent@1")
@pytest.mark.parametrize("tag", ["slow", "None", ""])
def test_a_tag_refuses_a_value_whose_tag_is_none(impl: Any, tag: str) -> None:
    assert not impl.util.filter.WithTag(tag)((), Tagged(None))


# PathContains


@check("filters.path.part@1")
def test_a_key_is_found_at_any_place_of_the_path(impl: Any) -> None:
    for key in ("layers", 0, "weight"):
        assert impl.util.filter.PathContains(key)(("layers", 0, "weight"), None)


@check("filters.path.part@1")
def test_a_key_is_compared_by_equality(impl: Any) -> None:
    contains = impl.util.filter.PathContains
    assert contains(1)((True,), None)
    assert contains(1.0)((1,), None)
    assert contains(Key("a"))((Key("a"),), None)
    assert contains(("a", "b"))((0, ("a", "b")), None)


@check("filters.path.part@1")
def test_a_key_is_not_found_where_no_part_is_equal(impl: Any) -> None:
    contains = impl.util.filter.PathContains
    for key, path in [("0", (0,)), (0, ("0",)), ("a", ()), (("a", "b"), ("a", "b")), (None, ("a",)), (True, ("True",))]:
        assert not contains(key)(path, key)


@check("filters.path.part@1")
@given(key=st.sampled_from("ab") | st.integers(0, 2), path=st.lists(st.sampled_from("abc") | st.integers(0, 3)))
def test_a_key_is_found_exactly_where_it_is_a_part(impl: Any, key: object, path: list[object]) -> None:
    assert bool(impl.util.filter.PathContains(key)(tuple(path), key)) == any(part == key for part in path)


@check("filters.path.whole-part@1")
def test_a_key_is_not_found_in_a_part_that_merely_contains_it(impl: Any) -> None:
    contains = impl.util.filter.PathContains
    for key, part in [("lay", "layers"), ("ers", "layers"), ("", "layers"), ("1", "11"), (1, 11), ("lay", ("lay", 1))]:
        assert not contains(key)((part,), None)


@check("filters.path.whole-part@1", needs=["filters.path.jax-keys@1"])
def test_a_key_is_not_found_in_a_wrapped_part_that_merely_contains_it(impl: Any) -> None:
    contains = impl.util.filter.PathContains
    for part in (GetAttrKey("layers"), DictKey("layers"), DictKey(("lay", 1))):
        assert not contains("lay")((part,), None)


@check("filters.path.jax-keys@1")
@pytest.mark.parametrize(
    ("part", "held"),
    [(DictKey("a"), "a"), (DictKey(0), 0), (GetAttrKey("a"), "a"), (SequenceKey(2), 2), (FlattenedIndexKey(2), 2)],
    ids=repr,
)
def test_a_wrapped_part_is_compared_by_what_it_holds(impl: Any, part: object, held: object) -> None:
    contains = impl.util.filter.PathContains
    assert contains(held)((part,), None)
    assert contains(held)(("bare", part, SequenceKey(7)), None)
    for other in ("other", 1, str(part), repr(part), ""):
        assert not contains(other)((part,), None)


@check("filters.path.jax-keys@1")
def test_a_key_finds_the_leaves_below_it_in_a_tree_of_jax(impl: Any) -> None:
    leaves, _ = jax.tree_util.tree_flatten_with_path({"a": [10, 11], "b": [12, {"a": 13}]})
    for key, found in [("a", [10, 11, 13]), ("b", [12, 13]), (0, [10, 12]), (1, [11, 13])]:
        assert [leaf for path, leaf in leaves if impl.util.filter.PathContains(key)(path, leaf)] == found


# Any, All, Not


@check("filters.any.some@1")
@given(accepting=st.lists(st.booleans(), min_size=1, max_size=4))
def test_any_accepts_what_at_least_one_member_accepts(impl: Any, accepting: list[bool]) -> None:
    assert bool(impl.util.filter.Any(*map(says, accepting))(("a",), 1)) == any(accepting)


@check("filters.any.some@1")
@given(members=members, sample=samples)
def test_any_agrees_with_its_members_asked_alone(impl: Any, members: list[Any], sample: Any) -> None:
    expected = any(made(impl, member)(*sample) for member in members)
    assert bool(build(impl, ("Any", *members))(*sample)) == expected


@check("filters.any.some@1")
def test_any_asks_about_the_path_and_the_value_that_it_is_asked_about(impl: Any) -> None:
    path, value = ("a", 0), object()
    assert impl.util.filter.Any(lambda p, v: p == path and v is value)(path, value)


@check("filters.any.some@1")
def test_any_takes_something_true_for_acceptance(impl: Any) -> None:
    assert all(impl.util.filter.Any(says(0), says(answer))((), 1) for answer in TRUE)
    assert not any(impl.util.filter.Any(says(answer))((), 1) for answer in FALSE)


@check("filters.any.empty@1")
def test_any_of_nothing_accepts_nothing(impl: Any) -> None:
    assert not any(answers(impl.util.filter.Any()))


@check("filters.any.order@1")
@given(accepting=st.lists(st.booleans(), max_size=5))
def test_any_asks_in_order_and_stops_at_the_first_that_accepts(impl: Any, accepting: list[bool]) -> None:
    asked: list[int] = []
    impl.util.filter.Any(*(listener(asked, i, answer) for i, answer in enumerate(accepting)))((), 1)
    assert asked == list(range(accepting.index(True) + 1 if True in accepting else len(accepting)))


@check("filters.any.order@1", needs=["filters.members.literals@1"])
def test_any_asks_nested_members_where_they_stand(impl: Any) -> None:
    asked: list[int] = []
    deaf = [listener(asked, number, 0) for number in range(5)]
    impl.util.filter.Any(deaf[0], [deaf[1], (deaf[2],)], impl.util.filter.Any(deaf[3]), deaf[4])((), 1)
    assert asked == [0, 1, 2, 3, 4]


@check("filters.all.every@1")
@given(accepting=st.lists(st.booleans(), min_size=1, max_size=4))
def test_all_accepts_what_each_member_accepts(impl: Any, accepting: list[bool]) -> None:
    assert bool(impl.util.filter.All(*map(says, accepting))(("a",), 1)) == all(accepting)


@check("filters.all.every@1")
@given(members=members, sample=samples)
def test_all_agrees_with_its_members_asked_alone(impl: Any, members: list[Any], sample: Any) -> None:
    expected = all(made(impl, member)(*sample) for member in members)
    assert bool(build(impl, ("All", *members))(*sample)) == expected


@check("filters.all.every@1")
def test_all_asks_about_the_path_and_the_value_that_it_is_asked_about(impl: Any) -> None:
    path, value = ("a", 0), object()
    assert impl.util.filter.All(lambda p, v: p == path and v is value)(path, value)


@check("filters.all.every@1")
def test_all_takes_something_true_for_acceptance(impl: Any) -> None:
    assert all(impl.util.filter.All(says(1), says(answer))((), 1) for answer in TRUE)
    assert not any(impl.util.filter.All(says(answer))((), 1) for answer in FALSE)


@check("filters.all.empty@1")
def test_all_of_nothing_accepts_everything(impl: Any) -> None:
    assert all(answers(impl.util.filter.All()))


@check("filters.all.order@1")
@given(accepting=st.lists(st.booleans(), max_size=5))
def test_all_asks_in_order_and_stops_at_the_first_that_does_not_accept(impl: Any, accepting: list[bool]) -> None:
    asked: list[int] = []
    impl.util.filter.All(*(listener(asked, i, answer) for i, answer in enumerate(accepting)))((), 1)
    assert asked == list(range(accepting.index(False) + 1 if False in accepting else len(accepting)))


@check("filters.not.inverse@1")
def test_not_accepts_what_its_member_does_not(impl: Any) -> None:
    assert impl.util.filter.Not(says(False))(("a",), 1)
    assert not impl.util.filter.Not(says(True))(("a",), 1)
    assert impl.util.filter.Not(says(None))(("a",), 1)
    assert not impl.util.filter.Not(says(2))(("a",), 1)


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


# Everything, Nothing


@check("filters.everything.accepts@1")
def test_everything_accepts_every_value_at_every_path(impl: Any) -> None:
    everything = impl.util.filter.Everything()
    assert all(answers(everything))
    assert all(everything((DictKey("a"),), value) for value in (None, False, 0, "", np.zeros(2), jnp.zeros(0), Odd()))


@check("filters.nothing.accepts@1")
def test_nothing_accepts_no_value_at_any_path(impl: Any) -> None:
    nothing = impl.util.filter.Nothing()
    assert not any(answers(nothing))
    assert not any(nothing((DictKey("a"),), value) for value in (None, False, 0, "", np.zeros(2), jnp.zeros(0), Odd()))


# Literals


@check("filters.members.literals@1")
@pytest.mark.parametrize("literal", LITERALS, ids=repr)
def test_a_member_is_read_as_a_literal(impl: Any, literal: object) -> None:
    filters = impl.util.filter
    alone = answers(filters.to_predicate(literal))
    assert answers(filters.Any(literal)) == alone
    assert answers(filters.All(literal)) == alone
    assert answers(filters.Not(literal)) == [not answer for answer in alone]


@check("filters.members.literals@1", needs=["filters.any.some@1", "filters.all.every@1"])
def test_each_member_is_read_wherever_it_stands(impl: Any) -> None:
    filters = impl.util.filter
    for literal in LITERALS:
        alone = answers(filters.to_predicate(literal))
        assert answers(filters.Any(says(False), literal)) == answers(filters.Any(literal, says(False))) == alone
        assert answers(filters.All(says(True), literal)) == answers(filters.All(literal, says(True))) == alone


@check("filters.members.literals@1", needs=["filters.value.equality@1"])
@given(node=nodes)
def test_a_filter_is_the_same_with_literals_and_with_filters_as_members(impl: Any, node: Any) -> None:
    assert made(impl, node) == build(impl, read(node))


@check("filters.literal.string@1", needs=["filters.value.equality@1"])
@pytest.mark.parametrize("literal", ["slow", "", "...", "None", Word("slow")])
def test_a_string_is_read_as_a_tag(impl: Any, literal: str) -> None:
    assert impl.util.filter.to_predicate(literal) == impl.util.filter.WithTag(literal)


@check("filters.literal.class@1", needs=["filters.value.equality@1"])
@pytest.mark.parametrize("literal", [int, bool, str, list, tuple, type, type(None), Judge, Odd, Sequence, jax.Array])
def test_a_class_is_read_as_a_type(impl: Any, literal: type) -> None:
    assert impl.util.filter.to_predicate(literal) == impl.util.filter.OfType(literal)


@check("filters.literal.class@1", needs=["filters.value.equality@1"])
def test_the_class_of_a_filter_is_read_as_a_type(impl: Any) -> None:
    filters = impl.util.filter
    assert filters.to_predicate(filters.Everything) == filters.OfType(filters.Everything)


@check("filters.literal.bool@1", needs=["filters.value.equality@1"])
def test_a_boolean_is_read_as_everything_or_nothing(impl: Any) -> None:
    filters = impl.util.filter
    assert filters.to_predicate(True) == filters.Everything()
    assert filters.to_predicate(False) == filters.Nothing()


@check("filters.literal.ellipsis@1", needs=["filters.value.equality@1"])
def test_an_ellipsis_is_read_as_everything(impl: Any) -> None:
    assert impl.util.filter.to_predicate(...) == impl.util.filter.Everything()


@check("filters.literal.none@1", needs=["filters.value.equality@1"])
def test_none_is_read_as_nothing(impl: Any) -> None:
    assert impl.util.filter.to_predicate(None) == impl.util.filter.Nothing()


@check("filters.literal.callable@1")
@pytest.mark.parametrize(
    "literal", [says(True), Judge().accepts, operator.eq, functools.partial(operator.eq), Judge.accepts, Odd()]
)
def test_a_callable_is_given_back_as_it_is(impl: Any, literal: object) -> None:
    assert impl.util.filter.to_predicate(literal) is literal


@check("filters.literal.callable@1")
def test_a_filter_is_given_back_as_it_is(impl: Any) -> None:
    for each in one_of_each(impl):
        assert impl.util.filter.to_predicate(each) is each


@check("filters.literal.callable@1")
@given(node=nodes)
def test_a_literal_that_was_read_is_read_as_itself(impl: Any, node: Any) -> None:
    predicate = made(impl, node)
    assert impl.util.filter.to_predicate(predicate) is predicate


@check("filters.literal.sequence@1", needs=["filters.value.equality@1"])
@pytest.mark.parametrize("literal", [[], (), [int], (int, "a"), ["a", int], Pair(int, None), [[int], ()]], ids=repr)
def test_a_sequence_is_read_as_any_of_its_members_in_their_order(impl: Any, literal: Sequence[object]) -> None:
    assert impl.util.filter.to_predicate(literal) == impl.util.filter.Any(*literal)


@check("filters.literal.sequence@1", needs=["filters.any.some@1"])
def test_a_filter_keeps_the_members_that_its_list_had(impl: Any) -> None:
    literal: list[object] = [int]
    predicate = impl.util.filter.to_predicate(literal)
    literal[:] = [str]
    assert predicate((), 1)
    assert not predicate((), "one")


# Filters as values


@check("filters.value.equality@1")
def test_filters_of_the_same_class_and_arguments_are_equal(impl: Any) -> None:
    for one, other in zip(one_of_each(impl), one_of_each(impl), strict=True):
        assert one == one
        assert one == other
        assert (one != other) is False


@check("filters.value.equality@1")
def test_filters_of_different_classes_are_not_equal(impl: Any) -> None:
    filters, each = impl.util.filter, one_of_each(impl)
    assert [one == other for one in each for other in each] == [i == j for i in range(8) for j in range(8)]
    assert filters.Any() != filters.All()
    assert filters.Any(int) != filters.All(int)
    assert filters.All() != filters.Everything()
    assert filters.Any(int) != filters.OfType(int)


@check("filters.value.equality@1")
def test_filters_of_different_arguments_are_not_equal(impl: Any) -> None:
    filters = impl.util.filter
    assert filters.OfType(int) != filters.OfType(bool)
    assert filters.WithTag("a") != filters.WithTag("b")
    assert filters.PathContains(0) != filters.PathContains("0")
    assert filters.Not(int) != filters.Not(bool)


@check("filters.value.equality@1")
def test_the_order_and_the_number_of_members_matter(impl: Any) -> None:
    for many in (impl.util.filter.Any, impl.util.filter.All):
        assert many(int, str) != many(str, int)
        assert many(int) != many(int, int)
        assert many(int) != many()


@check("filters.value.equality@1")
def test_a_nested_filter_is_not_equal_to_a_flat_one_of_the_same_meaning(impl: Any) -> None:
    filters = impl.util.filter
    assert filters.Any([int, str]) != filters.Any(int, str)
    assert filters.All(filters.All(int)) != filters.All(int)
    assert filters.Not(filters.Not(int)) != filters.OfType(int)


@check("filters.value.equality@1")
def test_members_are_compared_as_they_are_read(impl: Any) -> None:
    filters = impl.util.filter
    assert filters.Any("a", int, [..., None]) == filters.Any(
        filters.WithTag("a"), filters.OfType(int), filters.Any(filters.Everything(), filters.Nothing())
    )
    assert filters.Not(True) == filters.Not(...)
    assert filters.All(False) == filters.All(None)


@check("filters.value.equality@1")
def test_arguments_are_compared_by_equality_and_not_by_identity_or_looks(impl: Any) -> None:
    filters, judge = impl.util.filter, Judge()
    assert filters.PathContains(Key("a")) == filters.PathContains(Key("a"))
    assert filters.PathContains(["a"]) == filters.PathContains(["a"])
    assert filters.Any(judge.accepts) == filters.Any(judge.accepts)
    assert filters.Any(judge.accepts) != filters.Any(Judge().accepts)
    assert filters.OfType(type("Twin", (), {})) != filters.OfType(type("Twin", (), {}))


@check("filters.value.equality@1")
@given(pair=pairs)
def test_filters_are_equal_exactly_if_they_are_the_same_expression(impl: Any, pair: tuple[Any, Any]) -> None:
    one, other = made(impl, pair[0]), made(impl, pair[1])
    assert (one == other) == (read(pair[0]) == read(pair[1]))
    assert (one != other) == (read(pair[0]) != read(pair[1]))


@check("filters.value.hash@1", needs=["filters.value.equality@1"])
def test_equal_filters_have_equal_hashes(impl: Any) -> None:
    filters, judge = impl.util.filter, Judge()
    assert list(map(hash, one_of_each(impl))) == list(map(hash, one_of_each(impl)))
    assert hash(filters.Any("a", [int])) == hash(filters.Any(filters.WithTag("a"), filters.Any(filters.OfType(int))))
    assert hash(filters.Not(judge.accepts)) == hash(filters.Not(judge.accepts))
    assert hash(filters.PathContains(Key("a"))) == hash(filters.PathContains(Key("a")))


@check("filters.value.hash@1", needs=["filters.value.equality@1"])
@given(node=nodes)
def test_a_hash_does_not_depend_on_how_the_filter_was_written(impl: Any, node: Any) -> None:
    assert hash(made(impl, node)) == hash(build(impl, read(node)))


@check("filters.value.frozen@1")
@pytest.mark.parametrize("change", [lambda each, name: setattr(each, name, None), delattr], ids=["set", "delete"])
def test_no_attribute_of_a_filter_can_be_changed(impl: Any, change: Callable[[Any, str], None]) -> None:
    for each in one_of_each(impl):
        for name in (*dir(each), "unheard_of", "_unheard_of"):
            with pytest.raises(AttributeError):
                change(each, name)


@check("filters.value.frozen@1")
def test_a_filter_is_as_it_was_after_an_attempt_to_change_it(impl: Any) -> None:
    for each in one_of_each(impl):
        before = repr(each), dir(each), answers(each)
        for name in (*dir(each), "unheard_of"):
            with pytest.raises(AttributeError):
                setattr(each, name, None)
        assert (repr(each), dir(each), answers(each)) == before


@check("filters.value.repr@1")
def test_a_leaf_prints_as_its_class_and_its_argument(impl: Any) -> None:
    filters = impl.util.filter
    assert repr(filters.OfType(int)) == "OfType(<class 'int'>)"
    assert repr(filters.WithTag("slow")) == "WithTag('slow')"
    assert repr(filters.PathContains("it's")) == """PathContains("it's")"""
    assert (repr(filters.Everything()), repr(filters.Nothing())) == ("Everything()", "Nothing()")


@check("filters.value.repr@1")
def test_members_print_as_the_predicates_that_they_are_read_as(impl: Any) -> None:
    filters, judge = impl.util.filter, operator.eq
    assert repr(filters.Any("a", ..., [None, int])) == f"Any(WithTag('a'), Everything(), Any(Nothing(), OfType({int})))"
    assert repr(filters.All(("a",))) == "All(Any(WithTag('a')))"
    assert repr(filters.Not(True)) == "Not(Everything())"
    assert (repr(filters.Any()), repr(filters.All())) == ("Any()", "All()")
    assert repr(filters.All(judge)) == f"All({judge!r})"


@check("filters.value.repr@1")
def test_equal_keys_print_as_they_were_given(impl: Any) -> None:
    keys = (1, True, 1.0, ("a",), ("a", "b"))
    assert [repr(impl.util.filter.PathContains(key)) for key in keys] == [f"PathContains({key!r})" for key in keys]


@check("filters.value.repr@1")
@given(node=nodes)
def test_a_filter_prints_as_the_model_writes_it(impl: Any, node: Any) -> None:
    assert repr(made(impl, node)) == written(read(node))


@check("filters.value.pickle@1", needs=["filters.value.equality@1"])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_filter_is_equal_to_what_pickle_makes_of_it(impl: Any, protocol: int) -> None:
    filters = impl.util.filter
    for each in (*one_of_each(impl), filters.Any(), filters.All([operator.eq], "a"), filters.PathContains(["a"])):
        assert pickle.loads(pickle.dumps(each, protocol)) == each


@check("filters.value.pickle@1", needs=["filters.value.equality@1"])
def test_a_filter_is_equal_to_its_deep_copy(impl: Any) -> None:
    filters = impl.util.filter
    for each in (*one_of_each(impl), filters.Any(), filters.All([operator.eq], "a"), filters.PathContains(["a"])):
        assert copy.deepcopy(each) == each


@check("filters.value.pickle@1", needs=["filters.value.equality@1"])
@given(node=nodes, sample=samples)
def test_a_generated_filter_survives_pickle_and_deep_copy(impl: Any, node: Any, sample: Any) -> None:
    predicate = made(impl, node)
    for again in (pickle.loads(pickle.dumps(predicate)), copy.deepcopy(predicate)):
        assert again == predicate
        assert again(*sample) == predicate(*sample)


# Errors


@check("filters.error.literal@1")
@pytest.mark.parametrize("found", NO_LITERALS, ids=lambda found: type(found).__name__)
def test_what_is_no_literal_is_refused_by_name(impl: Any, found: object) -> None:
    with pytest.raises(TypeError) as raised:
        impl.util.filter.to_predicate(found)
    assert repr(found) in str(raised.value)


@check("filters.error.literal@1")
@pytest.mark.parametrize(("boolean", "number"), [(True, 1), (False, 0), (True, 1.0)])
def test_a_number_is_no_boolean(impl: Any, boolean: bool, number: float) -> None:
    # The boolean comes first, since a cache of what was read would take the number for it.
    impl.util.filter.to_predicate(boolean)
    with pytest.raises(TypeError) as raised:
        impl.util.filter.to_predicate(number)
    assert repr(number) in str(raised.value)


@check("filters.error.member@1", needs=["filters.error.literal@1"])
@pytest.mark.parametrize("found", NO_LITERALS, ids=lambda found: type(found).__name__)
@pytest.mark.parametrize("name", ["Any", "All", "Not"])
def test_a_member_that_is_no_literal_is_refused_when_the_filter_is_made(impl: Any, name: str, found: object) -> None:
    for member in (found, [found], [int, ("slow", [found])]):
        with pytest.raises(TypeError) as raised:
            getattr(impl.util.filter, name)(member)
        assert repr(found) in str(raised.value)


@check("filters.error.member@1", needs=["filters.error.literal@1"])
@pytest.mark.parametrize("literal", [[42], (42,), [int, 42], [42, int], [[int], ["slow", (42,)]]], ids=repr)
def test_a_member_of_a_sequence_is_refused_when_the_sequence_is_read(impl: Any, literal: object) -> None:
    with pytest.raises(TypeError, match="42"):
        impl.util.filter.to_predicate(literal)


@check("filters.error.member@1", needs=["filters.error.literal@1"])
def test_a_member_is_refused_at_any_place(impl: Any) -> None:
    for many in (impl.util.filter.Any, impl.util.filter.All):
        for members in ([42, int, str], [int, 42, str], [int, str, 42], [..., 42], [None, 42]):
            with pytest.raises(TypeError, match="42"):
                many(*members)


@check("filters.error.not-one@1")
@pytest.mark.parametrize("members", [(), (int, str), (None, None), (int, int, int)], ids=repr)
def test_not_takes_exactly_one_member(impl: Any, members: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        impl.util.filter.Not(*members)


@check("filters.error.tag@1")
@pytest.mark.parametrize("found", [42, None, b"slow", ["slow"], ("slow",), {"slow"}, int, str, ..., True], ids=repr)
def test_a_tag_that_is_no_string_is_refused_by_name(impl: Any, found: object) -> None:
    with pytest.raises(TypeError) as raised:
        impl.util.filter.WithTag(found)
    assert repr(found) in str(raised.value)


@check("filters.error.type@1")
@pytest.mark.parametrize("found", ["slow", 42, None, (int, str), [int], (), list[int], int | str, len], ids=repr)
def test_a_type_that_is_no_class_is_refused_by_name(impl: Any, found: object) -> None:
    with pytest.raises(TypeError) as raised:
        impl.util.filter.OfType(found)
    assert repr(found) in str(raised.value)


@check("filters.error.raised@1")
@pytest.mark.parametrize("kind", [KeyError, AttributeError, TypeError, IndexError, StopIteration, GeneratorExit])
@pytest.mark.parametrize("name", ["Any", "All", "Not"])
def test_what_a_member_raises_leaves_the_filter_as_it_is(impl: Any, name: str, kind: type[BaseException]) -> None:
    mine = kind("mine")

    def fails(path: object, value: object) -> bool:
        raise mine

    for member in (fails, [fails], impl.util.filter.All(int, impl.util.filter.Not(fails))):
        with pytest.raises(kind) as raised:
            getattr(impl.util.filter, name)(member)((), 1)
        assert raised.value is mine


@check("filters.error.raised@1", needs=["filters.any.order@1", "filters.all.order@1"])
def test_a_later_member_does_not_hide_what_an_earlier_one_raises(impl: Any) -> None:
    filters, mine = impl.util.filter, ValueError("mine")

    def fails(path: object, value: object) -> bool:
        raise mine

    for each in (filters.Any(str, fails, int), filters.All(int, fails, str)):
        with pytest.raises(ValueError, match="mine") as raised:
            each((), 1)
        assert raised.value is mine
