"""Links between clauses, code and checks: computed from the sources, never kept by hand.

A *tag* is a comment `# [filters.tag.equal]` on a line of an implementation that decides. A *check* is a function of
the suite under `@check("filters.tag.equal@1", ...)`. Both are found by reading the sources, so nothing has to be
imported and the answer is the same whatever is installed.
"""

import ast
import importlib.util
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from attrs import field, frozen

from . import ids

ROOMS = {"reference": "brainspec_reference", "optimized": "brainspec_optimized"}

_TAG = re.compile(rf"\[({ids.NAME})\]")


@frozen
class Tag:
    """A clause named on a line of code; `alone` on a line that holds no word of code, `rank` counts the tags of a line."""

    id: str
    room: str
    path: Path
    line: int
    function: str
    alone: bool = False
    rank: int = 0


@frozen
class CheckLink:
    """A check of the suite: the clauses that it decides and those that it needs, as they are cited."""

    name: str
    path: Path
    line: int
    clauses: list[str]
    needs: list[str] = field(factory=list)
    computed: bool = False

    @property
    def cited(self) -> list[str]:
        return [*self.clauses, *self.needs]


@frozen
class Links:
    tags: list[Tag]
    checks: list[CheckLink]


def load() -> Links:
    """The links of the rooms that are installed beside this package."""
    tags = [tag for room, package in ROOMS.items() if (root := source_of(package)) for tag in tags_in(root, room)]
    return Links(tags, checks_in(Path(__file__).parent / "suite"))


def source_of(package: str) -> Path | None:
    """The folder of a package's sources, found without importing it."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def short(path: Path) -> str:
    """A path as the repository knows it."""
    parts = path.parts
    rooms = [place for place, part in enumerate(parts) if part.startswith("brainspec_")]
    return "/".join(parts[max(rooms[0] - 1, 0) :]) if rooms else str(path)


# --- tags ---------------------------------------------------------------------------------------------------------


def tags_in(root: Path, room: str) -> list[Tag]:
    """All tags below a folder, by file and line."""
    return [tag for path in sorted(root.rglob("*.py")) for tag in _tags_of(path, room)]


def _tags_of(path: Path, room: str) -> Iterator[Tag]:
    source = path.read_text(encoding="utf-8")
    if not _TAG.search(source):
        return
    functions = _functions(ast.parse(source))
    lines = source.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            alone = not any(map(str.isalnum, lines[line - 1][:column]))
            for rank, match in enumerate(_TAG.finditer(token.string)):
                yield Tag(match[1], room, path, line, _around(functions, line), alone, rank)


def _functions(tree: ast.AST) -> list[tuple[int, int, str]]:
    """The functions and classes of a module as (first line, last line, dotted name), outer ones first."""
    found: list[tuple[int, int, str]] = []

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.append((child.lineno, child.end_lineno or child.lineno, prefix + child.name))
                visit(child, f"{prefix}{child.name}.")
            else:
                visit(child, prefix)

    visit(tree, "")
    return found


def _around(functions: list[tuple[int, int, str]], line: int) -> str:
    """The innermost function or class around a line."""
    inside = [name for first, last, name in functions if first <= line <= last]
    return inside[-1] if inside else "<module>"


# --- checks -------------------------------------------------------------------------------------------------------


def checks_in(root: Path) -> list[CheckLink]:
    """All checks below a folder, by file and line."""
    return [check for path in sorted(root.rglob("test_*.py")) for check in _checks_of(path)]


def _checks_of(path: Path) -> Iterator[CheckLink]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and _name(decorator.func) == "check":
                    yield _check(path, node, decorator)


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _check(path: Path, function: ast.FunctionDef, call: ast.Call) -> CheckLink:
    needs = [word.value for word in call.keywords if word.arg == "needs"]
    written = [_literals(node) for node in call.args]
    needed = [_literals(node) for node in needs]
    computed = None in written or None in needed
    flat = [text for texts in written for text in texts or []]
    return CheckLink(function.name, path, call.lineno, flat, [t for ts in needed for t in ts or []], computed)


def _literals(node: ast.AST) -> list[str] | None:
    """The strings that an argument is written with; None if it is computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.List | ast.Tuple):
        inner = [_literals(element) for element in node.elts]
        return None if None in inner else [text for texts in inner for text in texts or []]
    return None
