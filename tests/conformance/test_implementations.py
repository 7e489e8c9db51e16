import brainspec_reference
import pytest
from brainspec_conformance import implementations
from brainspec_conformance.implementations import BrokenImplementation, UnknownImplementation, load

from .conftest import Packages

POINT = {
    "theirs-2.5.dist-info/METADATA": "Metadata-Version: 2.1\nName: theirs\nVersion: 2.5\n",
    "theirs-2.5.dist-info/entry_points.txt": "[brainspec.implementations]\nours = theirs:spaces.best\n",
    "theirs.py": "from types import SimpleNamespace as N\nspaces = N(best=N(util='u'))\n",
}
LEAF = {"mini/__init__.py": "", "mini/util/__init__.py": "", "mini/util/filter.py": "OfType = int\n"}


def test_the_rooms_are_built_in() -> None:
    found = load("reference")

    assert (found.name, found.target, found.package) == ("reference", "brainspec_reference", "brainspec_reference")
    assert found.namespace is brainspec_reference


def test_an_entry_point_is_a_known_name(packages: Packages) -> None:
    packages(POINT)
    found = load("ours")

    assert implementations.known()["ours"] == "theirs:spaces.best"
    assert (found.namespace.util, found.version, found.package) == ("u", "2.5", None)


def test_an_entry_point_does_not_take_a_built_in_name(packages: Packages) -> None:
    packages({**POINT, "theirs-2.5.dist-info/entry_points.txt": "[brainspec.implementations]\nreference = theirs\n"})

    assert implementations.known()["reference"] == "brainspec_reference"


def test_an_entry_point_to_a_missing_module_says_so(packages: Packages) -> None:
    packages(
        {
            **POINT,
            "theirs.py": "",
            "theirs-2.5.dist-info/entry_points.txt": "[brainspec.implementations]\ngone = nowhere.x\n",
        }
    )

    with pytest.raises(
        UnknownImplementation, match=r"^'gone' stands for the module 'nowhere.x', which is not installed"
    ):
        load("gone")


def test_a_module_path_is_a_name(packages: Packages) -> None:
    packages({"outer/__init__.py": "__version__ = '7'\n", "outer/inner.py": "util = 1\n"})
    found = load("outer.inner")

    assert (found.namespace.util, found.package, found.version) == (1, "outer.inner", "7")


def test_an_attribute_may_be_the_namespace(packages: Packages) -> None:
    packages({"holder.py": "class a:\n    class b:\n        util = 3\n"})

    assert load("holder:a.b").namespace.util == 3


def test_a_module_where_the_user_stands_is_found(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "standing_here.py").write_text("util = 4\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")

    assert load("standing_here").namespace.util == 4


def test_submodules_that_nobody_imported_are_reached(packages: Packages) -> None:
    packages(LEAF)

    assert load("mini").namespace.util.filter.OfType is int


@pytest.mark.parametrize("name", ["nosuch", "no-such", "", ".", "a..b", "reference.nosuch", "json.nosuch"])
def test_an_unknown_name_lists_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownImplementation, match=r"Known: .*optimized, reference\. A module path works too"):
        load(name)


def test_an_unknown_name_names_what_is_close() -> None:
    with pytest.raises(UnknownImplementation, match=r"Did you mean reference\?"):
        load("refrence")


def test_a_missing_attribute_says_which(packages: Packages) -> None:
    packages({"holder.py": "a = 1\n"})

    with pytest.raises(UnknownImplementation, match=r"the module 'holder' has no 'a\.b'"):
        load("holder:a.b")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("import nosuchdependency", "ModuleNotFoundError"),
        ("from json import nosuch", "ImportError"),
        ("1 / 0", "ZeroDivisionError"),
        ("def (:", "SyntaxError"),
        ("import sys; sys.exit(0)", "SystemExit"),
    ],
)
@pytest.mark.parametrize("place", ["wreck/__init__.py", "wreck/util/filter.py"])
def test_a_broken_one_keeps_its_own_traceback_apart(packages: Packages, place: str, body: str, kind: str) -> None:
    folder = packages({"wreck/__init__.py": "", "wreck/util/__init__.py": "", place: f"def f():\n    {body}\nf()\n"})

    with pytest.raises(BrokenImplementation, match=f"'wreck' cannot be loaded: it raised {kind} while") as caught:
        load("wreck")
    assert f'File "{folder / place}", line 2' in caught.value.theirs
    assert "brainspec_conformance" not in caught.value.theirs
    assert "importlib" not in caught.value.theirs


def test_a_broken_one_shows_its_causes(packages: Packages) -> None:
    packages(
        {
            "wreck.py": "try:\n    1 / 0\nexcept ZeroDivisionError as cause:\n    raise RuntimeError('no GPU') from cause\n"
        }
    )

    with pytest.raises(BrokenImplementation) as caught:
        load("wreck")
    assert "ZeroDivisionError: division by zero" in caught.value.theirs
    assert caught.value.theirs.endswith("RuntimeError: no GPU\n")


def test_a_lazy_namespace_that_fails_is_broken(packages: Packages) -> None:
    packages({"lazy.py": "def __getattr__(name):\n    raise ImportError(name)\n"})

    with pytest.raises(BrokenImplementation, match="it raised ImportError"):
        load("lazy:space")
