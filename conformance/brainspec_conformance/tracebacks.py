"""Tracebacks of other people's code, without the frames of ours that stand between."""

import importlib
import traceback
from pathlib import Path

_OURS = str(Path(__file__).parent)
_IMPORTING = (importlib.__file__, "<frozen importlib", "<frozen runpy")


def without_our_frames(error: BaseException) -> str:
    """What Python prints of an exception and of its causes, as if nothing of ours had run."""
    shown = traceback.TracebackException.from_exception(error)
    _strip(shown)
    return "".join(shown.format())


def _strip(shown: traceback.TracebackException | None) -> None:
    if shown is None:
        return
    kept = [frame for frame in shown.stack if not frame.filename.startswith((_OURS, *_IMPORTING))]
    shown.stack = traceback.StackSummary.from_list(kept)
    _strip(shown.__cause__)
    _strip(shown.__context__)
    for member in shown.exceptions or ():
        _strip(member)
