"""The checks of `spec/20-graph.md`: snapshots as JAX sees them."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import SHAPE, Unheard, node, ref, structure_of
from brainspec_conformance.suite.state_material import KINDS, subclass


def shrunken(words: str) -> set[str]:
    """A set of words that was larger once, so that it has another order than one that was not."""
    others = {str(n) for n in range(1000)}
    made = others | set(words)
    made -= others
    return made


def labels(snapshot: Any) -> tuple[Any, ...]:
    return snapshot.type, snapshot.name, snapshot.tag, snapshot.metadata


@check("graph.snapshot.pytree@1", needs=["graph.snapshot.made@1"])
@pytest.mark.parametrize("value", [1.0, "text", [1, {"k": 2}], {"a": ()}, np.ones(2)], ids=repr)
def test_the_value_is_the_only_child(impl: Any, value: Any) -> None:
    snapshot = ref(impl, value, name="v", tag=["slow"], unit=jnp.ones(2), bounds=[0, 1])
    (only,) = jax.tree_util.tree_leaves_with_path(snapshot, is_leaf=lambda x: x is not snapshot)

    assert only[0] == (jax.tree_util.GetAttrKey("value"),)
    assert type(only[0][0]) is jax.tree_util.GetAttrKey
    assert only[1] is value


@check("graph.snapshot.pytree@1", needs=["graph.snapshot.made@1"])
def test_a_value_without_leaves_has_none_in_a_snapshot(impl: Any) -> None:
    assert jax.tree.leaves(ref(impl, None, name="v", unit=1)) == []
    assert jax.tree.leaves({"a": ref(impl, {"k": 1.0}), "b": [ref(impl, (2.0, 3.0))]}) == [1.0, 2.0, 3.0]


@check("graph.snapshot.pytree@1", needs=["graph.snapshot.made@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_mapping_over_a_snapshot_keeps_what_is_not_its_value(impl: Any, kind: str) -> None:
    bounds, old = [0], {"k": np.ones(2)}
    snapshot = ref(impl, old, kind, name="v", tag={"slow"}, bounds=bounds, type=3)
    made = jax.tree.map(lambda x: x + 1, snapshot)

    assert type(made) is impl.TreefyState
    assert made.value["k"].tolist() == [2, 2]
    assert labels(made) == (getattr(impl, kind), "v", {"slow"}, {"bounds": [0], "type": 3})
    assert made.metadata["bounds"] is bounds
    assert snapshot.value is old
    assert labels(snapshot) == labels(made)


@check("graph.snapshot.pytree@1", needs=["graph.snapshot.made@1"])
@pytest.mark.parametrize("value", [None, "text", Unheard(), int, SHAPE], ids=lambda value: type(value).__name__)
def test_anything_can_stand_for_the_value(impl: Any, value: Any) -> None:
    snapshot = ref(impl, np.zeros(2), "HiddenState", name="v")
    made = jax.tree.unflatten(structure_of(snapshot), [value])

    assert made.value is value
    assert labels(made) == labels(snapshot)


@check("graph.snapshot.pytree@1", needs=["graph.snapshot.made@1"])
def test_a_snapshot_passes_through_transforms_of_jax(impl: Any) -> None:
    snapshot = ref(impl, jnp.arange(3.0), "ParamState", name="v", tag="slow", unit="mV")
    results = [
        jax.jit(lambda given: given.replace(given.value * 2))(snapshot),
        jax.grad(lambda given: (given.value**2).sum())(snapshot),
        jax.vmap(lambda given: jax.tree.map(lambda x: x + x, given))(snapshot),
    ]
    for made in results:
        assert type(made) is impl.TreefyState
        assert made.value.tolist() == [0, 2, 4]
        assert labels(made) == (impl.ParamState, "v", "slow", {"unit": "mV"})


NAN, ROW, LIST = float("nan"), np.ones(2), [0]
Words = Callable[[], dict[str, Any]]

# Labels that make no difference, and labels that do. Each is made twice: what is compared is not one object unless it is named.
ALIKE: dict[str, tuple[Words, Words]] = {
    "none": (dict, lambda: {"name": None, "tag": None}),
    "all": (
        lambda: {"name": "v" * 9, "tag": ["slow"], "unit": "m" * 9},
        lambda: {"name": "v" * 9, "tag": ["slow"], "unit": "m" * 9},
    ),
    "lists of tags": (lambda: {"tag": ["b", "a"]}, lambda: {"tag": ["b", "a"]}),
    "empty lists of tags": (lambda: {"tag": []}, lambda: {"tag": []}),
    "sets of tags": (lambda: {"tag": set("abcdefghij")}, lambda: {"tag": shrunken("abcdefghij")}),
    "frozen sets of tags": (lambda: {"tag": frozenset("ab")}, lambda: {"tag": frozenset("ba")}),
    "order of metadata": (lambda: {"a": 1, "b": 2}, lambda: {"b": 2, "a": 1}),
    "equal numbers": (lambda: {"a": 10**9 + 1, "b": 0.5}, lambda: {"a": int("1000000001"), "b": float("0.5")}),
    "equal tuples": (lambda: {"a": tuple("text")}, lambda: {"a": tuple("text")}),
    "one list": (lambda: {"a": LIST}, lambda: {"a": LIST}),
    "one array": (lambda: {"a": ROW}, lambda: {"a": ROW}),
    "one NaN": (lambda: {"a": NAN}, lambda: {"a": NAN}),
    "equal by their own word": (lambda: {"a": frozenset({1})}, lambda: {"a": frozenset({True})}),
    "no metadata": (lambda: {"a": None}, lambda: {"a": None}),
}
APART: dict[str, tuple[Words, Words]] = {
    "name": (lambda: {"name": "v"}, lambda: {"name": "w"}),
    "no name": (lambda: {"name": "v"}, dict),
    "empty name": (lambda: {"name": ""}, dict),
    "tag": (lambda: {"tag": "slow"}, lambda: {"tag": "fast"}),
    "no tag": (lambda: {"tag": "slow"}, dict),
    "empty tag": (lambda: {"tag": []}, dict),
    "empty tags": (lambda: {"tag": []}, lambda: {"tag": ()}),
    "word and list": (lambda: {"tag": "a"}, lambda: {"tag": ["a"]}),
    "list and tuple": (lambda: {"tag": ["a"]}, lambda: {"tag": ("a",)}),
    "tuple and set": (lambda: {"tag": ("a",)}, lambda: {"tag": {"a"}}),
    "set and frozen set": (lambda: {"tag": {"a"}}, lambda: {"tag": frozenset({"a"})}),
    "order of tags": (lambda: {"tag": ["a", "b"]}, lambda: {"tag": ["b", "a"]}),
    "more tags": (lambda: {"tag": {"a", "b"}}, lambda: {"tag": {"a"}}),
    "name and tag": (lambda: {"name": "v"}, lambda: {"tag": "v"}),
    "metadata": (lambda: {"a": 1}, lambda: {"a": 2}),
    "name of metadata": (lambda: {"a": 1}, lambda: {"b": 1}),
    "swapped metadata": (lambda: {"a": 1, "b": 2}, lambda: {"a": 2, "b": 1}),
    "more metadata": (lambda: {"a": 1, "b": 2}, lambda: {"a": 1}),
    "metadata of none": (lambda: {"a": None}, dict),
    "number and boolean": (lambda: {"a": 1}, lambda: {"a": True}),
    "integer and float": (lambda: {"a": 1}, lambda: {"a": 1.0}),
    "two lists": (lambda: {"a": [0]}, lambda: {"a": [0]}),
    "two arrays": (lambda: {"a": np.ones(2)}, lambda: {"a": np.ones(2)}),
    "two JAX arrays": (lambda: {"a": jnp.asarray(ROW)}, lambda: {"a": jnp.array(ROW)}),
    "two NaNs": (lambda: {"a": float("nan")}, lambda: {"a": float("nan")}),
    "list and tuple in metadata": (lambda: {"a": [0]}, lambda: {"a": (0,)}),
}


def structure(impl: Any, words: Words) -> Any:
    return structure_of(ref(impl, 1.0, **words()))


@check("graph.snapshot.structure@1", needs=["graph.snapshot.made@1"])
@pytest.mark.parametrize("case", ALIKE)
def test_snapshots_that_are_alike_have_one_structure(impl: Any, case: str) -> None:
    one, other = (structure(impl, words) for words in ALIKE[case])

    assert (one == other, one != other) == (True, False)
    assert hash(one) == hash(other)


@check("graph.snapshot.structure@1", needs=["graph.snapshot.made@1"])
@pytest.mark.parametrize("case", APART)
def test_snapshots_that_differ_have_structures_that_do(impl: Any, case: str) -> None:
    one, other = (structure(impl, words) for words in APART[case])

    assert (one == other, one != other) == (False, True)


@check("graph.snapshot.structure@1", needs=["graph.snapshot.made@1"])
@pytest.mark.parametrize("case", [*ALIKE, *APART])
def test_each_structure_can_be_hashed(impl: Any, case: str) -> None:
    made = [ref(impl, value, **words()) for words in {**ALIKE, **APART}[case] for value in (1.0, {"k": [2.0]})]
    for snapshot in made:
        assert hash(structure_of(snapshot)) == hash(structure_of(jax.tree.map(lambda x: -x, snapshot)))


@check("graph.snapshot.structure@1", needs=["graph.snapshot.made@1"])
def test_the_kind_is_in_the_structure(impl: Any) -> None:
    kinds = [*(getattr(impl, kind) for kind in KINDS), subclass(impl.State), subclass(impl.State)]
    found = [structure_of(impl.TreefyState(kind, 1.0)) for kind in kinds]

    assert [found.index(each) for each in found] == list(range(len(kinds)))
    assert found == [structure_of(impl.TreefyState(kind, 2.0)) for kind in kinds]


@check("graph.snapshot.structure@1", needs=["graph.snapshot.made@1"])
def test_the_structure_of_the_value_is_in_the_structure(impl: Any) -> None:
    values: list[Any] = [1.0, None, [1.0], (1.0,), {"a": 1.0}, {"b": 1.0}, [[1.0]], []]
    found = [structure_of(ref(impl, value)) for value in values]

    assert [found.index(each) for each in found] == list(range(len(values)))
    assert found[0] == structure_of(ref(impl, np.ones((2, 3))))
    assert found[4] == structure_of(ref(impl, {"a": "text"}))


@check("graph.snapshot.structure@1", needs=["graph.snapshot.made@1"])
def test_a_snapshot_is_no_other_container_of_its_value(impl: Any) -> None:
    assert structure_of(ref(impl, 1.0)) != structure_of([1.0])
    assert structure_of(ref(impl, 1.0)) != structure_of({"value": 1.0})


def structures(impl: Any, root: Any) -> Any:
    return structure_of(impl.graph.treefy_states(root))


@check("graph.snapshot.history@1", needs=["graph.treefy.states@1"])
def test_reads_and_writes_leave_the_structure(impl: Any) -> None:
    root = node(impl, w=impl.ParamState(np.zeros(2), name="v", tag="slow", unit="mV"))
    before = structures(impl, root)
    with impl.StateTraceStack():
        root.w.value += 1
        within = structures(impl, root)
    root.w.value = root.w.value + np.ones(2)
    jax.make_jaxpr(lambda x: x + root.w.value)(1.0)

    assert within == before
    assert structures(impl, root) == before
    assert hash(structures(impl, root)) == hash(before)


@check("graph.snapshot.history@1", needs=["graph.treefy.states@1", "state.copy.new@1"])
def test_a_copy_has_the_structure_of_the_state(impl: Any) -> None:
    root = node(impl, w=impl.ParamState(1.0, tag=["slow"]))
    root.w.value = 2.0
    with impl.catch_new_states():
        again = node(impl, w=root.w.copy())

    assert structures(impl, again) == structures(impl, root)


@check("graph.snapshot.history@1", needs=["graph.treefy.states@1", "graph.merge.born@1"])
def test_a_tree_that_comes_out_of_a_trace_goes_in_again_without_another(impl: Any) -> None:
    root, traced = node(impl, sum=impl.HiddenState(jnp.zeros(2)), count=impl.State(jnp.array(0))), []
    graphdef, tree = impl.graph.treefy_split(root)

    @jax.jit
    def step(tree: Any, x: Any) -> Any:
        traced.append(x)
        again = impl.graph.treefy_merge(graphdef, tree)
        again.sum.value += x
        again.count.value = again.count.value + 1
        return impl.graph.treefy_states(again)

    for x in (1.0, 2.0, 3.0):
        tree = step(tree, x)

    assert len(traced) == 1
    assert tree["sum"].value.tolist() == [6, 6]
    assert tree["count"].value == 3
