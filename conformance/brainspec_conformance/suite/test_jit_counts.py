"""The checks of `spec/30-jit.md` over generated sequences of calls: how often the origin runs, against a model of signatures.

The origin gives its own number of runs, which is a constant of its trace, so each result tells whose program made it.
"""

import gc
import weakref
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from attrs import define, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import TYPES, Pair
from brainspec_conformance.suite.test_jit_static_signature import Alike, Colour, Level, Twin, Word

# Static arguments by what they are for the signature, and the way that the origin goes for each: which states it
# reads (`a`), which it writes back (`b=`), which it gives another type (`c~`), and which it chooses by the type of `a`.
STATICS: dict[str, tuple[list[Callable[[], Any]], list[str]]] = {
    "the number one": ([lambda: 1, lambda: int("1")], ["a"]),
    "the truth": ([lambda: True], ["b="]),
    "the float one": ([lambda: 1.0, lambda: float("1")], ["b=", "a"]),
    "the one of NumPy": ([lambda: np.int32(1)], []),
    "the low level": ([lambda: Level.LOW], ["c~"]),
    "a string": ([lambda: "ab", lambda: "".join("ab")], ["a", "choose"]),
    "a string of a user": ([lambda: Word("ab")], ["c~", "a"]),
    "a tuple": ([lambda: (1, "a"), lambda: (True, "a"), lambda: (1.0, "a")], ["choose"]),
    "a pair": ([lambda: Pair(1, "a"), lambda: Pair(True, "a")], ["b="]),
    "nothing": ([lambda: None], []),
    "minus one": ([lambda: -1], ["b=", "c~"]),
    "minus two": ([lambda: -2], ["a"]),
    "a colour": ([lambda: Colour.RED, lambda: Colour(1)], ["a"]),
    "an object": ([lambda: Alike(1), lambda: Alike(1)], []),
    "an object like it": ([lambda: Alike(2)], ["b="]),
    "an object of another type": ([lambda: Twin(1)], ["c~"]),
}
WAYS = {(type(make()), make()): way for makes, way in STATICS.values() for make in makes}
RETYPED = "an array of bytes"
VALUES = [
    "a weak float", "a float", "a weak integer", "an integer", "a truth", "an array", "a weak array", "a row", "a key",
    "an array of integers", "nothing", "a list", "a tuple", "a dictionary", "a dictionary of two", "a box",
]  # fmt: skip
HELD = ["a weak float", "a float", "a weak integer", "an array", "a longer array", "a dictionary", "nothing"]
FLAT = ["a weak float", "a float", "an array"]


@frozen
class Call:
    """Arguments by their types, the choices among what is alike, and the setting under which they are given."""

    static: str
    x: str
    y: str
    choice: int = 0
    precision: str | None = None

    def arguments(self) -> tuple[tuple[Any, Any], dict[str, Any]]:
        """The arguments, `y` and `z` in either order."""
        x, y, n = (
            pool[self.choice % len(pool)] for pool in (TYPES[self.x](), TYPES[self.y](), STATICS[self.static][0])
        )
        words = {"y": y, "z": float(self.choice)}
        return (x, n()), dict(sorted(words.items(), reverse=bool(self.choice % 2)))

    def setting(self) -> Any:
        return jax.default_matmul_precision(self.precision) if self.precision else nullcontext()


