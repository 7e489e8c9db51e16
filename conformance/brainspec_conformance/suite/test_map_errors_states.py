"""The checks of `spec/33-map.md`: errors about what a function leaves in states."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import nothing_changes
from brainspec_conformance.suite.map_material import Refusing
from brainspec_conformance.suite.mapping_material import filled, shown
from brainspec_conformance.suite.random_material import kept
from brainspec_conformance.suite.state_material import KINDS, a_state
from brainspec_conformance.suite.test_map_state_touched import WAYS

THREE = np.arange(3.0, dtype=np.float32)

# A value of a state, another that a run leaves there, and what a message says of each.
CHANGED: dict[str, tuple[Callable[[], Any], Callable[[Any], Any], str, str]] = {
    "another length": (lambda: jnp.zeros(5), lambda v: jnp.ones(7), shown(5), shown(7)),
    "an axis more": (lambda: jnp.zeros(5), lambda v: v[None], shown(5), shown(1, 5)),
    "an axis less": (lambda: jnp.zeros((5, 7)), lambda v: v.sum(0), shown(5, 7), shown(7)),
    "a vector for a number": (lambda: 1.0, lambda v: jnp.ones(7) * v, shown(), shown(7)),
    "a number for a vector": (lambda: np.zeros(5, np.float32), lambda v: v.sum(), shown(5), shown()),
    "an integer": (lambda: jnp.zeros(5), lambda v: v.astype("int16"), "float32|f32", "int16|i16"),
    "a Python integer": (lambda: 1.5, lambda v: 2, "float32|f32", "int32|i32"),
    "a truth": (lambda: jnp.zeros(5), lambda v: v > 0, "float32|f32", "bool"),
    "less precision": (lambda: np.zeros(5, np.float32), lambda v: v.astype("float16"), "float32|f32", "float16|f16"),
    "no weaker type": (lambda: 3, lambda v: v * jnp.float16(0.5), "int32|i32", "float16|f16"),
    "a leaf of a tree": (
        lambda: {"a": jnp.zeros(5), "b": 1.0},
        lambda v: {"a": jnp.zeros(7), "b": 2.0},
        shown(5),
        shown(7),
    ),
    "a tree for an array": (lambda: jnp.zeros(5), lambda v: {"needle": v}, "", "needle"),
    "an array for a tree": (lambda: {"needle": jnp.zeros(5)}, lambda v: v["needle"], "needle", ""),
    "another key": (lambda: {"needle": 1.0}, lambda v: {"thread": v["needle"]}, "needle", "thread"),
    "a longer list": (lambda: [1.0], lambda v: [*v, 1.0], "", ""),
    "a list for a tuple": (lambda: (1.0,), list, "", ""),
    "nothing": (lambda: [1.0, None], lambda v: [None, None], "None", ""),
}


def says(kind: str, *parts: str) -> str:
    return rf"(?s)(?=.*\b{kind}\b)" + "".join(f"(?=.*(?:{part}))" for part in parts)


@check("map.error.type@1", needs=["map.state.carried@1"])
@pytest.mark.parametrize("size", [1, 3], ids=lambda size: f"{size} slices")
@pytest.mark.parametrize("name", CHANGED)
def test_each_run_leaves_the_types_that_it_found(impl: Any, name: str, size: int) -> None:
    held, change, *types = CHANGED[name]
    state, wrong = impl.LongTermState(held()), [True]

    def give(x: Any) -> None:
        before = state.value
        state.value = change(before) if wrong else jax.tree.map(lambda leaf: leaf + leaf, before)

    f = Refusing(impl, give)
    f.states.append(state)
    f.refuses(THREE[:size], error=TypeError, match=says("LongTermState", *types))
    wrong.clear()
    f.works(THREE[:size])


@check("map.error.type@1", needs=["map.state.carried@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_message_names_the_kind(impl: Any, kind: str) -> None:
    state, other = a_state(impl, kind), impl.State(jnp.zeros(()))

    def give(x: Any) -> None:
        other.value = other.value + x
        state.value = jnp.zeros(7)

    f = Refusing(impl, give)
    f.states += [state, other]
    f.refuses(THREE, error=TypeError, match=says(kind, shown(2), shown(7)))


@check("map.error.type@1", needs=["map.state.through@1"])
@pytest.mark.parametrize("name", ["jit", "another map", "another mapping", "a module"])
def test_it_is_so_for_what_an_inner_function_leaves(impl: Any, name: str) -> None:
    state = impl.ParamState(jnp.zeros(5))

    def inner(x: Any) -> Any:
        # Another map would refuse this itself.
        state.value = jnp.zeros(7)
        return x

    f = Refusing(impl, WAYS[name](impl, inner))
    f.states.append(state)
    f.refuses(THREE, error=TypeError, match=says("ParamState", shown(5), shown(7)))


@check("map.error.type@1", needs=["map.disabled.python@1"])
def test_it_is_so_where_runs_are_in_python(impl: Any) -> None:
    state, runs = impl.ParamState(jnp.zeros(5)), list[int]()

    def give(x: Any) -> None:
        runs.append(1)
        state.value = jnp.zeros(7) if len(runs) % 3 == 0 else state.value + x

    told = says("ParamState", shown(5), shown(7))
    with jax.disable_jit(), nothing_changes(impl, state), pytest.raises(TypeError, match=told):
        impl.transform.map(give, THREE)


@check("map.error.type@1", needs=["map.state.carried@1", "map.state.weak@1"])
def test_other_types_on_the_way_and_weak_ones_are_no_matter(impl: Any) -> None:
    a, b, c = impl.State(jnp.zeros(5)), impl.State(1.0), impl.State(np.float32(1))

    def give(x: Any) -> Any:
        a.value = {"a": jnp.ones(7) * x}
        a.value = a.value["a"][:5]
        b.value, c.value = jnp.float32(2), 3.0
        return x

    f = Refusing(impl, give)
    f.works(THREE)
    assert (a.value.tolist(), b.value, c.value) == ([2.0] * 5, 2.0, 3.0)


@check("map.error.type@1", needs=["map.nest.inside@1"])
def test_what_is_refused_in_a_function_is_refused_by_it(impl: Any) -> None:
    state, count = impl.ParamState(jnp.zeros(5)), impl.State(jnp.array(0))

    def give(x: Any) -> None:
        state.value = jnp.zeros(7)

    def outer(x: Any) -> None:
        count.value = count.value + 1
        impl.transform.map(give, x)

    for f, x in ((impl.transform.jit(outer), THREE), (impl.transform.vmap2(outer), THREE[None])):
        with nothing_changes(impl, state, count), pytest.raises(TypeError, match="ParamState"):
            f(x)


# What a lane of a batch writes to a state of two numbers.
WRITES: dict[str, Callable[[Any, Any], Any]] = {
    "what depends on the lane": lambda v, x: v + x,
    "what does not": lambda v, x: v + 1,
    "what it held": lambda v, x: v,
    "a constant": lambda v, x: jnp.ones(2),
    "another type": lambda v, x: 3,
}


@check("map.error.written@1", needs=["map.batch.lanes@1"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", WRITES)
def test_lanes_of_batches_write_no_state(impl: Any, kind: str, name: str) -> None:
    state, read, stream = a_state(impl, kind), impl.State(2.0), impl.random.RandomState(0)

    def give(x: Any) -> Any:
        drawn = stream.uniform() * read.value
        state.value = WRITES[name](state.value, x)
        return drawn

    f = Refusing(impl, give, 2)
    f.states += [state, read, stream]
    f.refuses(THREE, error=ValueError, match=rf"\b{kind}\b")


@check("map.error.written@1", needs=["map.batch.lanes@1"])
@pytest.mark.parametrize(("size", "batch_size"), [(0, 2), (1, 1), (3, 3), (3, 9), (4, 2)])
def test_it_is_so_for_each_size(impl: Any, size: int, batch_size: int) -> None:
    state, wrong = impl.ParamState(jnp.zeros(())), [True]

    def give(x: Any) -> Any:
        if wrong:
            state.value = state.value + x
        return state.value + x

    f = Refusing(impl, give, batch_size)
    f.states.append(state)
    f.refuses(jnp.ones(size), error=ValueError, match="ParamState")
    wrong.clear()
    f.works(jnp.ones(size))
    assert f.call(jnp.ones(size)).tolist() == [1.0] * size


@check("map.error.written@1", needs=["map.batch.lanes@1", "map.state.through@1"])
@pytest.mark.parametrize("name", WAYS)
def test_it_is_so_for_what_an_inner_function_writes(impl: Any, name: str) -> None:
    state = impl.ParamState(jnp.zeros(()))

    def inner(x: Any) -> Any:
        state.value = state.value + 1
        return x

    f = Refusing(impl, WAYS[name](impl, inner), 2)
    f.states.append(state)
    f.refuses(THREE, error=ValueError, match="ParamState")


@check("map.error.written@1", needs=["map.batch.lanes@1", "map.disabled.python@1"])
def test_it_is_so_under_disable_jit(impl: Any) -> None:
    state = impl.ParamState(jnp.zeros(()))

    def give(x: Any) -> None:
        state.value = state.value + x

    with jax.disable_jit(), nothing_changes(impl, state), pytest.raises(ValueError, match="ParamState"):
        impl.transform.map(give, THREE, batch_size=2)


@check("map.error.written@1", needs=["map.batch.lanes@1"])
def test_random_states_and_states_that_are_born_inside_are_written(impl: Any) -> None:
    stream = impl.random.RandomState(0)

    def give(x: Any) -> Any:
        inside = impl.ParamState(x)
        inside.value = inside.value * 2
        stream.seed(3)
        return inside.value + 0 * stream.uniform() * impl.random.uniform()

    with kept(impl):
        assert impl.transform.map(give, THREE, batch_size=2).tolist() == [0.0, 2.0, 4.0]


@check("map.error.written@1", needs=["map.batch.lanes@1"])
def test_a_tree_is_not_written_either(impl: Any) -> None:
    state = impl.BatchState(jnp.asarray(filled(2)))
    other = impl.State({"a": [1.0, filled(2)]})

    def give(x: Any) -> None:
        other.value = {"a": [state.value.sum() + x, other.value["a"][1]]}

    f = Refusing(impl, give, 2)
    f.states += [state, other]
    f.refuses(THREE, error=ValueError, match=r"\bState\b")
