"""The checks of `spec/30-jit.md`: which states belong to a signature."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import TYPES, Counted, first_of


@check("jit.trace.states@1")
def test_each_type_of_a_state_that_is_read_makes_a_signature(impl: Any) -> None:
    state = impl.State(None)

    def origin() -> None:
        state.value  # noqa: B018

    f, ran = Counted(impl, origin), {}
    for name in TYPES:
        state.value = first_of(name)
        ran[name] = f.ran()
    assert ran == dict.fromkeys(TYPES, 1)

    for name in TYPES:
        state.value = TYPES[name]()[-1]
        ran[name] = f.ran()
    assert ran == dict.fromkeys(TYPES, 0)


@check("jit.trace.states@1", needs=["jit.state.retyped@1"])
def test_each_type_of_a_state_that_is_only_written_makes_a_signature(impl: Any) -> None:
    state, names = impl.State(0.0), ["a weak float", "a float", "an integer", "an array", "a longer array", "a key"]

    def origin(x: Any) -> None:
        state.value = x

    f, ran = Counted(impl, origin), {}
    for name in names:
        state.value = first_of(name)
        ran[name] = f.ran(1.0)
    assert ran == dict.fromkeys(names, 1)

    for name in reversed(names):
        state.value = TYPES[name]()[-1]
        ran[name] = f.ran(2.0)
    assert ran == dict.fromkeys(names, 0)


@check("jit.trace.states@1")
def test_the_types_of_several_states_count_together(impl: Any) -> None:
    a, b = impl.State(0), impl.ParamState(0)
    f = Counted(impl, lambda: a.value + b.value)
    ran = []
    for values in 2 * [(1, 2), (1.0, 2), (1, 2.0), (1.0, 2.0), (2, 1), (2.0, 1)]:
        a.value, b.value = values
        ran.append(f.ran())

    assert ran == [1, 1, 1, 1] + 8 * [0]


@check("jit.trace.states@1", needs=["jit.state.current@1"])
def test_a_program_of_an_earlier_type_is_run_again(impl: Any) -> None:
    state = impl.State(jnp.ones(2))
    f = Counted(impl, lambda x: {"size": state.value.size, "sum": (state.value * x).sum()})
    found = []
    for value in (jnp.ones(2), jnp.ones(3), jnp.array([3, 4]), 2 * jnp.ones(3), jnp.array([5, 6]), 2 * jnp.ones(2)):
        state.value = value
        found.append(tuple(map(float, f(2.0).values())))

    assert found == [(2, 4), (3, 6), (2, 14), (3, 12), (2, 22), (2, 8)]
    assert f.runs == 3


@check("jit.trace.states@1", needs=["jit.trace.types@1"])
def test_the_type_of_a_state_counts_beside_those_of_arguments(impl: Any) -> None:
    state = impl.State(1.0)
    f = Counted(impl, lambda x: state.value * x)
    ran = []
    for value, x in 2 * [(1.0, 1.0), (1, 1.0), (1.0, 1), (1, 1)]:
        state.value = value
        ran.append(f.ran(x))

    assert ran == [1, 1, 1, 1, 0, 0, 0, 0]


@check("jit.trace.states@1", needs=["jit.state.retyped@1"])
def test_types_that_calls_write_are_gone_back_to(impl: Any) -> None:
    state = impl.State(jnp.ones(2))

    def origin() -> None:
        state.value = jnp.concatenate([state.value, state.value]) if state.value.size < 8 else state.value[:2]

    f = Counted(impl, origin)
    assert [f.ran() for _ in range(7)] == [1, 1, 1, 0, 0, 0, 0]
    assert state.value.shape == (4,)


@check("jit.trace.states@1", needs=["jit.nest.inside@1", "jit.state.touched@1"])
def test_a_state_that_an_inner_function_touches_counts(impl: Any) -> None:
    state = impl.State(1.0)
    inner = Counted(impl, lambda x: state.value * x)
    inner(1.0)
    f = Counted(impl, lambda x: inner(x))
    assert [f.ran(1.0), f.ran(2.0)] == [1, 0]

    state.value = jnp.ones(2)
    assert f.ran(1.0) == 1
    assert f(3.0).tolist() == [3, 3]


@check("jit.trace.states@1", "jit.trace.untouched@1")
def test_which_states_count_may_depend_on_the_type_of_another(impl: Any) -> None:
    switch, a, b = impl.State(1.0), impl.State(1.0), impl.State(1.0)
    f = Counted(impl, lambda: switch.value * (a if jnp.ndim(switch.value) else b).value)
    f()
    a.value = "untouched"
    assert f.ran() == 0
    b.value = 1
    assert f.ran() == 1

    switch.value, a.value, b.value = jnp.ones(2), 2.0, "untouched"
    assert f.ran() == 1
    a.value = jnp.ones(2)
    assert f.ran() == 1

    switch.value, b.value, a.value = 3.0, 5.0, "untouched"
    assert f.ran() == 0
    assert f() == 15.0


@check("jit.trace.untouched@1", needs=["jit.static.signature@1"])
def test_which_states_count_may_depend_on_a_static_argument(impl: Any) -> None:
    states = [impl.State(1.0), impl.State(2.0)]
    f = Counted(impl, lambda n: states[n].value * 2, static_argnums=0)
    assert [f.ran(0), f.ran(1)] == [1, 1]

    states[0].value = "anything"
    assert f.ran(1) == 0
    states[0].value, states[1].value = 3.0, jnp.ones(3)
    assert f.ran(0) == 0
    assert f(0) == 6.0


@check("jit.trace.untouched@1")
@pytest.mark.parametrize(
    "value",
    ["text", None, jnp.arange, {"a": [1.0]}, np.zeros(3), 1],
    ids=["text", "none", "function", "tree", "array", "number"],
)
def test_an_untouched_state_may_hold_anything(impl: Any, value: Any) -> None:
    class Cell(impl.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.w, self.other = impl.ParamState(2.0), impl.State(1.0)

        def update(self, x: Any) -> Any:
            return self.w.value * x

    cell = Cell()
    f = Counted(impl, lambda x: cell(x))
    f(1.0)
    cell.other.value = value
    assert f.ran(1.0) == 0
    cell.more, cell.other = impl.State(value), impl.State(value)
    assert f.ran(1.0) == 0


@check("jit.trace.untouched@1", needs=["state.repr.no-touch@1"])
def test_a_state_whose_name_is_read_may_hold_anything(impl: Any) -> None:
    state = impl.State(1.0, name="v", unit="mV")
    f = Counted(impl, lambda x: (repr(state), state.name, state.tag, state.unit, x)[-1])
    f(1.0)
    state.value = "anything"

    assert f.ran(2.0) == 0


Turn = Callable[[], Any]
TURNS: dict[str, Turn] = {"numbers": lambda: np.zeros(2, np.float32), "an array": lambda: jnp.zeros(2)}


@check("jit.trace.states@1")
@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
def test_where_the_numbers_of_a_state_are_does_not_matter(impl: Any, turn: Turn) -> None:
    state = impl.State(jnp.ones(2))
    f = Counted(impl, lambda: state.value.sum())
    f()
    state.value = turn()
    assert f.ran() == 0
    state.value = jax.device_put(turn(), jax.devices()[-1])
    assert f.ran() == 0
