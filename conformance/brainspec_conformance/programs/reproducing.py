"""A find as files that anyone can run: the program as JSON, a test for pytest, and a script that needs nothing of ours.

The script imports the implementation, jax and numpy, quotes the clause, prints what was expected and what it got, and exits with 1
while the two differ.
"""

from __future__ import annotations

import textwrap
from typing import Any

import attrs
import jax
import numpy as np

from .. import clauses
from ..implementations import Implementation
from . import data
from .comparing import Bound, Difference
from .judging import Judged
from .laws import Law
from .run import NOTHING, Observed, split
from .scope import everything

WIDTH = 110


def script(program: data.Program, law: Law, judged: Judged, charged: tuple[str, ...], subject: Implementation) -> str:
    """A stand-alone script, a screen long; by a law, of what the implementation ran."""
    difference, expected = judged.difference, judged.expected
    assert difference is not None
    assert expected is not None
    program = attrs.evolve(program, steps=program.steps[: difference.step + 1])
    program = law.changed(program) or program
    text = going_on(law.written(program), program, difference, expected)
    look = looking(difference)
    told = f"After {ordinal(difference)} the {difference.aspect} of {difference.where}{difference.leaf} differs."
    quoted = "\n".join(quotation(charged))
    return f'''"""{quoted}

{textwrap.fill(told, WIDTH)}
"""

{imports(text)}import jax
import jax.numpy as jnp
import numpy as np
{devices(program)}
{importing(subject.target)}

seen = []
see = seen.append


{text}
expected = {expected_text(difference, expected)}
got = {look}
print("expected", expected)
print("got     ", got)
raise SystemExit({test(allowed(difference, expected, judged.bound))})
'''


def importing(target: str) -> str:
    """How a user imports the implementation."""
    module, colon, attribute = target.partition(":")
    return f"import {module}\n\nbrainstate = {module}.{attribute}" if colon else f"import {module} as brainstate"


def ordinal(difference: Difference) -> str:
    return "setting up" if difference.step < 0 else f"step {difference.step}"


def quotation(charged: tuple[str, ...]) -> list[str]:
    """The clauses that are charged, with their sentences; the first three."""
    found = [clauses.by_id()[name] for name in charged if name in clauses.by_id()]
    lines = [textwrap.fill(f"{clause.cited}: {clause.sentence}", WIDTH) for clause in found[:3]]
    more = [f"or one of {len(found) - 3} more"] if len(found) > 3 else []
    return [*lines, *more] or ["No clause could be singled out."]


def going_on(text: str, program: data.Program, difference: Difference, expected: Observed) -> str:
    """The script, where it goes on after steps that raise on purpose; if an exception differs, its class is noted."""
    setting, steps = split(text, program)
    found = [suppressed(line) if seen.raised else line for line, seen in zip(steps, expected.steps)]
    if difference.where == "exception" and steps:
        found[difference.step] = guarded(steps[difference.step])
    return setting + "".join(f"{line}\n" for line in found)


def suppressed(line: str) -> str:
    return f"with contextlib.suppress(LookupError):\n    {line}"


def guarded(line: str) -> str:
    """A step in `try`, noting the class of the exception."""
    return "\n".join(
        ["try:", f"    {line}", "    raised = None", "except Exception as error:", "    raised = type(error)"]
    )


def devices(program: data.Program) -> str:
    """The line that shows JAX as many devices as a `pmap2` has lanes, if one does not do."""
    lanes = [x.lanes for x in everything(program) if isinstance(x, data.Mapped) and x.how == "pmap2"]
    return f'\njax.config.update("jax_num_cpu_devices", {max(lanes)})\n' if max(lanes, default=1) > 1 else ""


def imports(text: str) -> str:
    return "import contextlib\n\n" if "contextlib.suppress" in text else ""


def test(bound: float | None) -> str:
    if bound is None:
        return "repr(got) != repr(expected)"  # NaNs print alike, and zeros of two signs do not
    return f"not np.allclose(got, expected, rtol=0, atol={bound!r}, equal_nan=True)"


def looking(difference: Difference) -> str:
    """The expression that looks at what differs."""
    if difference.step < 0:
        return "None"  # reached only where nothing was raised while all was set up
    if difference.where == "exception":
        return "[c.__name__ for c in raised.__mro__ if c.__module__ == 'builtins'][0] if raised else None"
    return LOOKS[difference.aspect].format(place_of(difference) + difference.leaf)


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


def expected_text(difference: Difference, expected: Observed) -> str:
    """What the oracle showed at the point of difference, as Python writes it."""
    if difference.where == "exception":
        raised = expected.failed if difference.step < 0 else expected.steps[difference.step].raised
        return repr(None if raised is None else builtin(type(raised)))
    tree = tree_of(difference, expected)
    if difference.aspect == "presence":
        return repr(int(tree is not NOTHING))
    looked_at = tree if difference.aspect == "structure" else leaf_of(tree, difference.leaf)
    return literal(eval(LOOKS[difference.aspect].format("x"), {"x": looked_at, "jax": jax, "np": np}))


def builtin(cls: type) -> str:
    return next(base.__name__ for base in cls.__mro__ if base.__module__ == "builtins")


def tree_of(difference: Difference, expected: Observed) -> Any:
    step = expected.steps[difference.step]
    return step.result if difference.where == "result" else step.states[difference.where]


def leaf_of(tree: Any, leaf: str) -> Any:
    leaves = jax.tree_util.tree_leaves_with_path(tree)
    return next(found for path, found in leaves if jax.tree_util.keystr(path) == leaf)


def allowed(difference: Difference, expected: Observed, bound: Bound) -> float | None:
    """How far another number may be from the oracle's; None where they are the same or they are not."""
    if difference.aspect != "value" or difference.where == "exception":
        return None
    return bound(leaf_of(tree_of(difference, expected), difference.leaf))


def literal(x: Any) -> str:
    """As Python writes it, with the numbers that have no literal."""
    return repr(x).replace("nan", "float('nan')").replace("inf", "float('inf')")
