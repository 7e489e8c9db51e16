"""What lanes do at mappings, branches, loops and collectives."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference import _jaxshim as shim
from brainspec_reference.engine.errors import (
    LaneVaryingCollectiveError,
    LaneVaryingOutputError,
    ReferenceUnsupported,
    UnknownAxisError,
)
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.record import Equation, Program, record, type_of
from jax import lax

from tests.reference.drivers import choose, mapped, program_of, run, run_lanes

X = np.array([1.0, -2.0, 3.0, -4.0], np.float32)
M = np.arange(12, dtype=np.float32).reshape(4, 3) / 8 - 0.5
S = np.arange(16, dtype=np.float32).reshape(4, 4) / 8


def as_vmap(fun: Callable[..., Any], *args: Any) -> bool:
    """Whether lanes along i give what jax.vmap gives."""
    expected = jax.tree.leaves(jax.jit(jax.vmap(fun, axis_name="i"))(*args))
    ours = run_lanes(fun, *args)
    return all(
        a.dtype == b.dtype and np.allclose(a, b, rtol=1e-6, atol=1e-6) for a, b in zip(ours, expected, strict=True)
    )


# ---- collectives ----

COLLECTIVES: dict[str, Callable[[Any], Any]] = {
    "psum": lambda x: lax.psum(x, "i"),
    "pmean": lambda x: lax.pmean(x, "i"),
    "pmax": lambda x: lax.pmax(x, "i"),
    "pmin": lambda x: lax.pmin(x, "i"),
    "psum of ints": lambda x: lax.psum(x.astype(int), "i"),
    "psum of a constant": lambda x: x / lax.psum(1, "i"),
    "all_gather": lambda x: lax.all_gather(x, "i"),
    "all_gather on axis 1": lambda x: lax.all_gather(x, "i", axis=1),
    "all_gather tiled": lambda x: lax.all_gather(x, "i", axis=0, tiled=True),
    "ppermute": lambda x: lax.ppermute(x, "i", [(0, 1), (1, 2), (2, 3), (3, 0)]),
    "pshuffle": lambda x: lax.pshuffle(x, "i", [3, 2, 1, 0]),
    "axis_index": lambda x: x + lax.axis_index("i"),
    "axis_size": lambda x: x * lax.axis_size("i"),
    "all_to_all": lambda x: lax.all_to_all(x, "i", 0, 0),
    "all_to_all to axis 1": lambda x: lax.all_to_all(x[:, None] * x, "i", 0, 1),
    "all_to_all tiled": lambda x: lax.all_to_all(x[:, None] * x, "i", 0, 1, tiled=True),
    "psum_scatter": lambda x: lax.psum_scatter(x, "i"),
    "psum_scatter tiled": lambda x: lax.psum_scatter(jnp.concatenate([x, x * 2]), "i", tiled=True),
}


@pytest.mark.parametrize("name", COLLECTIVES)
def test_a_collective_gives_what_vmap_gives(name: str) -> None:
    assert as_vmap(COLLECTIVES[name], S)


def on_two_axes(fun: Callable[[Any], Any]) -> Any:
    return run(mapped(mapped(fun, name="j"), name="i"), M)[0]


def test_reductions_over_two_axes_give_what_vmap_gives() -> None:
    def fun(x: Any) -> Any:
        return lax.psum(x, "j") * 2 + lax.pmax(x, ("i", "j")) + lax.axis_index("i") * 10 + lax.axis_index(("j", "i"))

    expected = jax.jit(jax.vmap(jax.vmap(fun, axis_name="j"), axis_name="i"))(M)

    assert np.allclose(expected, on_two_axes(fun), rtol=1e-6)


# vmap has no meaning for these over two axes; shard_map has, and gives the same: the first axis named is the slowest.
def test_gathering_over_two_axes_goes_in_the_order_of_their_names() -> None:
    assert np.array_equal(M.T.reshape(12), on_two_axes(lambda x: lax.all_gather(x, ("j", "i")))[2, 1])
    assert np.array_equal(M.reshape(12), on_two_axes(lambda x: lax.all_gather(x, ("i", "j")))[2, 1])


def test_scattering_over_two_axes_goes_in_the_order_of_their_names() -> None:
    pieces = (np.arange(12) * M.sum()).astype(np.float32)

    assert np.allclose(pieces.reshape(4, 3), on_two_axes(lambda x: lax.psum_scatter(jnp.arange(12.0) * x, ("i", "j"))))
    assert np.allclose(
        pieces.reshape(3, 4).T, on_two_axes(lambda x: lax.psum_scatter(jnp.arange(12.0) * x, ("j", "i")))
    )


def test_permuting_over_two_axes_goes_in_the_order_of_their_names() -> None:
    ours = on_two_axes(lambda x: lax.ppermute(x, ("i", "j"), [(k, (k + 5) % 12) for k in range(12)]))

    assert np.array_equal(np.roll(M.reshape(12), 5).reshape(4, 3), ours)


def test_a_mark_of_what_varies_changes_nothing() -> None:
    assert X.tolist() == run_lanes(lambda x: lax.pcast(x, "i", to="varying"), X)[0].tolist()


def test_a_broadcast_gives_every_lane_the_value_of_one() -> None:
    assert [3, 3, 3, 3] == run_lanes(lambda x: lax.pbroadcast(x, "i", 2), X)[0].tolist()


def test_groups_of_indices_are_summed_apart() -> None:
    (ours,) = run_lanes(lambda x: lax.psum(x, "i", axis_index_groups=[[0, 3], [1, 2]]), X)

    assert [-3, 1, 1, -3] == ours.tolist()


def test_a_lane_that_nobody_sends_to_gets_zeros() -> None:
    (ours,) = run_lanes(lambda x: lax.ppermute(x, "i", [(0, 2)]), X)

    assert [0, 0, 1, 0] == ours.tolist()


def test_a_bare_vmap_may_leave_its_own_axis_to_the_collective() -> None:
    def fun(row: Any) -> Any:
        return jax.vmap(lambda a: lax.psum(a, ("i", "j")) + lax.pmax(a, ("j", "i")), axis_name="j")(row)

    assert as_vmap(fun, M)


def test_a_sum_is_rounded_once() -> None:
    tiny = np.array([1.0, 2.0**-24, 2.0**-24, 2.0**-24], np.float32)

    assert np.float32(1 + 3 * 2.0**-24) == run_lanes(lambda x: lax.psum(x, "i"), tiny)[0][0]


def test_an_inner_axis_hides_an_outer_one_of_the_same_name() -> None:
    def fun(x: Any) -> Any:
        return mapped(lambda a: lax.psum(a, "i"), name="i")(x)

    ours = run(mapped(fun, name="i"), M)[0]
    gathered = run(mapped(mapped(lambda a: lax.all_gather(a, "i"), name="i"), name="i"), M)[0]
    sizes = run(mapped(mapped(lambda a: a * 0 + lax.axis_size("i"), name="i"), name="i"), M)[0]

    assert np.allclose(np.repeat(M.sum(1)[:, None], 3, 1), ours)
    assert np.array_equal(np.broadcast_to(M[:, None], (4, 3, 3)), gathered)
    assert np.array_equal(np.full((4, 3), 3), sizes)


def test_lanes_of_a_nameless_mapping_do_not_mix() -> None:
    ours = run(mapped(mapped(lambda x: lax.psum(x, "j"), name="j"), size=4), M)[0]

    assert np.allclose(np.repeat(M.sum(1)[:, None], 3, 1), ours)


# ---- collectives in control flow ----

UNIFORM: dict[str, Callable[[Any], Any]] = {
    "branch": lambda x: lax.cond(lax.psum(x, "i") > 0, lambda x: lax.psum(x, "i"), lambda x: lax.pmax(x, "i"), x),
    "loop": lambda x: lax.while_loop(lambda c: lax.pmax(c, "i") < 50, lambda c: c * 2 + lax.pmean(jnp.abs(c), "i"), x),
    "scan": lambda x: lax.scan(lambda c, _: (c * 0.5 + lax.psum(c, "i"), c), x, None, length=3),
    "fori": lambda x: lax.fori_loop(0, 3, lambda k, c: c * 0.5 + lax.pmean(c, "i") + k, x),
}


@pytest.mark.parametrize("name", UNIFORM)
def test_a_collective_where_all_lanes_agree_gives_what_vmap_gives(name: str) -> None:
    assert as_vmap(UNIFORM[name], X)


def in_a_branch(x: Any) -> Any:
    return lax.cond(x > 0, lambda x: lax.psum(x, "i"), lambda x: x * 0 + 100, x)


def in_a_loop(x: Any) -> Any:
    return lax.while_loop(lambda c: c[0] < c[1], lambda c: (c[0] + 1, c[1], lax.psum(c[0], "i")), (x * 0, abs(x), x))


def in_a_predicate(x: Any) -> Any:
    return lax.while_loop(lambda c: c < lax.pmean(x, "i"), lambda c: c + 1, x)


@pytest.mark.parametrize(("fun", "found"), [(in_a_branch, "2 of 4"), (in_a_loop, "3 of 4"), (in_a_predicate, "2 of 4")])
def test_a_collective_where_lanes_disagree_is_an_error(fun: Callable[[Any], Any], found: str) -> None:
    with pytest.raises(LaneVaryingCollectiveError, match=rf"{found} lanes arrive at `.*psum.*test_lanes\.py:\d+"):
        run_lanes(fun, X)


def test_lanes_may_disagree_along_an_axis_that_the_collective_leaves_alone() -> None:
    def fun(x: Any) -> Any:
        return lax.cond(lax.axis_index("j") == 0, lambda x: lax.psum(x, "i"), lambda x: x, x)

    ours = run(mapped(mapped(fun, name="i"), name="j"), M)[0]

    assert np.allclose(jax.vmap(jax.vmap(fun, axis_name="i"), axis_name="j")(M), ours)


def test_axis_index_needs_no_complete_set() -> None:
    assert as_vmap(lambda x: lax.cond(x > 0, lambda: lax.axis_index("i"), lambda: -1), X)


def test_an_axis_that_the_lanes_do_not_have_is_named() -> None:
    program = program_of(lambda x: lax.psum(x, "i"), X[0], axes={"i": 4})

    with pytest.raises(UnknownAxisError, match="'i'"):
        evaluate(program, [[X[0]]])


def test_a_program_for_more_lanes_than_are_given_finds_its_set_incomplete() -> None:
    program = program_of(lambda x: lax.psum(x, "i"), X[0], axes={"i": 4})

    with pytest.raises(LaneVaryingCollectiveError, match="2 of 4"):
        evaluate(program, [[X[0]], [X[1]]], coords=[{"i": 0}, {"i": 1}])


# ---- branches and loops ----


def test_lanes_split_at_a_branch_and_join() -> None:
    assert as_vmap(lambda x: lax.cond(x > 0, jnp.sin, jnp.cos, x) + 1, X)


def test_an_index_out_of_range_means_the_nearest_branch() -> None:
    def fun(k: Any) -> Any:
        return choose(k, [lambda: jnp.float32(10), lambda: jnp.float32(20)])

    assert [10, 10, 20, 20] == run_lanes(fun, np.array([-5, 0, 1, 7], np.int32))[0].tolist()


def test_a_branch_that_no_lane_takes_is_not_run() -> None:
    taken: list[str] = []

    def fun(x: Any) -> Any:
        return choose(np.int32(0), [jnp.sin, jnp.cos], x)

    run(fun, X, observe=lambda eqn, _, __: taken.append(eqn.op))

    assert ["sin", "cond"] == taken


def test_lanes_leave_a_loop_one_by_one() -> None:
    def fun(x: Any) -> Any:
        return lax.while_loop(lambda c: c[0] < 50, lambda c: (jnp.abs(c[0]) * 2 + 1, c[1] + 1), (x, 0))

    assert as_vmap(fun, X)


def test_a_loop_may_have_no_trips() -> None:
    assert as_vmap(lambda x: lax.while_loop(lambda c: c < -9, lambda c: c + 1, x), X)
    assert as_vmap(lambda x: lax.fori_loop(0, 0, lambda k, c: c + k, x), X)


def test_a_scan_of_length_zero_gives_arrays_of_length_zero() -> None:
    def fun(x: Any) -> Any:
        return lax.scan(lambda c, a: (c + a, (c, jnp.int32(1), jax.random.key(0))), x[0], x[:0])

    carry, floats, ints, keys = run(fun, X)

    assert (X[0], (0,), (0,)) == (carry, floats.shape, keys.shape)
    assert (np.dtype(np.int32), (0,)) == (ints.dtype, ints.shape)


def test_a_scan_may_run_backwards() -> None:
    assert as_vmap(lambda x: lax.scan(lambda c, a: (c * 0.5 + a, c), x[0], x, reverse=True), M)


def test_a_branch_in_a_loop_in_a_branch_splits_and_joins() -> None:
    def fun(x: Any) -> Any:
        def body(c: Any) -> Any:
            return lax.cond(c > 5, lambda c: c * 3, lambda c: c + 2, c)

        return lax.cond(x > 0, lambda x: lax.while_loop(lambda c: c < 40, body, x), lambda x: x, x)

    assert as_vmap(fun, X)


# ---- mappings ----


@pytest.mark.parametrize(("in_axes", "out_axes"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_a_mapping_slices_and_stacks_along_its_axes(in_axes: int, out_axes: int) -> None:
    fun = lambda x: x * 2 + x.sum()  # noqa: E731

    assert np.allclose(jax.vmap(fun, in_axes, out_axes)(M), run(mapped(fun, in_axes, out_axes), M)[0])


def test_an_argument_without_axis_goes_to_every_lane() -> None:
    ours = run(mapped(lambda a, b: a * b, in_axes=(0, None)), X, np.float32(3))[0]

    assert np.allclose(X * 3, ours)


def test_a_mapping_inside_lanes_multiplies_them() -> None:
    ours = run_lanes(lambda row: mapped(lambda a: a + lax.psum(a, ("i", "j")), name="j")(row), M)[0]

    assert np.allclose(M + M.sum(), ours)


def test_a_mapping_of_size_zero_has_shapes() -> None:
    ours = run(mapped(lambda x: (x[None] * 2).astype(jnp.int32)), M[:0])[0]

    assert ((0, 1, 3), np.int32) == (ours.shape, ours.dtype)


def test_a_mapping_of_size_zero_runs_everything_with_no_lanes() -> None:
    def fun(x: Any) -> Any:
        y = lax.while_loop(lambda c: c.sum() < 9, lambda c: c + lax.psum(c, "i"), x)
        z = lax.cond(y[0] > 0, jnp.sin, jnp.cos, y)
        return lax.scan(lambda c, a: (c + a, a), z[0], z)[1] + jax.random.normal(jax.random.key(0), (3,))

    assert (0, 3) == run(mapped(fun, name="i"), M[:0])[0].shape


def test_an_output_that_is_the_same_in_all_lanes_needs_no_axis() -> None:
    assert np.allclose(X.sum(), run(mapped(lambda x: lax.psum(x, "i"), out_axes=None, name="i"), X)[0])


def test_an_output_without_axis_that_differs_is_an_error() -> None:
    with pytest.raises(LaneVaryingOutputError, match=r"map.*test_lanes\.py:\d+|drivers\.py:\d+"):
        run(mapped(lambda x: x, out_axes=None), X)


def test_an_output_without_axis_of_no_lanes_is_unsupported() -> None:
    with pytest.raises(ReferenceUnsupported, match="size 0"):
        run(mapped(lambda x: jnp.float32(1), out_axes=None), X[:0])


@pytest.mark.slow
def test_keys_go_through_mappings_branches_and_loops() -> None:
    def fun(key: Any, x: Any) -> Any:
        first, second = jax.random.split(key)
        key = lax.cond(x > 0, lambda: first, lambda: second)
        key = lax.fori_loop(0, 2, lambda k, key: jax.random.fold_in(key, k), key)
        return jax.random.normal(key, (2,))

    keys = jax.random.split(jax.random.key(7), 4)

    assert np.allclose(jax.vmap(fun)(keys, X), run(mapped(fun), keys, X)[0], rtol=1e-6)


# ---- the two modes, and looking on ----


def test_shadow_mode_never_rounds() -> None:
    (ours,) = run(lambda x: (x + 1e8) - 1e8, np.float32(0.25), mode="shadow")

    assert (np.float64, 0.25) == (ours.dtype, ours)


def test_in_shadow_mode_inputs_constants_and_empty_stacks_are_wide_too() -> None:
    def fun(x: Any) -> Any:
        return x, jnp.float32(0.1), lax.scan(lambda c, a: (c, c * a), x[0], x[:0])[1]

    assert [np.dtype(np.float64)] * 3 == [y.dtype for y in run(fun, X, mode="shadow")]


def test_round_mode_rounds_each_operation() -> None:
    (ours,) = run(lambda x: (x + 1e8) - 1e8, np.float32(0.25))

    assert (np.float32, 0.0) == (ours.dtype, ours)


def test_shadow_mode_keeps_integers_and_keys() -> None:
    n, key = run(lambda x: (x.astype(jnp.int32), jax.random.key(1)), X, mode="shadow")

    assert (np.int32, ("a", "b")) == (n.dtype, key.dtype.names)


def test_an_observer_sees_each_equation_with_its_columns() -> None:
    seen: list[tuple[str, int, int]] = []

    def look(eqn: Equation, inputs: Any, outputs: Any) -> None:
        seen.append((eqn.op, len(inputs[0]), len(outputs[0])))

    run_lanes(lambda x: lax.cond(x > 0, jnp.sin, jnp.cos, x), X, observe=look)

    assert [("cos", 2, 2), ("sin", 2, 2), ("cond", 4, 4)] == seen[-3:]


def test_a_value_of_another_shape_is_refused() -> None:
    program = program_of(lambda x: x + 1, X)

    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        evaluate(program, [[X[:3]]])


def test_an_operation_without_a_rule_is_named_with_its_equation_and_line() -> None:
    def fun(x: Any) -> Any:
        jax.debug.print("{x}", x=x)
        return x

    with pytest.raises(ReferenceUnsupported, match=r"debug.*in equation `.*test_lanes\.py:\d+"):
        run(fun, X)


def test_any_other_error_carries_a_note_of_equation_and_line() -> None:
    program = program_of(lambda x: lax.scan(lambda c, a: (c + a, c * a), x[0], x), X)
    *others, last = program.equations
    broken = replace(program, equations=(*others, replace(last, inputs=(*last.inputs, last.inputs[0]))))

    with pytest.raises(IndexError) as caught:
        evaluate(broken, [[X]])
    (note,) = caught.value.__notes__
    assert "scan" in note
    assert "test_lanes.py" in note


def test_a_program_that_nobody_recorded_can_be_evaluated() -> None:
    program = record(lambda x: [x], [type_of(X)])
    empty = Program((), (), program.outputs[:0])

    assert [[], []] == evaluate(empty, [[], []])
    assert shim.with_shape(type_of(X), (2,)).shape == (2,)
