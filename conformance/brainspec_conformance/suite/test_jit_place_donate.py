"""The checks of `spec/30-jit.md`: donated arguments, and options that change no value."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays, jitted, key_bits

pytestmark = pytest.mark.filterwarnings("ignore:Some donated buffers were not usable")

# Options for an origin of x, y and z, and the arguments that stay the user's.
DONATED: dict[str, tuple[dict[str, Any], list[int]]] = {
    "number": ({"donate_argnums": 0}, [1, 2]),
    "second number": ({"donate_argnums": 1}, [0, 2]),
    "negative": ({"donate_argnums": -1}, [0, 1]),
    "numbers": ({"donate_argnums": (0, 2)}, [1]),
    "list": ({"donate_argnums": [1, -3]}, [2]),
    "name": ({"donate_argnames": "y"}, [0, 2]),
    "names": ({"donate_argnames": ("x", "z")}, [1]),
    "number of a name": ({"donate_argnums": 2, "donate_argnames": "z"}, [0, 1]),
    "all": ({"donate_argnums": (0, 1, 2)}, []),
    "none": ({"donate_argnums": (), "donate_argnames": ()}, [0, 1, 2]),
}


@check("jit.donate.result@1", needs=["jit.state.written@1"])
@pytest.mark.parametrize("name", DONATED)
def test_donation_changes_no_result_and_takes_nothing_else(impl: Any, name: str) -> None:
    options, stay = DONATED[name]
    a, b = impl.State(jnp.zeros(3)), impl.ParamState(jnp.ones(3))
    param = b.value

    @jitted(impl, **options)
    def f(x: Any, y: Any, z: Any) -> Any:
        a.value = a.value + x
        return x + y * 2, z + a.value * b.value

    total = 0.0
    for n in (1.0, 2.0):
        args = [jnp.array([n * factor] * 3) for factor in (1, 10, 100)]
        total += n
        assert_arrays(f(*args), (jnp.array([21 * n] * 3), jnp.array([100 * n + total] * 3)))
        assert a.value.tolist() == [total] * 3
        assert [args[place].tolist() for place in stay] == [[n * (1, 10, 100)[place]] * 3 for place in stay]
    assert b.value is param
    assert param.tolist() == [1, 1, 1]


@check("jit.donate.result@1", needs=["jit.result.keywords@1"])
def test_arguments_are_donated_by_name_too(impl: Any) -> None:
    f = impl.transform.jit(lambda x, y, *, z: {"out": x + y * z["a"]}, donate_argnames=("y", "z"))
    for _ in range(2):
        x = jnp.ones(3)
        assert_arrays(f(x, y=jnp.ones(3), z={"a": jnp.array([2.0, 3.0, 4.0])}), {"out": jnp.array([3.0, 4.0, 5.0])})
        assert x.tolist() == [1, 1, 1]


@check("jit.donate.result@1", needs=["jit.state.current@1"])
def test_what_is_no_array_is_donated_too(impl: Any) -> None:
    state = impl.State(2.0)
    f = impl.transform.jit(lambda x, y: (x * state.value, y), donate_argnums=(0, 1))

    for x in (1, 1.5, np.arange(3), {"a": np.float32(1)}["a"]):
        assert_arrays(f(x, None), (jnp.asarray(x) * 2.0, None))
    assert state.value == 2.0


@check("jit.donate.result@1", needs=["jit.state.written@1"])
def test_numbers_do_not_count_static_arguments_away(impl: Any) -> None:
    state = impl.State(jnp.zeros(3))

    @jitted(impl, static_argnums=0, donate_argnums=1)
    def f(n: int, x: Any, y: Any) -> Any:
        state.value = state.value + y
        return x * n

    y = jnp.ones(3)
    for n in (2, 3):
        assert f(n, jnp.ones(3), y).tolist() == [n, n, n]
    assert (y.tolist(), state.value.tolist()) == ([1, 1, 1], [2, 2, 2])


@check("jit.donate.result@1", needs=["jit.state.written@1"])
def test_a_donated_argument_may_become_the_value_of_a_state(impl: Any) -> None:
    state = impl.State(jnp.zeros(3))

    @jitted(impl, donate_argnums=0)
    def f(x: Any) -> Any:
        state.value = x
        return x

    for n in (1.0, 2.0):
        assert f(jnp.array([n] * 3)).tolist() == [n, n, n]
        assert state.value.tolist() == [n, n, n]


@check("jit.donate.states@1", needs=["jit.state.written@1"])
@pytest.mark.parametrize("options", [{}, {"donate_argnums": 0}, {"donate_argnames": "x"}], ids=str)
def test_what_a_state_held_stays_valid(impl: Any, options: Any) -> None:
    a, b = impl.State(jnp.zeros(3)), impl.State({"w": jnp.ones(3), "n": jnp.int32(1)})
    held = []

    @jitted(impl, **options)
    def f(x: Any) -> Any:
        a.value = a.value + x
        b.value = {"w": b.value["w"] * 2, "n": b.value["n"] + 1}
        return a.value + b.value["w"]

    for _ in range(3):
        held.append((a.value, b.value))
        f(jnp.ones(3))
    assert [old.tolist() for old, _ in held] == [[n] * 3 for n in (0, 1, 2)]
    assert [old["w"].tolist() for _, old in held] == [[n] * 3 for n in (1, 2, 4)]
    assert [int(old["n"]) for _, old in held] == [1, 2, 3]


@check("jit.donate.states@1", needs=["jit.state.random@1"])
def test_a_key_that_was_held_stays_valid(impl: Any) -> None:
    state = impl.random.RandomState(0)
    f = impl.transform.jit(lambda x: state.random() + x, donate_argnums=0)
    held = []
    for _ in range(3):
        held.append((state.value, key_bits(state)))
        f(jnp.float32(1))

    for key, bits in held:
        assert jax.random.key_data(key).tolist() == bits


@check("jit.donate.states@1", needs=["jit.nest.inside@1", "jit.state.written@1"])
def test_what_a_state_of_an_inner_function_held_stays_valid(impl: Any) -> None:
    state = impl.State(jnp.zeros(3))

    @jitted(impl, donate_argnums=0)
    def inner(x: Any) -> Any:
        state.value = state.value + x
        return x

    outer = impl.transform.jit(lambda x: (inner(x), inner(x))[1], donate_argnums=0)
    old = state.value
    outer(jnp.ones(3))
    middle = state.value
    outer(jnp.ones(3))

    assert [each.tolist() for each in (old, middle, state.value)] == [[n] * 3 for n in (0, 2, 4)]


@check("jit.donate.states@1", needs=["jit.result.same@1"])
def test_a_result_that_a_state_holds_too_stays_valid(impl: Any) -> None:
    state = impl.State(jnp.zeros(3))

    @jitted(impl)
    def f() -> Any:
        state.value = state.value + 1
        return state.value

    outs = [f(), f(), f()]
    assert [out.tolist() for out in outs] == [[n] * 3 for n in (1, 2, 3)]


OTHERS: list[dict[str, Any]] = [
    {"keep_unused": True},
    {"keep_unused": False},
    {"inline": True},
    {"inline": False},
    {"compiler_options": None},
    {"compiler_options": {"xla_embed_ir_in_executable": True}},
    {"keep_unused": True, "inline": True, "compiler_options": {"xla_embed_ir_in_executable": False}},
]


@check("jit.option.others@1", needs=["jit.state.written@1"])
@pytest.mark.parametrize("options", OTHERS, ids=str)
def test_other_options_change_no_value(impl: Any, options: Any) -> None:
    state, unused = impl.State(1), impl.State(jnp.ones(2))

    @jitted(impl, **options)
    def f(x: Any, y: Any) -> Any:
        state.value = state.value * 2 + x
        unused.value  # noqa: B018
        return {"a": state.value, "b": 2.5}

    for wanted in (5, 13):
        assert_arrays(f(3, jnp.ones(2)), {"a": jnp.asarray(wanted), "b": jnp.asarray(2.5)})
        assert_arrays(state.value, jnp.asarray(wanted))


@check("jit.option.others@1", needs=["jit.nest.inside@1"])
@pytest.mark.parametrize("options", OTHERS, ids=str)
def test_other_options_change_no_value_inside(impl: Any, options: Any) -> None:
    state = impl.State(1)

    @jitted(impl, **options)
    def inner(x: Any, y: Any) -> Any:
        state.value = state.value * 2 + x
        return state.value

    outer = impl.transform.jit(lambda x: inner(x, 1.0) + inner(x, None))
    assert (outer(1), outer(1)) == (3 + 7, 15 + 31)
