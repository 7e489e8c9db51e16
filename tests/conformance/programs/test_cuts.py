"""Every cut of a program is a program that can be written, stored and run, or is refused by the oracle; none is the program itself."""

import random
from collections.abc import Iterator

import pytest
from attrs import evolve
from brainspec_conformance.programs import cuts, data, drawing, render, stored
from brainspec_conformance.programs.judging import bench, quiet
from brainspec_conformance.programs.reducing import reduce
from brainspec_conformance.programs.run import observe


def cut(program: data.Program) -> Iterator[tuple[str, data.Program]]:
    for every in cuts.CUTS:
        for candidate in every(program):
            yield every.__name__, candidate


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_cuts_can_be_written_and_stored() -> None:
    met = set()
    for k in range(12):
        program = drawing.draw(random.Random(k), 5)
        for name, candidate in cut(program):
            met.add(name)
            compile(render.source(candidate), f"<{name}>", "exec")
            assert stored.from_json(stored.to_json(candidate)) == candidate

    assert met == {every.__name__ for every in cuts.CUTS}


@pytest.mark.slow
def test_cuts_run_or_are_refused() -> None:
    reference = bench("reference").oracle.namespace
    outcomes = []
    with quiet():
        for k in range(10):
            for _name, candidate in random.Random(k).sample(list(cut(drawing.draw(random.Random(k), 5))), 15):
                observed = observe(candidate, reference)
                outcomes.append(observed.failed is None and all(step.raised is None for step in observed.steps))

    assert outcomes.count(True) > len(outcomes) / 3
    assert outcomes.count(False) > 0


def test_what_shows_always_is_cut_down_to_nearly_nothing() -> None:
    reduced = reduce(drawing.draw(random.Random(3), 5), lambda candidate: True)

    assert reduced.finished
    assert reduced.program.steps == reduced.program.plan == ()
    assert len(reduced.program.classes) == 1


def test_a_part_is_dissolved_in_the_root() -> None:
    cell = data.ModuleClass("Cell", (("a0", data.StateField("State", data.Value(data.Type("float32"), (1.0,)))),))
    read = data.Method("run", (), (data.Read("v1", (".cells", "[0]", ".a0")),), (("", data.Name("v1")),))
    net = data.ModuleClass("Net", (("cells", data.ListField((data.PartField("Cell"),))),), methods=(read,))
    program = data.Program(
        (cell, net), (), (data.Put((".cells", "[0]", ".a0"), data.Value(data.Type("float32"), (2.0,))),)
    )

    (unwrapped,) = cuts.dissolved(program)
    (found,) = cuts.dissolved(unwrapped)

    assert [cls.name for cls in found.classes] == ["Net"]
    assert found.classes[0].fields == (("cells_a0", cell.fields[0][1]),)
    assert found.classes[0].methods[0].body == (data.Read("v1", (".cells_a0",)),)
    assert [step.place for step in found.steps] == [(".cells_a0",)]


def test_a_call_is_inlined() -> None:
    """With its arguments, at its place, under names of its own; what it gave is used as it stands there."""
    add = data.Apply("v1", "loose_shift", (data.Name("x0"), data.Literal(0.5)))
    write = data.Write((".a0",), data.Name("v1"))
    step = data.Method("step", (data.Parameter("x0", None),), (add, write), (("r0", data.Name("v1")),))
    call = data.Call("v1", (".cell",), "step", (data.Literal(2),), "r0")
    run = data.Method("run", (), (call,), (("", data.Name("v1")),))
    cell = data.ModuleClass("Cell", (), methods=(step,))
    net = data.ModuleClass("Net", (("cell", data.PartField("Cell")),), methods=(run,))

    (found,) = cuts.inlined(data.Program((cell, net), (), ()))

    assert found.classes[0].methods == ()  # nothing else called it
    (method,) = found.classes[1].methods
    assert method.body == (
        data.Apply("v1_", "loose_shift", (data.Literal(2), data.Literal(0.5))),
        data.Write((".cell", ".a0"), data.Name("v1_")),
    )
    assert method.result == (("", data.Name("v1_")),)


def test_a_container_in_a_state_becomes_a_bare_value() -> None:
    value = data.Value(data.Type("float32"), (1.0,))
    field = data.StateField("State", data.Tree((("p", value), ("q", value))))
    read = data.Method("run", (), (data.Read("v1", (".a0",), "q"),), (("", data.Name("v1")),))
    net = data.ModuleClass("Net", (("a0", field),), methods=(read,))

    *_others, found = cuts.bared(data.Program((net,), (), (data.Put((".a0",), field.value),)))

    assert found.classes[0].fields == (("a0", data.StateField("State", value)),)
    assert found.classes[0].methods[0].body == (data.Read("v1", (".a0",)),)
    assert found.steps == (data.Put((".a0",), value),)


def test_a_parameter_is_cut_out_of_its_calls_and_marks() -> None:
    """By position and by name, in the plan, in a call of another method, and above the method, where the instance counts."""
    mark = data.Jit(static_argnums=(0, 1))
    step = data.Method(
        "step", (data.Parameter("x0", None), data.Parameter("x1", None)), (), (("", data.Name("x1")),),
        data.Jit(static_argnums=(1, 2), static_argnames=("x0", "x1")),
    )  # fmt: skip
    call = data.Call("v1", (), "step", (data.Literal(1), data.Literal(2)), transform=mark)
    run = data.Method("run", (), (call,), (("", data.Name("v1")),))
    plan = data.Transformed("f0", (), "step", data.Jit(donate_argnums=1, static_argnames="x0"))
    steps = (data.Invoke("f0", (1, 2)), data.Invoke("f0", (), (("x1", 2), ("x0", 1))))
    program = data.Program((data.ModuleClass("Net", (), methods=(step, run)),), (plan,), steps)

    found = cuts.without_argument(program, step, 0)

    (method, caller) = found.classes[0].methods
    assert method.transform == data.Jit(static_argnums=(1,), static_argnames=("x1",))
    assert caller.body == (evolve(call, atoms=(data.Literal(2),), transform=data.Jit(static_argnums=(0,))),)
    assert found.plan[0].transform == data.Jit(donate_argnums=(0,))
    assert found.steps == (data.Invoke("f0", (2,)), data.Invoke("f0", (), (("x1", 2),)))
