from types import SimpleNamespace
from typing import Any

import brainspec_reference
from brainspec_conformance import surface
from brainspec_conformance.surface import Name


def test_names_have_a_place_a_chapter_and_parents() -> None:
    name = next(name for name in surface.names() if name.place == "util.filter.OfType")

    assert name == Name("util.filter.OfType", "filters", core=True)
    assert name.parents == ["util", "util.filter"]


def test_the_reference_lacks_nothing() -> None:
    assert [] == surface.missing(brainspec_reference, core_only=False)


def test_what_is_missing_is_named() -> None:
    filters = vars(brainspec_reference.util.filter) | {"OfType": None}
    del filters["Any"]
    util = vars(brainspec_reference.util) | {"filter": SimpleNamespace(**filters)}
    names = vars(brainspec_reference) | {"util": SimpleNamespace(**util)}
    found = surface.missing(SimpleNamespace(**names))

    assert ["util.filter.Any"] == [name.place for name in found]


def test_a_namespace_that_raises_lacks_the_name() -> None:
    class Lazy:
        def __getattr__(self, name: str) -> Any:
            raise ImportError(name)

    assert len(surface.missing(Lazy())) == len([name for name in surface.names() if name.core])
