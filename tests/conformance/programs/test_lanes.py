"""What a lane of a mapping sees, and what programs with mappings hold."""

import random

import pytest
from attrs import evolve
from brainspec_conformance.programs import data, drawing, lanes, mappings, scope
from brainspec_conformance.programs.bodies import Writer
from brainspec_conformance.programs.choosing import Choosing
from brainspec_conformance.programs.laws import LAWS
from brainspec_conformance.programs.reach import Around, Callee, Level, StatePlace, Touched
from brainspec_conformance.programs.reducing import reduce, tidy
from brainspec_conformance.programs.reproducing import devices
from brainspec_conformance.programs.sight import seen
from brainspec_conformance.programs.statements.calls import callable_
from brainspec_conformance.programs.values import Type

LEVEL = Level(1, 2, "axis")
KIND = data.Filter("kind", "ParamState")


def state(*shape: int, kind: str = "ParamState", loose: bool = False) -> StatePlace:
    return StatePlace((".a",), ((None, Type("float32", shape)),), True, loose, kind=kind)


def lane(s: StatePlace, **options: object) -> StatePlace | None:
    """The state as a lane of two sees it; None if it does not."""
    made = evolve(data.Mapped(lanes=2), **options)
    return next(iter(seen(Around((s,)), LEVEL, made).states), None)


def on(axis: int | None) -> tuple[data.OnAxis, ...]:
    return (data.OnAxis(axis, (KIND,)),)


def shape(s: StatePlace | None) -> tuple[int, ...] | None:
    return None if s is None else s.entries[0][1].shape


def test_a_state_that_is_mapped_in_is_seen_as_its_slice_and_may_be_written() -> None:
    found = lane(state(3, 2), state_in_axes=on(1))

    assert found is not None
    assert (shape(found), found.levels, found.free, found.writable) == ((3,), {1}, {1}, True)


@pytest.mark.parametrize("s", [state(), state(3), state(2, loose=True), evolve(state(2), deep=True)])
def test_a_state_that_does_not_fit_is_not_seen(s: StatePlace) -> None:
    assert lane(s, state_in_axes=on(0)) is None


def test_a_filter_says_nothing_of_other_kinds() -> None:
    assert shape(lane(state(3, kind="HiddenState"), state_in_axes=on(0))) == (3,)


def test_a_state_that_would_change_its_type_is_only_read() -> None:
    moves, stays = (lane(s, state_in_axes=on(0), state_out_axes=on(1)) for s in (state(2, 3), state(2, 2)))
    unmapped = lane(state(2), state_in_axes=on(0), state_out_axes=on(None))

    assert [s is not None and s.writable for s in (moves, stays, unmapped)] == [False, True, False]


def test_a_state_that_is_declared_out_alone_takes_slices() -> None:
    found = lane(state(2, 3), state_out_axes=on(0))

    assert found is not None
    assert (shape(found), found.becomes, found.free) == ((2, 3), ((None, Type("float32", (3,))),), {1})


@pytest.mark.parametrize(("policy", "free"), [("ignore", {1}), ("warn", {1}), ("raise", set())])
def test_a_loose_state_grows_where_none_minds(policy: str, free: set[int]) -> None:
    found = lane(state(loose=True), unexpected_out_state_mapping=policy)

    assert found is not None
    assert found.free == free


def test_a_lane_calls_no_method_that_touches_what_it_sees_otherwise() -> None:
    method = data.Method("step", (), (), ())
    reads, looks = (
        Callee((), method, (), touched=Touched(frozenset({(".a",)}))),
        Callee((), method, (), touched=Touched(whole=True)),
    )
    around = Around((state(2),), callees=(reads, looks))

    assert seen(around, LEVEL, data.Mapped(lanes=2)).callees == (reads, looks)
    assert seen(around, LEVEL, data.Mapped(lanes=2, state_in_axes=on(0))).callees == ()


