"""The mutants of the rule table: each chapter's source with one change.

A change is of a node of the syntax tree (a comparison or a sign flipped, an operand swapped or dropped, a number off by
one, a maximum for a minimum, a branch exchanged) or of a row of the table, whose result is negated or whose operands
are swapped.
"""

import ast
import copy
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from brainspec_reference.engine import rules

from tests.reference.corpus import words

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


# ---- the mutants ----------------------------------------------------------------------------------------------------


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


def operands_of(op: str) -> int:
    """How many operands a rule takes: those that it names, or what numpy knows."""
    function = rules.RULES[op].function
    if isinstance(function, np.ufunc):
        return function.nin
    arguments = inspect.signature(function).parameters.values()
    return sum(2 if a.kind is a.VAR_POSITIONAL else a.kind is a.POSITIONAL_OR_KEYWORD for a in arguments)
