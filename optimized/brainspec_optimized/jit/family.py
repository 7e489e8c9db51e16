"""What is fast about it: programs that touch the same states share one function of `jax.jit`, whose own cache finds
the one that is wanted, in C++, by the types of arguments and states. Python looks nothing up.

What JAX compiles is no user's function, but one that puts a program's jaxpr in the place; where it does not know the
program either, it says so by an exception, and nothing has happened. Beside the values it gives the program's number, as
the key of a dictionary: a part of the structure of the result, which costs nothing at run time.
"""

import contextlib
import threading
import typing as t
import weakref

import jax

from brainspec_optimized._jaxshim import EAGER, TRACES, UNSPECIFIED, evaluated, jit_is_disabled, type_of, typed_anywhere
from brainspec_optimized.jit.arguments import Statics
from brainspec_optimized.jit.eras import context, outside
from brainspec_optimized.jit.options import Options
from brainspec_optimized.jit.program import NONE, Program, Reference

__all__ = ["Family", "Outcome", "Unknown"]

Outcome = tuple[list[t.Any], t.Any, dict[int, None]]


class Unknown(Exception):
    """A call is none of a program that is known here."""


class _Mine(threading.local):  # [jit.cache.threads]
    def __init__(self) -> None:
        self.expected: tuple[Family, Program] | None = None


_MINE = _Mine()


class Family:
    """The programs under the same static arguments that touch the same states in the same order."""

    __slots__ = ("__weakref__", "_inside", "programs", "refs", "roams", "run")

    def __init__(self, refs: tuple[Reference, ...], name: str, statics: Statics, options: Options, roams: bool) -> None:
        self.refs = refs
        self.programs: dict[int, Program] = {}
        self.roams = roams
        wanted = _as_jax_wants_it(options, statics)
        self.run = jax.jit(_runner(weakref.ref(self), name), **wanted)
        wanted.pop("compiler_options", None)  # JAX takes them at the top alone
        self._inside = jax.jit(_runner(weakref.ref(self), name), **wanted)  # [jit.option.others]

    def outcome(self, program: Program, values: list[t.Any], args: tuple[t.Any, ...], kwargs: t.Any) -> Outcome:
        """Run a program of this family, or make it a part of the trace that is current."""
        with self.expecting(program):
            run = self.run if TRACES.trace is EAGER else self._inside  # [mapping.nest.mapping]
            outcome: Outcome = run(values, *args, **kwargs)  # [mapping.nest.jit]
        return outcome

    @contextlib.contextmanager
    def expecting(self, program: Program) -> t.Iterator[None]:
        """Let what JAX traces of this family in the block be this program."""
        before, _MINE.expected = _MINE.expected, (self, program)
        try:
            with outside():
                yield
        finally:
            _MINE.expected = before


def _runner(family: "weakref.ref[Family]", name: str) -> t.Callable[..., Outcome]:
    def run(values: list[t.Any], /, *args: t.Any, **kwargs: t.Any) -> Outcome:
        program = _program_of(family(), values, args, kwargs)
        outputs = evaluated(program.jaxpr, jax.tree.leaves((args, kwargs, values)))  # [jit.result.same]
        written, result = program.evaluated_as(outputs)
        return written, result, {program.number: None}

    run.__name__ = run.__qualname__ = name
    return run


def _program_of(family: Family | None, values: list[t.Any], args: t.Any, kwargs: t.Any) -> Program:
    tree, avals = jax.tree.structure((args, kwargs)), [*map(type_of, jax.tree.leaves((args, kwargs, values)))]
    expected, program = _MINE.expected or (None, NONE)
    if expected is family is not None and _suits(program, tree, avals):
        _MINE.expected = None
        return program
    # When JAX has forgotten what this family has not, or looks for a NaN one operation at a time.
    trees, now = [jax.tree.structure(value) for value in values], context()
    for program in list(family.programs.values()) if family and not jit_is_disabled() else []:
        alike = program.context == now and [types[0] for types in program.types] == trees
        if alike and _suits(program, tree, avals) and [*map(typed_anywhere, program.jaxpr.in_avals)] == avals:
            return program
    raise Unknown


def _suits(program: Program, tree: t.Any, avals: list[t.Any]) -> bool:
    wanted = [(aval.shape, aval.dtype) for aval in program.jaxpr.in_avals]
    return program.args_tree == tree and [(aval.shape, aval.dtype) for aval in avals] == wanted


def _as_jax_wants_it(options: Options, statics: Statics) -> dict[str, t.Any]:
    taken = [place for place, _, _ in statics if isinstance(place, int)]
    count = next((value for place, _, value in statics if place is None), 0)

    wanted = dict(options.others)
    spent = [n + count if n < 0 else n for n in options.donated.positions if n >= -count]
    if spent:  # behind the values, and without the static ones
        wanted["donate_argnums"] = [n + 1 - sum(place < n for place in taken) for n in spent]  # [jit.donate.result]
    if options.donated.names:
        wanted["donate_argnames"] = options.donated.names
    if options.in_shardings is not UNSPECIFIED:
        each = options.in_shardings
        each = each if isinstance(each, (tuple, list)) else [each] * (count - len(taken))
        wanted["in_shardings"] = (UNSPECIFIED, *each)  # [jit.place.shardings]
    if options.out_shardings is not UNSPECIFIED:
        wanted["out_shardings"] = (UNSPECIFIED, options.out_shardings, UNSPECIFIED)  # [jit.place.shardings]
    return wanted
