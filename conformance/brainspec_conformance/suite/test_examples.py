"""The examples of the pages, each run as a check of its clause."""

import copy
import linecache
import pickle
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

import pytest

from brainspec_conformance import clauses

EXAMPLES = [clause for clause in clauses.every() if clause.example and clause.judged]


@pytest.mark.parametrize("clause", EXAMPLES, ids=lambda clause: clause.cited)
def test_example(impl: Any, clause: clauses.Clause) -> None:
    import jax
    import jax.numpy as jnp
    import numpy as np

    namespace = {"__name__": "__example__", "brainstate": impl, "braintrace": getattr(impl, "etp", None)}
    namespace |= {"jax": jax, "jnp": jnp, "np": np, "pickle": pickle, "copy": copy, "raises": pytest.raises}
    code = compiled(clause)
    try:
        with stream_kept(impl):
            exec(code, namespace)
    except AssertionError as error:
        if error.args:
            raise
        raise AssertionError(failing_line(error, code.co_filename)) from None


@contextmanager
def stream_kept(impl: Any) -> Iterator[None]:
    """The default stream holds the same key afterwards, where there is one: examples reseed it."""
    random: Any = getattr(impl, "random", None)
    if not hasattr(random, "get_key") or not hasattr(random, "set_key"):
        yield
        return
    key = random.get_key()
    try:
        yield
    finally:
        random.set_key(key)


def compiled(clause: clauses.Clause) -> CodeType:
    """The example, padded and registered so that a traceback shows the line of the page."""
    name = f"<spec/{clause.page}>"
    source = "\n" * (clause.example_line - 1) + (clause.example or "")
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    return compile(source, name, "exec")


def failing_line(error: BaseException, name: str) -> str:
    """Where on the page an assertion failed, and what it says."""
    frame = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name][-1]
    return f"{name[1:-1]}:{frame.lineno}: {frame.line}"
