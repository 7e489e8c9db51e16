import importlib
import sys
from collections.abc import Iterator

import pytest
from brainspec_conformance import impersonate
from brainspec_conformance.impersonation import ImpersonationError
from brainspec_conformance.implementations import UnknownImplementation, load

from .conftest import Packages

FAKE = {
    "fake/__init__.py": "from . import etp\nState = str\n",
    "fake/util/__init__.py": "",
    "fake/util/filter.py": "OfType = int\n",
    "fake/graph.py": "",
    "fake/etp/__init__.py": "compile = len\n",
    "fake/etp/nn.py": "Linear = float\n",
    "flat.py": "from types import SimpleNamespace as N\nutil = N(filter=N(OfType=int))\nspace = N(util=util)\n",
}


@pytest.fixture(autouse=True)
def _no_real_package() -> Iterator[None]:
    assert "brainstate" not in sys.modules
    yield
    assert "brainstate" not in sys.modules


@pytest.mark.parametrize("name", ["reference", "optimized"])
def test_imports_give_the_rooms(name: str) -> None:
    room = load(name).namespace
    with impersonate(name):
        import brainstate
        import brainstate.util.filter as f
        from brainstate.util.filter import OfType

        assert brainstate is room
        assert f is room.util.filter
        assert OfType is room.util.filter.OfType


def test_submodules_are_imported_when_they_are_asked_for(packages: Packages) -> None:
    packages(FAKE)
    with impersonate("fake"):
        import brainstate.graph
        import braintrace
        from braintrace.nn import Linear

        assert brainstate.graph.__name__ == "fake.graph"
        assert (braintrace.compile, Linear) == (len, float)


@pytest.mark.parametrize("name", ["flat", "flat:space", "fake"])
def test_namespaces_that_are_no_packages_can_be_imported_from(packages: Packages, name: str) -> None:
    packages(FAKE)
    with impersonate(name):
        import brainstate.util.filter as f
        from brainstate.util.filter import OfType

        assert OfType is f.OfType is int


def test_modules_keep_their_names_and_specs(packages: Packages) -> None:
    packages(FAKE)
    with impersonate("fake"):
        import brainstate.util.filter as f

        assert (f.__name__, f.__spec__.name, f.__package__) == ("fake.util.filter", "fake.util.filter", "fake.util")
        assert sys.modules["fake.util.filter"] is f


def test_everything_is_as_before_afterwards() -> None:
    load("reference")
    modules, finders = dict(sys.modules), list(sys.meta_path)
    with impersonate("reference"):
        import brainstate.util.filter  # noqa: F401

    assert modules == sys.modules
    assert finders == sys.meta_path


def test_everything_is_as_before_after_an_exception() -> None:
    load("reference")
    modules, finders = dict(sys.modules), list(sys.meta_path)
    with pytest.raises(ZeroDivisionError), impersonate("reference"):
        importlib.import_module("brainstate.util.filter").OfType(1 / 0)

    assert modules == sys.modules
    assert finders == sys.meta_path


def test_an_outer_impersonation_comes_back(packages: Packages) -> None:
    packages(FAKE)
    with impersonate("reference") as outer:
        import brainstate.util

        before = brainstate.util
        with impersonate("fake"):
            assert importlib.import_module("brainstate").__name__ == "fake"
            assert importlib.import_module("brainstate.util").__name__ == "fake.util"
        assert sys.modules["brainstate"] is outer.namespace
        assert sys.modules["brainstate.util"] is before


def test_a_real_package_in_use_is_not_replaced(packages: Packages, monkeypatch: pytest.MonkeyPatch) -> None:
    packages({"brainstate.py": ""})
    real = importlib.import_module("brainstate")
    said = pytest.raises(ImpersonationError, match=r"brainstate is already imported.*brainspec run --impl reference")
    with said, impersonate("reference"):
        pass

    assert sys.modules.pop("brainstate") is real


def test_a_real_package_on_the_path_is_not_asked(packages: Packages) -> None:
    packages({**FAKE, "braintrace/__init__.py": "", "brainstate/__init__.py": "", "brainstate/extra.py": ""})
    with impersonate("flat"):
        with pytest.raises(ModuleNotFoundError, match="'flat' has no 'etp' to be 'braintrace'"):
            import braintrace  # noqa: F401
        with pytest.raises(ModuleNotFoundError, match="extra"):
            import brainstate.extra  # noqa: F401


def test_a_missing_name_is_an_import_error_as_usual() -> None:
    with impersonate("reference"), pytest.raises(ImportError, match="cannot import name 'nosuch'"):
        from brainstate.util.filter import nosuch  # noqa: F401


def test_an_implementation_that_lacks_a_dependency_says_which(packages: Packages) -> None:
    packages({"fake/__init__.py": "", "fake/aside.py": "import fak\n"})
    with impersonate("fake"), pytest.raises(ModuleNotFoundError, match="No module named 'fak'"):
        importlib.import_module("brainstate.aside")


def test_an_unknown_implementation_changes_nothing() -> None:
    finders = list(sys.meta_path)
    with pytest.raises(UnknownImplementation, match="no implementation is called 'nosuch'"), impersonate("nosuch"):
        pass

    assert finders == sys.meta_path
