"""Each law holds where nothing is wrong, and an implementation that breaks it is found, cut down and shown."""

from brainspec_conformance.programs import data, finding
from brainspec_conformance.programs.judging import Bench
from brainspec_conformance.programs.laws import LAWS
from brainspec_conformance.programs.reducing import Limit

from tests.conformance.programs.stand_in import AddsOne, implementation

FLOAT = data.Type("float32", (2,))


def counting(*steps: data.Step) -> data.Program:
    """A hidden state that a jitted method adds to."""
    body = (data.Read("v1", (".a",)), data.Apply("v2", "add", (data.Name("v1"), data.Name("x0"))))
    run = data.Method(
        "run", (data.Parameter("x0", FLOAT),), (*body, data.Write((".a",), data.Name("v2"))), (("", data.Name("v2")),)
    )
    held = data.StateField("HiddenState", data.Value(FLOAT, (0.0, 0.0)))
    root = data.ModuleClass("Net", (("a", held),), (), (run,))
    return data.Program((root,), (data.Transformed("f0", (), "run", data.Jit()),), steps)


def test_what_is_asked_of_a_jitted_function_alone_is_left_out_on_both_sides() -> None:
    one = data.Value(FLOAT, (1.0, 2.0))
    program = counting(data.Ahead("f0", "eval_shape", (one,)), data.Invoke("f0", (one,)))
    law = LAWS["jit = call"]
    sound, wrong = implementation(), implementation(AddsOne)

    assert Bench(sound, sound).judge(program, law).outcome == "equal"
    judged = Bench(wrong, wrong).judge(program, law)
    find = finding.pursue(Bench(wrong, wrong), program, judged, law, Limit(seconds=2))

    assert (find.difference.where, find.law) == ("root.a", LAWS["jit = call"])
    assert "eval_shape" not in find.script
    assert "transform.jit" not in find.script
