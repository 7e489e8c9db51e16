"""The checks of `spec/90-filters.md`: what a filter answers, and how it asks its members."""

import functools
import operator
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jax.tree_util import DictKey, GetAttrKey, SequenceKey

from brainspec_conformance.check import check
from brainspec_conformance.suite.filters_material import (
    FALSE,
    LITERALS,
    PATHS,
    TRUE,
    VALUES,
    Carrying,
    Tagged,
    answers,
    listener,
    one_of_each,
    says,
)

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
    class Sly(str):
        def __eq__(self, other: object) -> Any:
            return np.bool_(str.__eq__(self, other))

        __hash__ = str.__hash__

    filters = impl.util.filter
    assert type(filters.PathContains(np.int64(3))((3,), None)) is bool
    assert type(filters.PathContains(np.int64(3))((4,), None)) is bool
    assert type(filters.WithTag("slow")((), Tagged(np.str_("slow")))) is bool
    assert type(filters.WithTag(np.str_("slow"))((), Tagged("fast"))) is bool
    for tag in ("slow", "fast"):
        assert type(filters.WithTag("slow")((), Tagged(Sly(tag)))) is bool
        assert type(filters.WithTag(Sly("slow"))((), Tagged(tag))) is bool


@check("filters.call.positional@1")
@pytest.mark.parametrize("name", ["Any", "All", "Not"])
def test_a_member_is_asked_with_two_positional_arguments(impl: Any, name: str) -> None:
    seen: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def member(*args: object, **kwargs: object) -> None:
        seen.append((args, kwargs))

    for members in (member, [member], impl.util.filter.Not([member])):
        for path, value in [(("a", 0), object()), ((), None), ((DictKey("a"), SequenceKey(0)), np.zeros(2))]:
            getattr(impl.util.filter, name)(members)(path, value)
            (args, kwargs) = seen.pop()
            assert (len(args), kwargs, seen) == (2, {}, [])
            assert args[0] is path
            assert args[1] is value


@check("filters.call.positional@1")
@pytest.mark.parametrize("name", ["Any", "All", "Not"])
def test_each_member_is_asked_about_the_same_path_and_value(impl: Any, name: str) -> None:
    seen: list[tuple[object, object]] = []
    path, value = (GetAttrKey("a"), "b", 0), {"a": [1]}

    def member(path: object, value: object) -> bool:
        seen.append((path, value))
        return name != "Any"

    filters = impl.util.filter
    many = filters.Not(filters.All(member, member, member)) if name == "Not" else getattr(filters, name)(*[member] * 3)
    many(path, value)
    assert len(seen) == 3
    assert all(p is path and v is value for p, v in seen)


@check("filters.call.positional@1")
def test_a_member_may_call_its_arguments_as_it_likes(impl: Any) -> None:
    def positional(p: object, v: object, /) -> bool:
        return v == 1

    def swapped(value: object, path: object) -> bool:
        return path == 1

    def more(p: object, v: object, path: object = 2, value: object = 2) -> bool:
        return path == value == 2

    for member in (positional, swapped, more, functools.partial(more, value=2)):
        for name in ("Any", "All"):
            assert getattr(impl.util.filter, name)(member)((), 1)
        assert not impl.util.filter.Not(member)((), 1)
    assert impl.util.filter.Any(operator.contains)(("a", "b"), "b")
    assert not impl.util.filter.Any(operator.contains)(("a", "b"), "c")


# Any


@check("filters.any.some@1")
@given(accepting=st.lists(st.booleans(), min_size=1, max_size=4))
def test_any_accepts_what_at_least_one_member_accepts(impl: Any, accepting: list[bool]) -> None:
    assert bool(impl.util.filter.Any(*map(says, accepting))(("a",), 1)) == any(accepting)


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


@check("filters.any.order@1")
def test_any_asks_a_member_as_often_as_it_is_given(impl: Any) -> None:
    asked: list[int] = []
    deaf, judge = listener(asked, 0, False), impl.util.filter.Not(listener(asked, 1, True))
    impl.util.filter.Any(deaf, deaf)((), 1)
    impl.util.filter.Any([deaf, deaf, (deaf,)], deaf)((), 1)
    assert asked == [0] * 6
    impl.util.filter.Any(judge, deaf, judge, judge)((), 1)
    assert asked[6:] == [1, 0, 1, 1]


@check("filters.any.order@1")
def test_any_asks_again_each_time_that_it_is_asked(impl: Any) -> None:
    asked: list[int] = []
    each = impl.util.filter.Any(listener(asked, 0, False), listener(asked, 1, True), listener(asked, 2, True))
    assert [each(("a",), 1) for _ in range(3)] == [True] * 3
    assert asked == [0, 1] * 3


# All


@check("filters.all.every@1")
@given(accepting=st.lists(st.booleans(), min_size=1, max_size=4))
def test_all_accepts_what_each_member_accepts(impl: Any, accepting: list[bool]) -> None:
    assert bool(impl.util.filter.All(*map(says, accepting))(("a",), 1)) == all(accepting)


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


@check("filters.all.order@1")
def test_all_asks_a_member_as_often_as_it_is_given(impl: Any) -> None:
    asked: list[int] = []
    keen, judge = listener(asked, 0, True), impl.util.filter.Not(listener(asked, 1, False))
    impl.util.filter.All(keen, keen)((), 1)
    impl.util.filter.All(impl.util.filter.All(keen, keen), keen)((), 1)
    assert asked == [0] * 5
    impl.util.filter.All(judge, keen, judge, judge)((), 1)
    assert asked[5:] == [1, 0, 1, 1]


@check("filters.all.order@1")
def test_all_asks_again_each_time_that_it_is_asked(impl: Any) -> None:
    asked: list[int] = []
    each = impl.util.filter.All(listener(asked, 0, True), listener(asked, 1, False), listener(asked, 2, False))
    assert [each(("a",), 1) for _ in range(3)] == [False] * 3
    assert asked == [0, 1] * 3


@check("filters.all.order@1", needs=["filters.members.literals@1"])
def test_all_asks_nested_members_where_they_stand(impl: Any) -> None:
    asked: list[int] = []
    keen = [listener(asked, number, 1) for number in range(5)]
    impl.util.filter.All(keen[0], impl.util.filter.All(keen[1], [keen[2]]), [keen[3]], keen[4])((), 1)
    assert asked == [0, 1, 2, 3, 4]


# Not, and members in general


@check("filters.not.inverse@1")
def test_not_accepts_what_its_member_does_not(impl: Any) -> None:
    assert impl.util.filter.Not(says(False))(("a",), 1)
    assert not impl.util.filter.Not(says(True))(("a",), 1)
    assert impl.util.filter.Not(says(None))(("a",), 1)
    assert not impl.util.filter.Not(says(2))(("a",), 1)


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
