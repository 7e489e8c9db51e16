"""The wheel: built, installed in a fresh environment, and asked for a clause."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    words = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        str(out),
        str(ROOT),
    ]
    subprocess.run(words, check=True, capture_output=True)
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


@pytest.mark.slow
def test_an_installed_wheel_cites_lints_and_judges(wheel: Path, tmp_path: Path):
    home = tmp_path / "env"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    # The dependencies are those of this environment, so that the test needs no network.
    purelib = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (Path(purelib.stdout.strip()) / "borrowed.pth").write_text("\n".join(ours) + "\n")
    install = [
        str(python),
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-index",
        "--force-reinstall",
        "--ignore-installed",
    ]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)

    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # which may name a checkout

    def brainspec(*words: str) -> str:
        ran = subprocess.run(
            [str(home / "bin" / "brainspec"), *words],
            cwd=tmp_path, env=alone, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    where = subprocess.run(
        [str(python), "-c", "import brainspec_conformance; print(brainspec_conformance.__file__)"],
        cwd=tmp_path, env=alone, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(home) in where.stdout
    assert "`WithTag(t)` MUST accept a value whose tag is the string `t`." in brainspec("cite", "filters.tag.equal")
    assert "no findings" in brainspec("lint")
    assert "conforms to" in brainspec("conform", "--impl", "reference", "--clauses", "filters.tag", "--workers", "1")
