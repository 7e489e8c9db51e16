"""The checks of `spec/20-graph.md`: what a snapshot has, and how one is made, replaced and turned into a state."""

import pickle
from typing import Any

import jax
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import SHAPE, leaves_of, node, ref, structure_of, touched
from brainspec_conformance.suite.state_material import KINDS, a_state, importable, subclass

# Names of metadata that a careless constructor takes for something else.
AWKWARD = ["type", "metadata", "ref", "state", "kind", "cls", "args", "children"]


def taken(impl: Any, state: Any) -> Any:
    """The snapshot of a state."""
    return impl.graph.treefy_states(node(impl, w=state))["w"]


def fields(snapshot: Any) -> tuple[Any, ...]:
    return snapshot.type, snapshot.value, snapshot.name, snapshot.tag, snapshot.metadata


@check("graph.snapshot.fields@1", needs=["graph.treefy.states@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_snapshot_has_all_that_the_state_has(impl: Any, kind: str) -> None:
    bounds, tag = [0], ["slow"]
    state = a_state(impl, kind, name="v", tag=tag, unit="mV", bounds=bounds)
    snapshot = taken(impl, state)

    assert type(snapshot) is impl.TreefyState
    assert snapshot.type is getattr(impl, kind)
    assert snapshot.value is state.value
    assert (snapshot.name, snapshot.tag) == ("v", ["slow"])
    assert snapshot.metadata == {"unit": "mV", "bounds": [0]}
    assert snapshot.metadata["bounds"] is bounds


@check("graph.snapshot.fields@1", needs=["graph.treefy.states@1"])
def test_a_snapshot_of_a_bare_state_has_no_labels(impl: Any) -> None:
    assert fields(taken(impl, impl.State(1))) == (impl.State, 1, None, None, {})
    assert isinstance(taken(impl, impl.State(1)).metadata, dict)


@check("graph.snapshot.fields@1", needs=["graph.treefy.states@1"])
@pytest.mark.parametrize("value", [None, 1.5, "text", [1, [2]], {"b": 1, "a": ()}, np.ones(2)], ids=repr)
def test_a_snapshot_holds_the_object(impl: Any, value: Any) -> None:
    assert taken(impl, impl.State(value)).value is value


@check("graph.snapshot.fields@1", needs=["graph.treefy.states@1"])
def test_a_snapshot_is_of_the_very_class(impl: Any) -> None:
    users = subclass(impl.ParamState)

    assert taken(impl, users(1)).type is users
    assert taken(impl, impl.random.RandomState(0)).type is impl.random.RandomState


@check("graph.snapshot.fields@1", needs=["graph.treefy.states@1"])
@pytest.mark.parametrize("tag", ["slow", ["slow"], ("b", "a"), {"slow"}, frozenset({"slow"}), [], None], ids=repr)
def test_a_tag_is_in_the_snapshot_as_it_is(impl: Any, tag: Any) -> None:
    snapshot = taken(impl, impl.State(1, tag=tag))

    assert type(snapshot.tag) is type(tag)
    assert snapshot.tag == tag


@check("graph.snapshot.fields@1", needs=["graph.treefy.states@1"])
@pytest.mark.parametrize("word", AWKWARD)
def test_metadata_of_any_name_are_in_the_snapshot(impl: Any, word: str) -> None:
    state = impl.State(1)
    setattr(state, word, 2)

    assert fields(taken(impl, state)) == (impl.State, 1, None, None, {word: 2})


@check("graph.snapshot.fields@1", needs=["graph.treefy.states@1"])
def test_a_snapshot_has_what_was_set_last(impl: Any) -> None:
    state = impl.State(1, name="v", unit="mV", gone=1)
    state.value, state.name, state.tag, state.unit, state.later = 2, "w", "fast", "nA", [3]
    del state.gone

    assert fields(taken(impl, state)) == (impl.State, 2, "w", "fast", {"unit": "nA", "later": [3]})


@check("graph.snapshot.fields@1", needs=["graph.treefy.states@1"])
def test_a_snapshot_stays_when_the_state_goes_on(impl: Any) -> None:
    state = impl.State(1, name="v", tag="slow", unit="mV")
    snapshot = taken(impl, state)
    state.value, state.name, state.tag, state.unit, state.later = 2, "w", "fast", "nA", 3

    assert fields(snapshot) == (impl.State, 1, "v", "slow", {"unit": "mV"})


@check("graph.snapshot.made@1")
def test_a_snapshot_is_made_with_all_fields(impl: Any) -> None:
    value, bounds = [1], [0]
    snapshot = impl.TreefyState(impl.ParamState, value, name="v", tag=["slow"], unit="mV", bounds=bounds)

    assert type(snapshot) is impl.TreefyState
    assert fields(snapshot) == (impl.ParamState, [1], "v", ["slow"], {"unit": "mV", "bounds": [0]})
    assert snapshot.value is value
    assert snapshot.metadata["bounds"] is bounds


@check("graph.snapshot.made@1")
def test_a_snapshot_is_made_without_labels(impl: Any) -> None:
    assert fields(impl.TreefyState(impl.State, None)) == (impl.State, None, None, None, {})
    assert isinstance(impl.TreefyState(impl.State, None).metadata, dict)


@check("graph.snapshot.made@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_snapshot_is_made_of_any_kind_with_any_value(impl: Any, kind: str) -> None:
    for value in (1.5, None, "text", object(), SHAPE):
        snapshot = ref(impl, value, kind)
        assert snapshot.type is getattr(impl, kind)
        assert snapshot.value is value


@check("graph.snapshot.made@1")
def test_a_snapshot_is_made_of_a_users_class(impl: Any) -> None:
    users = subclass(impl.ParamState, __init__=lambda self, a, b: 1 / 0)

    assert fields(impl.TreefyState(users, 1.0, unit="mV")) == (users, 1.0, None, None, {"unit": "mV"})


@check("graph.snapshot.made@1")
@pytest.mark.parametrize("word", AWKWARD)
def test_a_snapshot_is_made_with_metadata_of_any_name(impl: Any, word: str) -> None:
    assert fields(impl.TreefyState(impl.State, 1, **{word: 2})) == (impl.State, 1, None, None, {word: 2})


@check("graph.snapshot.replace@1", needs=["graph.snapshot.made@1"])
def test_replacing_gives_a_new_snapshot(impl: Any) -> None:
    bounds = [0]
    old = ref(impl, [1], "ParamState", name="v", tag=["slow"], bounds=bounds, type=3)
    value = object()
    new = old.replace(value)

    assert type(new) is impl.TreefyState
    assert new is not old
    assert fields(new) == (impl.ParamState, value, "v", ["slow"], {"bounds": [0], "type": 3})
    assert new.metadata["bounds"] is bounds
    assert fields(old) == (impl.ParamState, [1], "v", ["slow"], {"bounds": [0], "type": 3})


@check("graph.snapshot.replace@1", needs=["graph.snapshot.made@1"])
@pytest.mark.parametrize("value", [None, 1.5, "text", {"other": "structure"}], ids=repr)
def test_a_value_of_any_sort_replaces_another(impl: Any, value: Any) -> None:
    assert ref(impl, np.zeros(2), "HiddenState").replace(value).value is value


@check("graph.snapshot.to-state@1", needs=["graph.snapshot.made@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_has_all_that_the_snapshot_has(impl: Any, kind: str) -> None:
    value, bounds = np.zeros(2), [0]
    snapshot = ref(impl, value, kind, name="v", tag=["slow"], unit="mV", bounds=bounds)
    state = snapshot.to_state()

    assert type(state) is getattr(impl, kind)
    assert state.value is value
    assert (state.name, state.tag, state.unit) == ("v", ["slow"], "mV")
    assert state.bounds is bounds
    assert state != snapshot.to_state()


@check("graph.snapshot.to-state@1", needs=["graph.snapshot.made@1"])
def test_a_state_of_a_snapshot_without_labels_has_none(impl: Any) -> None:
    state = ref(impl, 1).to_state()

    assert (state.value, state.name, state.tag) == (1, None, None)
    assert taken(impl, state).metadata == {}


@check("graph.snapshot.to-state@1", needs=["graph.snapshot.made@1"])
def test_no_constructor_is_called(impl: Any) -> None:
    users = subclass(impl.ParamState, __init__=lambda self, a, b: 1 / 0)
    state = impl.TreefyState(users, 1.0, unit="mV").to_state()

    assert type(state) is users
    assert (state.value, state.name, state.unit) == (1.0, None, "mV")


@check("graph.snapshot.to-state@1", needs=["graph.snapshot.made@1"])
@pytest.mark.parametrize("value", [1.0, None, SHAPE, "text"], ids=repr)
def test_a_value_that_a_constructor_refuses_is_taken(impl: Any, value: Any) -> None:
    state = ref(impl, value, "HiddenState").to_state()

    assert type(state) is impl.HiddenState
    assert state.value is value


@check("graph.snapshot.to-state@1", needs=["graph.snapshot.made@1", "state.stack.newborn@1"])
def test_a_state_of_a_snapshot_is_newly_born(impl: Any) -> None:
    snapshot = ref(impl, 1, "ParamState", name="v")

    def act() -> None:
        state = snapshot.to_state()
        state.value += 1

    assert touched(impl, act) == ([], [])
    with impl.catch_new_states() as caught:
        made = [snapshot.to_state(), snapshot.to_state()]
    assert list(caught) == made


@check("graph.snapshot.to-state@1", needs=["graph.snapshot.made@1", "state.bare.born-inside@1"])
def test_a_state_of_a_snapshot_is_born_in_the_trace(impl: Any) -> None:
    def step(x: Any) -> Any:
        state = ref(impl, x, "HiddenState").to_state()
        state.value = state.value * x
        return state.value

    assert jax.vmap(step)(np.arange(3.0)).tolist() == [0, 1, 4]


@check("graph.snapshot.to-state@1", needs=["graph.snapshot.made@1"])
def test_what_is_done_to_the_state_does_not_reach_the_snapshot(impl: Any) -> None:
    snapshot = ref(impl, 1, name="v", tag="slow", unit="mV")
    state = snapshot.to_state()
    state.value, state.name, state.tag, state.unit, state.later = 2, "w", "fast", "nA", 3

    assert fields(snapshot) == (impl.State, 1, "v", "slow", {"unit": "mV"})
    assert snapshot.to_state().unit == "mV"


@check("graph.snapshot.to-state@1", needs=["graph.snapshot.made@1", "random.draw.rule@1"])
def test_a_random_state_of_a_snapshot_draws_on(impl: Any) -> None:
    source = impl.random.RandomState(3)
    state = taken(impl, source).to_state()

    assert type(state) is impl.random.RandomState
    assert state.uniform() == source.uniform()
    assert state.uniform() == source.uniform()


@check("graph.snapshot.pickle@1", needs=["graph.snapshot.made@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_snapshot_comes_back_from_pickle_by_any_protocol(impl: Any, kind: str) -> None:
    snapshot = ref(impl, [1, None], kind, name="v", tag=["slow"], unit="mV", bounds=[0], type=2)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        back = pickle.loads(pickle.dumps(snapshot, protocol))
        assert type(back) is impl.TreefyState
        assert fields(back) == fields(snapshot)


@check("graph.snapshot.pickle@1", needs=["graph.snapshot.made@1"])
def test_a_snapshot_of_a_users_class_comes_back_from_pickle(impl: Any) -> None:
    users = importable(impl.ParamState)
    back = pickle.loads(pickle.dumps(impl.TreefyState(users, np.arange(3), tag={"a", "b"})))

    assert back.type is users
    assert back.value.tolist() == [0, 1, 2]
    assert (type(back.tag), back.tag) == (set, {"a", "b"})


@check("graph.snapshot.pickle@1", needs=["graph.split.trees@1"])
def test_state_trees_come_back_from_pickle(impl: Any) -> None:
    root = node(impl, b=impl.ParamState([1], name="v"), a={"k": [impl.HiddenState(np.zeros(2)), impl.State(3)]})
    tree = impl.graph.treefy_split(root)[1]
    flat = impl.util.FlattedDict(leaves_of(tree))
    for made in (tree, flat, dict(tree)):
        back = pickle.loads(pickle.dumps(made))
        assert type(back) is type(made)
        assert list(leaves_of(back)) == list(leaves_of(made))
        for one, other in zip(leaves_of(back).values(), leaves_of(made).values()):
            assert type(one) is impl.TreefyState
            assert (one.type, one.name) == (other.type, other.name)
            assert np.array_equal(one.value, other.value)


@check("graph.snapshot.pickle@1", needs=["graph.snapshot.structure@1"])
def test_a_snapshot_from_pickle_has_the_structure_that_it_had(impl: Any) -> None:
    snapshot = ref(impl, {"a": 1.0}, "ParamState", name="v", tag={"b", "a"}, unit="mV", bounds=(0, None))

    assert structure_of(pickle.loads(pickle.dumps(snapshot))) == structure_of(snapshot)


@check("graph.snapshot.apart@1", needs=["graph.snapshot.fields@1", "graph.treefy.states@1"])
@pytest.mark.parametrize("tag", [{"a"}, ["a"]], ids=repr)
def test_a_snapshot_stays_as_it_was_taken(impl: Any, tag: Any) -> None:
    node = impl.graph.Node()
    node.s = impl.State(1, tag=tag, unit="mV")
    ref = impl.graph.treefy_states(node)["s"]
    structure = structure_of(ref)
    given = ref.tag
    (given.add if isinstance(given, set) else given.append)("b")
    (tag.add if isinstance(tag, set) else tag.append)("c")
    ref.metadata["other"] = 1
    node.s.unit = "nA"

    assert ref.tag == type(tag)(["a"])
    assert ref.metadata == {"unit": "mV"}
    assert structure_of(ref) == structure
