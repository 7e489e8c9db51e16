"""`brainspec run`: a script sees what `python script.py` would show it, with an implementation in place."""

import sys
from pathlib import Path

import pytest
from brainspec_conformance.cli import cli
from brainspec_conformance.scripts import run_script
from click.testing import CliRunner

from tests.helpers import brainspec, write

USER = "import brainstate\nfrom brainstate.util.filter import OfType\nprint(OfType(int), brainstate.__name__)\n"


def script(folder: Path, text: str) -> str:
    return str(write(folder / "script.py", text))


def run(folder: Path, text: str, *args: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, ["run", "--impl", "reference", script(folder, text), *args])
    return done.exit_code, done.stdout, done.stderr


def test_a_script_finds_the_implementation(tmp_path: Path) -> None:
    assert run(tmp_path, USER) == (0, "OfType(<class 'int'>) brainspec_reference\n", "")


def test_arguments_are_passed_even_those_that_look_like_ours(tmp_path: Path) -> None:
    status, out, _ = run(tmp_path, "import sys\nprint(sys.argv[1:], __name__)\n", "a", "--impl", "b", "-h", "--")

    assert (status, out) == (0, "['a', '--impl', 'b', '-h', '--'] __main__\n")


def test_a_script_imports_from_its_own_folder(tmp_path: Path) -> None:
    write(tmp_path / "beside_it.py", "word = 'near'\n")

    assert run(tmp_path, "from beside_it import word\nprint(word)\n")[1] == "near\n"


@pytest.mark.parametrize(("code", "status"), [("7", 7), ("0", 0), ("None", 0), ("", 0), ("True", 1)])
def test_the_exit_status_is_the_script_s(tmp_path: Path, code: str, status: int) -> None:
    assert run_script(script(tmp_path, f"import sys\nsys.exit({code})\n"), []) == status


def test_the_text_of_an_exit_goes_to_stderr(tmp_path: Path) -> None:
    assert run(tmp_path, "import sys\nsys.exit('no such box')\n") == (1, "", "no such box\n")


def test_a_traceback_shows_the_user_s_frames_only(tmp_path: Path) -> None:
    status, _, err = run(tmp_path, "def f():\n    return 1 / 0\nf()\n")

    assert status == 1
    assert err.startswith(f'Traceback (most recent call last):\n  File "{tmp_path / "script.py"}", line 3, in <module>')
    assert err.endswith("ZeroDivisionError: division by zero\n")
    assert "brainspec" not in err
    assert "runpy" not in err


def test_a_traceback_shows_the_causes_without_our_frames(tmp_path: Path) -> None:
    text = "try:\n    import brainstate.nosuch\nexcept ImportError as error:\n    raise ValueError('mine') from error\n"
    _, _, err = run(tmp_path, text)

    assert "direct cause" in err
    assert "impersonation.py" not in err
    assert err.endswith("ValueError: mine\n")


def test_a_syntax_error_shows_its_line(tmp_path: Path) -> None:
    _, _, err = run(tmp_path, "x = (\n")

    assert f'File "{tmp_path / "script.py"}", line 1' in err
    assert "SyntaxError" in err


def test_arguments_and_path_are_restored(tmp_path: Path) -> None:
    argv, path = list(sys.argv), list(sys.path)
    run_script(script(tmp_path, "import sys\nsys.path.append('x')\nsys.argv.append('y')\n1 / 0\n"), ["z"])

    assert (argv, path) == (sys.argv, sys.path)


def test_an_implementation_that_cannot_be_loaded_exits_3(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["run", "--impl", "nosuch", script(tmp_path, "")])

    assert done.exit_code == 3
    assert "no implementation is called 'nosuch'" in done.stderr


def test_a_script_that_is_not_there_is_wrong_usage() -> None:
    assert CliRunner().invoke(cli, ["run", "--impl", "reference", "nosuch.py"]).exit_code == 2


@pytest.mark.slow
def test_a_script_runs_from_the_shell(tmp_path: Path) -> None:
    text = USER + "import pickle, sys\nclass Box: ...\npickle.loads(pickle.dumps(Box()))\nsys.exit(int(sys.argv[1]))\n"
    done = brainspec("run", "--impl", "optimized", script(tmp_path, text), "5", cwd=tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (5, "OfType(<class 'int'>) brainspec_optimized\n", "")
