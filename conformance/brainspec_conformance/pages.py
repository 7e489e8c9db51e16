"""Where the pages of the specification lie: in a checkout, or as data inside the installed package."""

from pathlib import Path

_HERE = Path(__file__).resolve()
_INSTALLED = _HERE.parent / "pages"
_CHECKOUT = _HERE.parents[2] / "spec"


def folder() -> Path:
    """The folder of the pages; an installed copy comes first, since a checkout has none inside its package."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


def chapters(pages: Path | None = None) -> list[Path]:
    """The chapters in reading order: pages whose name begins with a number."""
    return sorted((pages or folder()).glob("[0-9][0-9]-*.md"))
