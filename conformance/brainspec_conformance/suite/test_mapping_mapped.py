"""The checks of `spec/32-mapping.md`: which values count as mapped. What is mapped makes a state grow; what is not leaves its shape."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.mapping_material import Origin, mapped

SIZE = 3
ARGUMENT = jnp.array([2.0, 2.0, 2.0])  # lanes agree, which does not matter


def is_mapped(impl: Any, give: Origin, *args: Any, **options: Any) -> Any:
    """Which leaves of what a function of one argument gives are mapped: each is written to a state of its own."""
    found: list[Any] = []
    structure: list[Any] = []
    shapes: list[Any] = []
    states = [impl.State(jnp.zeros(())) for _ in range(4)]

    @mapped(impl, axis_name="i", **options)
    def origin(*args: Any) -> None:
        leaves, given = jax.tree.flatten(give(*args))
        structure[:], shapes[:] = [given], [jnp.shape(leaf) for leaf in leaves]
        for state, leaf in zip(states, leaves, strict=False):
            state.value = leaf

    origin(*(args or (ARGUMENT,)))
    size = jnp.shape(args[0])[0] if args else SIZE
    for state, shape in zip(states, shapes, strict=False):
        grown = jnp.shape(state.value)
        assert grown in (shape, (size, *shape)), f"{shape} became {grown}"
        found.append(grown != shape)
    return jax.tree.unflatten(structure[0], found)


# What an origin makes of its argument.
DEPENDS: dict[str, Origin] = {
    "the argument": lambda x: x,
    "times zero": lambda x: x * 0,
    "a difference of what is the same": lambda x: x - x,
    "chosen and not taken": lambda x: jnp.where(True, 1.0, x),
    "chosen": lambda x: jnp.where(x > 5, 1.0, 1.0),
    "a comparison": lambda x: x == x,
    "rounded": lambda x: x.astype(int),
    "without a slope": lambda x: jax.lax.stop_gradient(x),
    "a slope": lambda x: jax.grad(lambda y: y * x)(1.0),
    "an element": lambda x: jnp.arange(5)[x.astype(int)],
    "added to an array": lambda x: jnp.zeros(2).at[0].add(x),
    "what sends to the next": lambda x: jax.lax.ppermute(x, "i", [(0, 1), (1, 2), (2, 0)]),
    "through a tuple": lambda x: (x, 5)[0] + 1,
    "the lane": lambda x: jax.lax.axis_index("i"),
    "the lane times zero": lambda x: jax.lax.axis_index("i") * 0,
    "a key of the lane": lambda x: jax.random.uniform(jax.random.fold_in(jax.random.key(0), jax.lax.axis_index("i"))),
}
INDEPENDENT: dict[str, Origin] = {
    "a number": lambda x: 5.0,
    "a NumPy array": lambda x: np.ones(2),
    "a constant": lambda x: jnp.sin(jnp.arange(3.0)),
    "beside the argument": lambda x: (x * 2, jnp.ones(2))[1] + 1,
    "a draw from a given key": lambda x: jax.random.uniform(jax.random.key(0)),
    "the number of lanes": lambda x: jax.lax.psum(1, "i"),
    "a loop over constants": lambda x: jax.lax.fori_loop(0, 3, lambda n, c: c + n, 0),
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
    "the largest of its dtype": lambda x: jnp.finfo(x.dtype).max,
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
    "psum": jax.lax.psum,
    "pmean": jax.lax.pmean,
    "pmax": jax.lax.pmax,
    "pmin": jax.lax.pmin,
    "all_gather": jax.lax.all_gather,
    "all_gather on another axis": lambda x, name: jax.lax.all_gather(x, name, axis=1),
    "all_gather in one": lambda x, name: jax.lax.all_gather(x, name, tiled=True),
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
        both = jax.lax.psum({"a": x, "b": 2 * x}, "i")
        return both["a"], both["b"], jax.lax.pmax(x, ("i",)), x

    assert is_mapped(impl, give) == (False, False, False, True)


@check("mapping.mapped.reduced@1", needs=["mapping.mapped.depends@1", "mapping.state.sliced@1"])
def test_slices_and_draws_and_lanes_are_reduced(impl: Any) -> None:
    state = impl.State(ARGUMENT)

    def give(x: Any) -> Any:
        return (
            jax.lax.pmean(state.value, "i"),
            jax.lax.pmin(impl.random.uniform(), "i"),
            jax.lax.pmax(jax.lax.axis_index("i"), "i"),
        )

    assert is_mapped(impl, give, state_in_axes={0: state}) == (False, False, False)


@check("mapping.mapped.reduced@1", needs=["mapping.mapped.depends@1"])
def test_each_of_two_mappings_is_reduced_for_itself(impl: Any) -> None:
    states = [impl.State(jnp.zeros(())) for _ in range(4)]

    @mapped(impl, axis_name="i")
    @mapped(impl, axis_name="j")
    def f(x: Any) -> None:
        for state, names in zip(states, ["i", "j", ("i", "j"), ()], strict=True):
            state.value = jax.lax.psum(x, names) if names else x

    f(jnp.ones((2, 3)))
    assert [state.value.shape for state in states] == [(3,), (2,), (), (2, 3)]
    assert [float(state.value.ravel()[0]) for state in states] == [2, 3, 6, 1]


@jax.custom_jvp
def with_jvp(x: Any, y: Any) -> Any:
    return x * 2, y * 3


@with_jvp.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return with_jvp(*primals), tangents


@jax.custom_vjp
def with_vjp(x: Any, y: Any) -> Any:
    return x * 2, y * 3


with_vjp.defvjp(lambda x, y: (with_vjp(x, y), None), lambda _, cotangents: cotangents)


def swapped(carry: Any, _: Any) -> Any:
    return (carry[1], carry[0]), None


# Programs within a program: each gives a pair of which the first is mapped and the second is not.
NESTED: dict[str, Origin] = {
    "jit": lambda x: jax.jit(lambda x, y: (x + y, y * 2))(x, 1.0),
    "jit of a constant": lambda x: jax.jit(lambda x: (x, 3.0))(x),
    "jit in a jit": lambda x: jax.jit(lambda x: jax.jit(lambda x, y: (x, y))(x, 2.0))(x),
    "scan": lambda x: jax.lax.scan(lambda c, _: ((c[0] + x, c[1] + 1), None), (0.0, 0.0), None, length=2)[0],
    "outputs of a scan": lambda x: jax.lax.scan(lambda c, n: (c, (n * x, n * 2)), 0.0, jnp.arange(2.0))[1],
    "fori_loop": lambda x: jax.lax.fori_loop(0, 2, lambda n, c: (c[0] * x, c[1] + n), (1.0, 0)),
    "while_loop": lambda x: jax.lax.while_loop(lambda c: c[1] < 3, lambda c: (c[0] + x, c[1] + 1), (0.0, 0)),
    "a loop of no trips": lambda x: jax.lax.fori_loop(0, 0, lambda n, c: (c[0] * x, c[1] + n), (1.0, 0)),
    "a scan of no trips": lambda x: jax.lax.scan(lambda c, _: ((c[0] + x, c[1] + 1), None), (0.0, 0.0), None, length=0)[
        0
    ],
    "cond": lambda x: jax.lax.cond(jnp.ones(()) > 0, lambda: (1.0, 2.0), lambda: (x, 3.0)),
    "switch": lambda x: jax.lax.switch(
        jnp.int32(1), [lambda x: (x, 1.0), lambda x: (2.0, 3.0), lambda x: (4.0, 4.0)], x
    ),
    "custom_jvp": lambda x: with_jvp(x, 1.0),
    "custom_vjp": lambda x: with_vjp(x, 1.0),
    "a derivative": lambda x: jax.grad(lambda x, y: x**2 + y * 3, argnums=(0, 1))(x, 1.0),
    "a tangent": lambda x: jax.jvp(lambda y: (y * x, y * 3), (1.0,), (1.0,))[1],
    "vmap": lambda x: tuple(map(jnp.sum, jax.vmap(lambda y: (y + x, y * 2))(jnp.ones(2)))),
}


@check("mapping.mapped.nested@1", needs=["mapping.mapped.depends@1"])
@pytest.mark.parametrize("give", NESTED.values(), ids=NESTED)
def test_results_of_nested_programs_are_told_apart(impl: Any, give: Origin) -> None:
    assert is_mapped(impl, give) == (True, False)


@check("mapping.mapped.nested@1", needs=["mapping.mapped.depends@1"])
def test_what_goes_round_in_a_loop_is_followed(impl: Any) -> None:
    def give(x: Any) -> Any:
        both = jax.lax.scan(swapped, (x, 0.0), None, length=2)[0]
        late, last = jax.lax.fori_loop(0, 1, lambda _, c: (c[1], c[1]), (0.0, 1.0))
        a, *_ = jax.lax.fori_loop(0, 1, lambda _, c: (c[1], c[2], x), (0.0, 0.0, 0.0))
        return both[0], both[1], late + last, a

    assert is_mapped(impl, give) == (True, True, False, True)


@check("mapping.mapped.nested@1", needs=["mapping.mapped.depends@1", "mapping.state.through@1"])
def test_what_jitted_functions_write_is_told_apart(impl: Any) -> None:
    a, b = impl.State(jnp.array(0.0)), impl.State(jnp.array(0.0))

    @impl.transform.jit  # type: ignore[untyped-decorator]
    def inner(x: Any) -> Any:
        a.value, b.value = a.value + x, b.value + 1
        return x, b.value

    for n in (1, 2):
        a.value = jnp.array(0.0)
        assert is_mapped(impl, inner) == (True, False)
        assert [jnp.shape(a.value), b.value.tolist()] == [(SIZE,), n]


# What a mapped predicate decides, none of which would be mapped without it. What each branch hands on as it got it, JAX
# takes from before the branch, so there is none of that here.
BRANCHES: dict[str, Origin] = {
    "cond": lambda x: jax.lax.cond(x > 0, lambda: (1.0, 2.0), lambda: (1.0, 3.0)),
    "cond of operands": lambda x: jax.lax.cond(x > 0, lambda a, b: (a, b), lambda a, b: (b, a), 1.0, 2.0),
    "switch": lambda x: jax.lax.switch(x.astype(int), [lambda: (1.0, 2.0)] * 3),
    "while_loop": lambda x: jax.lax.while_loop(lambda c: c[0] < x, lambda c: (c[0] + 1, c[1] + 2), (0.0, 5.0)),
    "while_loop of its carry": lambda x: jax.lax.while_loop(
        lambda c: c[0] < 3, lambda c: (c[0] + x, c[1] + 1), (0.0, 5)
    ),
    "fori_loop": lambda x: jax.lax.fori_loop(0, x.astype(int), lambda n, c: (n, c[1] + 1), (0, 0.0)),
    "in a jit": lambda x: jax.jit(lambda x: jax.lax.cond(x > 0, lambda: (1.0, 2), lambda: (1.0, 2)))(x),
    "in a scan": lambda x: jax.lax.scan(
        lambda c, _: (jax.lax.cond(x > 0, lambda: c, lambda: (c[1], c[0])), None), (1.0, 2.0), None, length=1
    )[0],
}


@check("mapping.mapped.branch@1", needs=["mapping.mapped.depends@1"])
@pytest.mark.parametrize("give", BRANCHES.values(), ids=BRANCHES)
def test_what_a_mapped_predicate_decides_is_mapped(impl: Any, give: Origin) -> None:
    assert is_mapped(impl, give) == (True, True)


@check("mapping.mapped.branch@1", needs=["mapping.mapped.depends@1", "mapping.state.sliced@1"])
def test_predicates_of_slices_and_draws_are_mapped(impl: Any) -> None:
    state = impl.State(ARGUMENT)

    def give(x: Any) -> Any:
        return [
            jax.lax.cond(predicate, lambda: 1.0, lambda: 1.0)
            for predicate in (state.value > 0, impl.random.uniform() < 2, jax.lax.axis_index("i") < 5, jnp.ones(()) > 0)
        ]

    assert is_mapped(impl, give, state_in_axes={0: state}) == [True, True, True, False]
