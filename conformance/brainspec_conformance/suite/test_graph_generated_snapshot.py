"""The checks of `spec/20-graph.md` on generated snapshots."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import ref, structure_of
from brainspec_conformance.suite.graph_recipes import ARRAY, KINDS, OBJECT

LABELS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["v", "w", None]),
        "tag": st.sampled_from([None, "a", ["a"], ("a",), {"a", "b"}, frozenset("ab")]),
        "unit": st.sampled_from([1, True, 1.0, "text", None, OBJECT, ARRAY, (1, 2)]),
        "type": st.sampled_from([0, ARRAY]),
    },
)


def labelled(words: dict[str, Any], kind: str) -> Any:
    """What the page compares of a snapshot, as a tree that `==` compares."""
    more = {word: _label(each) for word, each in words.items() if word not in ("name", "tag")}
    return kind, words.get("name"), type(words.get("tag")), words.get("tag"), more


def _label(each: Any) -> Any:
    return "array" if each is ARRAY else (type(each), each)


@check("graph.snapshot.structure@1", needs=["graph.snapshot.made@1"])
@given(LABELS, LABELS, st.sampled_from(KINDS[:2]), st.sampled_from(KINDS[:2]))
def test_generated_snapshots_have_equal_structures_exactly_if_they_look_alike(
    impl: Any, words: dict[str, Any], more: dict[str, Any], kind: str, other: str
) -> None:
    alike = labelled(words, kind) == labelled(more, other)
    one, two = _structure(impl, words, kind), _structure(impl, more, other)

    assert (one == two) == alike
    assert (one != two) != alike
    assert one == _structure(impl, dict(reversed(words.items())), kind)
    assert hash(one) == hash(_structure(impl, words, kind))


def _structure(impl: Any, words: dict[str, Any], kind: str) -> Any:
    return structure_of(ref(impl, 1.0, kind, **words))


TEXTS = st.text("ab'\n\"", max_size=4)


@check("graph.snapshot.repr@1", needs=["graph.snapshot.made@1"])
@given(
    st.integers() | TEXTS | st.lists(TEXTS, max_size=2),
    st.none() | TEXTS,
    st.none() | TEXTS | st.sets(TEXTS, min_size=1),
)
def test_generated_snapshots_print_line_by_line(impl: Any, value: Any, name: str | None, tag: Any) -> None:
    printed = f"{{{', '.join(map(repr, sorted(tag)))}}}" if isinstance(tag, set) else repr(tag)
    lines = ["TreefyState(\n  type=<class 'brainstate.State'>", f"  value={value!r}"]
    lines += [] if name is None else [f"  name={name!r}"]

    assert repr(ref(impl, value, name=name, tag=tag)) == ",\n".join([*lines, f"  tag={printed}\n)"])
