"""The checks of `spec/32-mapping.md`: how mappings are made, and of what."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
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
