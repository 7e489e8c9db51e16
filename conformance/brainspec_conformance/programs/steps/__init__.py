"""The table of steps: each is drawn, written, counted and cut as its entry says; one line each.

To add one, write its class and its entry in a file here, put the file's `SORTS` into the table, and the class into `data`.
"""

from __future__ import annotations

from ..table import StepSort
from . import births, calls, graphs, states

STEPS: dict[type, StepSort] = {sort.data: sort for part in (calls, states, graphs, births) for sort in part.SORTS}
