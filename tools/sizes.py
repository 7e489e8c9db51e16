"""Prints lines per room, and the longest files and functions: the budget that keeps the rooms readable.

python tools/sizes.py            the table
python tools/sizes.py --check    also fails where a file or function is over its ceiling
"""

import argparse
import ast
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {"reference": 300, "optimized": 400, "conformance": 400, "tests": 400, "tools": 400}
FUNCTION = {"reference": 30}
FUNCTION_ELSEWHERE = 40
ROWS = 8

# Rule tables are long because they are regular: one row a primitive.
TABLES = ("reference/brainspec_reference/engine/rules/", "reference/brainspec_reference/engine/tangent_")


def functions(path: Path) -> list[tuple[int, str]]:
    """Each function of a file with its number of lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [
        ((node.end_lineno or node.lineno) - node.lineno + 1, f"{name(path)}:{node.lineno} {node.name}")
        for node in nodes
    ]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def room(title: str, ceiling: int) -> list[str]:
    """Print a room; what is over its ceiling."""
    files = sorted((ROOT / title).rglob("*.py")) + [p for p in (ROOT / title).glob("*") if p.is_file() and not p.suffix]
    if not files:
        return []
    counts = {path: lines(path) for path in files}
    sizes = sorted((size for path in files for size in functions(path)), reverse=True)
    median = f"{statistics.median(counts.values()):.0f} / {statistics.median(s for s, _ in sizes) if sizes else 0:.0f}"
    print(f"{title:<12} {len(files):>4} files {sum(counts.values()):>7} lines   median file / function {median}")
    longest = sorted(counts, key=lambda path: -counts[path])[:ROWS]
    for path in longest:
        print(f"    {counts[path]:>5}  {name(path)}")
    for size, place in sizes[:ROWS]:
        print(f"    {size:>5}  {place}")
    limit = FUNCTION.get(title, FUNCTION_ELSEWHERE)
    over = [
        f"{name(p)}: {counts[p]} lines, ceiling {ceiling}" for p in files if counts[p] > ceiling and not is_table(p)
    ]
    return over + [f"{place}: {size} lines, ceiling {limit}" for size, place in sizes if size > limit]


def is_table(path: Path) -> bool:
    return name(path).startswith(TABLES)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail where something is over its ceiling")
    args = parser.parse_args()
    over = [line for title, ceiling in ROOMS.items() for line in room(title, ceiling)]
    for line in over:
        print(f"over: {line}")
    return 1 if over and args.check else 0


if __name__ == "__main__":
    sys.exit(main())
