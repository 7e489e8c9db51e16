"""What lanes do at branches, loops and mappings."""

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference import _jaxshim as shim
from brainspec_reference.engine.errors import (
    LaneVaryingOutputError,
    ReferenceUnsupported,
)
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.record import Equation, Program, record, type_of
from jax import lax

from tests.reference.drivers import as_vmap, choose, mapped, program_of, run, run_lanes

X = np.array([1.0, -2.0, 3.0, -4.0], np.float32)
M = np.arange(12, dtype=np.float32).reshape(4, 3) / 8 - 0.5


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


def test_an_output_without_axis_of_no_lanes_is_that_of_any_number() -> None:
    assert run(mapped(lambda x: jnp.float32(1), out_axes=None), X[:0])[0] == 1


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
        return jnp.linalg.eigh(jnp.outer(x, x))[0]

    with pytest.raises(ReferenceUnsupported, match=r"eigh.*in equation `.*test_lanes\.py:\d+"):
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
