"""The checks of `spec/20-graph.md` over generated trees, against a straightforward computation."""

import re
from typing import Any

import jax
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import nested
from brainspec_conformance.suite.nested_material import a_tree, flat_of, leaves_of, names, ref

WORDS = st.sampled_from(["a", "b", "c", "needle", ""])
LEAVES = (
    st.integers() | st.floats(allow_nan=False) | st.text(max_size=3) | st.none() | st.lists(st.integers(), max_size=2)
)


def by_words(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(WORDS, inner, max_size=4)


def by_either(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return by_words(inner) | st.dictionaries(st.integers(0, 11), inner, max_size=4)


trees = by_words(st.recursive(LEAVES, by_either, max_leaves=10))
word_trees = by_words(st.recursive(LEAVES, by_words, max_leaves=10))
filters = st.lists(st.sampled_from([int, str, (list, float), "slow", None]) | WORDS.map(lambda word: ("path", word)))
sorts = st.sampled_from(["NestedDict", "FlattedDict"])


def sorted_tree(tree: Any) -> Any:
    """The same tree with the entries of each dictionary in the order of their keys."""
    if not isinstance(tree, dict):
        return tree
    return {key: sorted_tree(tree[key]) for key in sorted(tree)}


def accepts(literal: Any, path: tuple[Any, ...], leaf: Any) -> bool:
    match literal:
        case ("path", word):
            return word in path
        case type() | tuple():
            return isinstance(leaf, literal)
    return literal is ...


def divided(leaves: dict[Any, Any], literals: list[Any]) -> list[dict[Any, Any]]:
    """What each literal gets, and at the end what is left."""
    parts: list[dict[Any, Any]] = [{} for _ in [*literals, "left"]]
    for path, leaf in leaves.items():
        place = next((i for i, literal in enumerate(literals) if accepts(literal, path, leaf)), -1)
        parts[place][path] = leaf
    return parts


def literals_of(impl: Any, literals: list[Any]) -> list[Any]:
    paths = impl.util.filter.PathContains
    return [paths(each[1]) if isinstance(each, tuple) and each[0] == "path" else each for each in literals]


@check("graph.nested.flat@1")
@given(trees)
def test_generated_trees_are_flattened_to_their_leaves(impl: Any, tree: Any) -> None:
    ordered = sorted_tree(tree)
    flat = impl.util.NestedDict(ordered).to_flat()

    assert list(flat.items()) == list(leaves_of(ordered).items())
    assert impl.util.NestedDict(tree).to_flat() == leaves_of(tree)


@check("graph.nested.back@1")
@given(trees, st.randoms(use_true_random=False))
def test_generated_flat_mappings_are_nested_whatever_their_order(impl: Any, tree: Any, random: Any) -> None:
    leaves = leaves_of(tree)
    shuffled = dict(random.sample(list(leaves.items()), len(leaves)))

    assert impl.util.FlattedDict(shuffled).to_nest() == impl.util.NestedDict.from_flat(shuffled) == nested(leaves)
    assert impl.util.FlattedDict.from_nest(tree) == leaves


@check("graph.nested.pytree@1")
@given(trees, sorts)
def test_generated_trees_are_sorted_by_jax_and_come_back(impl: Any, tree: Any, sort: str) -> None:
    made = a_tree(impl, sort, tree)
    back = jax.tree.map(lambda leaf: (leaf,), made, is_leaf=lambda x: not isinstance(x, dict))
    expected = {path: (leaf,) for path, leaf in leaves_of(sorted_tree(tree)).items()}

    assert type(back) is type(made)
    assert list(flat_of(impl, back).items()) == list(expected.items())


@check("graph.nested.split@1")
@given(trees, filters, sorts)
def test_generated_trees_are_split_leaf_by_leaf(impl: Any, tree: Any, literals: list[Any], sort: str) -> None:
    parts = a_tree(impl, sort, tree).split(*literals_of(impl, literals), ...)
    several = parts if literals else (parts,)

    assert [flat_of(impl, part) for part in several] == divided(leaves_of(tree), literals)


@check("graph.nested.filter@1")
@given(trees, filters, sorts)
def test_generated_trees_are_filtered_leaf_by_leaf(impl: Any, tree: Any, literals: list[Any], sort: str) -> None:
    parts = a_tree(impl, sort, tree).filter(*literals_of(impl, literals))
    several = parts if len(literals) > 1 else (parts,)

    assert [flat_of(impl, part) for part in several] == divided(leaves_of(tree), literals or [...])[:-1]


@check("graph.error.not-covered@1", needs=["graph.nested.split@1"])
@given(trees, filters, sorts)
def test_generated_splits_cover_all_or_raise(impl: Any, tree: Any, literals: list[Any], sort: str) -> None:
    left = divided(leaves_of(tree), literals)[-1]
    assume(left and literals)
    with pytest.raises(ValueError) as raised:
        a_tree(impl, sort, tree).split(*literals_of(impl, literals))

    assert any(re.search(names(path), str(raised.value)) for path in left)


@check("graph.nested.merge@1")
@given(st.lists(st.tuples(word_trees, st.booleans()), max_size=3), sorts)
def test_generated_trees_are_merged_with_the_last_one_winning(impl: Any, several: list[Any], sort: str) -> None:
    expected: dict[Any, Any] = {}
    for tree, _ in several:
        expected |= leaves_of(tree)
    assume(not any(one != other and other[: len(one)] == one for one in expected for other in expected))
    given = [tree if plain and sort == "NestedDict" else a_tree(impl, sort, tree) for tree, plain in several]
    merged = getattr(impl.util, sort).merge(*given)

    assert type(merged) is getattr(impl.util, sort)
    assert flat_of(impl, merged) == expected


def wrapped(impl: Any, tree: Any, random: Any) -> Any:
    """The tree with some leaves inside of snapshots and states."""
    if isinstance(tree, dict):
        return {key: wrapped(impl, inner, random) for key, inner in tree.items()}
    return random.choice([ref(impl, tree), impl.State(tree), tree])


@check("graph.nested.pure@1")
@given(trees, st.randoms(use_true_random=False))
def test_generated_trees_give_their_values(impl: Any, tree: Any, random: Any) -> None:
    full = nested(leaves_of(tree))

    assert impl.util.NestedDict(wrapped(impl, full, random)).to_pure_dict() == full


@check("graph.flat.values@1")
@given(trees, st.randoms(use_true_random=False))
def test_generated_flat_mappings_give_their_values(impl: Any, tree: Any, random: Any) -> None:
    made = leaves_of(wrapped(impl, tree, random))

    assert impl.util.FlattedDict(made).to_dict_values() == leaves_of(tree)


@check("graph.nested.replace@1", needs=["graph.nested.pure@1"])
@given(trees, st.randoms(use_true_random=False))
def test_generated_trees_take_values(impl: Any, tree: Any, random: Any) -> None:
    full = leaves_of(tree)
    made = impl.util.NestedDict(wrapped(impl, nested(full), random))
    values = {path: [random.random()] for path in full if random.random() < 0.5}
    made.replace_by_pure_dict(nested(values))

    assert made.to_pure_dict() == nested({**full, **values})


@check("graph.flat.assign@1", needs=["graph.flat.values@1"])
@given(trees, st.randoms(use_true_random=False))
def test_generated_flat_mappings_take_values(impl: Any, tree: Any, random: Any) -> None:
    full = leaves_of(tree)
    made = impl.util.FlattedDict(leaves_of(wrapped(impl, tree, random)))
    values = {path: [random.random()] for path in full if random.random() < 0.5}
    made.assign_dict_values(values)

    assert made.to_dict_values() == {**full, **values}


@check("graph.error.prefix@1", needs=["graph.nested.back@1"])
@given(trees, st.randoms(use_true_random=False), st.lists(WORDS | st.integers(0, 3), min_size=1, max_size=2))
def test_generated_mappings_with_a_path_below_another_are_not_nested(
    impl: Any, tree: Any, random: Any, more: list[Any]
) -> None:
    leaves = leaves_of(tree)
    assume(leaves)
    pairs = [*leaves.items(), ((*random.choice(list(leaves)), *more), 1)]
    mapping = dict(random.sample(pairs, len(pairs)))
    with pytest.raises(ValueError):
        impl.util.FlattedDict(mapping).to_nest()
    with pytest.raises(ValueError):
        impl.util.NestedDict.from_flat(mapping)
