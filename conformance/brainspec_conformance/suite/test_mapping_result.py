"""The checks of `spec/32-mapping.md`: what a mapping of an origin without states gives, which is what `jax.vmap` gives."""

import itertools
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import Boxed
from brainspec_conformance.suite.jit_material import assert_arrays
from brainspec_conformance.suite.mapping_material import bare, filled, lax

Pair = namedtuple("Pair", "a b")


def assert_as_jax(impl: Any, origin: Callable[..., Any], *args: Any, named: Any = None, **options: Any) -> None:
    """Two calls of a mapping give what `jax.vmap` gives."""
    mapping, wanted = impl.transform.vmap2(origin, **options), bare(origin, **options)(*args, **(named or {}))
    for _ in range(2):
        assert_arrays(mapping(*args, **(named or {})), wanted)


ROW = np.array([0.5, -1.0, 2.0], np.float32)

# What an origin gives for a number.
RESULTS: dict[str, Callable[[Any], Any]] = {
    "the argument": lambda x: x,
    "computed": lambda x: jnp.sin(x) * ROW,
    "weak": lambda x: 2.5,
    "weak and mapped": lambda x: x * 0 + 2,
    "int": lambda x: 3,
    "bool": lambda x: True,
    "complex": lambda x: x + 1j,
    "NumPy": lambda x: np.arange(3),
    "NumPy number": lambda x: np.int8(3),
    "compared": lambda x: x > 1,
    "short": lambda x: jnp.bfloat16(2) * jnp.asarray(x, jnp.bfloat16),
    "none": lambda x: None,
    "empty": lambda x: {},
    "tree": lambda x: {"b": [x, (None, 2 * x)], "a": ROW},
    "named tuple": lambda x: Pair(x, [1.0]),
    "box": lambda x: Boxed(x, "mV"),
    "empty array": lambda x: jnp.zeros((0, 2)) + x,
    "key": lambda x: jax.random.fold_in(jax.random.key(0), jnp.asarray(x, int)),
    "sorted": lambda x: jnp.sort(jnp.array([1.0, 2.0, 3.0]) * (2 - x)),
    "indexed": lambda x: jnp.arange(5)[jnp.asarray(x, int)],
}
ARGUMENTS: dict[str, Any] = {
    "floats": np.array([0.5, 1.0, 2.0], np.float32),
    "integers": np.array([3, 1], np.int32),
    "one": np.array([2.0], np.float32),
    "bytes": np.array([1, 2], np.uint8),
}


@check("mapping.result.lanes@1")
@pytest.mark.parametrize("origin", RESULTS.values(), ids=RESULTS)
@pytest.mark.parametrize("x", [ARGUMENTS["floats"], ARGUMENTS["one"]], ids=["three lanes", "one lane"])
def test_a_call_gives_what_jax_gives(impl: Any, origin: Any, x: Any) -> None:
    assert_as_jax(impl, origin, x)


@check("mapping.result.lanes@1")
@pytest.mark.parametrize("x", ARGUMENTS.values(), ids=ARGUMENTS)
@pytest.mark.parametrize("y", [2, 0.5, True, np.float16(2), ROW], ids=lambda y: type(y).__name__)
def test_types_are_those_of_jax(impl: Any, x: Any, y: Any) -> None:
    assert_as_jax(impl, lambda x, y: (x * y, x, y), x, y, in_axes=(0, None))


@check("mapping.result.lanes@1")
def test_weak_arrays_stay_weak(impl: Any) -> None:
    weak = jnp.broadcast_to(jnp.asarray(1.0), (3,))
    assert_as_jax(impl, lambda x, y: (x, x * 2, x + y), weak, jnp.int8([1, 2, 3]))


@check("mapping.result.lanes@1")
def test_collectives_without_states_are_those_of_jax(impl: Any) -> None:
    def origin(x: Any) -> Any:
        return x - lax.pmean(x, "i"), lax.axis_index("i")

    assert_as_jax(impl, origin, ROW, axis_name="i", axis_size=3)


@check("mapping.result.lanes@1")
def test_numbers_change_from_call_to_call(impl: Any) -> None:
    mapping = impl.transform.vmap2(lambda x, y: x * y, in_axes=(0, None))
    for n in range(4):
        assert mapping(jnp.arange(3) + n, n).tolist() == [n * n, (n + 1) * n, (n + 2) * n]


