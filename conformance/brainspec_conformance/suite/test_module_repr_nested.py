"""The checks of `spec/25-module.md`: containers in the text of a module, and what stands in it twice."""

from typing import Any

import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.module_material import a_module
from brainspec_conformance.suite.nested_material import a_node
from brainspec_conformance.suite.state_material import subclass


@check("module.repr.containers@1", needs=["module.repr.form@1", "state.repr.form@1"])
@pytest.mark.parametrize(("sort", "left", "right"), [(list, "[", "]"), (tuple, "(", ")")])
def test_a_sequence_with_a_node_or_state_has_a_line_for_each_entry(impl: Any, sort: Any, left: str, right: str) -> None:
    module = a_module(impl, x=sort([1, impl.State(2), "text", impl.nn.Module(), None]), y=sort([impl.graph.Node()]))

    assert repr(module) == (
        f"Module(\n  x={left}\n    1,\n    State(\n      value=2\n    ),\n    'text',\n    Module(),\n    None\n  {right},\n"
        f"  y={left}\n    Node()\n  {right}\n)"
    )


@check("module.repr.containers@1", needs=["module.repr.form@1", "state.repr.form@1"])
def test_a_dictionary_with_a_node_or_state_has_a_line_for_each_entry_in_its_order(impl: Any) -> None:
    module = a_module(impl, x={"b": impl.nn.Module(), "a": 1, "it's": impl.State([2])}, y={3: impl.graph.Node()})

    assert (
        repr(module)
        == """Module(
  x={
    'b': Module(),
    'a': 1,
    "it's": State(
      value=[2]
    )
  },
  y={
    3: Node()
  }
)"""
    )


@check("module.repr.containers@1", needs=["module.repr.form@1", "state.repr.form@1"])
def test_a_container_holds_what_the_containers_in_it_hold(impl: Any) -> None:
    deep = [0, {"k": ([impl.State(1)], (2, [3]))}, {"a": {"b": 4}}, np.ones(2)]

    assert (
        repr(a_module(impl, x=deep))
        == """Module(
  x=[
    0,
    {
      'k': (
        [
          State(
            value=1
          )
        ],
        (2, [3])
      )
    },
    {'a': {'b': 4}},
    ShapedArray(float64[2])
  ]
)"""
    )


@check("module.repr.containers@1", needs=["module.repr.form@1"])
def test_a_module_in_a_container_prints_its_own_containers(impl: Any) -> None:
    inner = a_module(impl, cells=(impl.nn.Module(),), sizes=[1, 2])

    assert (
        repr(a_module(impl, parts=[inner, {}]))
        == """Module(
  parts=[
    Module(
      cells=(
        Module()
      ),
      sizes=[1, 2]
    ),
    {}
  ]
)"""
    )


# Again


@check("module.repr.again@1", needs=["module.repr.form@1", "state.repr.form@1"])
def test_what_stands_earlier_is_not_printed_again(impl: Any) -> None:
    state, part = impl.ParamState(1, name="v"), a_module(impl, subclass(impl.nn.Module, "Cell"), w=2)
    module = a_module(impl, b=state, a=state, part=part, again=part, c=state)

    assert (
        repr(module)
        == """Module(
  b=ParamState(
    value=1,
    name='v'
  ),
  a=ParamState(...),
  part=Cell(
    w=2
  ),
  again=Cell(...),
  c=ParamState(...)
)"""
    )


@check("module.repr.again@1", needs=["module.repr.containers@1", "state.repr.form@1"])
def test_what_stands_earlier_at_another_depth_is_not_printed_again(impl: Any) -> None:
    state = impl.State(1)
    node = a_node(impl, w=state)
    module = a_module(impl, part=a_module(impl, cells=[state]), cells={"k": (state, node)}, node=node, w=state)

    assert (
        repr(module)
        == """Module(
  part=Module(
    cells=[
      State(
        value=1
      )
    ]
  ),
  cells={
    'k': (
      State(...),
      Node(
        w=State(...)
      )
    )
  },
  node=Node(...),
  w=State(...)
)"""
    )


