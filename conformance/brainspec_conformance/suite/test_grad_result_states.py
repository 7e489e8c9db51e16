"""The checks of `spec/36-grad.md`: what a call gives by states."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import VALUES, assert_gradients, loss_of, pure, states_of_values
from brainspec_conformance.suite.jit_counts_material import Boxed, Pair
from brainspec_conformance.suite.state_material import KINDS, subclass


@check("grad.result.states@1")
@pytest.mark.parametrize("name", VALUES)
def test_a_gradient_has_the_structure_and_the_types_of_the_value(impl: Any, name: str) -> None:
    state = impl.ParamState(VALUES[name]())
    made = impl.transform.grad(lambda: loss_of(state.value), state)
    for _ in range(2):
        assert_gradients(made(), jax.grad(loss_of)(VALUES[name]()))


@check("grad.result.states@1")
@pytest.mark.parametrize("kind", [*KINDS, "a kind of a user"])
def test_a_state_of_any_kind_is_asked(impl: Any, kind: str) -> None:
    made = getattr(impl, kind) if kind in KINDS else subclass(impl.ShortTermState)
    state = made(jnp.array([1.0, 2.0]))

    assert impl.transform.grad(lambda: (state.value**2).sum(), state)().tolist() == [2, 4]


# Trees of three states.
TREES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "one": lambda a, b, c: a,
    "another": lambda a, b, c: c,
    "list": lambda a, b, c: [a, b, c],
    "list, backwards": lambda a, b, c: [c, b, a],
    "tuple of one": lambda a, b, c: (b,),
    "dictionary": lambda a, b, c: {"b": a, "a": b, "c": c},
    "dictionary of numbers": lambda a, b, c: {2: a, 0: b, 1: c},
    "nested": lambda a, b, c: {"z": [b, (a, {"y": c})], "empty": [], "none": None},
    "named tuple": lambda a, b, c: Pair(c, [a]),
    "box": lambda a, b, c: Boxed((c, a), "mV"),
}


@check("grad.result.states@1")
@pytest.mark.parametrize("tree", TREES)
def test_gradients_stand_in_the_places_of_their_states(impl: Any, tree: str) -> None:
    states = states_of_values(impl)
    values = [state.value for state in states]
    gradients = dict(zip(states, jax.grad(pure, argnums=(0, 1, 2))(*values)))
    asked = TREES[tree](*states)
    found = impl.transform.grad(lambda: pure(*(state.value for state in states)), grad_states=asked)()

    assert_gradients(found, jax.tree.map(gradients.__getitem__, asked))


@check("grad.result.states@1")
@pytest.mark.parametrize("order", ["abc", "cba", "bac"])
def test_the_order_in_which_states_are_touched_does_not_matter(impl: Any, order: str) -> None:
    states = dict(zip("abc", states_of_values(impl)))

    def f(x: Any) -> Any:
        values = {letter: states[letter].value for letter in order}
        return pure(values["a"], values["b"], values["c"], x)

    wanted = jax.grad(pure, argnums=(0, 1, 2))(*(states[letter].value for letter in "abc"), 3.0)
    found = impl.transform.grad(f, [states["b"], states["c"], states["a"]])(3.0)
    assert_gradients(found, [wanted[1], wanted[2], wanted[0]])


@check("grad.result.states@1")
def test_states_that_hold_one_object_are_different_states(impl: Any) -> None:
    value = jnp.ones(2)
    v, w = impl.ParamState(value), impl.ParamState(value)
    found = impl.transform.grad(lambda: (v.value * 2 + w.value * w.value * 5).sum(), {"w": w, "v": v})()

    assert (found["v"].tolist(), found["w"].tolist()) == ([2, 2], [10, 10])


@check("grad.result.states@1")
def test_each_call_is_about_what_the_states_hold_then(impl: Any) -> None:
    w = impl.ParamState(2.0)
    made = impl.transform.grad(lambda x: (w.value**2 * x).sum(), w)
    assert made(3.0) == 12.0
    w.value = 5.0
    assert made(3.0) == 30.0
    w.value = jnp.array([1.0, 2.0])
    assert made(jnp.float32(3)).tolist() == [6, 12]


@check("grad.result.states@1")
def test_an_argument_is_not_asked_beside_states(impl: Any) -> None:
    w = impl.ParamState(2.0)
    made = impl.transform.grad(lambda *xs: w.value * w.value * len(xs), w)

    assert (made(), made(1), made("text", 2)) == (0.0, 4.0, 8.0)


@check("grad.state.twice@1", needs=["grad.result.states@1"])
def test_a_state_at_several_places_has_the_whole_gradient_at_each(impl: Any) -> None:
    a, b = impl.ParamState(jnp.array([1.0, 2.0])), impl.State({"x": 3.0})
    found = impl.transform.grad(
        lambda: (a.value**2).sum() * b.value["x"], {"one": [a, b, a], "two": (b, {"three": a})}
    )()

    for by_a in (found["one"][0], found["one"][2], found["two"][1]["three"]):
        assert_gradients(by_a, jnp.array([6.0, 12.0]))
    for by_b in (found["one"][1], found["two"][0]):
        assert_gradients(by_b, {"x": jnp.asarray(5.0)})


@check("grad.state.twice@1", needs=["grad.state.written@1"])
def test_a_state_that_is_asked_twice_is_written_once(impl: Any) -> None:
    w = impl.ParamState(2.0)

    def f(x: Any) -> Any:
        w.value = w.value * x
        return w.value * x

    assert impl.transform.grad(f, [w, w], argnums=(0, 0))(3.0) == ([9.0, 9.0], (12.0, 12.0))
    assert w.value == 6.0


@check("grad.state.unused@1", needs=["grad.result.states@1"])
@pytest.mark.parametrize("name", VALUES)
def test_zeros_have_the_structure_and_the_types_of_the_value(impl: Any, name: str) -> None:
    state = impl.ParamState(VALUES[name]())
    made = impl.transform.grad(lambda x: x, state, check_states=False)

    assert_gradients(made(1.0), jax.tree.map(jnp.zeros_like, VALUES[name]()))


@check("grad.state.unused@1", needs=["grad.result.both@1"])
def test_those_that_are_touched_have_their_gradients_beside_zeros(impl: Any) -> None:
    used, unused, other = (impl.ParamState(jnp.float32(n)) for n in (2, 3, 5))
    value, which = unused.value, [used, other]
    made = impl.transform.grad(
        lambda x: which[0].value ** 2 * x, [unused, used, unused, other], argnums=0, check_states=False
    )
    assert made(3.0) == ([0.0, 12.0, 0.0, 0.0], 4.0)
    which.reverse()
    assert made(3.0) == ([0.0, 0.0, 0.0, 30.0], 25.0)
    assert unused.value is value


@check("grad.state.unused@1", needs=["grad.nest.jit@1", "grad.nest.grad@1"])
def test_zeros_inside_other_transforms(impl: Any) -> None:
    unused = impl.ParamState(jnp.ones(2))
    made = impl.transform.grad(lambda x: x * x, unused, argnums=0, check_states=False)

    zeros, gradient = impl.transform.jit(made)(3.0)
    assert (zeros.tolist(), gradient) == ([0, 0], 6.0)
    assert impl.transform.grad(lambda x: made(x)[1] + made(x)[0].sum())(3.0) == 2.0


@check("grad.state.unused@1", needs=["grad.state.written@1"])
def test_with_the_option_nothing_else_is_different(impl: Any) -> None:
    w = impl.ParamState(2.0)

    def f(x: Any) -> Any:
        w.value = w.value * x
        return w.value

    assert impl.transform.grad(f, w, check_states=False)(3.0) == 3.0
    assert w.value == 6.0