@define(eq=False)
class Game:
    """Two jitted functions of one origin with three states, and beside them what they must remember."""

    impl: Any
    runs: int = 0
    broken: bool = False
    held: dict[str, str] = field(factory=lambda: {"a": "a weak float", "b": "an array", "c": "a float"})
    states: dict[str, Any] = field(factory=dict)
    functions: list[Any] = field(factory=list)
    # By function and signature the run that made the program: a number, or None where that is not known.
    known: list[dict[Any, int | None]] = field(factory=lambda: [{}, {}])
    # What may be remembered and need not be: a page does not say it.
    maybe: list[dict[Any, None]] = field(factory=lambda: [{}, {}])

    def __attrs_post_init__(self) -> None:
        self.states = {name: self.impl.State(TYPES[held]()[0]) for name, held in self.held.items()}
        self.functions = [self.impl.transform.jit(self.origin, static_argnums=1) for _ in range(2)]

    def origin(self, x: Any, n: Any, *, y: Any, z: Any) -> int:
        self.runs += 1
        for step in WAYS[type(n), n]:
            self.take(step)
        if self.broken:
            raise LookupError
        return self.runs

    def take(self, step: str) -> None:
        a, b, c = (self.states[name] for name in "abc")
        match step:
            case "a":
                a.value  # noqa: B018
            case "b=":
                b.value = b.value
            case "c~":
                c.value = jnp.zeros(2, np.uint8)
            case "choose":
                (b if jax.tree.leaves(a.value) else c).value  # noqa: B018

    def touched(self, way: list[str]) -> list[str]:
        """The states that a way leads to, in order."""
        chosen = "c" if self.held["a"] == "nothing" else "b"
        names = [name for step in way for name in (["a", chosen] if step == "choose" else [step[0]])]
        return list(dict.fromkeys(names))

    def signature(self, call: Call) -> Any:
        touched = [(name, self.held[name]) for name in self.touched(STATICS[call.static][1])]
        return call.precision, call.static, call.x, call.y, tuple(touched)

    def written(self, call: Call) -> None:
        self.held |= {"c": RETYPED} if "c~" in STATICS[call.static][1] else {}

    def do(self, which: int, call: Call, method: str = "__call__") -> Any:
        args, words = call.arguments()
        with call.setting():
            return getattr(self.functions[which], method)(*args, **words)

    # --- the moves ---

    def call(self, which: int, call: Call) -> None:
        before, signature = self.runs, self.signature(call)
        result = int(self.do(which, call))
        ran, known = self.runs - before, self.known[which]
        if signature in known:
            assert ran == 0, f"{signature} was remembered, and the origin ran {ran} times"
            assert known[signature] in (result, None), f"{signature} ran the program of another"
        elif ran or signature not in self.maybe[which]:
            assert ran == 1, f"{signature} was not remembered, and the origin ran {ran} times"
            assert result == self.runs, f"{signature} ran the program of another"
        known[signature] = result
        self.written(call)

    def prepare(self, which: int, call: Call) -> None:
        self.do(which, call, "compile")
        self.known[which].setdefault(self.signature(call))

    def look(self, which: int, call: Call) -> None:
        before, signature = self.runs, self.signature(call)
        self.do(which, call, "eval_shape")
        self.maybe[which][signature] = None
        if signature in self.known[which]:
            assert self.runs == before, f"{signature} was remembered, and its result was traced again"

    def lower(self, which: int, call: Call) -> None:
        self.do(which, call, "lower")
        self.maybe[which][self.signature(call)] = None

    def open(self, which: int, call: Call) -> None:
        args, words = call.arguments()
        states = self.functions[which].stateful_fun.get_states(*args, **words)
        assert states == tuple(self.states[name] for name, _ in self.signature(call)[-1])
        self.maybe[which][self.signature(call)] = None

    def disabled(self, which: int, call: Call) -> None:
        before = self.runs
        with jax.disable_jit():
            result = self.do(which, call)
        assert (self.runs - before, result) == (1, self.runs)
        self.written(call)

    def fail(self, which: int, call: Call) -> None:
        before, signature, self.broken = self.runs, self.signature(call), True
        try:
            with suppress(LookupError):
                self.do(which, call)
                assert self.runs == before, "the origin raised, and the call did not"
                assert signature in self.known[which] or signature in self.maybe[which]
                self.known[which].setdefault(signature)
                self.written(call)
        finally:
            self.broken = False
        assert self.runs == before + (signature not in self.known[which])
        self.maybe[which].pop(signature, None)

    def refuse(self, which: int, call: Call) -> None:
        with suppress(TypeError):
            self.functions[which]("text", STATICS[call.static][0][0](), y=1.0, z=1.0)
            raise AssertionError("text was taken for an argument")

    def clear(self, which: int, call: Call) -> None:
        self.functions[which].clear_cache()
        self.known[which].clear()
        self.maybe[which].clear()

    def put(self, which: int, call: Call) -> None:
        """Put another value into a state."""
        name = "abc"[call.choice % 3]
        pool = FLAT if name == "c" else HELD
        self.held[name] = kind = pool[(call.choice // 3) % len(pool)]
        self.states[name].value = TYPES[kind]()[-1]

    def replace(self, which: int, call: Call) -> None:
        """Put a state in place of another, which is nowhere else."""
        name = "abc"[call.choice % 3]
        old = weakref.ref(self.states.pop(name))
        if old() is not None:
            gc.collect()
        assert old() is None
        self.states[name] = self.impl.State(TYPES[self.held[name]]()[0])
        both: list[dict[Any, Any]] = [*self.known, *self.maybe]
        for signatures in both:
            for signature in [signature for signature in signatures if name in dict(signature[-1])]:
                del signatures[signature]


Move = tuple[str, int, Call]
NUMBER, FLOAT, STRING, TUPLE = "the number one", "the float one", "a string", "a tuple"
STILL = ["a weak float"]


def moves(
    words: str,
    statics: list[str],
    values: list[str] = STILL,
    functions: int = 1,
    precisions: Sequence[str | None] = (None,),
) -> Any:
    """Lists of moves, with few arguments to choose from, so that calls meet what earlier ones left."""
    parts = map(st.sampled_from, (statics, values, values))
    calls = st.builds(Call, *parts, st.integers(0, 20), st.sampled_from(precisions))
    return st.lists(st.tuples(st.sampled_from(words.split()), st.integers(0, functions - 1), calls), max_size=8)


# A signature that is called is compiled, so the deepest profile would take minutes.
FEWER = settings(max_examples=min(settings().max_examples, 200))


def played(impl: Any, steps: list[Move]) -> None:
    game = Game(impl)
    for word, which, call in steps:
        getattr(game, word)(which, call)


@check("jit.trace.once@1", "jit.trace.types@1")
@FEWER
@given(moves("call", ["nothing"], VALUES))
def test_generated_calls_run_the_origin_once_a_type(impl: Any, steps: list[Move]) -> None:
    played(impl, steps)


@check("jit.static.signature@1", needs=["jit.trace.once@1"])
@FEWER
@given(moves("call", list(STATICS)))
def test_generated_calls_run_the_origin_once_a_static_argument(impl: Any, steps: list[Move]) -> None:
    played(impl, steps)


@check("jit.trace.states@1", "jit.trace.untouched@1", needs=["jit.trace.once@1", "jit.static.signature@1"])
@FEWER
@given(moves("call call put", [FLOAT, STRING, TUPLE, "the low level"]))
def test_generated_calls_run_the_origin_once_a_type_of_a_state(impl: Any, steps: list[Move]) -> None:
    played(impl, steps)


@check("jit.state.replaced@1", needs=["jit.trace.states@1", "jit.trace.untouched@1", "jit.cache.frees@1"])
@FEWER
@given(moves("call call put replace", [NUMBER, FLOAT]))
def test_generated_calls_run_the_origin_again_for_a_state_that_was_replaced(impl: Any, steps: list[Move]) -> None:
    played(impl, steps)


@check("jit.cache.clear@1", "jit.trace.own@1", needs=["jit.trace.once@1"])
@FEWER
@given(moves("call call clear", [NUMBER, FLOAT], functions=2))
def test_generated_calls_run_the_origin_again_after_clearing(impl: Any, steps: list[Move]) -> None:
    played(impl, steps)


@check("jit.trace.config@1", needs=["jit.trace.once@1"])
@FEWER
@given(moves("call", [NUMBER, FLOAT], precisions=(None, "highest", "bfloat16")))
def test_generated_calls_run_the_origin_once_a_setting(impl: Any, steps: list[Move]) -> None:
    played(impl, steps)


@check("jit.ahead.compile@1", needs=["jit.trace.states@1"])
@FEWER
@given(moves("call prepare prepare lower put", [NUMBER, FLOAT]))
def test_generated_calls_that_were_prepared_do_not_run_the_origin(impl: Any, steps: list[Move]) -> None:
    played(impl, steps)


@check("jit.cache.remembers@1", needs=["jit.trace.states@1"])
@FEWER
@given(moves("call look look put", [NUMBER, TUPLE]))
def test_generated_calls_are_remembered_with_their_shapes(impl: Any, steps: list[Move]) -> None:
    played(impl, steps)


@check("jit.failure.forgotten@1", needs=["jit.trace.states@1"])
@FEWER
@given(moves("call fail refuse put", [NUMBER, FLOAT]))
def test_generated_calls_that_fail_leave_what_is_remembered(impl: Any, steps: list[Move]) -> None:
    played(impl, steps)


@check("jit.disabled.nothing-kept@1", needs=["jit.trace.states@1"])
@FEWER
@given(moves("call disabled put", [NUMBER, "minus one"]))
def test_generated_calls_in_plain_python_leave_what_is_remembered(impl: Any, steps: list[Move]) -> None:
    played(impl, steps)


@check("jit.open.states@1", needs=["jit.trace.states@1"])
@FEWER
@given(moves("call open open put", list(STATICS)))
def test_generated_calls_touch_the_states_that_are_told(impl: Any, steps: list[Move]) -> None:
    played(impl, steps)
