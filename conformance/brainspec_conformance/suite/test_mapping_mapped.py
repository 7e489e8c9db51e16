"""The checks of `spec/32-mapping.md`: which values count as mapped. What is mapped makes a state grow; what is not leaves its shape."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import finfo
from brainspec_conformance.suite.mapping_material import ARGUMENT, SIZE, Origin, is_mapped, lax, mapped

# What an origin makes of its argument.
DEPENDS: dict[str, Origin] = {
    "the argument": lambda x: x,
    "times zero": lambda x: x * 0,
    "a difference of what is the same": lambda x: x - x,
    "chosen and not taken": lambda x: jnp.where(True, 1.0, x),
    "chosen": lambda x: jnp.where(x > 5, 1.0, 1.0),
    "a comparison": lambda x: x == x,
    "rounded": lambda x: x.astype(int),
    "without a slope": lambda x: lax.stop_gradient(x),
    "a slope": lambda x: jax.grad(lambda y: y * x)(1.0),
    "an element": lambda x: jnp.arange(5)[x.astype(int)],
    "added to an array": lambda x: jnp.zeros(2).at[0].add(x),
    "what sends to the next": lambda x: lax.ppermute(x, "i", [(0, 1), (1, 2), (2, 0)]),
    "through a tuple": lambda x: (x, 5)[0] + 1,
    "the lane": lambda x: lax.axis_index("i"),
    "the lane times zero": lambda x: lax.axis_index("i") * 0,
    "a key of the lane": lambda x: jax.random.uniform(jax.random.fold_in(jax.random.key(0), lax.axis_index("i"))),
}
INDEPENDENT: dict[str, Origin] = {
    "a number": lambda x: 5.0,
    "a NumPy array": lambda x: np.ones(2),
    "a constant": lambda x: jnp.sin(jnp.arange(3.0)),
    "beside the argument": lambda x: (x * 2, jnp.ones(2))[1] + 1,
    "a draw from a given key": lambda x: jax.random.uniform(jax.random.key(0)),
    "the number of lanes": lambda x: lax.psum(1, "i"),
    "a loop over constants": lambda x: lax.fori_loop(0, 3, lambda n, c: c + n, 0),
    "asked of the argument in vain": lambda x: [jnp.sin(x), jnp.cos(1.0)].pop(),
}


@check("mapping.mapped.depends@1")
@pytest.mark.parametrize("give", DEPENDS.values(), ids=DEPENDS)
def test_what_depends_on_the_lane_is_mapped(impl: Any, give: Origin) -> None:
    assert is_mapped(impl, give) is True


@check("mapping.mapped.depends@1")
@pytest.mark.parametrize("give", INDEPENDENT.values(), ids=INDEPENDENT)
def test_what_does_not_depend_on_the_lane_is_not_mapped(impl: Any, give: Origin) -> None:
    assert is_mapped(impl, give) is False
    assert is_mapped(impl, give, unexpected_out_state_mapping="raise") is False


@check("mapping.mapped.depends@1")
@pytest.mark.parametrize("size", [1, 2, 0])
def test_the_number_of_lanes_does_not_matter(impl: Any, size: int) -> None:
    assert is_mapped(impl, lambda x: (x, x * 0, 1.0), jnp.ones(size)) == (True, True, False)


@check("mapping.mapped.depends@1", needs=["mapping.result.in-axes@1"])
def test_an_argument_without_an_axis_is_not_mapped(impl: Any) -> None:
    def give(x: Any, y: Any) -> Any:
        return x, y["a"], y["b"] + y["a"], y["b"]

    found = is_mapped(impl, give, ARGUMENT, {"a": 1.0, "b": ARGUMENT}, in_axes=(0, {"a": None, "b": 0}))
    assert found == (True, False, True, True)


@check("mapping.mapped.depends@1", needs=["mapping.state.sliced@1", "mapping.state.whole@1"])
def test_a_slice_of_a_state_is_mapped_and_a_whole_one_is_not(impl: Any) -> None:
    sliced, whole = impl.State({"a": ARGUMENT, "b": ARGUMENT}), impl.ParamState(ARGUMENT)

    def give(x: Any) -> Any:
        return sliced.value["a"], whole.value, whole.value * sliced.value["b"], whole.value.sum()

    assert is_mapped(impl, give, state_in_axes={0: sliced}) == (True, False, True, False)


@check("mapping.mapped.depends@1")
def test_what_a_state_was_given_in_the_lane_counts(impl: Any) -> None:
    through, constant = impl.State(0.0), impl.State(jnp.zeros(2))

    def give(x: Any) -> Any:
        before = through.value
        through.value, constant.value = x, jnp.ones(2)
        after = through.value
        through.value = 1.0
        return before, after, constant.value, through.value

    assert is_mapped(impl, give) == (False, True, False, False)


@check("mapping.mapped.depends@1")
def test_a_draw_is_mapped(impl: Any) -> None:
    stream = impl.random.RandomState(0)

    def give(x: Any) -> Any:
        key = jax.random.key_data(stream.value)[0]
        return key, stream.uniform(), impl.random.uniform() * 0, jax.random.key_data(stream.split_key())[0]

    assert is_mapped(impl, give) == (True, True, True, True)


@check("mapping.mapped.depends@1")
def test_a_draw_with_a_key_and_one_from_a_state_of_the_lane_are_not_mapped(impl: Any) -> None:
    stream = impl.random.RandomState(0)

    def give(x: Any) -> Any:
        own = impl.random.RandomState(1)
        return own.uniform(), own.uniform() * 2, stream.uniform(key=3), jax.random.key_data(own.value)[0]

    assert is_mapped(impl, give) == (False, False, False, False)


SHAPES: dict[str, Origin] = {
    "zeros like it": jnp.zeros_like,
    "ones like it": lambda x: jnp.ones_like(x) * 2,
    "full like it": lambda x: jnp.full_like(x, 7),
    "its length": lambda x: x.shape[0],
    "its rank": lambda x: jnp.array(x.ndim),
    "its size": lambda x: x.size * 1.0,
    "zeros of its shape": lambda x: jnp.zeros(x.shape, x.dtype),
    "broadcast to it": lambda x: jnp.broadcast_to(jnp.array(1.0), x.shape),
    "a number of its dtype": lambda x: jnp.array(1, x.dtype),
    "the largest of its dtype": lambda x: finfo(x.dtype).max,
    "counted along it": lambda x: jnp.arange(len(x)),
    "a square of its length": lambda x: jnp.eye(x.shape[-1]),
    "a shape of what is made of it": lambda x: jnp.ones((x @ jnp.ones((4, 2))).shape),
    "a shape that is asked for": lambda x: jnp.ones(jax.eval_shape(jnp.sum, x).shape),
}


@check("mapping.mapped.shape@1", needs=["mapping.mapped.depends@1"])
@pytest.mark.parametrize("give", SHAPES.values(), ids=SHAPES)
def test_what_depends_on_a_shape_or_dtype_is_not_mapped(impl: Any, give: Origin) -> None:
    assert is_mapped(impl, give, jnp.ones((SIZE, 4))) is False


@check("mapping.mapped.shape@1", needs=["mapping.mapped.depends@1", "mapping.state.sliced@1"])
def test_the_shape_of_a_slice_of_a_state_and_of_a_draw_is_not_mapped(impl: Any) -> None:
    state, stream = impl.State(jnp.ones((4, SIZE))), impl.random.RandomState(0)

    def give(x: Any) -> Any:
        return jnp.zeros_like(state.value), state.value.shape[0], jnp.ones_like(stream.uniform(size=2)), state.value

    assert is_mapped(impl, give, state_in_axes={1: state}) == (False, False, False, True)


# Reductions of a vector over the lanes.
REDUCED: dict[str, Callable[[Any, Any], Any]] = {
    "psum": lax.psum,
    "pmean": lax.pmean,
    "pmax": lax.pmax,
    "pmin": lax.pmin,
    "all_gather": lax.all_gather,
    "all_gather on another axis": lambda x, name: lax.all_gather(x, name, axis=1),
    "all_gather in one": lambda x, name: lax.all_gather(x, name, tiled=True),
}


@check("mapping.mapped.reduced@1", needs=["mapping.mapped.depends@1"])
@pytest.mark.parametrize("reduce", REDUCED.values(), ids=REDUCED)
@pytest.mark.parametrize("size", [1, 2])
def test_what_is_reduced_over_all_lanes_is_not_mapped(impl: Any, reduce: Any, size: int) -> None:
    def give(x: Any) -> Any:
        reduced = reduce(x, "i")
        return reduced, reduced * 2 + 1, jnp.sum(reduced) * x

    assert is_mapped(impl, give, jnp.ones((size, 4))) == (False, False, True)


@check("mapping.mapped.reduced@1", needs=["mapping.mapped.depends@1"])
def test_a_tree_is_reduced_leaf_by_leaf(impl: Any) -> None:
    def give(x: Any) -> Any:
        both = lax.psum({"a": x, "b": 2 * x}, "i")
        return both["a"], both["b"], lax.pmax(x, ("i",)), x

    assert is_mapped(impl, give) == (False, False, False, True)


@check("mapping.mapped.reduced@1", needs=["mapping.mapped.depends@1", "mapping.state.sliced@1"])
def test_slices_and_draws_and_lanes_are_reduced(impl: Any) -> None:
    state = impl.State(ARGUMENT)

    def give(x: Any) -> Any:
        return (
            lax.pmean(state.value, "i"),
            lax.pmin(impl.random.uniform(), "i"),
            lax.pmax(lax.axis_index("i"), "i"),
        )

    assert is_mapped(impl, give, state_in_axes={0: state}) == (False, False, False)


@check("mapping.mapped.reduced@1", needs=["mapping.mapped.depends@1"])
def test_each_of_two_mappings_is_reduced_for_itself(impl: Any) -> None:
    states = [impl.State(jnp.zeros(())) for _ in range(4)]

    @mapped(impl, axis_name="i")
    @mapped(impl, axis_name="j")
    def f(x: Any) -> None:
        for state, names in zip(states, ["i", "j", ("i", "j"), ()], strict=True):
            state.value = lax.psum(x, names) if names else x

    f(jnp.ones((2, 3)))
    assert [state.value.shape for state in states] == [(3,), (2,), (), (2, 3)]
    assert [float(state.value.ravel()[0]) for state in states] == [2, 3, 6, 1]
