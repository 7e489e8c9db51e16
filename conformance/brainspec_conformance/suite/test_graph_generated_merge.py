"""The checks of `spec/20-graph.md` on generated graphs: merging, and when two have the same `GraphDef`."""

from typing import Any

import jax
from hypothesis import given
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import leaves_of, merged, nested, structure_of
from brainspec_conformance.suite.graph_recipes import (
    LITERALS,
    PAIRS,
    RECIPES,
    Recipe,
    build,
    nodes_in,
    picture,
    predicates,
    states_in,
)


@check(
    "graph.merge.again@1",
    "graph.merge.sharing@1",
    needs=["graph.split.trees@1"],
)
@given(RECIPES)
def test_generated_graphs_are_merged_as_they_were(impl: Any, recipe: Recipe) -> None:
    root = build(impl, recipe)
    again = merged(impl, root)
    old, new = ([*states_in(impl, each).values(), *nodes_in(impl, each).values()] for each in (root, again))

    assert picture(impl, again) == picture(impl, root)
    assert {id(each) for each in old}.isdisjoint(id(each) for each in new)


@check("graph.merge.born@1", needs=["graph.merge.again@1", "graph.merge.sharing@1"])
@given(RECIPES)
def test_generated_states_are_merged_with_all_they_had(impl: Any, recipe: Recipe) -> None:
    root = build(impl, recipe)
    with impl.catch_new_states() as caught:
        again = merged(impl, root)
    made, expected = states_in(impl, again), states_in(impl, root)

    assert list(made) == list(expected)
    assert set(caught) == set(made.values())
    assert len(caught) == len(made)
    for state, other in zip(made.values(), expected.values()):
        assert type(state) is type(other)
        assert state.value is other.value
        assert (state.name, state.tag, state.unit) == (other.name, other.tag, other.unit)


@check("graph.merge.trees@1", needs=["graph.merge.again@1", "graph.merge.sharing@1"])
@given(RECIPES, LITERALS, st.randoms())
def test_generated_trees_are_merged_in_any_order(impl: Any, recipe: Recipe, literals: list[Any], random: Any) -> None:
    root = build(impl, recipe)
    graphdef, *trees = impl.graph.treefy_split(root, *predicates(impl, literals), ...)
    mixed = [random.choice((tree, nested(leaves_of(tree)), impl.util.FlattedDict(leaves_of(tree)))) for tree in trees]
    random.shuffle(mixed)
    again = impl.graph.treefy_merge(graphdef, *mixed)

    assert picture(impl, again) == picture(impl, root)
    assert [s.name for s in states_in(impl, again).values()] == [s.name for s in states_in(impl, root).values()]


@check("graph.merge.born@1", needs=["graph.snapshot.pytree@1", "graph.merge.again@1", "graph.merge.sharing@1"])
@given(RECIPES)
def test_generated_trees_pass_through_jax(impl: Any, recipe: Recipe) -> None:
    root = build(impl, recipe)
    graphdef, tree = impl.graph.treefy_split(root)
    doubled = jax.tree.map(lambda x: 2 * x, tree)
    shapes = jax.eval_shape(lambda tree: tree, tree)
    again = impl.graph.treefy_merge(graphdef, doubled)

    assert structure_of(doubled) == structure_of(tree) == structure_of(shapes)
    assert picture(impl, again) == picture(impl, root)
    for state, other in zip(states_in(impl, again).values(), states_in(impl, root).values()):
        assert (state.value, state.name, type(state)) == (2 * other.value, other.name, type(other))
    assert picture(impl, impl.graph.treefy_merge(graphdef, shapes)) == picture(impl, root)


@check("graph.snapshot.history@1", needs=["graph.snapshot.structure@1", "graph.merge.again@1", "graph.merge.sharing@1"])
@given(RECIPES)
def test_generated_graphs_have_trees_of_one_structure(impl: Any, recipe: Recipe) -> None:
    root = build(impl, recipe)
    first = impl.graph.treefy_states(root)
    for state in states_in(impl, root).values():
        state.value += 1
    trees = [impl.graph.treefy_states(root), impl.graph.treefy_states(merged(impl, root))]

    assert [structure_of(tree) for tree in trees] == [structure_of(first)] * 2


@check("graph.def.equal@1")
@given(PAIRS)
def test_generated_graphs_have_equal_ones_exactly_if_they_look_alike(impl: Any, pair: tuple[Recipe, Recipe]) -> None:
    roots = [build(impl, each) for each in (*pair, pair[0])]
    found, drawn = [impl.graph.graphdef(root) for root in roots], [picture(impl, root) for root in roots]

    assert (found[0] == found[1]) == (drawn[0] == drawn[1])
    assert (found[0] != found[1]) == (drawn[0] != drawn[1])
    assert found[0] == found[2]
    assert hash(found[0]) == hash(found[2])


@check("graph.def.equal@1", needs=["graph.merge.again@1", "graph.merge.sharing@1"])
@given(RECIPES)
def test_generated_graphs_keep_theirs_through_a_merge(impl: Any, recipe: Recipe) -> None:
    root = build(impl, recipe)
    graphdef = impl.graph.graphdef(root)
    again = impl.graph.graphdef(merged(impl, root))

    assert again == graphdef == impl.graph.graphdef(build(impl, recipe))
    assert hash(again) == hash(graphdef)


@check("graph.def.static@1", needs=["graph.def.equal@1"])
@given(RECIPES)
def test_generated_ones_are_trees_without_leaves(impl: Any, recipe: Recipe) -> None:
    graphdef = impl.graph.graphdef(build(impl, recipe))

    assert jax.tree.leaves(graphdef) == []
    assert jax.tree.map(lambda x: 1 / 0, graphdef) == graphdef
    assert hash(structure_of(graphdef)) == hash(structure_of(impl.graph.graphdef(build(impl, recipe))))
