"""Implementations by name: built in, by entry point, or by module path.

`load("reference")`, `load("mypkg")` and `load("mypkg:namespace")` give an `Implementation`, whose `namespace` has the
names of the surface. What cannot be loaded raises an `ImplementationError`; where the cause is an exception of the
implementation itself, `theirs` holds its traceback without our frames.
"""

import difflib
import importlib
import importlib.metadata
import sys
from types import ModuleType
from typing import Any

from attrs import frozen

from . import surface
from .tracebacks import without_our_frames

BUILT_IN = {"reference": "brainspec_reference", "optimized": "brainspec_optimized"}
GROUP = "brainspec.implementations"


class ImplementationError(Exception):
    """An implementation cannot be loaded."""

    theirs = ""


class UnknownImplementation(ImplementationError):
    """No implementation and no module has this name."""


class BrokenImplementation(ImplementationError):
    """Loading the implementation raised an exception of its own."""

    def __init__(self, message: str, theirs: str) -> None:
        super().__init__(message)
        self.theirs = theirs


@frozen
class Implementation:
    """A namespace under test, the name it was asked for by, and where it came from."""

    name: str
    target: str
    namespace: Any
    version: str | None

    @property
    def package(self) -> str | None:
        """The package that submodules are imported from; None if the namespace is no module."""
        return self.namespace.__name__ if isinstance(self.namespace, ModuleType) else None


def known() -> dict[str, str]:
    """The names that need no module path, and the module that each stands for."""
    installed = {point.name: point.value for point in importlib.metadata.entry_points(group=GROUP)}
    return {**installed, **BUILT_IN}


def load(name: str) -> Implementation:
    """The implementation of a name."""
    target = known().get(name, name)
    path, colon, attribute = target.partition(":")
    module = _module(name, path)
    namespace: Any = module
    if colon:
        try:
            namespace = surface.find(module, attribute)
        except AttributeError as error:
            raise UnknownImplementation(f"{name!r}: the module {path!r} has no {attribute!r}: {error}") from None
        except Exception as error:
            raise _broken(name, error) from error
    if isinstance(namespace, ModuleType):
        _submodules(name, namespace)
    return Implementation(name, target, namespace, _version(module))


def _module(name: str, path: str) -> ModuleType:
    if not all(word.isidentifier() for word in path.split(".")):
        raise UnknownImplementation(_unknown(name, path))
    if "" not in sys.path:
        sys.path.append("")  # a module in the folder where the user stands, as `python -m` finds it
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if is_above(error.name, path):
            raise UnknownImplementation(_unknown(name, path)) from None
        raise _broken(name, error) from error
    except (Exception, SystemExit) as error:  # a sys.exit(0) in a module is no verdict
        raise _broken(name, error) from error


def _submodules(name: str, package: ModuleType) -> None:
    """Import the namespaces of the surface that are modules, so that attribute access reaches them."""
    for place in dict.fromkeys(parent for entry in surface.names() for parent in entry.parents):
        path = f"{package.__name__}.{place}"
        try:
            importlib.import_module(path)
        except ModuleNotFoundError as error:
            if not is_above(error.name, path):
                raise _broken(name, error) from error
        except (Exception, SystemExit) as error:
            raise _broken(name, error) from error


def is_above(missing: str | None, path: str) -> bool:
    """Whether the module that an import did not find is the one of this path, or a package around it."""
    return missing is not None and f"{path}.".startswith(f"{missing}.")


def _unknown(name: str, path: str) -> str:
    names = known()
    if name in names:
        return f"{name!r} stands for the module {path!r}, which is not installed here"
    close = difflib.get_close_matches(name, names, n=2, cutoff=0.5)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    return (
        f"no implementation is called {name!r}, and no module of that name can be imported.{hint} "
        f"Known: {', '.join(sorted(names))}. A module path works too: mypkg, or mypkg:namespace."
    )


def _broken(name: str, error: BaseException) -> BrokenImplementation:
    said = f"{name!r} cannot be loaded: it raised {type(error).__name__} while it was imported"
    return BrokenImplementation(said, without_our_frames(error))


def _version(module: ModuleType) -> str | None:
    top = module.__name__.partition(".")[0]
    try:
        return importlib.metadata.version("brainspec" if top in BUILT_IN.values() else top)
    except importlib.metadata.PackageNotFoundError:
        return getattr(sys.modules[top], "__version__", None)
