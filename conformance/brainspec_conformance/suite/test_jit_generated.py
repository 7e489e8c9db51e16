"""The checks of `spec/30-jit.md` on generated programs over states, which jitted functions run as plain Python does.

A step is a tuple: its word, then its arguments. A program is a list of steps; `call` and `caught` hold a program of their
own, which becomes an inner function. All numbers are small and without rounding.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import ERRORS, assert_arrays, assert_equal


class Expected(Exception):
    """What an inner function raises and its caller catches."""


class World:
    """States with several names, random states, and the functions that programs make of them."""

    def __init__(self, impl: Any, held: list[Any], names: list[int], wrap: Callable[[Any], Any] | None = None) -> None:
        self.impl = impl
        self.states = [impl.State(value) for value in held]
        self.names = [*self.states, *(self.states[n % len(held)] for n in names)]
        self.streams = [impl.random.RandomState(seed) for seed in (1, 2)]
        self.wrap = wrap or self.undoing
        self.left: int | None = None  # steps to go before the trouble
        self.trouble: BaseException = Expected()

    def undoing(self, origin: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """The origin in plain Python, but for what a failure does to states."""

        def plain(x: Any) -> Any:
            every = [*self.states, *self.streams]
            before = [state.value for state in every]
            try:
                return origin(x)
            except BaseException:
                for state, value in zip(every, before, strict=True):
                    state.value = value
                raise

        return plain

    def function(self, program: list[Any], fails: bool = False) -> Any:
        inner = {n: self.function(step[1], step[0] == "caught") for n, step in enumerate(program) if step[0] in NESTED}

        def origin(x: Any) -> Any:
            for n, step in enumerate(program):
                self.burn()
                x = self.call(inner[n], x) if n in inner else self.take(step, x)
            self.burn()
            if fails:
                raise Expected
            return x

        return self.wrap(origin)

    def burn(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise self.trouble

    def call(self, function: Any, x: Any) -> Any:
        try:
            return function(x)
        except Expected:
            return x

    def named(self, n: int) -> Any:
        return self.names[n % len(self.names)]

    def take(self, step: Any, x: Any) -> Any:
        """One step, from a number or array to another."""
        match step:
            case ("read", n):
                return (x + self.named(n).value) % 8
            case ("write", n):
                self.named(n).value = x
            case ("add", n, m):
                self.named(n).value = (self.named(n).value + self.named(m).value) % 8
            case ("double", n):
                self.named(n).value *= 2
                self.named(n).value %= 8
            case ("swap", n, m):
                self.named(n).value, self.named(m).value = self.named(m).value, self.named(n).value
            case ("set", n, number):
                self.named(n).value = number
            case ("widen", n):
                self.named(n).value = self.named(n).value * jnp.array([1.0, 2.0]) % 8
            case ("total", n):
                self.named(n).value = jnp.sum(self.named(n).value) % 8
            case ("draw", n):
                return (x + (jax.random.key_data(self.streams[n % 2].split_key())[0] % 8).astype(jnp.int32)) % 8
            case ("local", number):
                state = self.impl.State(number)
                state.value = state.value + x
                return state.value * 2 % 8
        return x

    def held(self) -> list[Any]:
        return [state.value for state in (*self.states, *self.streams)]


NESTED = ("call", "caught")
places = st.integers(0, 5)
constants = st.sampled_from([1, 2.5])
steps = st.one_of(
    st.tuples(st.sampled_from(["read", "read", "write", "double", "widen", "total"]), places),
    st.tuples(st.sampled_from(["add", "swap"]), places, places),
    st.tuples(st.just("set"), places, constants),
    st.tuples(st.just("local"), constants),
)
flat = st.lists(steps | st.tuples(st.just("draw"), places), min_size=1, max_size=3)


def nested(*words: str) -> st.SearchStrategy[list[Any]]:
    """Programs with inner functions, and those with inner functions of their own."""
    short = st.lists(steps, min_size=1, max_size=3)
    middle = st.lists(steps | st.tuples(st.sampled_from(words), short), min_size=1, max_size=3)
    outer = st.lists(steps | st.tuples(st.sampled_from(words), middle), max_size=2)
    return st.builds(lambda a, word, b, c: [*a, (word, b), *c], outer, st.sampled_from(words), middle, outer)


values = st.sampled_from([1, 0.5]) | st.builds(
    jnp.asarray, st.sampled_from([np.float32(1.5), np.int32(3), np.array([0.5, 3.0], np.float32)])
)
helds = st.lists(values, min_size=1, max_size=4)
aliases = st.lists(places, max_size=2)
arguments = st.lists(values, min_size=2, max_size=2)


def assert_law(impl: Any, held: list[Any], names: list[int], program: list[Any], calls: list[Any]) -> None:
    """Calls through `jit` give what plain Python gives, and leave what it leaves."""
    jitted, plain = World(impl, held, names, impl.transform.jit), World(impl, held, names)
    f, origin = jitted.function(program), plain.function(program)
    for x in calls:
        wanted = origin(x)
        assert_arrays(f(x), wanted)
        assert_equal(jitted.held(), plain.held())


@check("jit.state.written@1", "jit.state.current@1", needs=["jit.result.same@1"])
@given(held=helds, names=aliases, program=flat, calls=arguments)
def test_generated_programs_do_as_in_plain_python(
    impl: Any, held: list[Any], names: list[int], program: list[Any], calls: list[Any]
) -> None:
    assert_law(impl, held, names, program, calls)


@check("jit.nest.inside@1", needs=["jit.state.written@1", "jit.state.current@1", "jit.state.retyped@1"])
@given(held=helds, names=aliases, program=nested("call"), calls=arguments)
def test_generated_programs_with_inner_functions_do_as_in_plain_python(
    impl: Any, held: list[Any], names: list[int], program: list[Any], calls: list[Any]
) -> None:
    assert_law(impl, held, names, program, calls)


@check("jit.failure.caught@1", needs=["jit.nest.inside@1"])
@given(held=helds, names=aliases, program=nested("caught", "call"), calls=arguments)
def test_generated_programs_go_on_after_inner_functions_that_fail(
    impl: Any, held: list[Any], names: list[int], program: list[Any], calls: list[Any]
) -> None:
    assert_law(impl, held, names, program, calls)


def touches(world: World, function: Any, x: Any) -> list[tuple[int, bool]]:
    every = [*world.states, *world.streams]
    with world.impl.StateTraceStack() as stack:
        function(x)
    return [(every.index(state), wrote) for state, wrote in zip(stack.states, stack.been_writen, strict=True)]


@check("jit.state.touched@1", needs=["jit.nest.inside@1", "state.stack.records@1", "state.stack.writes@1"])
@given(held=helds, names=aliases, program=flat | nested("call"), x=values)
def test_generated_programs_touch_what_they_touch_in_plain_python(
    impl: Any, held: list[Any], names: list[int], program: list[Any], x: Any
) -> None:
    jitted = World(impl, held, names, impl.transform.jit)
    plain = World(impl, held, names, lambda origin: origin)
    f, origin = jitted.function(program), plain.function(program)
    for _ in range(2):
        assert touches(jitted, f, x) == touches(plain, origin, x)


def failed(world: World, function: Any, x: Any) -> bool:
    """Whether the trouble of the world leaves the call; if so, nothing has changed."""
    before = world.held()
    with world.impl.StateTraceStack():  # closing it raises if the call has left another one open
        try:
            function(x)
        except type(world.trouble) as error:
            raised = error
        else:
            return False
    assert raised is world.trouble
    assert [one is other for one, other in zip(world.held(), before)] == [True] * len(before)
    return True


@check("jit.failure.unchanged@1", needs=["jit.state.written@1", "jit.nest.inside@1"])
@given(held=helds, names=aliases, program=flat | nested("caught", "call"), x=values, error=st.sampled_from(ERRORS))
def test_generated_programs_that_fail_at_any_step_change_nothing(
    impl: Any, held: list[Any], names: list[int], program: list[Any], x: Any, error: type[BaseException]
) -> None:
    count, fails = 0, True
    while fails:
        world = World(impl, held, names, impl.transform.jit)
        world.left, world.trouble = count, error("mine")
        fails = failed(world, world.function(program), x)
        count += 1
    assert count > len(program)


@check("jit.failure.forgotten@1", needs=["jit.failure.unchanged@1", "jit.nest.inside@1"])
@given(
    held=helds,
    names=aliases,
    program=flat | nested("caught", "call"),
    calls=arguments,
    counts=st.lists(places, max_size=3),
)
def test_generated_programs_do_as_in_plain_python_after_failures(
    impl: Any, held: list[Any], names: list[int], program: list[Any], calls: list[Any], counts: list[int]
) -> None:
    jitted, plain = World(impl, held, names, impl.transform.jit), World(impl, held, names)
    f, origin = jitted.function(program), plain.function(program)
    for x in calls:
        for jitted.left in counts:
            if not failed(jitted, f, x):
                origin(x)
        jitted.left = None
        assert_arrays(f(x), origin(x))
        assert_equal(jitted.held(), plain.held())


trees = st.recursive(
    st.sampled_from([1, 2.5, True, np.int8(3), np.ones(2), None])
    | st.builds(jnp.asarray, st.sampled_from([1.5, np.float32(1.5), np.arange(3)])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=2).map(tuple)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=5,
)


@check("jit.result.same@1")
@given(args=st.lists(trees, max_size=2), words=st.dictionaries(st.sampled_from("xyz"), trees, max_size=2))
def test_generated_arguments_come_back_as_from_jax(impl: Any, args: list[Any], words: dict[str, Any]) -> None:
    def origin(*args: Any, **words: Any) -> Any:
        return jax.tree.map(lambda leaf: [leaf, leaf * 2], args[::-1]), words, len(args)

    f, wanted = impl.transform.jit(origin), jax.jit(origin)(*args, **words)
    for _ in range(2):
        assert_arrays(f(*args, **words), wanted)
