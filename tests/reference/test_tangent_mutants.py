"""A test of the tests: each rule of the table of tangents is changed in one place, and some case must notice.

A *mutant* is one of the table's files with one sign, operator, comparison, order of operands or number changed. It is
*caught* if a case that runs through the changed function gives another tangent, or an error. What nobody catches is
either a hole in the cases or no change of meaning.
"""

from __future__ import annotations

import ast
import copy
import inspect
import sys
from collections.abc import Iterator
from types import FrameType, ModuleType
from typing import Any

import numpy as np
import pytest
from brainspec_reference import engine
from brainspec_reference.engine import tangent_arrays, tangent_linalg, tangent_rules, tangents
from jax import lax

from tests.reference.derivatives import recorded, shadow
from tests.reference.test_tangent_rules import CASES, CORNERS, tangents_like

FILES = (tangent_rules, tangent_arrays, tangent_linalg)
SWAPS: dict[type, Any] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip


class Case:
    """A function at its arguments and tangents, with the lines of the table that it runs through."""

    def __init__(self, fun: Any, args: Any) -> None:
        self.values = [*args, *tangents_like(args)]
        self.program, self.n = recorded(fun, args), len(args)
        self.lines: set[tuple[str, int]] = set()
        sys.settrace(self.trace)
        try:
            self.expected = self.tangents()
        finally:
            sys.settrace(None)

    def tangents(self) -> list[np.ndarray]:
        return shadow(tangents.jvp(self.program, [True] * self.n), self.values)

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if "tangent_" not in frame.f_code.co_filename:
            return None
        self.lines.add((frame.f_code.co_filename, frame.f_lineno))
        return self.trace

    def notices(self) -> bool:
        try:
            got = self.tangents()
        except Exception:
            return True
        same = (np.shape(x) == np.shape(y) and np.allclose(x, y, 1e-9, 1e-9, True) for x, y in zip(self.expected, got))
        return not all(same)


def changes(tree: ast.Module) -> Iterator[tuple[ast.AST, Any]]:
    """Each node with a function that changes it in place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and type(node.op) in SWAPS:
            yield node, lambda n: setattr(n, "op", SWAPS[type(n.op)]())
            if isinstance(node.op, ast.Sub | ast.Div):
                yield node, lambda n: n.__dict__.update(left=n.right, right=n.left)
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
            yield node, lambda n: n.ops.__setitem__(0, SWAPS[type(n.ops[0])]())
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield node, lambda n: setattr(n, "op", ast.UAdd())
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            yield node, lambda n: setattr(n, "value", not n.value if isinstance(n.value, bool) else n.value + 1)


def mutants(file: ModuleType) -> Iterator[tuple[str, set[int], ast.Module]]:
    """Where the change is, the lines of the function around it (none: of the table itself), the changed file."""
    original = ast.parse(inspect.getsource(file))
    nodes = list(ast.walk(original))
    functions = [n for n in nodes if isinstance(n, ast.Lambda | ast.FunctionDef)]
    for node, change in changes(original):
        around = [set(range(f.lineno, (f.end_lineno or 0) + 1)) for f in functions if node in ast.walk(f)]
        tree = copy.deepcopy(original)
        twin = list(ast.walk(tree))[nodes.index(node)]
        change(twin)
        lines = min(around, key=len) if around else set()
        yield f"{file.__name__}:{node.lineno}: {ast.unparse(node)} -> {ast.unparse(twin)}", lines, tree


def load(file: ModuleType, tree: ast.Module) -> ModuleType:
    twin = ModuleType(file.__name__)
    twin.__package__ = file.__package__
    exec(compile(ast.fix_missing_locations(tree), str(file.__file__), "exec"), twin.__dict__)
    return twin


def changed_table(monkeypatch: pytest.MonkeyPatch, file: ModuleType, tree: ast.Module) -> None:
    """Let the pass use the table as it would be with one file changed."""
    name = file.__name__.rpartition(".")[2]
    twin = load(file, tree)
    monkeypatch.setitem(sys.modules, file.__name__, twin)
    monkeypatch.setattr(engine, name, twin)
    rules = twin if file is tangent_rules else load(tangent_rules, ast.parse(inspect.getsource(tangent_rules)))
    monkeypatch.setattr(tangents, "JVP", rules.JVP)


@pytest.mark.slow
def test_nearly_every_change_of_a_rule_is_noticed() -> None:
    cases = [Case(f, args) for f, *args in (*CASES.values(), *CORNERS.values())]
    survivors, total, before_0_11 = [], 0, not hasattr(lax, "log2_p")
    for file in FILES:
        for where, lines, tree in mutants(file):
            touched = {(str(file.__file__), line) for line in lines}
            tried = [case for case in cases if not lines or case.lines & touched]
            if not tried and before_0_11:
                continue  # a rule for what this version of JAX does not bind
            total += 1
            with pytest.MonkeyPatch.context() as monkeypatch:
                try:
                    changed_table(monkeypatch, file, tree)
                except Exception:
                    continue
                if not any(case.notices() for case in tried):
                    survivors.append(where)

    print(f"{total - len(survivors)} of {total} changes noticed; not:", *survivors, sep="\n  ")
    assert len(survivors) <= 0.05 * total
