"""The checks of `spec/20-graph.md` on generated graphs: walking and splitting."""

import pickle
from typing import Any

import jax
from hypothesis import given

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import leaves_of, nested, structure_of, touched
from brainspec_conformance.suite.graph_recipes import (
    LITERALS,
    RECIPES,
    Recipe,
    build,
    keys_of,
    nodes_in,
    picture,
    predicates,
    states_in,
)


@check("graph.states.all@1")
@given(RECIPES)
def test_generated_states_are_found_in_order(impl: Any, recipe: Recipe) -> None:
    root = build(impl, recipe)

    assert list(impl.graph.states(root).items()) == list(states_in(impl, root).items())


@check("graph.nodes.order@1")
@given(RECIPES)
def test_generated_nodes_are_found_in_order(impl: Any, recipe: Recipe) -> None:
    root = build(impl, recipe)

    assert list(impl.graph.nodes(root).items()) == list(nodes_in(impl, root).items())


@check("graph.filters.first@1", needs=["graph.split.trees@1", "graph.treefy.states@1"])
@given(RECIPES, LITERALS)
def test_generated_selections_part_the_states(impl: Any, recipe: Recipe, literals: list[Any]) -> None:
    root, filters = build(impl, recipe), predicates(impl, literals)
    expected: list[list[Any]] = [[] for _ in (*filters, ...)]
    accepts = [impl.util.filter.to_predicate(each) for each in (*filters, ...)]
    for path, state in states_in(impl, root).items():
        next(row for row, f in zip(expected, accepts) if f(path, state)).append(path)

    assert [list(found) for found in impl.graph.states(root, *filters, ...)] == expected
    assert [list(leaves_of(tree)) for tree in impl.graph.treefy_states(root, *filters, ...)] == expected
    assert [list(leaves_of(tree)) for tree in impl.graph.treefy_split(root, *filters, ...)[1:]] == expected


@check("graph.split.trees@1")
@given(RECIPES)
def test_generated_trees_hold_the_states(impl: Any, recipe: Recipe) -> None:
    root = build(impl, recipe)
    found = leaves_of(impl.graph.treefy_split(root)[1])

    assert set(found) == set(states_in(impl, root))
    for path, state in states_in(impl, root).items():
        assert found[path].value is state.value
        assert (found[path].type, found[path].name, found[path].tag) == (type(state), state.name, state.tag)


@check("graph.trees.order@1", needs=["graph.walk.attributes@1", "graph.walk.containers@1", "graph.walk.once@1"])
@given(RECIPES)
def test_generated_trees_are_in_the_order_of_the_walk(impl: Any, recipe: Recipe) -> None:
    root = build(impl, recipe)
    expected = nested(states_in(impl, root))
    for tree in (impl.graph.treefy_states(root), impl.graph.flatten(root, treefy_state=False)[1]):
        assert keys_of(tree) == keys_of(expected)


@check("graph.split.untouched@1", needs=["graph.split.trees@1"])
@given(RECIPES)
def test_generated_graphs_are_split_by_reading_all(impl: Any, recipe: Recipe) -> None:
    root = build(impl, recipe)
    before = picture(impl, root)
    reads, writes = touched(impl, impl.graph.treefy_split, root)

    assert set(reads) == set(states_in(impl, root).values())
    assert writes == []
    assert picture(impl, root) == before


@check("graph.snapshot.pickle@1", needs=["graph.split.trees@1", "graph.snapshot.structure@1"])
@given(RECIPES)
def test_generated_trees_come_back_from_pickle(impl: Any, recipe: Recipe) -> None:
    tree = impl.graph.treefy_split(build(impl, recipe))[1]
    back = pickle.loads(pickle.dumps(tree))

    assert structure_of(back) == structure_of(tree)
    assert jax.tree.leaves(back) == jax.tree.leaves(tree)
    assert keys_of(back) == keys_of(tree)
