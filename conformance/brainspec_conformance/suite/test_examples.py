"""The examples of the pages, each run as a check of its clause."""

import copy
import linecache
import pickle
import traceback
from typing import Any

import pytest

from brainspec_conformance import clauses

EXAMPLES = [clause for chapter in clauses.load() for clause in chapter.clauses if clause.example and clause.judged]


@pytest.mark.parametrize("clause", EXAMPLES, ids=lambda clause: clause.cited)
def test_example(impl: Any, clause: clauses.Clause) -> None:
    import jax
    import jax.numpy as jnp
    import numpy as np

    source = clause.example or ""
    # Registered and padded, so that a traceback shows the line of the page.
    name, padded = f"spec/{clause.page}", "\n" * (clause.example_line - 1) + source
    linecache.cache[f"<{name}>"] = (len(padded), None, padded.splitlines(keepends=True), f"<{name}>")
    namespace = {"__name__": "__example__", "brainstate": impl, "braintrace": getattr(impl, "etp", None)}
    namespace |= {"jax": jax, "jnp": jnp, "np": np, "pickle": pickle, "copy": copy, "raises": pytest.raises}
    try:
        exec(compile(padded, f"<{name}>", "exec"), namespace)
    except AssertionError as error:
        if not error.args:  # a bare assert says nothing; its line does
            error.args = (_line(error, f"<{name}>"),)
        raise


def _line(error: AssertionError, file: str) -> str:
    frame = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file][-1]
    return f"{frame.line} ({file.strip('<>')}:{frame.lineno})"