def test_a_method_that_draws_and_writes_is_called_where_the_state_may_differ_between_lanes() -> None:
    place = frozenset({(".a",)})
    callee = Callee((), data.Method("step", (), (), ()), (), touched=Touched(place, place, draws=True))
    same, free = state(), evolve(state(), free=frozenset({1}))
    writers = [
        Writer(Choosing(random.Random(0)), Around((s,), callees=(callee,)), levels=(LEVEL,)) for s in (same, free)
    ]

    assert [callable_(writer) for writer in writers] == [[], [callee]]


# ---- programs -----------------------------------------------------------------------------------------------------


def mapped(program: data.Program) -> list[data.Mapped]:
    return [x for x in scope.everything(program) if isinstance(x, data.Mapped)]


def test_programs_have_lanes_on_as_many_devices_as_there_are() -> None:
    most = {}
    for there in (1, 4):
        programs = [drawing.draw(random.Random(k), devices=there) for k in range(150)]
        most[there] = max(m.lanes for program in programs for m in mapped(program) if m.how == "pmap2")

    assert most == {1: 1, 4: 3}


def test_no_parallel_mapping_is_inside_another() -> None:
    for k in range(60):
        around = Around((state(2), state(2, kind="HiddenState")))
        *_inside, callee = lanes.family(Choosing(random.Random(k), devices=4), around, lanes.Body("run", 4))
        parallel = callee.mapping is not None and callee.mapping.how == "pmap2"
        called = [
            x
            for s in callee.method.body
            if isinstance(s, data.Call)
            for x in [s.transform]
            if isinstance(x, data.Mapped)
        ]
        assert not parallel or all(m.how != "pmap2" for m in called)


def test_a_mapping_is_cut_down_to_vmap2_without_options() -> None:
    programs = (tidy(drawing.draw(random.Random(k), 4)) for k in range(99))
    program = next(p for p in programs if any(m.names_states for m in mapped(p)))
    found = reduce(program, lambda candidate: any(m.lanes for m in mapped(candidate)))

    (left,) = mapped(found.program)
    assert left == data.Mapped(lanes=left.lanes)


def test_a_mapping_that_has_lost_a_parameter_has_lost_its_axis() -> None:
    m = data.Mapped("StatefulMapping", 2, in_axes=(0, None, 1), static_argnums=2)

    assert mappings.without(m, 1, "x1", first=0) == evolve(m, in_axes=(0, 1), static_argnums=(1,))
    assert mappings.without(m, 0, "x0", first=1) == evolve(m, in_axes=(None, 1), static_argnums=(1,))


def test_a_script_shows_jax_the_devices_that_its_lanes_need() -> None:
    root = data.ModuleClass("Net", (), methods=(data.Method("run", (), (), ()),))
    plan = data.Transformed("f0", (), "run", data.Mapped("pmap2", 3, axis_size=3))
    program = data.Program((root,), (plan,), (data.Invoke("f0", ()),))

    assert 'jax.config.update("jax_num_cpu_devices", 3)' in devices(program)
    assert devices(evolve(program, plan=())) == ""


def test_a_state_that_a_mapping_of_the_plan_names_stays_where_it_is() -> None:
    for k in range(300):
        program = drawing.draw(random.Random(k), 4)
        named = {p for t in program.plan for x in scope.everything(t) if isinstance(x, data.OnAxis) for p in x.states}
        replaced = [s.place for s in program.steps if isinstance(s, data.Replace)]
        assert named.isdisjoint(replaced)
        assert not (named and any(isinstance(s, data.Again) and s.what == "init_all_states" for s in program.steps))


def test_the_law_about_slices_speaks_of_enough_programs() -> None:
    law = LAWS["lane = slice"]
    spoken = [p for k in range(150) if (p := law.changed(law.base(drawing.draw(random.Random(k), 6)))) is not None]

    assert len(spoken) >= 4
    assert all("= apart(" in law.written(p) for p in spoken)
