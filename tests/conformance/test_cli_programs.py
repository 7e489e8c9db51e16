"""`brainspec replay` and `brainspec run --against`: what is compared, what is printed, and the exit status."""

import json
from pathlib import Path

import pytest
from brainspec_conformance import cli
from brainspec_conformance.programs import data, keeping, suspecting
from brainspec_conformance.programs.keeping import Kept
from brainspec_conformance.programs.laws import LAWS
from brainspec_conformance.programs.suspecting import Suspect
from click.testing import CliRunner, Result

from tests.conformance.conftest import Packages
from tests.helpers import write

STAND_IN = """
from tests.conformance.programs import stand_in

wrong = stand_in.implementation(stand_in.GivesNothing).namespace
sound = stand_in.implementation().namespace
"""
ONE = data.Value(data.Type("float32"), (1.0,))
PARAMETER = data.Parameter("x0", None)
METHOD = data.Method("run", (PARAMETER,), (data.Constant("v1", ONE),), (("", data.Name("x0")),))
PROGRAM = data.Program(
    (data.ModuleClass("Net", (), (), (METHOD,)),),
    (data.Transformed("f0", (), "run", data.Jit()),),
    (data.Invoke("f0", (ONE,)), data.Seed(1)),
)
KEPT = Kept(PROGRAM, ("jit.result.same@1",), implementation="stand:wrong")


@pytest.fixture(autouse=True)
def _stand_ins(packages: Packages) -> None:
    packages({"stand.py": STAND_IN})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "find.json", keeping.to_json(KEPT))


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.cli, list(map(str, words)))


# ---- replay -------------------------------------------------------------------------------------------------------


def test_a_program_that_differs_is_shown_with_the_difference(file: Path) -> None:
    done = call("replay", file, "--oracle", "stand:sound")

    assert done.exit_code == 1
    assert "f0 = brainstate.transform.jit(root.run)" in done.output
    assert "step 0: structure of result: expected PyTreeDef(*), got PyTreeDef(None)" in done.output


def test_a_program_that_shows_the_same_exits_0(file: Path) -> None:
    done = call("replay", file, "--impl", "stand:sound", "--oracle", "stand:sound")

    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "equal")


def test_a_find_by_a_law_is_replayed_by_it(tmp_path: Path) -> None:
    path = write(tmp_path / "find.json", keeping.to_json(Kept(PROGRAM, law=LAWS["jit = call"])))

    assert call("replay", path, "--impl", "stand:wrong", "--oracle", "stand:sound").exit_code == 0  # no jit, no fault


def test_shrink_writes_what_is_left_beside_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Suspect("implementation", ("jit.result.same",), "it is")
    monkeypatch.setattr(suspecting, "suspect", lambda bench, program, charged: told)
    done = call("replay", file, "--oracle", "stand:sound", "--shrink")
    (place,) = file.parent.glob("*/repro.json")

    assert done.exit_code == 1
    assert len(keeping.read(place).program.steps) == 1
    assert "v1" not in done.output
    assert "suspect: implementation; it is" in done.output
    assert json.loads(place.read_text())["suspect"] == str(told)
    assert "jit.result.same@1" in place.with_name("repro.py").read_text()


@pytest.mark.parametrize(
    ("text", "words", "status", "told"),
    [
        ("no json", (), 2, "no program: JSONDecodeError"),
        ('{"schema": 1, "program": {}}', (), 2, "no program"),
        (keeping.to_json(KEPT).replace('"equal"', '"gravity"'), (), 2, "no law is called 'gravity'"),
        (keeping.to_json(Kept(PROGRAM)), (), 2, "names no implementation; say --impl NAME"),
        (keeping.to_json(KEPT), ("--impl", "nosuch"), 3, "no implementation is called 'nosuch'"),
        (keeping.to_json(KEPT), ("--keep", "x", "--clause", "no.such"), 2, "no clause matches 'no.such'"),
    ],
)
def test_wrong_files_and_words_are_refused(
    tmp_path: Path, text: str, words: tuple[str, ...], status: int, told: str
) -> None:
    done = call("replay", write(tmp_path / "find.json", text), *words)

    assert done.exit_code == status
    assert told in done.output


# ---- the corpus ---------------------------------------------------------------------------------------------------


def test_a_program_is_put_into_the_corpus_with_its_clauses(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "CORPUS", tmp_path / "corpus")
    done = call("replay", file, "--oracle", "stand:sound", "--keep", "nothing-given", "--clause", "jit.state.current")
    kept = keeping.read(tmp_path / "corpus/nothing-given.json")

    assert done.output.splitlines()[-1] == str(tmp_path / "corpus/nothing-given.json")
    assert (kept.program, kept.clauses) == (PROGRAM, ("jit.state.current@1",))
    again = call("replay", file, "--oracle", "stand:sound", "--keep", "nothing-given")
    assert again.exit_code == 2
    assert "is there already" in again.output


@pytest.mark.parametrize(
    ("kept", "name", "told"),
    [(KEPT, "Big Name", "no name of a stored program"), (Kept(PROGRAM), "name", "charged to 0 clauses")],
)
def test_what_would_guard_nothing_is_not_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Kept, name: str, told: str
) -> None:
    monkeypatch.setattr(keeping, "CORPUS", tmp_path)
    with pytest.raises(ValueError, match=told):
        keeping.add(kept, name)
    assert not list(tmp_path.glob("*.json"))


# ---- run --against ------------------------------------------------------------------------------------------------

MODEL = """
import brainstate, jax.numpy as jnp

class Counter(brainstate.nn.Module):
    def __init__(self):
        self.n = brainstate.HiddenState(jnp.zeros(()))
    def update(self, x):
        if x is None:
            raise LookupError("nothing to add")
        self.n.value = self.n.value + x
        return self.n.value

model = lambda: brainstate.transform.jit(Counter().update)
inputs = [(jnp.array(1.0),), (None,), (jnp.array(2.0),)]
"""


def test_a_model_is_compared_call_by_call(tmp_path: Path) -> None:
    path = write(tmp_path / "model.py", MODEL)
    same = call("run", "--impl", "stand:sound", path, "--against", "stand:sound")
    wrong = call("run", "--impl", "stand:wrong", "--against", "stand:sound", path)

    assert same.exit_code == 0, same.output
    assert same.output.splitlines()[:3] == ["call 0: the same", "call 1: the same", "call 2: the same"]
    assert wrong.exit_code == 1
    assert "call 0: step 0: structure of result" in wrong.output
    assert "call 1: the same" in wrong.output
    assert wrong.output.endswith("stand:wrong differs from stand:sound in 2 calls\n")


@pytest.mark.parametrize(
    ("text", "oracle", "status", "told"),
    [
        ("inputs = []", "stand:sound", 2, "has no function `model` or no list `inputs`"),
        (MODEL, "nosuch", 3, "no implementation is called 'nosuch'"),
    ],
)
def test_a_file_without_a_model_is_refused(tmp_path: Path, text: str, oracle: str, status: int, told: str) -> None:
    done = call("run", "--impl", "stand:sound", write(tmp_path / "model.py", text), "--against", oracle)

    assert done.exit_code == status
    assert told in done.output
