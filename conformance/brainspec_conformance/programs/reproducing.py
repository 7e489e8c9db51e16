"""A find as files that anyone can run: the program as JSON, a test for pytest, and a script that needs nothing of ours.

The script imports the implementation, jax and numpy, quotes the clause, prints what was expected and what it got, and exits with 1
while the two differ.
"""

from __future__ import annotations

import textwrap
from typing import Any

import attrs
import jax

from .. import clauses
from ..implementations import Implementation
from . import data, render
from .comparing import Difference
from .run import NOTHING, Seen

WIDTH = 110


def script(
    program: data.Program,
    difference: Difference,
    expected: str,
    bound: float | None,
    charged: tuple[str, ...],
    subject: Implementation,
) -> str:
    """A stand-alone script, a screen long."""
    program = attrs.evolve(program, steps=program.steps[: difference.step + 1])
    text = render.source(program)
    if difference.where == "exception":
        text = guarded(text)
    quoted = "\n".join(quotation(charged))
    look = looking(difference, bound)
    return f'''"""{quoted}

{textwrap.fill(f"After {ordinal(difference)} the {difference.aspect} of {difference.where}{difference.leaf} differs.", WIDTH)}
"""

import jax
import jax.numpy as jnp
import numpy as np

import {subject.target.replace(":", ".")} as brainstate

seen = []
see = seen.append


{text}
expected = {expected}
got = {look}
print("expected", expected)
print("got     ", got)
raise SystemExit({test(bound)})
'''


def ordinal(difference: Difference) -> str:
    return "setting up" if difference.step < 0 else f"step {difference.step}"


def quotation(charged: tuple[str, ...]) -> list[str]:
    """The clauses that are charged, with their sentences; the first three."""
    found = [clauses.by_id()[name] for name in charged if name in clauses.by_id()]
    lines = [textwrap.fill(f"{clause.cited}: {clause.sentence}", WIDTH) for clause in found[:3]]
    more = [f"or one of {len(found) - 3} more"] if len(found) > 3 else []
    return [*lines, *more] or ["No clause could be singled out."]


def guarded(text: str) -> str:
    """The last step in `try`, noting the class of the exception."""
    *before, last = text.rstrip("\n").split("\n")
    caught = ["try:", f"    {last}", "    raised = None", "except Exception as error:", "    raised = type(error)"]
    return "\n".join([*before, *caught]) + "\n"


def test(bound: float | None) -> str:
    if bound is None:
        return "got != expected"
    return f"not np.allclose(got, expected, rtol=0, atol={bound!r}, equal_nan=True)"


def looking(difference: Difference, bound: float | None) -> str:
    """The expression that looks at what differs."""
    if difference.where == "exception":
        return "[c.__name__ for c in raised.__mro__ if c.__module__ == 'builtins'][0] if raised else None"
    leaf = place_of(difference) + difference.leaf
    return LOOKS[difference.aspect].format(leaf)


def place_of(difference: Difference) -> str:
    if difference.where == "result":
        return "seen[-1]"
    if difference.where == "brainstate.random":
        return "brainstate.random.get_key()"
    return f"{difference.where}.value"


LOOKS = {
    "value": "np.asarray(jax.random.key_data({0}) if 'key' in str(getattr({0}, 'dtype', '')) else {0}).tolist()",
    "dtype": "str(getattr({0}, 'dtype', type({0}).__name__))",
    "shape": "tuple(getattr({0}, 'shape', ()))",
    "weak type": "bool(getattr({0}, 'weak_type', False))",
    "kind": "type({0}).__name__",
    "structure": "str(jax.tree.structure({0}))",
    "presence": "len(seen)",
}


def expected_text(difference: Difference, step: Seen) -> str:
    """What the oracle showed at the point of difference, as Python writes it."""
    if difference.where == "exception":
        if step.raised is None:
            return "None"
        return repr(next(cls.__name__ for cls in type(step.raised).__mro__ if cls.__module__ == "builtins"))
    tree = step.result if difference.where == "result" else step.states[difference.where]
    if difference.aspect in ("structure", "presence"):
        return (
            repr(str(jax.tree.structure(tree))) if difference.aspect == "structure" else str(int(tree is not NOTHING))
        )
    found = [
        leaf
        for path, leaf in jax.tree_util.tree_leaves_with_path(tree)
        if jax.tree_util.keystr(path) == difference.leaf
    ]
    world: dict[str, Any] = {"x": found[0], "jax": jax, "np": __import__("numpy")}
    return literal(eval(LOOKS[difference.aspect].format("x"), world))


def literal(x: Any) -> str:
    """As Python writes it, with the numbers that have no literal."""
    return repr(x).replace("nan", "float('nan')").replace("inf", "float('inf')")
