"""The checks of `spec/25-module.md`: how a module prints, but for what stands in it twice."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.module_material import a_module
from brainspec_conformance.suite.nested_material import a_node
from brainspec_conformance.suite.state_material import subclass


class Odd:
    """A value with a text of its own, of several lines, one of them empty."""

    array = np.zeros(2, np.float32)

    def __repr__(self) -> str:
        return "odd(\n  and\n\nproud)"


def printed(impl: Any, attribute: object) -> str:
    """How an attribute prints in a module."""
    text = repr(a_module(impl, x=attribute))
    assert text.startswith("Module(\n  x=")
    assert text.endswith("\n)")
    return text.removeprefix("Module(\n  x=").removesuffix("\n)")


@check("module.repr.form@1")
def test_a_module_that_shows_nothing_prints_its_class(impl: Any) -> None:
    users = subclass(impl.nn.Module, "Cell", rate=0.5, update=lambda self: None)

    assert repr(impl.nn.Module()) == "Module()"
    assert repr(users()) == "Cell()"
    assert repr(subclass(users, "Below")()) == "Below()"


@check("module.repr.form@1")
def test_each_attribute_has_a_line_and_all_but_the_last_a_comma(impl: Any) -> None:
    module = a_module(impl, subclass(impl.nn.Module, "Cell"), one=1, two="it's", three=2.5)

    assert repr(module) == 'Cell(\n  one=1,\n  two="it\'s",\n  three=2.5\n)'
    assert repr(a_module(impl, one=1)) == "Module(\n  one=1\n)"


@check("module.repr.form@1")
def test_a_module_is_printed_by_str_and_in_a_list_as_by_repr(impl: Any) -> None:
    module = a_module(impl, one=1)

    assert str(module) == f"{module}" == repr(module) == "Module(\n  one=1\n)"
    assert repr([module]) == "[Module(\n  one=1\n)]"


@check("module.repr.form@1", needs=["state.repr.form@1"])
def test_the_lines_of_a_state_are_indented_further(impl: Any) -> None:
    state = impl.ParamState(jnp.ones((2, 4)), name="v", tag="slow")
    expected = "ParamState(\n    value=ShapedArray(float32[2,4]),\n    name='v',\n    tag='slow'\n  )"

    assert printed(impl, state) == expected


@check("module.repr.form@1", needs=["state.repr.form@1"])
def test_parts_are_indented_with_their_depth(impl: Any) -> None:
    inner = a_module(impl, subclass(impl.nn.Module, "Inner"), w=impl.State(1), b=2)
    module = a_module(impl, part=a_module(impl, inner=inner, empty=impl.nn.Module()), last=3)

    assert (
        repr(module)
        == """Module(
  part=Module(
    inner=Inner(
      w=State(
        value=1
      ),
      b=2
    ),
    empty=Module()
  ),
  last=3
)"""
    )


@check("module.repr.form@1")
def test_a_node_that_is_no_module_prints_as_a_module_does(impl: Any) -> None:
    node = a_node(impl, b=1, a=None, _c=2, part=subclass(impl.graph.Node, "Cell")())

    assert printed(impl, node) == "Node(\n    b=1,\n    part=Cell()\n  )"
    assert printed(impl, impl.graph.Node()) == "Node()"


@check("module.repr.form@1")
def test_a_node_or_state_with_a_text_of_its_own_has_this_text(impl: Any) -> None:
    def text(self: Any) -> str:
        return "mine(\nw)"

    for kind in (impl.nn.Module, impl.graph.Node):
        assert printed(impl, subclass(kind, __repr__=text)()) == "mine(\n  w)"
    assert printed(impl, subclass(impl.State, __repr__=text)(1)) == "mine(\n  w)"
    assert (
        printed(impl, a_module(impl, y=subclass(impl.nn.Module, __repr__=text)()))
        == "Module(\n    y=mine(\n    w)\n  )"
    )


@check("module.repr.form@1")
def test_every_further_line_of_a_text_is_indented(impl: Any) -> None:
    assert printed(impl, Odd()) == "odd(\n    and\n  \n  proud)"
    assert printed(impl, a_module(impl, y=Odd())) == "Module(\n    y=odd(\n      and\n    \n    proud)\n  )"


@check("module.repr.form@1")
@pytest.mark.parametrize(
    "attribute",
    [1, -2.5, True, "te\nxt", b"bytes", 1j, int, np.float32(1.5), {1}, range(3), ..., slice(2), {}, [], ()],
    ids=repr,
)
def test_other_attributes_print_as_themselves(impl: Any, attribute: object) -> None:
    assert printed(impl, attribute) == repr(attribute)


ARRAYS: list[tuple[Any, str]] = [
    (lambda: jnp.ones((2, 4)), "float32[2,4]"),
    (lambda: np.zeros((), np.int32), "int32[]"),
    (lambda: np.zeros((1, 0)), "float64[1,0]"),
    (lambda: jax.random.key(0), "key<fry>[]"),
    (lambda: jnp.asarray(1.0), "float32[]"),
    (lambda: np.array([None]), "object[1]"),
]


@check("module.repr.form@1")
@pytest.mark.parametrize(("make", "short"), ARRAYS, ids=[short for _, short in ARRAYS])
def test_an_array_prints_as_its_type(impl: Any, make: Any, short: str) -> None:
    text = f"ShapedArray({short})"

    assert printed(impl, make()) == text
    assert printed(impl, [make(), {"a": (make(),)}]) == f"[{text}, {{'a': ({text},)}}]"


@check("module.repr.form@1")
def test_a_traced_array_prints_as_its_type(impl: Any) -> None:
    def step(x: Any) -> Any:
        assert printed(impl, (x, 1)) == "(ShapedArray(float32[3]), 1)"
        return x

    jax.eval_shape(step, jnp.zeros(3))


@check("module.repr.form@1")
@pytest.mark.parametrize(
    ("attribute", "text"),
    [
        ([1, [2, ()]], "[1, [2, ()]]"),
        ((1,), "(1,)"),
        ({"b": None, "a": (1, "x")}, "{'b': None, 'a': (1, 'x')}"),
        ([{}, [], (None,)], "[{}, [], (None,)]"),
        ({1: {2: np.zeros(2, np.int32)}}, "{1: {2: ShapedArray(int32[2])}}"),
        ((np.zeros(2, np.int32),), "(ShapedArray(int32[2]),)"),
    ],
    ids=repr,
)
def test_a_container_without_nodes_and_states_prints_on_a_line(impl: Any, attribute: object, text: str) -> None:
    assert printed(impl, attribute) == text


# What is shown


@check("module.repr.shown@1", needs=["module.repr.form@1"])
def test_public_attributes_are_shown_in_the_order_of_definition(impl: Any) -> None:
    module = a_module(impl, b=1, a=2, _c=3, B=4, __d=5, c_=6)

    assert repr(module) == "Module(\n  b=1,\n  a=2,\n  B=4,\n  c_=6\n)"


@check("module.repr.shown@1", needs=["module.repr.form@1"])
def test_an_attribute_that_is_set_again_keeps_its_place(impl: Any) -> None:
    module = a_module(impl, b=1, a=2, c=3)
    module.b = 4
    del module.a
    module.a = 5

    assert repr(module) == "Module(\n  b=4,\n  c=3,\n  a=5\n)"


@check("module.repr.shown@1", needs=["module.repr.form@1"])
def test_what_is_none_is_not_shown_and_what_is_empty_is(impl: Any) -> None:
    module = a_module(impl, none=None, zero=0, no=False, text="", list=[], tuple=(), dict={}, more=None)

    assert repr(module) == "Module(\n  zero=0,\n  no=False,\n  text='',\n  list=[],\n  tuple=(),\n  dict={}\n)"
    assert repr(a_module(impl, none=None, _hidden=1)) == "Module()"
    assert printed(impl, [None, impl.nn.Module()]) == "[\n    None,\n    Module()\n  ]"


@check("module.repr.shown@1", needs=["module.repr.form@1", "module.name.given@1"])
def test_a_name_is_shown_first_if_there_is_one(impl: Any) -> None:
    def init(self: Any, name: Any) -> None:
        self.w = 1
        impl.nn.Module.__init__(self, name=name)
        self.a = 2

    users = subclass(impl.nn.Module, "Cell", __init__=init)

    assert repr(users("it's")) == 'Cell(\n  name="it\'s",\n  w=1,\n  a=2\n)'
    assert repr(users(None)) == "Cell(\n  w=1,\n  a=2\n)"
    assert repr(impl.nn.Module(name="v")) == "Module(\n  name='v'\n)"
    assert printed(impl, [impl.nn.Module(name="v")]) == "[\n    Module(\n      name='v'\n    )\n  ]"


@check("module.repr.shown@1", needs=["module.repr.form@1"])
def test_what_the_class_has_is_not_shown(impl: Any) -> None:
    users = subclass(impl.nn.Module, "Cell", rate=0.5, size=property(lambda self: 3))
    module = a_module(impl, users, w=1)

    assert repr(module) == "Cell(\n  w=1\n)"


@check("module.repr.no-touch@1", needs=["state.stack.records@1"])
def test_printing_touches_no_state(impl: Any) -> None:
    shared = impl.HiddenState(np.zeros(2), name="v", tag={"slow"})
    module = a_module(impl, w=impl.ParamState(1.0), cells=[shared, {"k": (shared, impl.State([np.ones(2)]))}])
    module.part, module.node, module._h = a_module(impl, w=shared), a_node(impl, w=impl.State(1)), impl.State(2)
    with impl.StateTraceStack() as outer, impl.StateTraceStack() as inner:
        repr(module), str(module), f"{module}", repr([module])

    assert outer.states == inner.states == []


@check("module.repr.form@1", needs=["state.repr.value@1"])
def test_a_module_prints_alike_before_and_after_a_step(impl: Any) -> None:
    module = a_module(impl, h=impl.HiddenState(jnp.zeros(2)), table=jnp.zeros(3))
    before = repr(module)
    module.h.value, module.table = jnp.ones(2), jnp.ones(3)

    assert repr(module) == before
    assert "ShapedArray(float32[2])" in before
