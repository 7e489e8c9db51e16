"""The checks of `spec/32-mapping.md`: what a mapping tells of itself, and the filters of its states."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.mapping_material import adding
from brainspec_conformance.suite.test_mapping_form import DEFAULTS, product


def two_of(impl: Any) -> Any:
    return impl.transform.vmap2, impl.transform.StatefulMapping


AXES: list[dict[str, Any]] = [
    {},
    {"in_axes": None, "axis_size": 3},
    {"in_axes": (0, None, {"a": -1}), "out_axes": (0, None)},
    {"in_axes": [0, 1], "out_axes": [None]},
    {"out_axes": {"a": 1}, "axis_name": "batch"},
    {"axis_size": 0, "unexpected_out_state_mapping": "warn"},
    {"unexpected_out_state_mapping": "raise", "axis_name": ("a", 1)},
]


@check("mapping.form.attributes@1")
@pytest.mark.parametrize("options", AXES, ids=str)
def test_a_mapping_tells_what_it_was_given(impl: Any, options: dict[str, Any]) -> None:
    for make in two_of(impl):
        mapping = make(product, **options)
        for name in ("in_axes", "out_axes", "axis_name", "axis_size", "unexpected_out_state_mapping"):
            expected = options.get(name, DEFAULTS[name])
            found = getattr(mapping, name)
            assert (type(found), found) == (type(expected), expected)


@check("mapping.form.attributes@1")
def test_a_mapping_has_a_name(impl: Any) -> None:
    make = impl.transform.StatefulMapping

    assert impl.transform.vmap2(product).name == "vmap2"
    assert impl.transform.vmap2(axis_size=2)(product).name == "vmap2"
    assert [make(product).name, make(product, name=None).name, make(product, name="mine").name] == [None, None, "mine"]


@check("mapping.form.attributes@1")
def test_a_mapping_tells_what_it_maps_with(impl: Any) -> None:
    mine = functools.partial(jax.vmap, spmd_axis_name=None)
    make = impl.transform.StatefulMapping

    assert impl.transform.vmap2(product).mapping_fn is jax.vmap
    assert make(product).mapping_fn is jax.vmap
    assert make(product, mapping_fn=mine).mapping_fn is mine


@check("mapping.form.attributes@1")
def test_a_call_changes_no_attribute(impl: Any) -> None:
    mapping = impl.transform.vmap2(product, in_axes=(0, None))
    mapping(jnp.ones(3), 2)

    assert (mapping.in_axes, mapping.out_axes, mapping.axis_size, mapping.axis_name) == ((0, None), 0, None, None)


@check("mapping.form.state-axes@1", needs=["filters.literal.class@1", "filters.literal.ellipsis@1"])
@pytest.mark.parametrize("name", ["state_in_axes", "state_out_axes"])
def test_a_mapping_has_axes_of_states_in_their_order(impl: Any, name: str) -> None:
    def mine(path: Any, value: Any) -> bool:
        return False

    short, long = impl.ShortTermState(np.zeros(2), tag="slow"), impl.ParamState(np.zeros(2))
    given = {1: impl.ParamState, None: "slow", -1: mine, 0: [short, "fast"], 2: None}
    for make in two_of(impl):
        found = getattr(make(product, **{name: given}), name)
        answers = [[bool(predicate((), state)) for state in (short, long)] for predicate in found.values()]

        assert type(found) is dict
        assert list(found) == [1, None, -1, 0, 2]
        assert answers == [[False, True], [True, False], [False, False], [True, False], [False, False]]


@check("mapping.form.state-axes@1")
def test_axes_of_states_that_were_not_given_are_none(impl: Any) -> None:
    for make in two_of(impl):
        nothing: list[Any] = [None, {}]
        for given in ({}, *({"state_in_axes": none, "state_out_axes": none} for none in nothing)):
            mapping = make(product, **given)
            assert (mapping.state_in_axes, mapping.state_out_axes) == ({}, {})
        one = make(product, state_in_axes=impl.ParamState)
        assert (list(one.state_in_axes), one.state_out_axes) == ([0], {})


# Filter literals of the states `a`, tagged `slow`, and `b`, and which of them they pick.
LITERALS: dict[str, tuple[Callable[[Any, Any, Any], Any], str]] = {
    "a class": (lambda impl, a, b: impl.ShortTermState, "a"),
    "a class above": (lambda impl, a, b: impl.State, "ab"),
    "a tag": (lambda impl, a, b: "slow", "a"),
    "everything": (lambda impl, a, b: ..., "ab"),
    "true": (lambda impl, a, b: True, "ab"),
    "false": (lambda impl, a, b: False, ""),
    "a filter": (lambda impl, a, b: impl.util.filter.Not("slow"), "b"),
    "a function": (lambda impl, a, b: lambda path, state: state is b, "b"),
    "a state": (lambda impl, a, b: b, "b"),
    "states": (lambda impl, a, b: [b, a], "ab"),
    "a tuple of a state": (lambda impl, a, b: (a,), "a"),
    "a nested list": (lambda impl, a, b: [[impl.HiddenState, (b,)]], "b"),
    "a list": (lambda impl, a, b: ["fast", a, None], "a"),
    "an empty list": (lambda impl, a, b: [], ""),
}
literals = pytest.mark.parametrize(("literal", "picked"), LITERALS.values(), ids=LITERALS)
FORMS: dict[str, Callable[[Any], Any]] = {
    "alone": lambda literal: literal,
    "in a dictionary": lambda literal: {0: literal},
    "after another": lambda literal: {None: "none has it", 0: literal, 1: []},
}


@check("mapping.form.filters@1")
@literals
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_filter_literals_pick_the_states_to_map(impl: Any, literal: Any, picked: str, form: Any) -> None:
    a, b = impl.ShortTermState(jnp.zeros((3, 3)), tag="slow"), impl.ParamState(jnp.zeros((3, 3)))
    mapping = impl.transform.vmap2(lambda: (a.value, b.value), axis_size=3, state_in_axes=form(literal(impl, a, b)))

    assert [out.ndim for out in mapping()] == [3 - (name in picked) for name in "ab"]


@check("mapping.form.filters@1")
@literals
def test_filter_literals_pick_the_states_to_stack(impl: Any, literal: Any, picked: str) -> None:
    a, b = impl.ShortTermState(jnp.zeros(()), tag="slow"), impl.ParamState(jnp.zeros(()))

    def origin() -> None:
        a.value, b.value = a.value + 1, b.value + 2

    impl.transform.vmap2(origin, axis_size=3, state_out_axes=literal(impl, a, b))()

    assert [a.value.tolist(), b.value.tolist()] == [
        [1, 1, 1] if "a" in picked else 1,
        [2, 2, 2] if "b" in picked else 2,
    ]


@check("mapping.form.filters@1")
@pytest.mark.parametrize("name", ["state_in_axes", "state_out_axes"])
def test_filters_are_asked_at_the_path_of_a_root(impl: Any, name: str) -> None:
    state, asked = impl.State(jnp.zeros(2)), []

    def mine(path: Any, value: Any) -> bool:
        asked.append((path, value is state))
        return True

    impl.transform.vmap2(adding(state), in_axes=None, axis_size=2, **{name: {0: mine}})(1.0)

    assert set(asked) == {((), True)}


@check("mapping.form.filters@1")
def test_a_state_picks_itself_and_not_one_like_it(impl: Any) -> None:
    a, b = impl.State(jnp.arange(2)), impl.State(jnp.arange(2))
    mapping = impl.transform.vmap2(lambda: (a.value, b.value), state_in_axes={0: a})

    assert [out.tolist() for out in mapping()] == [[0, 1], [[0, 1], [0, 1]]]
