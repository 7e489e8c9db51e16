"""`impersonate(NAME)`: `import brainstate` and `import braintrace` give an implementation, for a while.

It serves scripts and documents that were written against those packages; the suite itself never needs it. A finder at
the head of `sys.meta_path` answers for both names and everything below them; on the way out `sys.modules` is as it was.
"""

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from . import implementations, surface
from .implementations import Implementation, ImplementationError

NAMES = {"brainstate": "", "braintrace": "etp"}


class ImpersonationError(ImplementationError):
    """A name is taken: the package of that name is already imported and in use."""


@contextmanager
def impersonate(name: str) -> Iterator[Implementation]:
    """Let `brainstate` and `braintrace` name an implementation inside the block."""
    implementation = implementations.load(name)
    _refuse_real_ones(name)
    saved = {path: sys.modules.pop(path) for path in list(sys.modules) if _top(path) in NAMES}
    finder = _Finder(implementation)
    sys.meta_path.insert(0, finder)
    try:
        yield implementation
    finally:
        sys.meta_path.remove(finder)
        for path in [path for path in sys.modules if _top(path) in NAMES]:
            del sys.modules[path]
        sys.modules.update(saved)


def _top(path: str) -> str:
    return path.partition(".")[0]


def _refuse_real_ones(name: str) -> None:
    """An outer impersonation may be replaced for a while; a real package in use may not."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    if taken := [top for top in NAMES if top in sys.modules]:
        raise ImpersonationError(
            f"{' and '.join(taken)} is already imported, and what holds on to it would go on using it: "
            f"impersonate {name!r} before anything imports it, or in a fresh process (brainspec run --impl {name} script.py)"
        )


class _Finder(MetaPathFinder):
    """Answers for the impersonated names, and for nothing else."""

    def __init__(self, implementation: Implementation) -> None:
        self.implementation = implementation

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        top, _, rest = fullname.partition(".")
        if top not in NAMES:
            return None
        place = ".".join(word for word in (NAMES[top], rest) if word)
        found = _resolve(self.implementation, place)
        if found is None:  # never None, which would hand the question on to the real package
            raise ModuleNotFoundError(
                f"{self.implementation.name!r} has no {place!r} to be {fullname!r}", name=fullname
            )
        # A package, always: what lies below is this finder's answer too.
        return importlib.util.spec_from_loader(fullname, _Given(self.implementation, found), is_package=True)


class _Given(Loader):
    """Gives an object that is there already, under another name."""

    def __init__(self, implementation: Implementation, found: Any) -> None:
        self.implementation, self.found = implementation, found

    def exec_module(self, module: ModuleType) -> None:
        # What stands in sys.modules after this call is what the import statement gives: the way a module may replace
        # itself. The object's own __name__ and __spec__ stay true.
        sys.modules[module.__name__] = self.found
        if module.__name__ in NAMES:
            sys.modules.update(_below(self.implementation, module.__name__))


def _below(implementation: Implementation, top: str) -> dict[str, Any]:
    """The namespaces of the surface below a top name, named beforehand: Python asks no finder below what is no package."""
    places = dict.fromkeys(parent for name in surface.names() for parent in name.parents)
    prefix = f"{NAMES[top]}." if NAMES[top] else ""
    found = {
        f"{top}.{place.removeprefix(prefix)}": _resolve(implementation, place)
        for place in places
        if place.startswith(prefix)
    }
    return {path: namespace for path, namespace in found.items() if namespace is not None}


def _resolve(implementation: Implementation, place: str) -> Any:
    """What an implementation has at a place: a submodule, or an attribute of its namespace."""
    if implementation.package:
        path = ".".join(word for word in (implementation.package, place) if word)
        try:
            return importlib.import_module(path)
        except ModuleNotFoundError as error:
            if not implementations.is_above(error.name, path):
                raise
    found = implementation.namespace
    for word in filter(None, place.split(".")):
        found = getattr(found, word, None)
    return found