# Axes, and arguments that they fit; the origin adds up what it sees of each.
IN_AXES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "a number": (1, (filled(2, 3), filled(4, 3, 2))),
    "a negative number": (-1, (filled(2, 3), filled(3))),
    "a negative number of other ranks": (-2, (filled(3, 2), filled(2, 3, 4))),
    "a tuple": ((0, 1), (filled(3, 2), filled(2, 3))),
    "a list": ([1, 0], (filled(2, 3), filled(3, 2))),
    "none in a tuple": ((None, 0), (filled(2, 3), filled(3))),
    "numbers of Python": ((0, None, None), (filled(3), 2, 0.5)),
    "a tree": (({"a": 1, "b": None},), ({"a": filled(2, 3), "b": filled(2, 3)},)),
    "a prefix": (({"a": 1, "b": 0},), ({"a": filled(2, 3), "b": [filled(3), (filled(3, 2),)]},)),
    "a nested prefix": ((0, ([None, -1], 0)), (filled(3), ([filled(2), {"c": filled(2, 3)}], filled(3, 1)))),
    "a named tuple": ((Pair(0, None),), (Pair(filled(3), filled(2)),)),
    "none for a tree": ((0, None), (filled(3), {"a": filled(2), "b": 3})),
    "nothing": ((0, 0), (filled(3), {"a": None})),
    "a box": ((1,), (Boxed(filled(2, 3), "mV"),)),
    "an empty tuple": ((0, 0), (filled(3), ())),
    "raw keys": (0, (np.arange(6, dtype=np.uint32).reshape(3, 2),)),
    "many axes": (2, (filled(1, 2, 3, 1),)),
}


def sums(*args: Any) -> Any:
    return jax.tree.map(lambda leaf: (leaf, jnp.sum(leaf)), args)


@check("mapping.result.in-axes@1")
@pytest.mark.parametrize(("in_axes", "args"), IN_AXES.values(), ids=IN_AXES)
def test_axes_of_arguments_are_read_as_jax_reads_them(impl: Any, in_axes: Any, args: Any) -> None:
    assert_as_jax(impl, sums, *args, in_axes=in_axes)


@check("mapping.result.in-axes@1")
@pytest.mark.parametrize("in_axes", [None, (None,), [None], ({"a": None},)], ids=str)
def test_arguments_may_be_whole_in_every_lane(impl: Any, in_axes: Any) -> None:
    assert_as_jax(impl, sums, {"a": filled(2, 3)}, in_axes=in_axes, axis_size=4)


# Axes of three arguments and of two results, of three axes each.
ANY_AXES = [
    ((0, 1, 2), (0, 1)),
    ((1, -1, None), (2, -1)),
    ((2, 2, 0), (-2, 1)),
    ((-3, None, 1), (-3, 0)),
    ((-2, 0, -1), (1, None)),
    ((None, -2, -3), (0, -2)),
]


@check("mapping.result.in-axes@1", "mapping.result.out-axes@1")
@pytest.mark.parametrize(("axes", "outs"), ANY_AXES, ids=str)
@pytest.mark.parametrize("size", [1, 3])
def test_axes_of_several_arguments_are_read_as_jax_reads_them(impl: Any, axes: Any, outs: Any, size: int) -> None:
    def origin(x: dict[str, Any], z: Any) -> Any:
        return {
            "p": x["a"].sum() * filled(4, 5) + z.sum(),
            "q": filled(2, 3) if outs[1] is None else x["b"].ravel()[:2],
        }

    given = [filled(size, 2, 3) if axis is None else jnp.moveaxis(filled(size, 2, 3), 0, axis) for axis in axes]
    assert_as_jax(
        impl,
        origin,
        {"a": given[0], "b": given[1]},
        given[2],
        in_axes=({"a": axes[0], "b": axes[1]}, axes[2]),
        out_axes={"p": outs[0], "q": outs[1]},
    )


# Axes of the positional argument, and its shape.
KEYWORDS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "the first": (0, (3,)),
    "the second": (1, (2, 3)),
    "none": (None, (2,)),
    "none in a tuple": ((None,), (3,)),
    "in a list": ([1], (2, 3)),
}


@check("mapping.result.keywords@1")
@pytest.mark.parametrize(("in_axes", "shape"), KEYWORDS.values(), ids=KEYWORDS)
def test_named_arguments_are_mapped_on_the_first_axis(impl: Any, in_axes: Any, shape: Any) -> None:
    def origin(x: Any, *, y: Any, z: Any) -> Any:
        return x, y["a"][0] * 2, z - y["b"].sum()

    x, named = filled(*shape), {"y": {"a": [filled(3)], "b": filled(3, 2)}, "z": filled(3, 3)}
    assert_as_jax(impl, origin, x, named=named, in_axes=in_axes)
    assert_as_jax(impl, origin, x, named=dict(reversed(named.items())), in_axes=in_axes)


