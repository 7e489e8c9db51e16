"""What the checks of several transforms share: objects to call, mistakes in functions, what JAX does inside and around, what trace stacks record."""

from collections.abc import Callable
from typing import Any

import jax.monitoring
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.suite.jit_material import assert_arrays, assert_close, structure, type_of

Origin = Callable[..., Any]
Read = Callable[[], Any]

COMPILING = "/jax/core/compile/backend_compile_duration"


def compilations(action: Callable[[], object]) -> int:
    """How often XLA compiles during an action, as JAX reports it."""
    seen: list[str] = []

    def listen(event: str, duration_secs: float, **kwargs: Any) -> None:
        seen.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        action()
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)
    return seen.count(COMPILING)


# Objects to call


class Cube:
    """An object that can be called in several ways."""

    def __init__(self, by: float) -> None:
        self.by = by

    def __call__(self, x: Any) -> Any:
        return x**3 * self.by

    def of(self, x: Any) -> Any:
        """Cubes too."""
        return x**3 * self.by

    @classmethod
    def one(cls, x: Any) -> Any:
        return cls(1.0)(x)


class Equal(Cube):
    """One that is equal to its like, and so has no hash."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Equal)

    __hash__ = None  # type: ignore[assignment]


class Slotted:
    """One that has no dictionary and cannot be referred to weakly."""

    __slots__ = ()

    def __call__(self, x: Any) -> Any:
        return x**3


# Mistakes, and what states may hold before them


def with_a_wrong_shape(x: Any) -> Any:
    return x @ jnp.ones((7, 7))


def with_a_number(x: Any) -> Any:
    return float(x)


def with_a_branch(x: Any) -> Any:
    return x if x > 0 else -x


def with_a_name(x: Any) -> Any:
    return x.shape.nothing


def with_branches_that_differ(x: Any) -> Any:
    return jax.lax.cond(True, lambda: x, lambda: (x, x))


def with_recursion(x: Any) -> Any:
    return with_recursion(x + 1)


HELD: list[Callable[[], Any]] = [
    lambda: 1000.5,
    lambda: np.ones(2, np.float32),
    lambda: jnp.ones(2),
    lambda: {"a": [np.ones((2, 3), np.float32), 1.0], "b": None},
]
WRONG = [with_a_wrong_shape, with_a_number, with_a_branch, with_a_name, with_branches_that_differ, with_recursion]
MISTAKES = (TypeError, ValueError, AttributeError, RecursionError)


# What JAX does inside and around


@jax.custom_jvp
def steep(x: Any) -> Any:
    return x * 2


@steep.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return steep(primals[0]), tangents[0] * 100


def squared(x: Any) -> Any:
    return x**2


# What a function does with a reader of a state and a number.
BODIES: dict[str, Callable[[Read, Any], Any]] = {
    "grad": lambda read, x: jax.grad(lambda y: read() * y**2)(x),
    "grad by what is read": lambda read, x: jax.grad(lambda w: (w * x) ** 2)(read()),
    "grad of grad": lambda read, x: jax.grad(jax.grad(lambda y: read() * y**3))(x),
    "vmap": lambda read, x: jax.vmap(lambda y: y * read() + x)(jnp.arange(3.0)),
    "vmap of grad": lambda read, x: jax.vmap(jax.grad(lambda y: y**2 * read() * x))(jnp.arange(3.0)),
    "jvp": lambda read, x: jax.jvp(lambda y: y * read(), (x,), (x,)),
    "vjp": lambda read, x: jax.vjp(lambda y: y * read(), x)[1](x),
    "jacobian": lambda read, x: jax.jacrev(lambda y: jnp.stack([y, y * read()]))(x),
    "jit": lambda read, x: jax.jit(lambda y: y * read() + x)(2.0),
    "checkpoint": lambda read, x: jax.grad(jax.checkpoint(lambda y: read() * y**2))(x),
    "custom rule": lambda read, x: jax.grad(lambda y: steep(y) * read())(x),
    "scan": lambda read, x: jax.lax.scan(lambda c, y: (c * read() + y, c), x, jnp.arange(3.0)),
    "fori_loop": lambda read, x: jax.lax.fori_loop(0, 3, lambda i, c: c * read() + i, x),
    "while_loop": lambda read, x: jax.lax.while_loop(lambda c: c < 50, lambda c: c * 2 + read(), x),
    "cond": lambda read, x: jax.lax.cond(x > 2, lambda y: y * read(), lambda y: read() - y, x),
}


def assert_as_plain(found: Callable[[], Any], wanted: Callable[[], Any]) -> None:
    """It gives what is wanted, or raises what is not of JAX."""
    try:
        out = found()
    except Exception as error:
        raised = type(error)
    else:
        assert_arrays(out, wanted())
        return
    assert not raised.__module__.startswith("jax"), f"JAX raised {raised.__name__}"


def assert_but_weak(found: Any, wanted: Any, judge: Callable[[Any, Any], None] = assert_close) -> None:
    """A tree of JAX arrays, with numbers, that agrees with another in structure, shapes, dtypes and numbers; weak types aside."""
    assert structure(found) == structure(wanted)
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        assert isinstance(one, jax.Array), f"{type(one).__name__} is no array of JAX"
        assert not isinstance(one, jax.core.Tracer), f"{one} has no numbers"
        assert type_of(one)[:2] == type_of(other)[:2]
        judge(one, other)


# What trace stacks record


def read_write(a: Any, b: Any, c: Any, x: Any) -> Any:
    c.value = a.value * x
    return c.value


def written_first(a: Any, b: Any, c: Any, x: Any) -> Any:
    b.value = x
    a.value = b.value + c.value
    return a.value * x


def read_then_written(a: Any, b: Any, c: Any, x: Any) -> Any:
    a.value = a.value + c.value + b.value
    b.value = a.value
    return a.value * x


def backwards(a: Any, b: Any, c: Any, x: Any) -> Any:
    return c.value * x + b.value + a.value


def left_lying(a: Any, b: Any, c: Any, x: Any) -> Any:
    c.value, a.value  # noqa: B018
    return x


def nothing(a: Any, b: Any, c: Any, x: Any) -> Any:
    return x


# A function of three states and a number, which states it touches in which order, and which of these are written.
TOUCHES: dict[str, tuple[Origin, str, list[bool]]] = {
    "read and write": (read_write, "ac", [False, True]),
    "written first": (written_first, "bca", [True, False, True]),
    "read, then written": (read_then_written, "acb", [True, False, True]),
    "backwards": (backwards, "cba", [False, False, False]),
    "left lying": (left_lying, "ca", [False, False]),
    "nothing": (nothing, "", []),
}


def three(impl: Any) -> dict[str, Any]:
    return {letter: impl.State(float(n + 1)) for n, letter in enumerate("abc")}


def watched(impl: Any, call: Callable[[], object]) -> Any:
    """The trace stack that was open around a call."""
    with impl.StateTraceStack() as stack:
        call()
    return stack


def assert_every_stack_records(impl: Any, call: Callable[[], object], a: Any, b: Any, c: Any) -> None:
    """Each stack that is open around a call which reads and then writes adds to what it has."""
    with impl.StateTraceStack() as outer:
        b.value  # noqa: B018
        with impl.StateTraceStack() as inner:
            call()
        a.value = 1.0

    assert (inner.states, inner.been_writen) == ([a, c, b], [True, False, True])
    assert (outer.states, outer.been_writen) == ([b, a, c], [True, True, False])


def assert_stacks_close(impl: Any, made: Callable[[Origin], Any], error: type[BaseException], x: Any = 2.0) -> None:
    """A call that fails while a stack is open in it leaves the stacks around it as they were."""
    state, other, mine = impl.State(1.0), impl.State(2.0), error("mine")

    def origin(x: Any) -> None:
        with impl.StateTraceStack():
            state.value = x
            raise mine

    with impl.StateTraceStack() as outer:
        with pytest.raises(error), impl.StateTraceStack():
            made(origin)(x)
        with impl.StateTraceStack() as later:
            other.value = 3.0
    assert later.states == [other]
    assert outer.states[-1] is other
    assert (state.value, other.value) == (1.0, 3.0)


def assert_plain_again(impl: Any, made: Callable[[Origin], Any], x: Any = 2.0) -> None:
    """A state that a failed call wrote takes any value from outside, and none from a bare transform of JAX."""
    state, tree = impl.State(1.0), {"any": ["thing", None]}

    def origin(x: Any) -> None:
        state.value = state.value * x
        raise LookupError

    with pytest.raises(LookupError):
        made(origin)(x)
    state.value = tree
    assert state.value is tree
    assert impl.State(tree).value is tree
    with pytest.raises(impl.TraceContextError):
        jax.jit(lambda x: setattr(state, "value", x))(1.0)
    assert state.value is tree
