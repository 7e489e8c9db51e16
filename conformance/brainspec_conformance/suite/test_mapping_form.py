"""The checks of `spec/32-mapping.md`: how mappings are made, and what can be asked of them."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays, key_bits
from brainspec_conformance.suite.mapping_material import POLICIES, adding, bare, filled

DEFAULTS: dict[str, Any] = {
    "in_axes": 0,
    "out_axes": 0,
    "axis_name": None,
    "axis_size": None,
    "state_in_axes": None,
    "state_out_axes": None,
    "unexpected_out_state_mapping": "ignore",
}
# The ways to make a mapping with options.
MAKES: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "called": lambda impl: impl.transform.vmap2,
    "decorating": lambda impl: lambda f, **options: impl.transform.vmap2(**options)(f),
}
makes = pytest.mark.parametrize("way", MAKES.values(), ids=MAKES)


def product(x: Any, y: Any = 2) -> Any:
    """Multiplies."""
    return x * y


@check("mapping.form.plain@1")
@makes
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"in_axes": 1},
        {"in_axes": -1, "out_axes": 1},
        {"out_axes": -1},
        {"in_axes": None, "axis_size": 4},
        {"axis_name": "i", "axis_size": 2},
    ],
    ids=str,
)
def test_each_way_gives_a_mapping_with_its_options(impl: Any, way: Any, options: dict[str, Any]) -> None:
    mapping = way(impl)(jnp.sin, **options)
    x = filled(2, 3)

    assert isinstance(mapping, impl.transform.StatefulMapping)
    assert_arrays(mapping(x), bare(jnp.sin, **options)(x))


@check("mapping.form.plain@1")
def test_a_mapping_shows_as_what_users_know(impl: Any) -> None:
    shown = "<class 'brainstate.transform.StatefulMapping'>"
    made = impl.transform.vmap2(product), impl.transform.vmap2(axis_size=3)(product)

    assert [str(type(mapping)) for mapping in made] == [shown, shown]
    assert repr(impl.transform.StatefulMapping) == shown


@check("mapping.form.plain@1")
@makes
def test_defaults_can_be_given(impl: Any, way: Any) -> None:
    results = []
    for options in ({}, {**DEFAULTS, "spmd_axis_name": None}):
        state = impl.State(jnp.array(1.0))
        mapping = way(impl)(adding(state), **options)
        results.append((mapping(jnp.arange(3.0)), state.value))

    assert_arrays(results[1], results[0])
    assert results[0][1].shape == (3,)


@check("mapping.form.plain@1")
def test_one_decorator_makes_several_mappings(impl: Any) -> None:
    decorate = impl.transform.vmap2(in_axes=(0, None))
    one, other = decorate(product), decorate(lambda x, y: x - y)

    assert one(jnp.arange(3), 4).tolist() == [0, 4, 8]
    assert other(jnp.arange(3), 4).tolist() == [-4, -3, -2]


# Options that a direct mapping has too.
OPTIONS: list[dict[str, Any]] = [
    {},
    {"in_axes": 1, "out_axes": -1},
    {"in_axes": None, "axis_size": 3},
    {"state_in_axes": {1: ...}},
    {"state_in_axes": {-1: ...}, "state_out_axes": {0: ...}},
    {"state_out_axes": {1: ...}, "axis_name": "i"},
    {"state_in_axes": {1: ...}, "unexpected_out_state_mapping": "raise"},
]


@check("mapping.form.direct@1")
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_direct_mapping_acts_as_any_other(impl: Any, options: dict[str, Any]) -> None:
    found = []
    for make in (impl.transform.vmap2, impl.transform.StatefulMapping):
        state, stream = impl.State(filled(2, 3)), impl.random.RandomState(3)

        def origin(x: Any) -> Any:
            state.value = state.value + 1  # noqa: B023
            return x.sum() + stream.uniform()  # noqa: B023

        mapping = make(origin, **options)
        out = mapping(filled(3, 3))
        found.append((out, state.value, key_bits(stream)))
        assert isinstance(mapping, impl.transform.StatefulMapping)

    assert_arrays(found[1][:2], found[0][:2])
    assert found[1][2] == found[0][2]


@check("mapping.form.direct@1")
@pytest.mark.parametrize("policy", POLICIES)
def test_a_direct_mapping_has_a_policy(impl: Any, policy: str) -> None:
    state = impl.ParamState(jnp.zeros(()))
    mapping = impl.transform.StatefulMapping(adding(state), unexpected_out_state_mapping=policy)
    if policy == "raise":
        with pytest.raises(impl.transform.BatchAxisError):
            mapping(jnp.ones(2))
    elif policy == "warn":
        with pytest.warns(UserWarning, match="ParamState"):
            mapping(jnp.ones(2))
    else:
        mapping(jnp.ones(2))

    assert jnp.shape(state.value) == (() if policy == "raise" else (2,))


@check("mapping.form.direct@1")
def test_axes_of_a_direct_mapping_can_be_given_by_position(impl: Any) -> None:
    state = impl.State(filled(2, 3))
    mapping = impl.transform.StatefulMapping(adding(state), None, 1, {1: ...}, {0: ...}, "raise")

    assert_arrays(mapping(10.0), filled(2, 3) + 10)
    assert_arrays(state.value, filled(2, 3).T + 10)


NAMES = ["__name__", "__doc__", "__module__", "__qualname__"]


class Called:
    """A class of a user."""

    def __call__(self, x: Any) -> Any:
        return x + 1

    def of(self, x: Any) -> Any:
        """A method."""
        return x + 2


ORIGINS: dict[str, Callable[..., Any]] = {
    "function": product,
    "lambda": lambda x: x * 3,
    "partial": functools.partial(product, y=3),
    "builtin": abs,
    "of JAX": jnp.sin,
    "instance": Called(),
    "bound method": Called().of,
    "bare mapping": jax.vmap(jnp.sin),
}


@check("mapping.form.origin@1")
@pytest.mark.parametrize("origin", ORIGINS.values(), ids=ORIGINS)
def test_a_mapping_has_its_origin_and_its_names(impl: Any, origin: Any) -> None:
    for mapping in (
        impl.transform.vmap2(origin),
        impl.transform.vmap2(in_axes=0)(origin),
        impl.transform.StatefulMapping(origin),
    ):
        assert mapping.origin_fun is origin
        assert mapping.__wrapped__ is origin
        for name in NAMES:
            if hasattr(origin, name):
                assert getattr(mapping, name) == getattr(origin, name)


@check("mapping.form.callable@1")
@pytest.mark.parametrize("origin", ORIGINS.values(), ids=ORIGINS)
def test_any_callable_is_mapped(impl: Any, origin: Any) -> None:
    x = filled(2, 3)
    mapping = impl.transform.vmap2(origin, in_axes=1)
    for _ in range(2):
        assert_arrays(mapping(x), bare(origin, in_axes=1)(x))


@check("mapping.form.callable@1")
def test_modules_and_their_methods_are_mapped(impl: Any) -> None:
    class Counter(impl.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.count = impl.ShortTermState(jnp.zeros(3))

        def update(self, x: Any) -> Any:
            self.count.value = self.count.value + x
            return self.count.value

        def total(self, x: Any) -> Any:
            return self.count.value * x

    counter, axes, x = Counter(), {0: impl.ShortTermState}, jnp.arange(3.0)
    count, total = (impl.transform.vmap2(f, state_in_axes=axes) for f in (counter, counter.total))

    assert [count(x).tolist(), count(x).tolist()] == [[0, 1, 2], [0, 2, 4]]
    assert total(x).tolist() == [0, 2, 8]
    assert counter.count.value.tolist() == [0, 2, 4]


@check("mapping.form.callable@1")
def test_what_transforms_give_is_mapped(impl: Any) -> None:
    state = impl.State(jnp.ones(3))
    jitted = impl.transform.jit(lambda x, y: x * y + state.value.sum())
    inner = impl.transform.vmap2(lambda x, y: x * y, in_axes=(0, None))
    stateful = impl.transform.StatefulFunction(lambda x, y: x - y)
    x, y = filled(3, 2), jnp.arange(3.0)

    assert_arrays(impl.transform.vmap2(jitted)(x, y), x * y[:, None] + 3)
    assert_arrays(impl.transform.vmap2(inner)(x, y), x * y[:, None])
    assert_arrays(impl.transform.vmap2(stateful)(x, y), x - y[:, None])


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
        for given in ({}, {"state_in_axes": None, "state_out_axes": None}, {"state_in_axes": {}, "state_out_axes": {}}):
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
