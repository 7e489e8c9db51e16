"""Programs as JSON, with a version of their schema; and what makes two programs the same.

An object is written with the name of its class under `is`; tuples are lists. Files keep programs readable for years, so a
change of `data` that older files do not fit raises `SCHEMA` and says here how they are read.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import attrs

from . import data

SCHEMA = 1
CLASSES = {name: cls for name, cls in vars(data).items() if isinstance(cls, type) and attrs.has(cls)}


class UnreadableProgram(ValueError):
    """A file holds no program of a schema that is known here."""


def to_json(program: data.Program) -> str:
    return json.dumps({"schema": SCHEMA, "program": plain(program)}, indent=1) + "\n"


def from_json(text: str) -> data.Program:
    """The program of a text, which may say more beside it; raises UnreadableProgram."""
    try:
        found = json.loads(text)
        if found["schema"] != SCHEMA:
            raise UnreadableProgram(f"the program has schema {found['schema']!r}; this suite reads {SCHEMA}")
        program = built(found["program"])
    except UnreadableProgram:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableProgram(f"no program: {type(error).__name__}: {error}") from None
    if not isinstance(program, data.Program):
        raise UnreadableProgram(f"no program, but a {type(program).__name__}")
    return program


def plain(x: Any) -> Any:
    if attrs.has(type(x)):
        return {"is": type(x).__name__, **{a.name: plain(getattr(x, a.name)) for a in attrs.fields(type(x))}}
    return [plain(one) for one in x] if isinstance(x, tuple) else x


def built(x: Any) -> Any:
    if isinstance(x, dict):
        fields = {name: built(one) for name, one in x.items() if name != "is"}
        return CLASSES[x["is"]](**fields)
    return tuple(built(one) for one in x) if isinstance(x, list) else x


def digest(program: data.Program) -> str:
    """The same for programs that are the same; names are given in order, so renamed ones are."""
    return hashlib.sha256(json.dumps(plain(program), sort_keys=True).encode()).hexdigest()[:16]
