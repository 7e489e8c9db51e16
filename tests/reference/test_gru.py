"""A GRU step with a `pmean` in eight lanes: the engine's size of problem."""

from brainspec_reference.engine.check import check
from brainspec_reference.engine.show import show

from tools.show_gru import LANES, distance, evaluated, milliseconds, recorded


def test_its_program_is_well_formed_and_prints() -> None:
    program = recorded()
    check(program)

    assert "psum[axes=('i',)]" in show(program)


def test_it_agrees_with_jax_as_far_as_rounding_allows() -> None:
    assert distance(recorded()) <= 8


def test_eight_lanes_take_less_than_thirty_milliseconds() -> None:
    program = recorded()

    assert LANES == 8
    assert milliseconds(lambda: evaluated(program), times=5)[0] < 30
    assert milliseconds(recorded, times=5)[0] < 30