@check("module.repr.again@1", needs=["module.repr.containers@1"])
def test_what_stands_around_is_not_printed_again(impl: Any) -> None:
    net, part = a_module(impl, subclass(impl.nn.Module, "Net")), a_module(impl, subclass(impl.nn.Module, "Part"))
    net.part, net.me, part.up, part.list, part.last = part, net, net, [part, {"up": net}], 1

    assert (
        repr(net)
        == """Net(
  part=Part(
    up=Net(...),
    list=[
      Part(...),
      {
        'up': Net(...)
      }
    ],
    last=1
  ),
  me=Net(...)
)"""
    )


@check("module.repr.again@1", needs=["module.repr.form@1", "state.repr.form@1"])
def test_equal_ones_that_are_not_the_same_are_both_printed(impl: Any) -> None:
    users = subclass(impl.graph.Node, "Cell", __eq__=lambda self, other: True, __hash__=None)
    module = a_module(impl, a=impl.State(1), b=impl.State(1), c=a_node(impl), d=users(), e=users())
    module.d.w = module.e.w = 2

    assert repr(module) == (
        "Module(\n  a=State(\n    value=1\n  ),\n  b=State(\n    value=1\n  ),\n  c=Node(),\n"
        "  d=Cell(\n    w=2\n  ),\n  e=Cell(\n    w=2\n  )\n)"
    )


@check("module.repr.again@1", needs=["module.repr.form@1", "state.repr.form@1"])
def test_what_stands_nowhere_earlier_in_the_text_is_printed(impl: Any) -> None:
    state = impl.State(1)
    module = a_module(impl, _hidden=state, b=state)

    assert repr(module) == "Module(\n  b=State(\n    value=1\n  )\n)"


@check("module.repr.again@1", needs=["module.repr.containers@1"])
def test_a_container_and_other_values_are_printed_again(impl: Any) -> None:
    cells, odd, table = [impl.nn.Module(), 1], object(), [1]
    module = a_module(impl, a=cells, b=cells, c=odd, d=odd, e=table, f=table)

    assert repr(module) == (
        "Module(\n  a=[\n    Module(),\n    1\n  ],\n  b=[\n    Module(...),\n    1\n  ],\n"
        f"  c={odd!r},\n  d={odd!r},\n  e=[1],\n  f=[1]\n)"
    )


@check("module.repr.again@1", needs=["module.repr.form@1"])
def test_a_node_or_state_with_a_text_of_its_own_is_not_printed_again(impl: Any) -> None:
    mine = [subclass(kind, "Mine", __repr__=lambda self: "mine") for kind in (impl.nn.Module, impl.graph.Node)]
    things = [mine[0](), mine[1](), subclass(impl.State, "Mine", __repr__=lambda self: "mine")(1)]
    for thing in things:
        assert repr(a_module(impl, a=thing, b=thing)) == "Module(\n  a=mine,\n  b=Mine(...)\n)"


@check("module.repr.again@1", needs=["module.repr.form@1"])
def test_each_text_begins_anew(impl: Any) -> None:
    part = a_module(impl, w=impl.State(1))
    module = a_module(impl, part=part)
    first = repr(part)

    assert repr(module) == repr(module)
    assert repr(part) == repr(part) == first
    assert "(...)" not in repr(module) + first


@check("module.repr.again@1", needs=["module.repr.form@1"])
def test_a_text_after_one_that_failed_begins_anew(impl: Any) -> None:
    def fails(self: Any) -> str:
        raise KeyError("mine")

    part = a_module(impl, w=1)
    module = a_module(impl, a=part, b=subclass(impl.nn.Module, __repr__=fails)())
    with pytest.raises(KeyError, match="mine"):
        repr(module)
    module.b = 2

    assert repr(module) == "Module(\n  a=Module(\n    w=1\n  ),\n  b=2\n)"
