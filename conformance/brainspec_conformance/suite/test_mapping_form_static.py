"""The checks of `spec/32-mapping.md`: static arguments of mappings, and the functions with which they map."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_equal, is_traced, key_bits
from brainspec_conformance.suite.mapping_material import bare, filled, lax


def direct(impl: Any, origin: Callable[..., Any], **options: Any) -> Any:
    return impl.transform.StatefulMapping(origin, **options)


# How parameters of `f(x, n, y)` are declared static, and whether it is called with `n` and `y` by name.
STATIC: dict[str, tuple[dict[str, Any], bool]] = {
    "a number": ({"static_argnums": 1}, False),
    "a negative number": ({"static_argnums": -2}, False),
    "a tuple": ({"static_argnums": (1,)}, False),
    "a name": ({"static_argnames": "n"}, True),
    "a list of names": ({"static_argnames": ["n"]}, True),
    "a number, by name": ({"static_argnums": 1}, True),
    "a name, by position": ({"static_argnames": "n"}, False),
}


@check("mapping.form.static@1", needs=["mapping.result.keywords@1"])
@pytest.mark.parametrize(("options", "named"), STATIC.values(), ids=STATIC)
@pytest.mark.parametrize("axis", [0, 1])
def test_a_static_argument_reaches_the_origin_as_it_is(impl: Any, options: Any, named: bool, axis: int) -> None:
    seen: list[Any] = []

    def origin(x: Any, n: Any, y: Any) -> Any:
        seen.append((n, is_traced(x), is_traced(y)))
        return x * len(n) + y.sum()

    mapping = direct(impl, origin, in_axes=axis, **options)
    x, y = filled(3, 3), filled(3, 3, start=4.0)
    for n in ("text", ("a", 3), "text"):
        found = mapping(x, y=y, n=n) if named else mapping(x, n, y)
        plain = bare(lambda x, y: x * len(n) + y.sum(), in_axes=(axis, 0 if named else axis))  # noqa: B023
        assert_equal(found, plain(x, y))
    assert {n for n, *_ in seen} == {"text", ("a", 3)}
    assert all(traced == [True, True] for _, *traced in seen)


@check("mapping.form.static@1")
@pytest.mark.parametrize("entry", [0, None, -1, {"a": 0}], ids=str)
def test_axes_say_nothing_of_a_static_argument(impl: Any, entry: Any) -> None:
    seen: list[Any] = []
    n = (3, "text")

    def origin(x: Any, n: Any, y: Any) -> Any:
        seen.append(n)
        return x + y

    mapping = direct(impl, origin, in_axes=(0, entry, None), static_argnums=1)

    assert mapping(jnp.arange(2), n, 5).tolist() == [5, 6]
    assert all(each is n for each in seen)


@check("mapping.form.static@1")
def test_static_arguments_of_other_types_or_values_make_other_programs(impl: Any) -> None:
    mapping = direct(impl, lambda x, n: x * n, static_argnums=1, in_axes=(0, None))
    x = jnp.arange(3)
    for n in (1, True, 1.0, 2, 1, 2.0, True, 1.0):
        assert_equal(mapping(x, n), bare(lambda x: x * n)(x))  # noqa: B023


@check("mapping.form.static@1")
def test_static_arguments_alone_give_no_size(impl: Any) -> None:
    mapping = direct(impl, lambda n: jnp.zeros(n), static_argnums=0, axis_size=3)

    assert mapping(2).shape == (3, 2)
    assert mapping(4).shape == (3, 4)


@check("mapping.form.static@1", needs=["mapping.form.method@1"])
@pytest.mark.parametrize("options", [{"static_argnums": 2}, {"static_argnums": -1}, {"static_argnames": "n"}], ids=str)
def test_numbers_of_static_arguments_of_a_method_count_the_instance(impl: Any, options: Any) -> None:
    class Scale:
        by = 10

        def of(self, x: Any, n: Any) -> Any:
            return x * self.by * len(n)

    Scale.of = direct(impl, Scale.of, in_axes=(0, None), **options)  # type: ignore[method-assign]

    assert Scale().of(jnp.arange(3), "ab").tolist() == [0, 20, 40]


@check("mapping.form.static@1", needs=["jit.error.static-hash@1"])
def test_a_static_argument_can_be_hashed(impl: Any) -> None:
    mapping = direct(impl, lambda x, n: x, static_argnums=1)
    with pytest.raises(ValueError, match="list"):
        mapping(jnp.arange(2), [1])

    assert mapping(jnp.arange(2), (1,)).tolist() == [0, 1]


def wrapping(fun: Any, **options: Any) -> Any:
    """Means what `jax.vmap` means."""
    return jax.vmap(fun, **options)


class Mapper:
    """A callable of a user that means what `jax.vmap` means."""

    def __call__(
        self, fun: Any, in_axes: Any = 0, out_axes: Any = 0, axis_size: Any = None, axis_name: Any = None
    ) -> Any:
        return jax.vmap(fun, in_axes=in_axes, out_axes=out_axes, axis_size=axis_size, axis_name=axis_name)


MAPPERS: dict[str, Any] = {
    "partial": functools.partial(jax.vmap, spmd_axis_name=None),
    "function": wrapping,
    "instance": Mapper(),
    "pmap": jax.pmap,
}


@check("mapping.form.mapping-fn@1")
@pytest.mark.parametrize("mapper", MAPPERS.values(), ids=MAPPERS)
@pytest.mark.parametrize("size", [1, 2])
def test_what_maps_as_jax_does_changes_no_value(impl: Any, mapper: Any, size: int) -> None:
    if jax.local_device_count() < size:
        pytest.skip(f"{size} lanes need {size} devices where they are mapped by `pmap`")
    found = []
    for options in ({}, {"mapping_fn": mapper}):
        sliced, whole, grown = impl.State(filled(3, size)), impl.ParamState(jnp.ones(3)), impl.State(jnp.array(0.0))
        stream = impl.random.RandomState(1)

        def origin(x: Any, n: Any, *, y: Any) -> Any:
            sliced.value = sliced.value + whole.value * x["a"]  # noqa: B023
            whole.value = whole.value * 2  # noqa: B023
            grown.value = lax.psum(x["a"], "i") + y  # noqa: B023
            return stream.uniform(), {"n": n, "sum": sliced.value}  # noqa: B023

        mapping = direct(
            impl, origin, in_axes=({"a": 1}, None), out_axes=(0, {"n": None, "sum": 1}), axis_name="i", axis_size=size,
            state_in_axes={1: sliced}, state_out_axes={0: sliced}, **options
        )  # fmt: skip
        out = mapping({"a": filled(3, size)}, 2.5, y=jnp.arange(float(size)))
        found.append((out, [sliced.value, whole.value, grown.value], key_bits(stream)))

    assert_equal(found[1][:2], found[0][:2])
    assert found[1][2] == found[0][2]


def noting(made: list[Any], called: list[Any]) -> Callable[..., Any]:
    """Maps as `jax.vmap` does and notes how it was called, and how what it was given is."""

    def mine(fun: Any, **options: Any) -> Any:
        made.append(options)

        @functools.wraps(fun)
        def noted(*args: Any) -> Any:
            called.append(args)
            return fun(*args)

        return jax.vmap(noted, **options)

    return mine


@check("mapping.form.mapping-fn-called@1", needs=["mapping.form.mapping-fn@1"])
def test_what_maps_is_called_once_for_a_signature(impl: Any) -> None:
    made: list[Any] = []
    state = impl.State(jnp.zeros(()))
    mapping = direct(
        impl, lambda x, n: x * n + state.value, mapping_fn=noting(made, []), static_argnums=1, axis_name="lanes"
    )
    seen = []
    for x, n in [(3, 1), (3, 1), (4, 1), (3, 2), (4, 1), (3, 1)]:
        mapping(jnp.arange(x), n)
        seen.append(len(made))
    state.value = jnp.zeros(2)
    mapping(jnp.arange(3), 1)

    assert made == [] or (seen[:4] <= [1, 1, 2, 3] and seen[3:] == [seen[3]] * 3 and len(made) <= 4)
    for options in made:
        assert sorted(options) == ["axis_name", "axis_size", "in_axes", "out_axes"]
        assert options["axis_name"] == "lanes"


@check("mapping.form.mapping-fn-called@1", needs=["mapping.form.mapping-fn@1"])
def test_what_maps_is_given_a_function_of_arguments_states_and_keys(impl: Any) -> None:
    called: list[Any] = []
    state, stream = impl.State(jnp.zeros(3)), impl.random.RandomState(0)

    def origin(x: Any, n: str, y: Any, *, z: Any) -> Any:
        state.value = state.value + x
        return y["a"] + z + stream.uniform()

    mapping = direct(
        impl, origin, in_axes=(0, None, None), static_argnums=1, state_in_axes={0: state}, mapping_fn=noting([], called)
    )
    mapping(jnp.arange(3.0), "text", {"a": 1.0}, z=jnp.arange(3.0))

    for x, y, named, values, keys in called:
        assert (jnp.shape(x), list(y), list(named)) == ((), ["a"], ["z"])
        assert isinstance(named, dict)
        assert isinstance(values, tuple)
        assert isinstance(keys, tuple)
