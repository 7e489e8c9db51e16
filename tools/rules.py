"""Prints the rule table: per primitive, how far the rule is from jax on CPU, and how many corpus functions use it.

Every equation that the rows and the corpus evaluate is bound again in jax, on the operands that it had, many equations
in one compilation. *ulp* is the largest distance in units of the last place of the element; *scaled* the largest
distance in units of the last place of the largest element of the result, which is what rounding explains. For integers,
booleans and moves any difference at all shows as `differs`. Primitives that nothing exercises are marked.

    python tools/rules.py [--limit N]      N equations per primitive at most (12)
"""

# ruff: noqa: E402  the repository has to be on the path before its modules are imported

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "reference")]

import jax
import numpy as np
from brainspec_reference.engine.rules import CHAPTERS, RULES
from rich.console import Console
from rich.table import Table

from tests.reference.corpus import Case
from tests.reference.corpus.functions import CORPUS
from tests.reference.corpus.rows import ROWS
from tests.reference.corpus.run import ours, recorded

PART = 60


@dataclass
class Line:
    """What was seen of one primitive."""

    functions: set[str] = field(default_factory=set)
    compared: int = 0
    ulp: float = 0.0
    scaled: float = 0.0
    differs: bool = False


@dataclass(frozen=True)
class Instance:
    """One equation with the values that it had in one lane."""

    equation: Any
    inputs: list[Any]
    outputs: list[Any]
    wide: bool


def instances(cases: Sequence[Case], lines: dict[str, Line], limit: int) -> Iterator[Instance]:
    """Up to `limit` different equations per primitive, and a note of who used it."""
    seen: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        found: list[Instance] = []

        def observe(eqn: Any, inputs: Any, outputs: Any, case: Case = case, found: list[Instance] = found) -> None:
            if eqn.op not in RULES or not outputs[0]:  # no lane got here
                return
            if case in CORPUS:
                lines[eqn.op].functions.add(case.name)
            key = f"{[a.type for a in eqn.inputs]}{eqn.params}"
            if len(seen[eqn.op]) < limit and key not in seen[eqn.op]:
                seen[eqn.op].add(key)
                found.append(Instance(eqn, [x[0] for x in inputs], [y[0] for y in outputs], case.wide))

        ours(case, recorded(case), "round", observe)
        yield from found


def theirs(group: Sequence[Instance]) -> list[list[Any]]:
    """The same equations bound in jax, compiled together."""

    def bind(arguments: list[list[Any]]) -> list[list[Any]]:
        results = []
        for instance, values in zip(group, arguments):
            eqn = instance.equation
            out = eqn.primitive.bind(*values, **eqn.params)
            results.append(list(out) if eqn.primitive.multiple_results else [out])
        return results

    with jax.enable_x64(group[0].wide):
        return jax.jit(bind)([i.inputs for i in group])


def compare(line: Line, got: Any, want: Any) -> None:
    """Note how far two results are apart."""
    line.compared += 1
    if not jax.dtypes.issubdtype(got.dtype, np.inexact):
        line.differs |= not np.array_equal(got, want)
        return
    kind = np.complex128 if got.dtype.kind == "c" else np.float64
    x, y = got.astype(kind), want.astype(kind)
    fine = np.isfinite(x) & np.isfinite(y)
    line.differs |= not np.array_equal(np.isnan(x), np.isnan(y))
    if fine.any():
        info = jax.numpy.finfo(got.dtype)
        distance, size = np.abs(x[fine] - y[fine]), np.maximum(np.abs(y)[fine], float(info.tiny))
        unit = float(info.eps) * 2.0 ** np.floor(np.log2(size))
        line.ulp = max(line.ulp, float((distance / unit).max()))
        line.scaled = max(line.scaled, float(distance.max() / (float(info.eps) * size.max())))


def measure(cases: Sequence[Case], limit: int) -> dict[str, Line]:
    """A line for each rule."""
    lines = {op: Line() for op in RULES}
    found = list(instances(cases, lines, limit))
    # Keys have no numpy form that jax takes; the rows check moves of keys exactly.
    found = [i for i in found if not any(np.asarray(x).dtype.names for x in (*i.inputs, *i.outputs))]
    for wide in (False, True):
        kind = [i for i in found if i.wide is wide]
        for start in range(0, len(kind), PART):
            group = kind[start : start + PART]
            for instance, wanted in zip(group, theirs(group), strict=True):
                seen = np.tril if instance.equation.op == "cholesky" else np.asarray  # the rest is not specified
                for got, want in zip(instance.outputs, wanted, strict=True):
                    compare(lines[instance.equation.op], seen(got), seen(want))
    return lines


def chapter_of(op: str) -> str:
    return next(c.__name__.rpartition(".")[2] for c in CHAPTERS if op in c.ARITHMETIC or op in c.MOVES)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--limit", type=int, default=12, help="equations per primitive at most")
    options = parser.parse_args()
    lines = measure([*ROWS.cases, *CORPUS], options.limit)
    table = Table(title=f"{len(RULES)} rules against jax {jax.__version__} on CPU", box=None)
    for name in ("primitive", "chapter", "kind", "ulp", "scaled", "compared", "corpus", ""):
        table.add_column(name, justify="right" if name in ("ulp", "scaled", "compared", "corpus") else "left")
    for op, line in sorted(lines.items(), key=lambda item: (-item[1].scaled, item[0])):
        kind = "move" if RULES[op].moves else "arithmetic"
        note = "differs" if line.differs else "" if line.compared or line.functions else "nothing exercises it"
        figures = [f"{line.ulp:.1f}", f"{line.scaled:.1f}"] if line.compared else ["-", "-"]
        table.add_row(op, chapter_of(op), kind, *figures, str(line.compared), str(len(line.functions)), note)
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
