"""The checks of `spec/32-mapping.md`: collectives over named axes."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays, jitted
from brainspec_conformance.suite.mapping_more_material import assert_as_vmap, both, mapped, rows

lax: Any = jax.lax
REDUCE: dict[str, Any] = {"psum": lax.psum, "pmean": lax.pmean, "pmax": lax.pmax, "pmin": lax.pmin}
reductions = pytest.mark.parametrize("name", REDUCE)
VALUES: dict[str, Callable[[], Any]] = {
    "floats": lambda: rows(3),
    "integers": lambda: jnp.array([3, 1, 2]),
    "matrices": lambda: rows(3, 2, 2),
    "one lane": lambda: rows(1, 2),
    "a tree": lambda: {"a": rows(3), "b": [rows(3, 2)]},
}
values = pytest.mark.parametrize("value", VALUES)


@check("mapping.axis.reduce@1", needs=["mapping.form.plain@1"])
@reductions
@values
def test_a_reduction_is_that_of_vmap(impl: Any, name: str, value: str) -> None:
    assert_as_vmap(impl, lambda x: (REDUCE[name](x, "i"), x), VALUES[value](), axis_name="i")


@check("mapping.axis.reduce@1", needs=["mapping.form.plain@1"])
@reductions
def test_what_is_not_mapped_is_reduced_too(impl: Any, name: str) -> None:
    reduce = REDUCE[name]
    assert_as_vmap(
        impl,
        lambda x, y: (reduce(y, "i"), reduce(x * y, "i"), x - reduce(x, "i")),
        rows(4, 2),
        rows(2),
        in_axes=(0, None),
        axis_name="i",
    )


@check("mapping.axis.reduce@1", needs=["mapping.form.plain@1"])
@pytest.mark.parametrize("in_axes", [1, -1, -2])
def test_a_reduction_is_over_the_axis_that_is_mapped(impl: Any, in_axes: int) -> None:
    assert_as_vmap(impl, lambda x: lax.psum(x, "i"), rows(2, 3), in_axes=in_axes, out_axes=-1, axis_name="i")


@check("mapping.axis.reduce@1", needs=["mapping.state.sliced@1"])
@reductions
def test_what_is_read_from_states_is_reduced(impl: Any, name: str) -> None:
    state, whole, reduce = impl.State(rows(2, 3)), impl.State(rows(2)), REDUCE[name]
    f = impl.transform.vmap2(
        lambda x: (reduce(state.value, "i"), reduce(whole.value + x, "i")), axis_name="i", state_in_axes={1: state}
    )
    for _ in range(2):
        plain = jax.vmap(lambda s, w, x: (reduce(s, "i"), reduce(w + x, "i")), in_axes=(1, None, 0), axis_name="i")
        assert_arrays(f(rows(3)), jax.jit(plain)(state.value, whole.value, rows(3)))
        state.value, whole.value = state.value * 2, whole.value * 3


@check("mapping.axis.index@1", needs=["mapping.form.plain@1"])
@pytest.mark.parametrize("size", [1, 3])
def test_a_lane_knows_its_number_and_their_number(impl: Any, size: int) -> None:
    seen: list[Any] = []

    def f(x: Any) -> Any:
        seen.extend([lax.axis_size("i"), lax.psum(1, "i"), lax.psum(3, "i")])
        return lax.axis_index("i"), x * seen[0], jnp.arange(lax.axis_size("i")) + lax.axis_index("i")

    assert_as_vmap(impl, f, rows(size, 2), in_axes=0, out_axes=(0, -1, 0), axis_name="i")
    assert seen[:3] == seen[3:6] == [size, size, 3 * size]
    assert [type(n) for n in seen] == [int] * len(seen)


@check("mapping.axis.index@1", needs=["mapping.form.plain@1"])
def test_a_size_that_is_given_is_known(impl: Any) -> None:
    f = impl.transform.vmap2(lambda: jnp.zeros(lax.psum(1, "i"), int) + lax.axis_index("i"), axis_name="i", axis_size=3)
    assert f().tolist() == [[0] * 3, [1] * 3, [2] * 3]


@check("mapping.axis.index@1", needs=["mapping.nest.mapping@1"])
def test_each_axis_has_an_index_and_a_size(impl: Any) -> None:
    def f(x: Any) -> Any:
        return 100 * lax.axis_index("i") + lax.axis_index("j") + 10 * lax.axis_size("i") * lax.axis_size("j") * x

    inner = impl.transform.vmap2(f, axis_name="j", axis_size=3, in_axes=None)
    found = impl.transform.vmap2(inner, axis_name="i")(jnp.ones(2, int))
    assert found.tolist() == [[60, 61, 62], [160, 161, 162]]


@check("mapping.axis.gather@1", needs=["mapping.form.plain@1"])
@pytest.mark.parametrize(
    "options", [{}, {"axis": 1}, {"axis": -1}, {"tiled": True}, {"axis": 1, "tiled": True}], ids=str
)
def test_gathering_is_that_of_vmap(impl: Any, options: Any) -> None:
    f = partial(lax.all_gather, axis_name="i", **options)
    assert_as_vmap(impl, lambda x, y: (f(x), f(x * y)), rows(3, 2, 2), rows(2, 2), in_axes=(0, None), axis_name="i")


@check("mapping.axis.gather@1", needs=["mapping.form.plain@1"])
def test_trees_and_what_is_not_mapped_are_gathered(impl: Any) -> None:
    def f(x: Any, y: Any) -> Any:
        return lax.all_gather({"x": x, "y": y, "i": lax.axis_index("i")}, "i")

    assert_as_vmap(impl, f, jnp.arange(3), rows(2), in_axes=(0, None), axis_name="i")


RINGS = {
    "a ring": [(0, 1), (1, 2), (2, 3), (3, 0)],
    "a swap": [(0, 1), (1, 0)],
    "one step": [(2, 0)],
    "nothing": [],
    "themselves": [(0, 0), (1, 1), (2, 2), (3, 3)],
}


@check("mapping.axis.permute@1", needs=["mapping.form.plain@1"])
@pytest.mark.parametrize("name", RINGS)
def test_lanes_send_to_lanes(impl: Any, name: str) -> None:
    x = {"a": rows(4), "b": 1 + jnp.arange(8).reshape(2, 4)}
    f = impl.transform.vmap2(
        lambda x: lax.ppermute(x, "i", RINGS[name]), in_axes=({"a": 0, "b": 1},), out_axes=0, axis_name="i"
    )
    wanted: dict[str, Any] = {"a": [0.0] * 4, "b": [[0, 0]] * 4}
    for source, target in RINGS[name]:
        wanted["a"][target] = x["a"].tolist()[source]
        wanted["b"][target] = x["b"].T.tolist()[source]
    for _ in range(2):
        assert jax.tree.map(lambda leaf: leaf.tolist(), f(x)) == wanted


@check("mapping.axis.exchange@1", needs=["mapping.form.plain@1"])
@pytest.mark.parametrize("tiled", [False, True])
@pytest.mark.parametrize("axes", [(0, 0), (0, 1), (1, 0), (1, 1)], ids=str)
def test_exchanging_is_that_of_vmap(impl: Any, axes: tuple[int, int], tiled: bool) -> None:
    size = 2
    x = rows(size, size, size, 3)
    assert_as_vmap(impl, lambda x: lax.all_to_all(x, "i", *axes, tiled=tiled), x, axis_name="i")


@check("mapping.axis.scatter@1", needs=["mapping.form.plain@1"])
@pytest.mark.parametrize("tiled", [False, True])
@pytest.mark.parametrize("dimension", [0, 1])
def test_scattering_is_that_of_vmap(impl: Any, dimension: int, tiled: bool) -> None:
    def f(x: Any) -> Any:
        return lax.psum_scatter(x, "i", scatter_dimension=dimension, tiled=tiled)

    assert_as_vmap(impl, f, rows(3, 6, 6) if tiled else rows(3, 3, 3), axis_name="i")


# Collectives over two axes. JAX's mappings around each other say what they give.
OVER: dict[str, Callable[[Any, Any], Any]] = {
    "psum": lambda x, names: lax.psum(x, names),
    "pmean": lambda x, names: lax.pmean(x, names),
    "pmax": lambda x, names: lax.pmax(x, names),
    "pmin of what is not mapped": lambda x, names: lax.pmin(3.0, names) + x,
    "index": lambda x, names: lax.axis_index(names),
    "size": lambda x, names: jnp.zeros(lax.axis_size(names)) + x,
}


def nested(vmap: Any, f: Any) -> Any:
    return vmap(vmap(f, axis_name="j"), axis_name="i")


@check("mapping.axis.several@1", needs=["mapping.nest.mapping@1", "mapping.axis.reduce@1"])
@pytest.mark.parametrize("names", [("i", "j"), ("j", "i"), ("j",)], ids=str)
@pytest.mark.parametrize("name", OVER)
def test_collectives_over_several_axes_are_those_of_vmap(impl: Any, name: str, names: tuple[str, ...]) -> None:
    def f(x: Any) -> Any:
        return OVER[name](x, names)

    wanted = jax.jit(nested(jax.vmap, f))(rows(2, 3))
    found = nested(impl.transform.vmap2, f)
    for _ in range(2):
        assert_arrays(found(rows(2, 3)), wanted)


@check("mapping.axis.several@1", needs=["mapping.nest.mapping@1", "mapping.axis.gather@1"])
@pytest.mark.parametrize("names", [("i", "j"), ("j", "i")], ids=str)
def test_lanes_of_several_axes_are_gathered_in_the_order_of_the_names(impl: Any, names: tuple[str, str]) -> None:
    f = nested(impl.transform.vmap2, lambda x: lax.all_gather(x, names).reshape(-1))
    x = rows(2, 3)
    wanted = (x if names == ("i", "j") else x.T).reshape(-1).tolist()
    assert f(x).reshape(6, 6).tolist() == [wanted] * 6


@check("mapping.axis.several@1", needs=["mapping.nest.mapping@1", "mapping.axis.reduce@1"])
def test_a_collective_over_one_of_three_axes_leaves_the_others(impl: Any) -> None:
    def three(vmap: Any) -> Any:
        def f(x: Any) -> Any:
            return [lax.psum(x, names) for names in ("i", "j", "k", ("k", "i"), ("i", "j", "k"))]

        return vmap(vmap(vmap(f, axis_name="k"), axis_name="j"), axis_name="i")

    x = rows(2, 3, 2)
    assert_arrays(three(impl.transform.vmap2)(x), jax.jit(three(jax.vmap))(x))


@check("mapping.axis.states@1", needs=["mapping.axis.reduce@1", "mapping.nest.states@1"])
def test_an_outer_collective_acts_on_states_of_an_inner_mapping(impl: Any) -> None:
    state, total = impl.State(rows(2, 3)), impl.State(jnp.zeros(()))

    @mapped(impl, in_axes=None, axis_size=3, axis_name="j", **both({0: state, None: total}))
    def inner(x: Any) -> Any:
        outer, every = lax.psum(state.value, "i"), lax.psum(state.value, ("i", "j"))
        state.value = state.value + x
        total.value = total.value + every
        return outer

    outer = mapped(impl, axis_name="i", **both({0: state, None: total}))(lambda x: inner(x))
    plain = state.value
    for n in (1, 2):
        found = outer(jnp.array([0.0, 1.0]))
        assert found.tolist() == [plain.sum(0).tolist()] * 2
        total.value = total.value - plain.sum()
        plain = plain + jnp.array([[0.0], [1.0]])
        assert state.value.tolist() == plain.tolist(), n
        assert total.value == 0.0


@check("mapping.axis.states@1", needs=["mapping.axis.reduce@1"])
def test_an_outer_collective_acts_in_a_jitted_function(impl: Any) -> None:
    state = impl.State(rows(3))
    inner = jitted(impl)(lambda x: lax.pmax(state.value, "i") + lax.axis_index("i") * x)
    f = impl.transform.vmap2(impl.transform.vmap2(inner), axis_name="i", state_in_axes={0: state})
    for _ in range(2):
        assert f(jnp.ones((3, 2))).tolist() == [[3.0] * 2, [4.0] * 2, [5.0] * 2]


@check("mapping.axis.spmd@1", needs=["mapping.form.plain@1"])
@pytest.mark.parametrize("name", [None, "data", ("data", "model")], ids=str)
def test_a_name_for_devices_changes_no_value(impl: Any, name: Any) -> None:
    state = impl.State(rows(2, 3))

    @mapped(impl, spmd_axis_name=name, axis_name="i", in_axes=(1, None), **both({1: state}))
    def f(x: Any, y: Any) -> Any:
        state.value = state.value + x * y
        return lax.psum(state.value, "i"), lax.axis_index("i")

    wanted = rows(2, 3)
    for _ in range(2):
        total, index = f(rows(2, 3), 2.0)
        wanted = wanted + 2 * rows(2, 3)
        assert total.tolist() == [wanted.sum(1).tolist()] * 3
        assert index.tolist() == [0, 1, 2]
        assert state.value.tolist() == wanted.tolist()
