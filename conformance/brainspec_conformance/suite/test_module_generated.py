"""The checks of `spec/25-module.md` over generated modules, against a straightforward printer."""

import enum
from typing import Any

import numpy as np
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import subclass


class Mark(enum.Enum):
    """What a description asks for beside plain values: a new state, or a node or state that was made before."""

    STATE = "state"
    AGAIN = "again"


@frozen
class Described:
    """A node that is to be made."""

    kind: str
    name: str | None
    attributes: dict[str, Any]


KINDS = st.sampled_from(["Module", "Cell", "Node"])
PUBLIC = st.sampled_from(["w", "b", "sizes", "A", "rate"])
NAMES = PUBLIC | st.just("_hidden")
PLAIN = st.none() | st.integers() | st.text(max_size=4) | st.just("two\nlines") | st.floats(allow_nan=False)
SHAPES = st.lists(st.integers(0, 3), max_size=3).map(tuple)
ARRAYS = st.builds(np.zeros, SHAPES, st.sampled_from([np.int32, np.float32]))
LEAVES = PLAIN | ARRAYS | st.sampled_from(Mark)


def described(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    attributes = st.dictionaries(NAMES, inner, max_size=4)
    return st.builds(Described, KINDS, st.none() | st.text("ab'", min_size=1), attributes)


def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, max_size=3)
    return described(inner) | several | several.map(tuple) | st.dictionaries(NAMES, inner, max_size=3)


def part_of(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(Described, KINDS, st.none(), st.dictionaries(PUBLIC, inner, max_size=4))


def root_of(names: Any, inner: Any) -> st.SearchStrategy[Any]:
    return st.builds(Described, st.just("Cell"), st.none(), st.dictionaries(names, inner))


roots = root_of(NAMES, st.recursive(LEAVES, around, max_leaves=12))
plain_roots = root_of(PUBLIC, st.recursive(st.integers() | ARRAYS | st.just(Mark.STATE), part_of, max_leaves=12))


def built(impl: Any, description: Any, made: list[Any]) -> Any:
    """The thing that a description stands for; `made` are the nodes and states so far."""
    if description is Mark.STATE:
        made.append(state := impl.ParamState((len(made), np.zeros(2))))
        return state
    if description is Mark.AGAIN:
        return made[len(made) // 2]
    if isinstance(description, Described):
        made.append(node := new_node(impl, description.kind, description.name))
        for key, inner in description.attributes.items():
            setattr(node, key, built(impl, inner, made))
        return node
    if isinstance(description, dict):
        return {key: built(impl, inner, made) for key, inner in description.items()}
    if isinstance(description, (list, tuple)):
        return type(description)(built(impl, inner, made) for inner in description)
    return description


def new_node(impl: Any, kind: str, name: str | None) -> Any:
    if kind == "Node":
        return impl.graph.Node()
    return (subclass(impl.nn.Module, "Cell") if kind == "Cell" else impl.nn.Module)(name=name)


def holds(impl: Any, thing: Any) -> bool:
    if isinstance(thing, (list, tuple, dict)):
        return any(holds(impl, inner) for inner in (thing.values() if isinstance(thing, dict) else thing))
    return isinstance(thing, (impl.graph.Node, impl.State))


def text_of(impl: Any, thing: Any, before: list[Any]) -> str:
    """The short text of a thing after others."""
    if isinstance(thing, (impl.graph.Node, impl.State)):
        return text_of_node_or_state(impl, thing, before)
    if isinstance(thing, np.ndarray):
        return f"ShapedArray({thing.dtype}[{','.join(map(str, thing.shape))}])"
    if not isinstance(thing, (list, tuple, dict)):
        return repr(thing)
    if isinstance(thing, dict):
        parts = [f"{key!r}: {text_of(impl, inner, before)}" for key, inner in thing.items()]
    else:
        parts = [text_of(impl, inner, before) for inner in thing]
    left, right = {list: ("[", "]"), tuple: ("(", ")"), dict: ("{", "}")}[type(thing)]
    if holds(impl, thing):
        return block(left, parts, right)
    return left + ", ".join(parts) + ("," if isinstance(thing, tuple) and len(thing) == 1 else "") + right


def text_of_node_or_state(impl: Any, thing: Any, before: list[Any]) -> str:
    if any(thing is other for other in before):
        return f"{type(thing).__name__}(...)"
    before.append(thing)
    if isinstance(thing, impl.State):
        return repr(thing)
    named = isinstance(thing, impl.nn.Module) and thing.name is not None
    lines = [f"name={thing.name!r}"] if named else []
    for key, inner in vars(thing).items():
        if not key.startswith("_") and key != "name" and inner is not None:
            lines.append(f"{key}={text_of(impl, inner, before)}")
    return block(type(thing).__name__ + "(", lines, ")")


def block(left: str, parts: list[str], right: str) -> str:
    """Parts on lines of their own between brackets."""
    if not parts:
        return left + right
    return left + "\n" + ",\n".join("  " + "\n  ".join(part.split("\n")) for part in parts) + "\n" + right


@check("module.repr.form@1", needs=["state.repr.form@1"])
@given(plain_roots)
def test_generated_parts_print_line_by_line(impl: Any, description: Any) -> None:
    module = built(impl, description, [])

    assert repr(module) == text_of(impl, module, [])


@check(
    "module.repr.again@1",
    needs=["module.repr.form@1", "module.repr.shown@1", "module.repr.containers@1", "module.name.given@1"],
)
@given(roots)
def test_generated_modules_print_as_the_page_says(impl: Any, description: Any) -> None:
    module = built(impl, description, [])

    assert repr(module) == text_of(impl, module, [])


@check("module.repr.no-touch@1", needs=["state.stack.records@1"])
@given(roots)
def test_generated_modules_print_without_a_touch(impl: Any, description: Any) -> None:
    module = built(impl, description, [])
    with impl.StateTraceStack() as stack:
        repr(module)

    assert stack.states == []
