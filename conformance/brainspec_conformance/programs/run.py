"""Running a program on an implementation, and noting what a user can see.

The source is registered in `linecache`, so that tracebacks show it. After each step of the script the observer notes the
result of the step, or the class of the exception that it raised, and what every state and stream holds.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from attrs import field, frozen, mutable

from . import data, render, scope, stored


@frozen
class Seen:
    """What a user sees after one step: the result or the exception, and the values of the states by place."""

    step: int
    result: Any
    raised: BaseException | None
    states: dict[str, Any]


@frozen
class Observed:
    """What a program showed: one `Seen` per step that ran; `failed` if it could not even be set up."""

    steps: tuple[Seen, ...]
    failed: BaseException | None = None


Look = tuple[str, Callable[[], Any]]
NOTHING = object()  # the result of a step that gives none


@mutable
class Observer:
    """Keeps what `see` is given, and looks at the states after each step."""

    places: tuple[Look, ...] = ()
    result: Any = NOTHING
    steps: list[Seen] = field(factory=list)

    def see(self, result: Any) -> None:
        self.result = result

    def note(self, step: int, raised: BaseException | None) -> None:
        result, self.result = self.result, NOTHING
        states = {name: as_it_is_now(look()) for name, look in self.places}
        self.steps.append(Seen(step, as_it_is_now(result), raised, states))


def as_it_is_now(tree: Any) -> Any:
    """A tree whose arrays of NumPy no later step can change."""
    return jax.tree.map(lambda leaf: leaf.copy() if isinstance(leaf, np.ndarray) else leaf, tree)


def observe(program: data.Program, namespace: Any, *, text: str | None = None) -> Observed:
    """Run a program, step by step; the steps after one that raised run too."""
    text = render.source(program) if text is None else text
    setting, steps = split(text, program)
    filename = register(text, stored.digest(program))
    observer = Observer()
    world = {"brainstate": namespace, "jax": jax, "jnp": jnp, "np": np, "see": observer.see, "__name__": "program"}
    try:
        exec(compile(setting, filename, "exec"), world)
        observer.places = tuple(looks(program, world))
    except Exception as error:
        return Observed((), error)
    first = setting.count("\n")
    for k, line in enumerate(steps):
        raised: BaseException | None = None
        try:
            exec(compile("\n" * (first + k) + line, filename, "exec"), world)
        except Exception as error:
            raised = error
        observer.note(k, raised)
    return Observed(tuple(observer.steps))


def split(text: str, program: data.Program) -> tuple[str, list[str]]:
    """The setting, and one line per step."""
    lines = text.rstrip("\n").split("\n")
    n = len(program.steps)
    return "\n".join(lines[: len(lines) - n]) + "\n", lines[len(lines) - n :]


def register(text: str, digest: str) -> str:
    """A file name under which tracebacks find the text."""
    filename = f"<program {digest}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return filename


def looks(program: data.Program, world: dict[str, Any]) -> list[Look]:
    """How each state is looked at: by its place, through the root as it is then."""
    names = {render.place(found.place) for found in scope.states(program)}
    codes = [(f"root{name}", compile(f"root{name}.value", "<look>", "eval")) for name in sorted(names)]
    found: list[Look] = [(name, partial(eval, code, world)) for name, code in codes]
    if render.uses_default_stream(program):
        found.append(("brainstate.random", lambda: world["brainstate"].random.get_key()))
    return found
