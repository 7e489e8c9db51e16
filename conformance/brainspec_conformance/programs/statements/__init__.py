"""The table of statements: each is drawn, written, counted and cut as its entry says.

To add one, write its class and its entry in a file here, put the file's `SORTS` into the table, and the class into `data`.
"""

from __future__ import annotations

from ..table import StatementSort
from . import arithmetic, calls, collectives, states, streams

STATEMENTS: dict[type, StatementSort] = {
    sort.data: sort for part in (arithmetic, states, streams, calls, collectives) for sort in part.SORTS
}
