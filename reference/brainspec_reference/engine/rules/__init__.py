"""The rule table: one numpy function per primitive, by family, one family per file.

A *rule* is named after the primitive that it gives meaning to. Its positional arguments are the operands; its
keyword-only arguments are the parameters of the primitive that it reads, plus, if it asks for them, `outs` (the types
of the results) and `ins` (the types of the operands). It returns one array, or a list of them for several results.

There are two kinds. An *arithmetic* rule is handed every float widened to float64 and every complex number to
complex128; its result is rounded afterwards, once. A *move* only carries values from one place to another: it is
handed them as they are, so keys, bits and subnormal numbers pass through it unharmed.
"""

from . import (
    contraction,
    convert,
    elementwise,
    fourier,
    incomplete,
    indexing,
    integer,
    linalg,
    ordering,
    reduction,
    shape,
    special,
    window,
)
from .table import Rule, read

CHAPTERS = (
    elementwise, special, incomplete, integer, convert, shape, indexing, contraction, reduction, window, ordering,
    linalg, fourier,
)  # fmt: skip


def _collect() -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for chapter in CHAPTERS:
        for name, function in chapter.ARITHMETIC.items():
            rules[name] = read(function, moves=False)
        for name, function in chapter.MOVES.items():
            rules[name] = read(function, moves=True)
    return rules


RULES = _collect()

__all__ = ["CHAPTERS", "RULES", "Rule"]
