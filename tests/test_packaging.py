"""The wheel: built, installed in a fresh environment, and asked for a clause."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def ran(*words: str | Path, **options: Any) -> str:
    # Without the path of a checkout, which would be found before what is installed.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(list(map(str, words)), env=env, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "-w", out)
    ran(sys.executable, "-m", "pip", "wheel", *options, ROOT)
    return next(out.glob("brainspec-*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_three_rooms_and_the_pages(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())

    for room in ("reference", "optimized", "conformance"):
        assert f"brainspec_{room}/__init__.py" in names
        assert f"brainspec_{room}/py.typed" in names
    assert {f"brainspec_conformance/pages/{p.name}" for p in (ROOT / "spec").iterdir()} <= names
    assert "brainspec_conformance/schema/report-1.json" in names
    assert not [name for name in names if name.startswith(("tests", "tools", "spec"))]


@pytest.fixture
def home(wheel: Path, tmp_path: Path) -> Path:
    """The programs of an environment that has the wheel, and the dependencies of this one: so it needs no network."""
    venv.create(tmp_path / "env", with_pip=True)
    programs = tmp_path / "env" / "bin"
    purelib = ran(programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (Path(purelib) / "borrowed.pth").write_text("\n".join(ours) + "\n")
    options = ("--no-deps", "--no-index", "--force-reinstall", "--ignore-installed")
    ran(programs / "python", "-m", "pip", "install", *options, wheel)
    return programs


@pytest.mark.slow
def test_an_installed_wheel_cites_lints_and_judges(home: Path, tmp_path: Path):
    def brainspec(*words: str) -> str:
        return ran(home / "brainspec", *words, cwd=tmp_path)

    where = "import brainspec_conformance; print(brainspec_conformance.__file__)"
    assert str(home.parent) in ran(home / "python", "-c", where, cwd=tmp_path)
    assert "`WithTag(t)` MUST accept a value whose tag is the string `t`." in brainspec("cite", "filters.tag.equal")
    assert "no findings" in brainspec("lint")
    assert "conforms to" in brainspec("conform", "--impl", "reference", "--clauses", "filters.tag", "--workers", "1")