@check("mapping.result.keywords@1")
def test_named_arguments_alone_are_mapped(impl: Any) -> None:
    every: list[Any] = [0, 1, None, (), []]
    for in_axes in every:
        mapping = impl.transform.vmap2(lambda x, y=1: x * y, in_axes=in_axes)
        assert mapping(x=jnp.arange(3), y=jnp.arange(3)).tolist() == [0, 1, 4]
        assert mapping(y=jnp.arange(3), x=jnp.arange(3) + 1).tolist() == [0, 2, 6]
        assert mapping(x=jnp.arange(2)).tolist() == [0, 1]


# Axes of the results of `x`, an array of two numbers for each of three lanes.
OUT_AXES: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "a number": (1, lambda x: (x, {"a": x.sum() * jnp.ones((1, 4))})),
    "a negative number": (-1, lambda x: (x, x.sum(), jnp.ones((2, 4)) * x[0])),
    "the last but one": (-2, lambda x: [x, jnp.ones((2, 4)) * x[0]]),
    "a tuple": ((1, 0), lambda x: (x, x)),
    "a list": ([1, -1], lambda x: [x, x.sum()]),
    "a tree": ({"a": 1, "b": (0, None)}, lambda x: {"a": x, "b": (x, 3)}),
    "a prefix": ((1, {"b": -1}), lambda x: (([x], x), {"b": {"c": x, "d": x * 2}})),
    "none of numbers": ((None, 0), lambda x: ((1, 2.5, True, jnp.arange(2), ROW), x)),
    "none of all": (None, lambda x: {"a": 7, "b": jnp.zeros((2, 2))}),
    "an axis of what is not mapped": ((2, 1), lambda x: (jnp.zeros((2, 2)), ROW)),
    "of nothing": ((0, 0), lambda x: (None, x)),
    "of a named tuple": (Pair(1, None), lambda x: Pair(x, 1)),
    "of a box": (1, lambda x: Boxed(x, "mV")),
}


@check("mapping.result.out-axes@1")
@pytest.mark.parametrize(("out_axes", "origin"), OUT_AXES.values(), ids=OUT_AXES)
def test_axes_of_results_are_read_as_jax_reads_them(impl: Any, out_axes: Any, origin: Any) -> None:
    assert_as_jax(impl, origin, filled(3, 2), out_axes=out_axes)
    assert_as_jax(impl, origin, filled(1, 2), out_axes=out_axes)


@check("mapping.result.out-axes@1")
def test_what_is_the_same_in_each_lane_needs_no_axis(impl: Any) -> None:
    def origin(x: Any, y: Any) -> Any:
        return lax.pmax(x, "i"), y * 2, x + y

    assert_as_jax(impl, origin, filled(3), 2.0, in_axes=(0, None), out_axes=(None, None, 0), axis_name="i")


@check("mapping.result.order@1", needs=["mapping.result.lanes@1"])
def test_what_happens_in_one_lane_does_not_happen_in_others(impl: Any) -> None:
    def halvings(x: Any) -> Any:
        return lax.while_loop(lambda c: c[0] > 1, lambda c: (c[0] / 2, c[1] + 1), (x, 0))[1]

    def origin(x: Any) -> Any:
        return {
            "quotient": 1 / x,
            "root": jnp.sqrt(x),
            "halvings": halvings(x),
            "branch": lax.cond(x > 2, lambda: x * 10, lambda: -x),
            "slope": jax.grad(lambda y: jnp.where(y > 0, jnp.log(y), 0.0))(x),
        }

    xs = [4.0, 0.0, -1.0, 1024.0, float("nan"), 1.0, float("-inf")]
    together = impl.transform.vmap2(origin)(jnp.array(xs))
    for n, x in enumerate(xs):
        alone = jax.jit(origin)(jnp.float32(x))
        for name, out in together.items():
            np.testing.assert_allclose(out[n], alone[name], rtol=1e-5)


@check("mapping.result.order@1", needs=["mapping.result.lanes@1"])
def test_lanes_that_change_places_change_the_places_of_their_results(impl: Any) -> None:
    mapping = impl.transform.vmap2(lambda x: (x * x, jnp.cumsum(jnp.arange(3) * x)))
    xs = np.array([3, -1, 4, 1])
    squares, sums = mapping(xs)
    for order in itertools.permutations(range(4)):
        found = mapping(xs[np.array(order)])
        np.testing.assert_array_equal(found[0], squares[np.array(order)])
        np.testing.assert_array_equal(found[1], sums[np.array(order)])
