"""The checks of `spec/36-grad.md`: errors about what stands in states, and states that nobody touches."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import NO_VALUES, busy, naming, unchanged
from brainspec_conformance.suite.state_material import KINDS, a_state
from brainspec_conformance.suite.test_grad_errors_called import NO_FLOATS

no_values = pytest.mark.parametrize(
    "leaf", NO_VALUES, ids=[f"{type(leaf).__name__} {n}" for n, leaf in enumerate(NO_VALUES)]
)


@check("grad.error.state-unused@1", needs=["grad.result.states@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_asked_state_that_is_not_touched_is_named(impl: Any, kind: str) -> None:
    used, which, unused = impl.State(jnp.ones(2)), [False], a_state(impl, kind)
    origin, state = busy(impl, lambda x: (used.value.sum() + (unused.value.sum() if which[0] else 0)) * x)
    for asked in (unused, [unused], {"a": used, "b": [unused]}):
        made = impl.transform.grad(origin, asked)
        with unchanged(impl, used, unused, state), pytest.raises(ValueError, match=rf"\b{kind}\b"):
            made(1.0)
    with unchanged(impl, state), pytest.raises(ValueError, match=rf"\b{kind}\b"):
        impl.transform.grad(origin, unused, argnums=0, check_states=True)(1.0)
    which[0] = True
    assert impl.transform.grad(origin, [unused])(3.0)[0].tolist() == [3, 3]
    assert state.value == 1.0


@check("grad.error.state-unused@1", needs=["grad.result.states@1"])
def test_a_state_that_is_only_read_aside_or_only_written_is_touched(impl: Any) -> None:
    read, written = impl.ParamState(2.0), impl.ParamState(3.0)

    def f(x: Any) -> Any:
        read.value  # noqa: B018
        written.value = x
        return x

    assert impl.transform.grad(f, [read, written])(5.0) == [0.0, 0.0]
    assert written.value == 5.0


@check("grad.error.state-unused@1", needs=["grad.nest.grad@1", "grad.nest.jit@1"])
def test_what_the_outer_function_touches_the_inner_one_does_not(impl: Any) -> None:
    w = impl.ParamState(2.0)
    inner = impl.transform.grad(lambda x: x, w)
    for around in (impl.transform.jit, impl.transform.grad):
        with unchanged(impl, w), pytest.raises(ValueError, match="ParamState"):
            around(lambda x: w.value * inner(x))(1.0)
    assert impl.transform.grad(impl.transform.jit(lambda x: w.value * x), w)(3.0) == 3.0


@check("grad.error.state-dtype@1", needs=["grad.result.states@1"])
@pytest.mark.parametrize("kind", ["State", "ParamState", "ShortTermState"])
@pytest.mark.parametrize("name", [name for name in NO_FLOATS if name != "a text"])
def test_an_asked_state_holds_floats_or_complex_numbers(impl: Any, name: str, kind: str) -> None:
    make, said = NO_FLOATS[name]
    for value in (make(), {"a": 1.0, "b": [make()]}):
        state, fine = getattr(impl, kind)(value), impl.State(2.0)
        origin, other = busy(impl, lambda x: (state.value, x * fine.value)[1])  # noqa: B023
        for asked in (state, [fine, state]):
            with unchanged(impl, state, fine, other), pytest.raises(TypeError, match=naming(kind, said)):
                impl.transform.grad(origin, asked)(1.0)
        assert impl.transform.grad(origin, fine)(3.0) == 3.0


@check("grad.error.state-dtype@1")
def test_a_random_state_is_not_asked(impl: Any) -> None:
    stream = impl.random.RandomState(0)
    with unchanged(impl, stream), pytest.raises(TypeError, match=naming("RandomState", "key")):
        impl.transform.grad(lambda x: x * stream.random(), stream)(1.0)


@check("grad.error.state-dtype@1", needs=["grad.state.written@1", "grad.result.states@1"])
def test_what_counts_is_what_a_state_holds_when_the_call_begins(impl: Any) -> None:
    n, w = impl.ParamState(jnp.array(1)), impl.ParamState(2.0)

    def to_float(x: Any) -> Any:
        n.value = jnp.float32(4) * x
        return n.value

    def to_integer(x: Any) -> Any:
        loss = w.value**2 * x
        w.value = 7
        return loss

    with unchanged(impl, n), pytest.raises(TypeError, match=naming("ParamState", "int32")):
        impl.transform.grad(to_float, n)(1.0)
    assert impl.transform.grad(to_integer, w)(1.0) == 4.0
    assert w.value == 7
    with unchanged(impl, w), pytest.raises(TypeError, match=naming("ParamState", "int")):
        impl.transform.grad(to_integer, w)(1.0)


@check("grad.error.state-value@1", needs=["grad.result.argument@1"])
@no_values
def test_a_state_that_holds_no_value_is_neither_read_nor_written(impl: Any, leaf: Any) -> None:
    state = impl.ShortTermState(leaf)

    def read(x: Any) -> Any:
        return (state.value, x)[1]

    def write(x: Any) -> Any:
        state.value = x
        return x

    for give in (read, write):
        origin, other = busy(impl, give)
        made = impl.transform.grad(origin)
        for value in (leaf, {"a": [1.0, leaf]}):
            state.value = value
            said = naming("ShortTermState", type(leaf).__name__)
            with unchanged(impl, state, other), pytest.raises(TypeError, match=said):
                made(1.0)
        state.value = 2.0
        assert made(1.0) == 1.0


@check("grad.error.state-value@1", needs=["grad.result.states@1", "grad.state.written@1"])
@no_values
def test_a_state_is_not_left_with_what_is_no_value(impl: Any, leaf: Any) -> None:
    state, leaves = impl.ParamState(2.0), [leaf]

    def give(x: Any) -> Any:
        loss = state.value * x
        state.value = leaves[0] if leaves else loss
        return loss

    for asked in (None, state):
        origin, other = busy(impl, give)
        made = impl.transform.grad(origin, asked)
        with unchanged(impl, state, other), pytest.raises(TypeError, match=naming("ParamState", type(leaf).__name__)):
            made(3.0)
    leaves.clear()
    assert made(3.0) == 3.0
    assert state.value == 6.0


@check("grad.error.state-value@1", needs=["grad.result.argument@1"])
def test_what_is_not_touched_or_is_no_value_meanwhile_does_not_matter(impl: Any) -> None:
    far, near = impl.State("text"), impl.State(2.0)

    def f(x: Any) -> Any:
        before = near.value
        near.value = "text"
        near.value = before * x
        return near.value

    assert impl.transform.grad(f)(3.0) == 2.0
    assert (far.value, near.value) == ("text", 6.0)


# What a state holds before, what the origin leaves in it, and parts of the two structures.
STRUCTURES: dict[str, tuple[Any, Any, list[str]]] = {
    "another key": ({"ab": 1.0}, {"cd": 1.0}, ["ab", "cd"]),
    "one more": ({"ab": 1.0}, {"ab": 1.0, "cd": 2.0}, ["ab", "cd"]),
    "a tuple for a list": ([1.0, 2.0], (1.0, 2.0), ["[", "("]),
    "nothing": ({"ab": 1.0}, None, ["ab", "None"]),
    "a tree for nothing": (None, {"ab": 1.0}, ["ab", "None"]),
    "deeper": ({"ab": [1.0]}, {"ab": [{"cd": 1.0}]}, ["ab", "cd"]),
}


@check("grad.error.structure@1", needs=["grad.state.written@1", "grad.result.both@1"])
@pytest.mark.parametrize("asked", [False, True], ids=["not asked", "asked"])
@pytest.mark.parametrize("name", STRUCTURES)
def test_a_state_keeps_its_structure(impl: Any, name: str, asked: bool) -> None:
    before, after, parts = STRUCTURES[name]
    state, gives = impl.LongTermState(before), [after]

    def give(x: Any) -> Any:
        state.value = after
        state.value = gives[0] if gives else before
        return x * 2

    origin, other = busy(impl, give)
    made = impl.transform.grad(origin, state if asked else None, argnums=0)
    for _ in range(2):
        with unchanged(impl, state, other), pytest.raises(ValueError, match=naming("LongTermState", *parts)):
            made(1.0)
    gives.clear()
    found = made(1.0)
    assert (found[1] if asked else found) == 2.0
    assert other.value == 1.0


@check("grad.error.structure@1", needs=["grad.nest.grad@1"])
def test_an_inner_function_keeps_the_structure_of_a_state(impl: Any) -> None:
    state = impl.ParamState({"ab": 1.0})

    def inner(x: Any) -> Any:
        state.value = {"cd": x}
        return x

    def outer(x: Any) -> Any:
        gradient = impl.transform.grad(inner)(x)
        state.value = {"ab": x}
        return gradient

    with unchanged(impl, state), pytest.raises(ValueError, match=naming("ParamState", "ab", "cd")):
        impl.transform.grad(outer)(2.0)


@check("grad.error.structure@1", needs=["grad.state.written@1"])
def test_leaves_may_change_and_so_may_states_that_are_born_inside(impl: Any) -> None:
    state = impl.ParamState({"ab": 1.0, "cd": (np.zeros(2), None)})

    def f(x: Any) -> Any:
        state.value = {"cd": (jnp.zeros(3, np.int32), None), "ab": jnp.ones((2, 2)) * x}
        local = impl.State(x)
        local.value = [x, {"a": x}]
        return local.value[0] + local.value[1]["a"]

    assert impl.transform.grad(f)(1.0) == 2.0
    assert (state.value["ab"].shape, state.value["cd"][0].shape) == ((2, 2), (3,))


@check("grad.error.structure@1", needs=["jit.state.dead@1", "grad.state.written@1"])
def test_a_dead_state_has_no_structure_to_keep(impl: Any) -> None:
    born = []

    def bear(x: Any) -> Any:
        born.append(impl.State(x))
        return x

    impl.transform.jit(bear)(1.0)

    def f(x: Any) -> Any:
        born[0].value = {"a": x * 2}
        return born[0].value["a"] * x

    assert impl.transform.grad(f)(3.0) == 12.0
    assert born[0].value == {"a": 6.0}
