"""A user's own model on two implementations, compared call by call.

The file has a function `model()`, which gives a module or a transformed function, and `inputs`, a list of tuples of arguments. It is
run once on each implementation under the names `brainstate` and `braintrace`. After each call the results are compared, and the
states of the module that `model()` gave, that it made a transformed function of, or that it left in `model.root`.
"""

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from .impersonation import impersonate
from .implementations import Implementation
from .programs.comparing import STRICT as STRICTLY
from .programs.comparing import Bound, Difference, bits, compare_step
from .programs.judging import measuring, quiet
from .programs.run import NOTHING, Seen
from .tracebacks import without_our_frames


class NoModel(ValueError):
    """The file does not have what is compared."""


@frozen
class Shown:
    """What one implementation showed, a `Seen` for each call."""

    implementation: Implementation
    calls: list[Seen]


@frozen
class Call:
    """One call: its number, the arguments as they print, and the difference if there is one."""

    number: int
    difference: Difference | None
    raised: str | None


def against(path: Path, subject: str, oracle: str) -> Iterator[Call]:
    """The calls of a model on both, in order."""
    with quiet(), impersonate(oracle) as expecting, measuring(expecting.namespace) as ledger:
        expected = show(path, expecting)
        bound: Bound = bits if ledger is None else ledger.bound
        with impersonate(subject) as getting:
            got = show(path, getting)
        for k, (a, b) in enumerate(zip(expected.calls, got.calls, strict=True)):
            raised = None if b.raised is None else without_our_frames(b.raised)
            yield Call(k, compare_step(a, b, bound, STRICTLY), raised)


def show(path: Path, implementation: Implementation) -> Shown:
    world = runpy.run_path(str(path), run_name="model")
    if not callable(world.get("model")) or not isinstance(world.get("inputs"), list | tuple):
        raise NoModel(f"{path} has no function `model` or no list `inputs`")
    model = world["model"]()
    node = implementation.namespace.graph.Node
    candidates = (model, getattr(model, "origin_fun", None), getattr(world["model"], "root", None))
    root = next((one for one in candidates if isinstance(one, node)), None)
    return Shown(
        implementation, [called(k, model, given, root, implementation) for k, given in enumerate(world["inputs"])]
    )


def called(k: int, model: Any, given: Any, root: Any, implementation: Implementation) -> Seen:
    result, raised = NOTHING, None
    try:
        result = model(*given) if isinstance(given, tuple) else model(given)
    except Exception as error:
        raised = error
    states = {} if root is None else implementation.namespace.graph.states(root)
    values = {"root." + ".".join(map(str, path)): state.value for path, state in states.items()}
    return Seen(k, result, raised, values)
