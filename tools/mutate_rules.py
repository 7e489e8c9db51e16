"""Plants one small fault after the other in the rule table and counts how many the cases notice.

A *mutant* is the source of a chapter of the table with one change: a comparison or a sign flipped, an operand swapped
or dropped, a number off by one, a maximum for a minimum, a branch exchanged. Each is loaded in place of the chapter and
of those that import from it, and the rows and special values that exercise its rules are evaluated again and compared
with what jax computed once, before. A mutant is *caught* by a wrong result, an exception, or not coming to an end.

    python tools/mutate_rules.py [--chapter NAME] [--every N] [--survivors]
"""

# ruff: noqa: E402  the repository has to be on the path before its modules are imported

import argparse
import ast
import copy
import functools
import inspect
import signal
import sys
import types
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
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

from tests.reference.corpus import Case, words
from tests.reference.corpus.check import Outcome, outcomes, reasons
from tests.reference.corpus.rows import ROWS
from tests.reference.corpus.run import ours, to_numpy
from tests.reference.corpus.specials import SPECIAL
from tests.reference.test_specials import wrong

SECONDS = 2.0  # for one case; a mutant that needs longer does not come to an end
CHAPTERS = {chapter.__name__.rpartition(".")[2]: chapter for chapter in rules.CHAPTERS}
COMMUTATIVE = {*words("clamp add add_any mul max min and or xor eq ne eq_to mulhi concatenate")}
NO_OPERAND_TO_SWAP = {"sort", "optimization_barrier"}

# ---- the changes ---------------------------------------------------------------------------------------------------

FLIPPED = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult,
    ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd, ast.Mod: ast.FloorDiv,
}  # fmt: skip
TWINS = (
    "minimum maximum", "min max", "argmin argmax", "floor ceil", "least greatest", "add subtract",
    "bitwise_and bitwise_or",
    "sin cos", "sinh cosh", "zeros_like ones_like", "zeros ones", "tril triu", "real imag", "log exp", "trunc rint",
    "signed unsigned", "fftn ifftn", "rfftn irfftn", "erf erfc", "less greater", "log1p expm1", "arcsin arccos",
)  # fmt: skip
TWIN = {a: b for pair in TWINS for a, b in (pair.split(), pair.split()[::-1])}


def negated(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule with the opposite of its first result."""

    @functools.wraps(rule)
    def wrapped(*operands: Any, **params: Any) -> Any:
        found = rule(*operands, **params)
        first, *rest = found if isinstance(found, list | tuple) else [found]
        first = np.asarray(first)
        opposite = first if first.dtype.names else ~first if first.dtype.kind == "b" else -first
        return [opposite, *rest]

    return wrapped


def swapped(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule with its first two operands exchanged."""

    @functools.wraps(rule)
    def wrapped(x: Any, y: Any, *operands: Any, **params: Any) -> Any:
        return rule(y, x, *operands, **params)

    return wrapped


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What may stand in place of a node."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in FLIPPED:
        yield (
            "comparison flipped",
            ast.Compare(node.left, [FLIPPED[type(node.ops[0])](), *node.ops[1:]], node.comparators),
        )
    elif isinstance(node, ast.BinOp):
        if type(node.op) in OPERATORS:
            yield "operator changed", ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
        yield "term dropped", node.left
    elif isinstance(node, ast.UnaryOp):
        yield "sign or negation dropped", node.operand
    elif isinstance(node, ast.BoolOp):
        yield "and for or", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.IfExp):
        yield "branches exchanged", ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "truth flipped", ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield "off by one", ast.Constant(node.value + 1)
    elif isinstance(node, ast.Attribute) and node.attr in TWIN:
        yield "twin", ast.Attribute(node.value, TWIN[node.attr], node.ctx)
    elif isinstance(node, ast.Name) and node.id in TWIN and isinstance(node.ctx, ast.Load):
        yield "twin", ast.Name(TWIN[node.id], node.ctx)
    elif isinstance(node, ast.Call) and len(node.args) >= 2 and not same_either_way(node):
        yield "arguments swapped", ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)


