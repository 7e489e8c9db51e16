"""Plants one small fault after the other in the rule table and counts how many the cases notice.

Each mutant (see `_mutants`) is loaded in place of its chapter and of those that import from it, and the rows and
special values that exercise its rules are evaluated again and compared with what jax computed once, before. A mutant is
*caught* by a wrong result, an exception, or not coming to an end.

    python tools/mutate_rules.py [--chapter NAME] [--every N] [--survivors]
"""

# ruff: noqa: E402  the repository has to be on the path before its modules are imported

import argparse
import ast
import functools
import inspect
import signal
import sys
import types
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "reference")]

import numpy as np
from brainspec_reference.engine import rules
from brainspec_reference.engine.rules.table import read

from tests.reference.corpus import Case
from tests.reference.corpus.check import Outcome, outcomes, reasons
from tests.reference.corpus.rows import ROWS
from tests.reference.corpus.run import ours, to_numpy
from tests.reference.corpus.specials import SPECIAL
from tests.reference.test_specials import wrong
from tools._mutants import CHAPTERS, Mutant, mutants, negated, swapped

SECONDS = 2.0  # for one case; a mutant that needs longer does not come to an end

# ---- which cases a mutant can touch --------------------------------------------------------------------------------


def names_in(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} | {
        n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)
    }


@functools.cache
def users() -> dict[str, set[str]]:
    """For each function of the table, the primitives that it serves, directly or through another function."""
    uses: dict[str, set[str]] = defaultdict(set)
    rows: dict[str, set[str]] = {}
    for chapter in CHAPTERS.values():
        for statement in ast.parse(inspect.getsource(chapter)).body:
            if isinstance(statement, ast.FunctionDef):
                uses[statement.name] |= names_in(statement)
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Dict):
                for key, value in zip(statement.value.keys, statement.value.values):
                    if isinstance(key, ast.Constant):
                        rows.setdefault(key.value, set()).update(names_in(value))
    served: dict[str, set[str]] = defaultdict(set)
    for op, names in rows.items():
        seen, todo = set[str](), set(names)
        while todo:
            name = todo.pop()
            seen.add(name)
            served[name].add(op)
            todo |= uses.get(name, set()) - seen
    return served


@functools.cache
def importers(chapter: str) -> tuple[str, ...]:
    """The chapters that import from this one, nearest first."""
    direct = []
    for name, module in CHAPTERS.items():
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                found = {alias.name for alias in node.names} if node.module is None else {node.module}
                direct += [name] if chapter in found else []
    return tuple(dict.fromkeys([*direct, *(far for name in direct for far in importers(name))]))


@dataclass(frozen=True)
class Check:
    outcome: Outcome
    wanted: tuple[Any, ...]
    ops: frozenset[str]
    special: bool

    def fails(self) -> bool:
        case, program, _, _, jax_values = self.outcome
        rounded = ours(case, program, "round")
        if self.special:
            return any(wrong(case, x, y) for x, y in zip(rounded, self.wanted, strict=True))
        return bool(reasons(Outcome(case, program, rounded, ours(case, program, "shadow"), jax_values)))


PART = 100


def checks(cases: Sequence[Case], special: bool) -> list[Check]:
    """The cases with jax's results and the primitives that they exercise."""
    found = []
    for wide in (False, True):
        kind = [case for case in cases if case.wide is wide]
        for i in range(0, len(kind), PART):
            for outcome in outcomes(kind[i : i + PART]):
                wanted = [to_numpy(x) for x in outcome.jax]
                ready = outcome._replace(
                    jax=[Known(x, getattr(y, "weak_type", False)) for x, y in zip(wanted, outcome.jax)]
                )
                ops = frozenset(eqn.op for eqn in outcome.program.equations)
                found.append(Check(ready, tuple(wanted), ops, special))
    return found


class Known(np.ndarray[Any, Any]):
    """jax's result as numpy, with its weak type."""

    weak_type: bool

    def __new__(cls, x: Any, weak_type: bool) -> "Known":
        self = np.asarray(x).view(cls)
        self.weak_type = weak_type
        return self


# ---- running -------------------------------------------------------------------------------------------------------


class Endless(BaseException):
    pass


def _stop(*_: Any) -> None:
    raise Endless


@contextmanager
def installed(mutant: Mutant) -> Iterator[None]:
    """The rule table made of the mutated chapter and the chapters that import from it."""
    package = "brainspec_reference.engine.rules"
    names = [mutant.chapter, *importers(mutant.chapter)]
    before = dict(rules.RULES)
    try:
        for name in names:
            source: Any = mutant.build() if name == mutant.chapter else ast.parse(inspect.getsource(CHAPTERS[name]))
            module = types.ModuleType(f"{package}.{name}")
            module.__dict__.update(__package__=package, negated=negated, swapped=swapped)
            sys.modules[module.__name__] = module
            setattr(rules, name, module)
            exec(compile(source, f"<{mutant}>", "exec"), module.__dict__)
            for moves, table in ((False, module.ARITHMETIC), (True, module.MOVES)):
                rules.RULES.update({op: read(function, moves) for op, function in table.items()})
        yield
    finally:
        for name in names:
            sys.modules[f"{package}.{name}"] = CHAPTERS[name]
            setattr(rules, name, CHAPTERS[name])
        rules.RULES.clear()
        rules.RULES.update(before)


def touched(mutant: Mutant) -> set[str]:
    """The primitives that the mutant can change."""
    return {mutant.where} | users().get(mutant.where, set())


def caught(mutant: Mutant, known: Sequence[Check]) -> str:
    """The case that notices the mutant, or nothing."""
    ops = touched(mutant)
    signal.signal(signal.SIGALRM, _stop)
    try:
        with installed(mutant), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for check in known:
                if check.ops & ops:
                    signal.setitimer(signal.ITIMER_REAL, SECONDS)
                    if check.fails():
                        return check.outcome.case.name
    except (Exception, Endless) as error:
        return type(error).__name__
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--chapter", choices=list(CHAPTERS))
    parser.add_argument("--every", type=int, default=1, help="take every N-th mutant")
    parser.add_argument("--survivors", action="store_true", help="list the mutants that nothing caught")
    options = parser.parse_args()
    names = [options.chapter] if options.chapter else list(CHAPTERS)
    known = checks(ROWS.cases, False) + checks(SPECIAL.cases, True)
    exercised = {op for check in known for op in check.ops}
    print(f"{'chapter':<14}{'mutants':>8}{'no case':>8}{'caught':>8}{'score':>8}")
    total = idle = alive = 0
    survivors = []
    for name in names:
        planted = list(mutants(name))[:: options.every]
        # A primitive that this version of JAX does not have cannot be exercised by it.
        run = [mutant for mutant in planted if touched(mutant) & exercised]
        lost = [mutant for mutant in run if not caught(mutant, known)]
        print(row(name, len(planted), len(run), len(lost)), flush=True)
        total, idle, alive = total + len(planted), idle + len(planted) - len(run), alive + len(lost)
        survivors += lost
    print(row("all", total, total - idle, alive))
    if options.survivors:
        print(*survivors, sep="\n")
    return 0


def row(name: str, planted: int, run: int, lost: int) -> str:
    score = f"{100 * (run - lost) / run:.1f} %" if run else "-"
    return f"{name:<14}{planted:>8}{planted - run:>8}{run - lost:>8}{score:>8}"


if __name__ == "__main__":
    raise SystemExit(main())
