"""The checks of `spec/32-mapping.md`: errors about what an origin gives and does, and about what is not remembered."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import NO_NUMBERS, NO_VALUES, a_node, naming
from brainspec_conformance.suite.mapping_material import Refusing, changes_nothing, filled, lax, restless
from brainspec_conformance.suite.state_material import KINDS, a_state
from brainspec_conformance.suite.test_jit_errors_called import ACCESSORS, CONCRETE, raised_by
from brainspec_conformance.suite.test_mapping_errors_states import either
from brainspec_conformance.suite.test_state_errors import PLANTED

TWO = np.arange(2.0, dtype=np.float32)
planted = pytest.mark.parametrize(("plant", "parts"), PLANTED)

# Axes, a result of a lane that has no room for one of them, which one that is, and the shape of the leaf.
NO_ROOM: dict[str, tuple[Any, Callable[[Any], Any], int, tuple[int, ...]]] = {
    "a number": (7, lambda x: x, 7, ()),
    "a number from the end": (-8, lambda x: x, -8, ()),
    "an array": (4, lambda x: filled(5, 6) * x, 4, (5, 6)),
    "an array from the end": (-4, lambda x: filled(5, 6) * x, -4, (5, 6)),
    "what is not mapped": (3, lambda x: filled(5), 3, (5,)),
    "in a tree": ({"a": 0, "b": (1, 9)}, lambda x: {"a": x, "b": (filled(5) * x, filled(6) * x)}, 9, (6,)),
    "in a prefix": ((0, 4), lambda x: (x, [filled(1, 1, 1, 1) * x, {"a": filled(5, 6)}]), 4, (5, 6)),
}


@check("mapping.error.out-axis@1", needs=["mapping.result.out-axes@1"])
@pytest.mark.parametrize(("out_axes", "give", "axis", "shape"), NO_ROOM.values(), ids=NO_ROOM)
def test_results_have_room_for_their_axes(impl: Any, out_axes: Any, give: Any, axis: int, shape: Any) -> None:
    gives = [give]

    def roomy(x: Any) -> Any:
        return jax.tree.map(lambda leaf: jnp.zeros((1,) * 9), give(x))

    f = Refusing(impl, lambda x: gives[0](x), out_axes=out_axes)
    f.refuses(lambda f: f(TWO), ValueError, rf"(?s)(?=.*(?<![\d-]){axis}\b)" + either(shape, len(TWO)))
    gives[0] = roomy
    f.works(lambda f: f(TWO))


# Axes, and a result with a mapped leaf where they say that it has none.
MAPPED: dict[str, tuple[Any, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "the argument": (None, lambda x: x, lambda x: 1.0),
    "times zero": (None, lambda x: x * 0, lambda x: jnp.zeros(2)),
    "a leaf": ((0, None), lambda x: (x, {"a": 1.0, "b": x}), lambda x: (x, {"a": 1.0, "b": 2})),
    "in a tree": ({"a": (None, 1)}, lambda x: {"a": (x, filled(2))}, lambda x: {"a": (0, filled(2))}),
    "the lane": ([None], lambda x: [lax.axis_index("i")], lambda x: [lax.psum(x, "i")]),
}


@check("mapping.error.result-none@1", needs=["mapping.mapped.depends@1", "mapping.mapped.reduced@1"])
@pytest.mark.parametrize(("out_axes", "wrong", "right"), MAPPED.values(), ids=MAPPED)
@pytest.mark.parametrize("size", [1, 2, 0])
def test_a_result_without_an_axis_is_not_mapped(impl: Any, out_axes: Any, wrong: Any, right: Any, size: int) -> None:
    gives = [wrong]
    f = Refusing(impl, lambda x: gives[0](x), out_axes=out_axes, axis_name="i")
    x = np.zeros(size, np.float32)
    f.refuses(lambda f: f(x), impl.transform.BatchAxisError, "out_axes")
    f.refuses(lambda f: f(x), ValueError, "out_axes")
    gives[0] = right
    f.works(lambda f: f(x))


@check("mapping.error.result-none@1", needs=["mapping.mapped.depends@1", "mapping.state.sliced@1"])
def test_slices_and_draws_are_no_results_without_axes(impl: Any) -> None:
    state = impl.State(jnp.zeros(2))
    for give in (lambda: state.value, lambda: impl.random.uniform()):
        f = Refusing(impl, give, out_axes=None, axis_size=2, state_in_axes={0: state})
        f.refuses(lambda f: f(), impl.transform.BatchAxisError, "out_axes")


# New states whose values are mapped, or not.
NEW: dict[str, tuple[Callable[[Any, Any], Any], bool]] = {
    "the argument": (lambda impl, x: x, True),
    "a leaf": (lambda impl, x: {"a": 1.0, "b": [x]}, True),
    "a draw": (lambda impl, x: impl.random.uniform(), True),
    "a constant": (lambda impl, x: jnp.ones(3), False),
}


@check("mapping.error.new-excluded@1", needs=["mapping.mapped.depends@1"])
@pytest.mark.parametrize(("give", "wrong"), NEW.values(), ids=NEW)
@pytest.mark.parametrize("kind", ["ParamState", "BatchState"])
def test_a_new_state_that_is_excluded_is_not_mapped(impl: Any, give: Any, wrong: bool, kind: str) -> None:
    made: list[Any] = []
    count = impl.State(jnp.array(0))

    def origin(x: Any) -> None:
        count.value = count.value + 1
        made.append(impl.State(x))
        made.append(getattr(impl, kind)(give(impl, x)))

    new = impl.transform.vmap_new_states(origin, state_to_exclude=getattr(impl, kind))
    if wrong:
        for _ in range(2):
            with changes_nothing(impl, count), pytest.raises(impl.transform.BatchAxisError, match=rf"\b{kind}\b"):
                new(TWO)
    else:
        new(TWO)
        assert made[1].value.shape == (3,)
        assert count.value == 1


@check("mapping.error.state-result@1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("born", [False, True], ids=["before", "inside"])
@pytest.mark.parametrize("out_axes", [0, None], ids=str)
def test_a_state_is_no_result(impl: Any, kind: str, born: bool, out_axes: Any) -> None:
    given = None if born else a_state(impl, kind)
    f = Refusing(impl, lambda: a_state(impl, kind) if born else given, axis_size=2, out_axes=out_axes)
    f.refuses(lambda f: f(), ValueError, rf"\b{kind}\b")


@check("mapping.error.state-result@1")
@planted
@pytest.mark.parametrize("touched", [False, True], ids=["idle", "touched"])
def test_a_tree_with_a_state_is_no_result(impl: Any, plant: Any, parts: list[str], touched: bool) -> None:
    state, wrong = impl.ParamState(jnp.zeros(2)), [True]

    def give(x: Any) -> Any:
        if touched:
            state.value = state.value + x
        return plant(state) if wrong else x

    f = Refusing(impl, give, state_in_axes={0: state})
    f.states.append(state)
    f.refuses(lambda f: f(TWO), ValueError, naming("ParamState", *parts))
    wrong.clear()
    f.works(lambda f: f(TWO))


@check("mapping.error.result@1")
@planted
def test_a_tree_with_what_is_no_value_is_no_result(impl: Any, plant: Any, parts: list[str]) -> None:
    gives = [plant("text"), 1.0]
    f = Refusing(impl, lambda x: gives[0])
    f.refuses(lambda f: f(TWO), TypeError, "str")
    del gives[0]
    f.works(lambda f: f(TWO))


@check("mapping.error.result@1")
@pytest.mark.parametrize("leaf", NO_VALUES, ids=[f"{type(leaf).__name__} {n}" for n, leaf in enumerate(NO_VALUES)])
@pytest.mark.parametrize("out_axes", [0, None], ids=str)
def test_what_is_no_value_is_no_result(impl: Any, leaf: Any, out_axes: Any) -> None:
    f = Refusing(impl, lambda x: {"a": 1.0, "b": leaf}, out_axes=out_axes)
    f.refuses(lambda f: f(TWO), TypeError, type(leaf).__name__)


@check("mapping.error.result@1")
def test_nodes_and_arrays_of_no_numbers_are_no_results(impl: Any) -> None:
    for leaf in (a_node(impl, "module"), a_node(impl, "node"), *NO_NUMBERS):
        f = Refusing(impl, lambda x: {"a": x, "b": leaf})  # noqa: B023
        f.refuses(lambda f: f(TWO), TypeError, type(leaf).__name__)


COLLECTIVES: dict[str, Callable[[Any, Any], Any]] = {
    "psum": lax.psum,
    "pmean": lax.pmean,
    "all_gather": lax.all_gather,
    "axis_index": lambda x, name: lax.axis_index(name),
}


@check("mapping.error.axis-name@1")
@pytest.mark.parametrize("collective", COLLECTIVES.values(), ids=COLLECTIVES)
@pytest.mark.parametrize("axis_name", [None, "hay"])
def test_a_collective_over_no_axis_raises_what_jax_raises(impl: Any, collective: Any, axis_name: Any) -> None:
    names = ["needle"]
    with pytest.raises(NameError):
        jax.vmap(lambda x: collective(x, "needle"), axis_name=axis_name)(TWO)
    f = Refusing(impl, lambda x: collective(x, names[0]) if names[0] else x, axis_name=axis_name)
    f.refuses(lambda f: f(TWO), NameError, "needle")
    names[0] = axis_name
    f.works(lambda f: f(TWO))


@check("mapping.error.axis-name@1")
def test_an_axis_of_an_inner_mapping_is_not_there_outside_it(impl: Any) -> None:
    inner = impl.transform.vmap2(lambda y: y * 2, in_axes=None, axis_size=3, axis_name="needle")
    f = Refusing(impl, lambda x: (inner(x), lax.psum(x, "needle")), axis_name="hay")
    f.refuses(lambda f: f(TWO), NameError, "needle")


@check("mapping.error.concrete@1")
@pytest.mark.parametrize("ask", CONCRETE.values(), ids=CONCRETE)
@pytest.mark.parametrize("whole", [False, True], ids=["mapped", "not mapped"])
def test_a_value_without_numbers_gives_no_number(impl: Any, ask: Any, whole: bool) -> None:
    expected = raised_by(lambda: jax.jit(ask)(jnp.int32(2)))
    value = jnp.int32(2) if whole else jnp.array([2, 2], jnp.int32)
    held = impl.ParamState(value)
    f = Refusing(impl, ask, in_axes=None if whole else 0, axis_size=2)
    f.refuses(lambda f: f(value), expected)
    f = Refusing(impl, lambda: ask(held.value), axis_size=2, state_in_axes={None if whole else 0: held})
    f.refuses(lambda f: f(), expected)


@check("mapping.error.concrete@1")
@pytest.mark.parametrize(
    "make", [lambda impl, x: impl.random.uniform(), lambda impl, x: lax.axis_index("i")], ids=["a draw", "a lane"]
)
def test_draws_and_lanes_give_no_numbers(impl: Any, make: Any) -> None:
    asks = [True]
    f = Refusing(impl, lambda x: float(make(impl, x)) if asks else make(impl, x), axis_name="i")
    f.refuses(lambda f: f(TWO), jax.errors.ConcretizationTypeError)
    asks.clear()
    f.works(lambda f: f(TWO))


@check("mapping.error.by-cache@1")
@pytest.mark.parametrize("name", ACCESSORS)
def test_a_key_that_is_not_remembered_tells_nothing(impl: Any, name: str) -> None:
    origin, states = restless(impl, lambda x: x)
    mapping = impl.transform.vmap2(origin)
    by_key, key = getattr(mapping, f"get_{name}_by_cache"), mapping.get_arg_cache_key
    for given in (key(TWO), "text", 42, None, ()):
        with changes_nothing(impl, *states), pytest.raises(ValueError):
            by_key(given)
    mapping(TWO)
    by_key(key(TWO + 1))
    for given in (key(np.zeros(3)), key(np.zeros((2, 1))), key([TWO]), "text", None):
        with changes_nothing(impl, *states), pytest.raises(ValueError):
            by_key(given)


@check("mapping.error.by-cache@1")
def test_a_key_of_a_call_that_failed_or_was_forgotten_tells_nothing(impl: Any) -> None:
    def origin(x: Any) -> Any:
        if x.ndim:
            raise LookupError
        return x

    mapping = impl.transform.vmap2(origin)
    with pytest.raises(LookupError):
        mapping(np.zeros((2, 2)))
    with pytest.raises(ValueError):
        mapping.get_states_by_cache(mapping.get_arg_cache_key(np.zeros((2, 2))))
    mapping(TWO)
    assert mapping.get_states_by_cache(mapping.get_arg_cache_key(TWO)) == ()
    mapping.clear_cache()
    with pytest.raises(ValueError):
        mapping.get_states_by_cache(mapping.get_arg_cache_key(TWO))
