"""What lanes do at collectives, alone and in branches and loops."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.errors import (
    LaneVaryingCollectiveError,
    UnknownAxisError,
)
from brainspec_reference.engine.lanes import evaluate
from jax import lax

from tests.reference.drivers import as_vmap, mapped, program_of, run, run_lanes

X = np.array([1.0, -2.0, 3.0, -4.0], np.float32)
M = np.arange(12, dtype=np.float32).reshape(4, 3) / 8 - 0.5
S = np.arange(16, dtype=np.float32).reshape(4, 4) / 8


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
    with pytest.raises(LaneVaryingCollectiveError, match=rf"{found} lanes arrive at `.*psum.*test_collectives\.py:\d+"):
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
