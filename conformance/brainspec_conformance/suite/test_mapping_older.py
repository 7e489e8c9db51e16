"""The checks of `spec/32-mapping.md`: the older `vmap`, which names states where `vmap2` has filters."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import Boxed, Pair, shaped
from brainspec_conformance.suite.jit_material import assert_arrays, key_bits, nothing_changes
from brainspec_conformance.suite.mapping_material import bare, filled
from brainspec_conformance.suite.mapping_more_material import bits, lax
from brainspec_conformance.suite.shared_material import assert_but_weak
from brainspec_conformance.suite.state_material import KINDS

# The ways to make a mapping with options.
MAKES: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "called": lambda impl: impl.transform.vmap,
    "decorating": lambda impl: lambda f, **options: impl.transform.vmap(**options)(f),
}
makes = pytest.mark.parametrize("way", MAKES.values(), ids=MAKES)
# Options of mappings that both forms have.
OPTIONS: list[dict[str, Any]] = [
    {},
    {"in_axes": 1},
    {"in_axes": -1, "out_axes": 1},
    {"in_axes": None, "axis_size": 4},
    {"axis_name": "i", "axis_size": 2, "spmd_axis_name": None},
]


def scaled(x: Any) -> Any:
    """Scales."""
    return x * 2 + jnp.arange(x.shape[-1])


@check("mapping.older.states@1", needs=["mapping.form.plain@1"])
@makes
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_options_mean_what_they_mean_for_mappings(impl: Any, way: Any, options: dict[str, Any]) -> None:
    mapping, x = way(impl)(scaled, **options), filled(2, 3)
    assert isinstance(mapping, impl.transform.StatefulMapping)
    assert mapping.unexpected_out_state_mapping == "raise"
    assert mapping.origin_fun is scaled
    assert_arrays(mapping(x), bare(scaled, **{name: of for name, of in options.items() if "spmd" not in name})(x))


@check("mapping.older.states@1", needs=["mapping.state.sliced@1", "mapping.state.stays@1", "mapping.state.out@1"])
@makes
def test_states_are_declared_as_they_are_named(impl: Any, way: Any) -> None:
    inner, outer, whole, idle = (
        impl.ShortTermState(jnp.zeros(3)),
        impl.LongTermState(jnp.array(0.0)),
        impl.State(2.0),
        impl.State(filled(3)),
    )
    untouched, shapes = idle.value, list[Any]()

    def f(x: Any) -> Any:
        shapes.append((jnp.shape(inner.value), jnp.shape(outer.value), jnp.shape(whole.value), idle.value.shape))
        inner.value, outer.value = inner.value + whole.value * x, 7.0 * x
        return inner.value

    mapping, x = way(impl)(f, in_states=inner, out_states=outer), jnp.arange(3.0)
    assert mapping(x).tolist() == [0, 2, 4]
    outer.value = jnp.array(0.0)
    assert mapping(x).tolist() == inner.value.tolist() == [0, 4, 8]
    assert outer.value.tolist() == [0, 7, 14]
    assert set(shapes) == {((), (), (), (3,))}
    assert idle.value is untouched


@check("mapping.older.states@1", needs=["mapping.state.out@1", "mapping.state.unmapped@1"])
def test_what_is_declared_out_is_stacked_mapped_or_not_and_others_are_not(impl: Any) -> None:
    named, other = impl.State(jnp.array(0)), impl.State(jnp.array(0))

    def f(x: Any) -> Any:
        named.value, other.value = 3, other.value + 1
        return x

    impl.transform.vmap(f, out_states=[named])(jnp.zeros(2))
    assert (named.value.tolist(), other.value.tolist()) == ([3, 3], 1)


@check("mapping.older.states@1", needs=["mapping.error.undeclared@1"])
@pytest.mark.parametrize("named", [{}, {"in_states": 0}, {"out_states": 0}], ids=["none", "another in", "another out"])
@pytest.mark.parametrize("kind", KINDS)
def test_states_that_are_not_named_do_not_grow(impl: Any, kind: str, named: dict[str, Any]) -> None:
    other, state = impl.State(jnp.zeros(2)), getattr(impl, kind)(jnp.array(0.0))

    def f(x: Any) -> None:
        state.value = state.value + x

    mapping = impl.transform.vmap(f, **dict.fromkeys(named, other))
    for _ in range(2):
        with nothing_changes(impl, state, other), pytest.raises(impl.transform.BatchAxisError, match=rf"\b{kind}\b"):
            mapping(jnp.arange(2.0))


@check("mapping.older.states@1", needs=["mapping.state.sliced@1"])
def test_a_state_of_the_same_kind_and_value_is_not_named(impl: Any) -> None:
    named, twin = impl.ParamState(filled(3)), impl.ParamState(filled(3))
    mapping = impl.transform.vmap(lambda: (named.value, twin.value), in_states=[named], out_axes=(0, None))
    one, other = mapping()
    assert one.tolist() == other.tolist() == [0, 1, 2]


@check("mapping.older.states@1", needs=["mapping.random.lane-keys@1", "mapping.random.filters@1"])
@pytest.mark.parametrize("named", [False, True], ids=["not named", "named"])
def test_streams_part_as_in_any_mapping(impl: Any, named: bool) -> None:
    one, other = impl.random.RandomState(4), impl.random.RandomState(4)
    options = {"in_states": one, "out_states": [one]} if named else {}
    found = impl.transform.vmap(lambda x: (x, bits(one.split_key())), **options)(jnp.zeros(3))
    wanted = impl.transform.vmap2(lambda x: (x, bits(other.split_key())))(jnp.zeros(3))
    assert_but_weak(found, wanted)
    assert key_bits(one) == key_bits(other)


@check("mapping.older.states@1", needs=["mapping.size.states@1", "mapping.axis.reduce@1"])
def test_states_give_the_size_and_collectives_reduce(impl: Any) -> None:
    state = impl.State(filled(4))
    mapping = impl.transform.vmap(lambda: state.value - lax.pmean(state.value, "i"), in_states=state, axis_name="i")
    assert mapping().tolist() == [-1.5, -0.5, 0.5, 1.5]


@check("mapping.older.states@1", needs=["mapping.form.method@1"])
def test_it_decorates_a_method(impl: Any) -> None:
    state = impl.State(filled(3))

    class Users:
        by = 2

        @impl.transform.vmap(in_states=state)  # type: ignore[untyped-decorator]
        def of(self, x: Any) -> Any:
            return state.value * x + self.by

    assert Users().of(filled(3)).tolist() == [2, 3, 6]


# Trees of three states.
TREES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "a list": lambda a, b, c: [a, b, c],
    "a tuple": lambda a, b, c: (a, b, c),
    "a dictionary": lambda a, b, c: {"x": a, "y": b, "z": c},
    "lists of lists": lambda a, b, c: [[a], ([b], {"c": c})],
    "nothing beside": lambda a, b, c: [a, None, b, [], c],
    "a named tuple": lambda a, b, c: Pair(a, [b, c]),
    "a box": lambda a, b, c: [a, Boxed({"b": b, "c": c}, "mV")],
    "one of them twice": lambda a, b, c: [a, b, c, a],
    "one axis": lambda a, b, c: {0: [a, b, c]},
    "one axis, apart": lambda a, b, c: {0: {"a": a, "b": (b, [c])}},
}
# How many axes there are, and on which of them each of three states is declared.
ON_AXES: dict[str, tuple[Callable[[Any, Any, Any], Any], tuple[int, int, int]]] = {
    "two axes": (lambda a, b, c: {0: a, 1: [b, c]}, (0, 1, 1)),
    "three axes": (lambda a, b, c: {2: {"a": a}, 0: b, 1: (c,)}, (2, 0, 1)),
    "from the end": (lambda a, b, c: {-1: [a], 0: [b, {"c": [c]}]}, (-1, 0, 0)),
    "an empty one": (lambda a, b, c: {1: [a, b, c], 0: []}, (1, 1, 1)),
}


def three(impl: Any, *shape: int) -> list[Any]:
    return [impl.State(filled(*shape, start=n)) for n in (0, 10, 20)]


@check("mapping.older.trees@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize("name", TREES)
def test_states_of_a_tree_are_mapped_in_on_the_first_axis(impl: Any, name: str) -> None:
    states = three(impl, 3, 2)
    mapping = impl.transform.vmap(lambda: [state.value for state in states], in_states=TREES[name](*states))
    assert [leaf.tolist() for leaf in mapping()] == [state.value.tolist() for state in states]
    shapes: list[Any] = []
    again = impl.transform.vmap(
        lambda: shapes.extend(state.value.shape for state in states), in_states=TREES[name](*states)
    )
    again()
    assert shapes == [(2,)] * 3


@check("mapping.older.trees@1", needs=["mapping.state.out@1"])
@pytest.mark.parametrize("name", TREES)
def test_states_of_a_tree_are_declared_out_on_the_first_axis(impl: Any, name: str) -> None:
    states = three(impl, 2)

    def f(x: Any) -> None:
        for state in states:
            state.value = x * state.value

    impl.transform.vmap(f, out_states=TREES[name](*states))(jnp.arange(3.0))
    for n, state in enumerate(states):
        assert state.value.tolist() == (filled(3)[:, None] * filled(2, start=10 * n)).tolist()


@check("mapping.older.trees@1", needs=["mapping.state.sliced@1", "mapping.state.stays@1"])
@pytest.mark.parametrize("name", ON_AXES)
def test_states_are_mapped_in_and_out_on_the_axes_that_name_them(impl: Any, name: str) -> None:
    make, axes = ON_AXES[name]
    states, seen = three(impl, 4, 4, 4), list[Any]()

    def f(x: Any) -> Any:
        seen.append([state.value.shape for state in states])
        for state in states:
            state.value = state.value * x
        return [state.value for state in states]

    found = impl.transform.vmap(f, in_states=make(*states))(jnp.arange(4.0))
    for state, leaf, axis, start in zip(states, found, axes, (0, 10, 20), strict=True):
        moved = jnp.moveaxis(jnp.asarray(filled(4, 4, 4, start=start)), axis, 0) * jnp.arange(4.0)[:, None, None]
        assert leaf.tolist() == moved.tolist()
        assert state.value.tolist() == jnp.moveaxis(moved, 0, axis).tolist()
    assert seen[0] == [(4, 4)] * 3


@check("mapping.older.trees@1", needs=["mapping.state.out@1"])
@pytest.mark.parametrize("name", ON_AXES)
def test_states_are_declared_out_on_the_axes_that_name_them(impl: Any, name: str) -> None:
    make, axes = ON_AXES[name]
    states = three(impl, 2, 2)

    def f(x: Any) -> None:
        for state in states:
            state.value = state.value * x

    impl.transform.vmap(f, out_states=make(*states))(jnp.arange(3.0))
    for state, axis, start in zip(states, axes, (0, 10, 20), strict=True):
        lanes = filled(3)[:, None, None] * filled(2, 2, start=start)
        assert state.value.tolist() == jnp.moveaxis(jnp.asarray(lanes), 0, axis).tolist()


@check("mapping.older.trees@1", needs=["mapping.state.sliced@1", "mapping.state.stays@1"])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_state_may_be_named_for_both_on_one_axis(impl: Any, axis: int) -> None:
    state = impl.State(filled(3, 3))

    def f(x: Any) -> None:
        state.value = state.value + x

    impl.transform.vmap(f, in_states={axis: [state]}, out_states={axis: {"a": state}})(jnp.arange(3.0))
    assert state.value.tolist() == (filled(3, 3) + (filled(3)[:, None] if axis == 0 else filled(3))).tolist()


@check("mapping.older.trees@1")
@pytest.mark.parametrize("empty", [None, [], (), {}, {0: []}, {1: None}, [None, {}]], ids=repr)
def test_a_tree_without_states_declares_nothing(impl: Any, empty: Any) -> None:
    state = impl.State(filled(3))
    mapping = impl.transform.vmap(lambda x: x + state.value.sum(), in_states=empty, out_states=empty)
    assert mapping(jnp.arange(2.0)).tolist() == [3, 4]


def origin(x: Any) -> Any:
    return x


options = pytest.mark.parametrize("option", ["in_states", "out_states"])
# What is neither a state nor a tree of states, and the type that a message names.
NO_STATES: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "an integer": (lambda impl, s: 3, "int"),
    "a word": (lambda impl, s: "text", "str"),
    "a list with an integer": (lambda impl, s: [s, 3], "int"),
    "a dictionary with a word": (lambda impl, s: {"a": s, "b": ("text",)}, "str"),
    "on an axis": (lambda impl, s: {0: s, 1: [2.5]}, "float"),
    "an axis alone": (lambda impl, s: {0: 1}, "int"),
    "a kind": (lambda impl, s: type(s), ""),
    "a filter": (lambda impl, s: impl.util.filter.OfType(impl.State), "OfType"),
    "everything": (lambda impl, s: ..., "ellipsis"),
    "an array": (lambda impl, s: [jnp.ones(2)], "Array"),
    "what stands for one": (lambda impl, s: shaped((2,)), "ShapeDtypeStruct"),
    "a set": (lambda impl, s: {s}, "set"),
    "a function": (lambda impl, s: lambda path, state: True, "function"),
}


@check("mapping.error.older-states@1")
@makes
@options
@pytest.mark.parametrize("name", NO_STATES)
def test_what_is_no_state_is_not_named(impl: Any, way: Any, option: str, name: str) -> None:
    give, found = NO_STATES[name]
    state = impl.ParamState(jnp.ones(2))
    with nothing_changes(impl, state), pytest.raises(TypeError, match=found or type(give(impl, state)).__name__):
        way(impl)(origin, **{option: give(impl, state)})


# States that are named on two axes, in or out or in and out.
TWICE: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    "in": lambda a, b: {"in_states": {0: a, 1: a}},
    "in lists": lambda a, b: {"in_states": {0: [b, a], 1: {"x": (a,)}}},
    "out": lambda a, b: {"out_states": {1: [a], 0: [b, a]}},
    "from the end": lambda a, b: {"in_states": {0: a, -1: a}},
    "in and out": lambda a, b: {"in_states": a, "out_states": {1: [a, b]}},
    "out and in": lambda a, b: {"in_states": {1: [b, a]}, "out_states": [b, a]},
}


@check("mapping.error.older-states@1")
@makes
@pytest.mark.parametrize("kind", ["ParamState", "HiddenState"])
@pytest.mark.parametrize("name", TWICE)
def test_a_state_has_one_axis(impl: Any, way: Any, name: str, kind: str) -> None:
    a, b = getattr(impl, kind)(jnp.ones((2, 2))), getattr(impl, kind)(jnp.ones((2, 2)))
    with nothing_changes(impl, a, b), pytest.raises(ValueError, match=rf"\b{kind}\b"):
        way(impl)(origin, **TWICE[name](a, b))


@check("mapping.error.older-states@1")
@makes
def test_a_mapping_without_such_mistakes_is_made(impl: Any, way: Any) -> None:
    a, b = impl.ParamState(jnp.ones((2, 2))), impl.ParamState(jnp.ones((2, 2)))
    for given in ({0: a, 1: b}, {0: [a, a], 1: [b]}):
        mapping = way(impl)(origin, in_states=given, out_states=given)
        assert mapping(jnp.arange(2)).tolist() == [0, 1]


# Dictionaries that are neither of axes nor trees of states, and the type of the key that a message names.
ODD_KEYS: dict[str, tuple[Callable[[Any], dict[Any, Any]], str]] = {
    "none": (lambda s: {None: s}, "NoneType"),
    "none beside an axis": (lambda s: {0: s, None: []}, "NoneType"),
    "a boolean": (lambda s: {True: s}, "bool"),
    "a boolean beside a name": (lambda s: {"a": s, False: []}, "bool|str"),
    "a name beside an axis": (lambda s: {0: s, "a": []}, "str"),
    "a float beside an axis": (lambda s: {1: [], 0.5: s}, "float"),
}


@check("mapping.error.older-keys@1")
@makes
@options
@pytest.mark.parametrize("name", ODD_KEYS)
def test_a_key_is_an_axis_or_none_is(impl: Any, way: Any, option: str, name: str) -> None:
    give, found = ODD_KEYS[name]
    state = impl.ParamState(jnp.ones(2))
    with nothing_changes(impl, state), pytest.raises(TypeError, match=found):
        way(impl)(origin, **{option: give(state)})