def same_either_way(node: ast.Call) -> bool:
    """Calls whose first two arguments may change places."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    starred = any(isinstance(argument, ast.Starred) for argument in node.args[:2])
    symmetric = name in {"max", "min", "maximum", "minimum", "clip", "zip"}
    return starred or symmetric or ast.dump(node.args[0]) == ast.dump(node.args[1])


def only_precision(node: ast.AST) -> bool:
    """A tolerance or a bound on a number of steps: a change of it is not a fault."""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return "EPSILON" in names or (isinstance(node, ast.Constant) and node.value in (10000, 1e300))


def skipped(node: ast.AST) -> bool:
    """Parts that are not the rule: annotations, docstrings, messages, checks of our own."""
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    check = isinstance(node, ast.keyword) and node.arg in ("strict", "otypes", "keepdims", "axis_index_groups")
    other = isinstance(node, ast.Raise | ast.Import | ast.ImportFrom | ast.arguments | ast.JoinedStr)
    return docstring or check or other


@dataclass(frozen=True)
class Mutant:
    chapter: str
    where: str  # the function or the table row
    what: str
    line: int
    build: Callable[[], ast.Module]

    def __str__(self) -> str:
        return f"{self.chapter}.py:{self.line} {self.where}: {self.what}"


def mutants(chapter: str) -> Iterator[Mutant]:
    """Every mutant of a chapter, in the order of its source."""
    tree = ast.parse(inspect.getsource(CHAPTERS[chapter]))
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            yield from _inside(chapter, tree, statement, statement.name)
        elif isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Dict):
            for key, value in zip(statement.value.keys, statement.value.values):
                if isinstance(key, ast.Constant):
                    yield from _rows(chapter, tree, statement.value, key.value, value)


def _inside(chapter: str, tree: ast.Module, root: ast.AST, where: str) -> Iterator[Mutant]:
    if skipped(root):
        return
    for field, value in ast.iter_fields(root):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for i, child in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(child, ast.AST) or skipped(child):
                continue
            for what, other in () if only_precision(child) else changes(child):
                yield _with(chapter, tree, root, field, i if isinstance(value, list) else None, other, where, what)
            yield from _inside(chapter, tree, child, where)


def _with(
    chapter: str, tree: ast.Module, root: Any, field: str, i: int | None, other: Any, where: str, what: str
) -> Mutant:
    """The tree with one child of `root` replaced; copied only when the mutant is loaded."""
    before = getattr(root, field)
    child = before if i is None else before[i]

    def build() -> ast.Module:
        setattr(root, field, other if i is None else [*before[:i], other, *before[i + 1 :]])
        try:
            return ast.fix_missing_locations(copy.deepcopy(tree))
        finally:
            setattr(root, field, before)

    return Mutant(chapter, where, f"{what} in `{ast.unparse(child)[:60]}`", child.lineno, build)


def _rows(chapter: str, tree: ast.Module, table: ast.Dict, op: str, value: ast.expr) -> Iterator[Mutant]:
    if op not in rules.RULES:
        return
    at = table.values.index(value)
    wrappers = ["negated"] + ["swapped"] * (op not in COMMUTATIVE | NO_OPERAND_TO_SWAP and operands_of(op) > 1)
    for wrapper in wrappers:
        call = ast.Call(ast.Name(wrapper, ast.Load()), [value], [])
        yield _with(
            chapter,
            tree,
            table,
            "values",
            at,
            call,
            op,
            f"result {wrapper}" if wrapper == "negated" else "operands swapped",
        )
    if isinstance(value, ast.Lambda):
        yield from _inside(chapter, tree, value, op)


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


def operands_of(op: str) -> int:
    """How many operands a rule takes: those that it names, or what numpy knows."""
    function = rules.RULES[op].function
    if isinstance(function, np.ufunc):
        return function.nin
    arguments = inspect.signature(function).parameters.values()
    return sum(2 if a.kind is a.VAR_POSITIONAL else a.kind is a.POSITIONAL_OR_KEYWORD for a in arguments)


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
