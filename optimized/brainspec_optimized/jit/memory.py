"""What is fast about it: a warm call asks one dictionary for the family that ran last, and JAX for the rest.

What a jitted function remembers: its programs by the key of their arguments, by the states that they touch, and by
age. Everything that is not needed to run a remembered program again is done here, once per signature.

When there are too many, half of them go at once: JAX cannot be told to forget one program of a family, so a family
that loses one is made anew, and what it still knows is compiled again if it is used.
"""

import contextlib
import itertools
import threading
import typing as t
import weakref

from brainspec_optimized.binding import bound
from brainspec_optimized.jit.arguments import Given, Key, Statics, key_of, parting, with_statics
from brainspec_optimized.jit.eras import context
from brainspec_optimized.jit.family import Family
from brainspec_optimized.jit.options import Options
from brainspec_optimized.jit.places import Places
from brainspec_optimized.jit.program import NONE, Program, Reference, traced
from brainspec_optimized.jit.undoing import undoing
from brainspec_optimized.jit.watch import Watch

__all__ = ["Memory", "weakly"]

_CLOCK = itertools.count()

MOST = 512  # [mapping.cache.bounded]
KEPT = 256  # [mapping.cache.bounded]


def weakly(instance: t.Any) -> t.Callable[[], t.Any]:
    """A way to the instance that does not keep it, unless its class has no room for one."""
    try:
        return weakref.ref(instance)
    except TypeError:
        return lambda: instance


class Memory:
    """What is remembered of one function, or of one method on one instance."""

    __slots__ = (
        "__weakref__",
        "_families",
        "_groups",
        "_instance",
        "_lock",
        "_programs",
        "donates",
        "hot",
        "last",
        "name",
        "options",
        "origin",
        "part",
        "places",
    )
    page: t.ClassVar[str] = "jit"
    """Whose clauses are cited where a call breaks one."""

    def __init__(self, origin: t.Callable[..., t.Any], options: Options, name: str, instance: t.Any = None) -> None:
        self.origin, self.options, self.name = origin, options, name
        self._instance = None if instance is None else weakly(instance)  # [jit.cache.frees]
        self.part = parting(options)
        self.places = Places(options)
        self.donates = bool(options.donated.positions or options.donated.names)
        self._lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Forget all programs."""
        with self._lock:
            self._groups: dict[Key, list[Program]] = {}  # [jit.cache.clear]
            self._programs: set[Program] = set()
            self._families: dict[tuple[Statics, tuple[Reference, ...]], Family] = {}
            self.hot: dict[Statics, Family | None] = {}
            self.last = NONE

    @property
    def function(self) -> t.Callable[..., t.Any]:
        """The origin, with the instance where there is one."""
        return self.origin if self._instance is None else bound(self.origin, self._instance())

    def given(self, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> Given:
        """The arguments of a call, parted."""
        return Given(*self.part(args, kwargs)) if self.part else Given((), args, kwargs)

    def program(self, given: Given, described: bool = False) -> Program:
        """The program of a call with these arguments, remembered or traced."""
        key = self.key(given, described)
        return self.found(key) or self.made(given, key)

    def key(self, given: Given, described: bool = False) -> Key:
        """What these arguments add to the signature."""
        return key_of(given, described, self.page)

    def found(self, key: Key) -> Program | None:
        """The remembered program of a call whose arguments have this key."""
        now = context()  # [mapping.trace.config]
        with self._lock:
            group = list(self._groups.get(key, ()))
        fitting = (program for program in group if program.fits(now))  # [mapping.trace.types]
        program = next(fitting, None)  # [mapping.trace.closure]
        return None if program is None else self._used(program)  # [jit.trace.closure]

    def made(self, given: Given, key: Key) -> Program:
        """A new program of a call with these arguments, which is remembered."""
        program = self._used(self._traced(given, key))  # [mapping.failure.forgotten]
        self._add(program)  # [jit.failure.forgotten]
        return program

    def latest(self, key: t.Any) -> Program | None:
        """The program that was made or used last under a key."""
        living: list[Program] = []
        with self._lock, contextlib.suppress(TypeError):  # what has no hash is no key
            living = [program for program in self._groups.get(key, ()) if program.lives()]  # [mapping.open.by-cache]
        return max(living, key=lambda program: program.used, default=None)  # [jit.open.by-cache]

    def family(self, program: Program) -> Family:
        """The family of a program, which is from now on tried first for its static arguments."""
        statics: Statics = t.cast(Key, program.key)[0]
        if program.captures:
            return self.alone(program)
        with self._lock:
            family = self._families.get((statics, program.refs))
            if family is None:
                family = self._families[statics, program.refs] = self.alone(program)
            family.programs[program.number] = program
            # Where two families take turns, none of them is worth a try.
            self.hot[statics] = family if self.hot.get(statics, family) is family else None
        return family

    def alone(self, program: Program) -> Family:
        """A family of this program, which nobody remembers."""
        family = Family(program.refs, self.name, t.cast(Key, program.key)[0], self.options, self.places.several)
        family.programs[program.number] = program
        return family

    def plainly(self, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> t.Any:
        """What a call gives where nothing is compiled."""
        with undoing():
            return self.function(*args, **kwargs)  # [jit.disabled.plain]

    def bound(self, instance: t.Any) -> "Memory":
        """What is remembered for one instance, of a method."""
        return Memory(self.origin, self.options.behind_instance(), self.name, instance)

    def recalled(self, family: Family, number: int) -> Program:
        """The program of this number, which has run just now."""
        return self._used(family.programs[number])

    def drop(self, program: Program) -> None:
        """Forget this program, if it is remembered."""
        with self._lock:
            self._forget([program] if program in self._programs else [])

    def bury(self) -> None:
        """Forget the programs whose states have ceased to exist."""
        with self._lock:
            self._forget([program for program in self._programs if not program.lives()])

    def _traced(self, given: Given, key: Key) -> Program:
        function = with_statics(self.function, given.statics)
        program = traced(function, given.args, dict(given.kwargs), Watch())
        program.key = key
        return program

    def _add(self, program: Program) -> None:
        with self._lock:
            self.bury()
            self._groups.setdefault(t.cast(Key, program.key), []).append(program)
            self._programs.add(program)
            if len(self._programs) > MOST:  # [jit.cache.bounded]
                self._forget(sorted(self._programs, key=lambda program: program.used)[:-KEPT])  # [jit.cache.remembers]

    def _used(self, program: Program) -> Program:
        program.used = next(_CLOCK)  # [jit.cache.remembers]
        self.last = program
        return program

    def _forget(self, programs: list[Program]) -> None:
        if not programs:
            return
        for program in programs:
            key = t.cast(Key, program.key)
            self._programs.remove(program)
            self._groups[key].remove(program)
            if not self._groups[key]:
                del self._groups[key]
            self._families.pop((key[0], program.refs), None)
        self.hot = {}
        self.last = NONE
