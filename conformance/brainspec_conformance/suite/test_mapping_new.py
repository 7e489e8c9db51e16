"""The checks of `spec/32-mapping.md`: states that are born for all lanes."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_close, assert_equal
from brainspec_conformance.suite.mapping_more_material import (
    assert_holds,
    assert_keys,
    bits,
    lax,
    parted,
    rows,
    seeded,
    split,
)


def tags(state: Any) -> set[str]:
    """The tags of a state, which may have none, one or several."""
    return {state.tag} if isinstance(state.tag, str) else set(state.tag or ())


def new(impl: Any, f: Any, **options: Any) -> Any:
    return impl.transform.vmap_new_states(f, **options)


@check("mapping.new.states@1")
@pytest.mark.parametrize("size", [0, 1, 3])
def test_new_states_hold_the_values_of_all_lanes(impl: Any, size: int) -> None:
    made: list[Any] = []

    def f(x: Any) -> Any:
        made.extend(
            [impl.State(x), impl.ParamState({"a": x * jnp.ones(2), "b": 7}), impl.HiddenState(jnp.zeros((2, 2)))]
        )
        made[0].value = made[0].value * 2
        return x

    x = rows(size)
    new(impl, f)(x)
    state, tree, fixed = made
    assert state.value.tolist() == (2 * x).tolist()
    assert tree.value["a"].tolist() == (x[:, None] * jnp.ones(2)).tolist()
    assert tree.value["b"].tolist() == [7] * size
    assert fixed.value.shape == (size, 2, 2)
    assert [type(one) for one in made] == [impl.State, impl.ParamState, impl.HiddenState]
    # They go on as any other.
    state.value = state.value + 1
    assert state.value.tolist() == (2 * x + 1).tolist()


@check("mapping.new.states@1", needs=["mapping.axis.index@1"])
def test_options_are_those_of_a_mapping(impl: Any) -> None:
    made: list[Any] = []

    def f(x: Any, y: Any) -> Any:
        made.append(impl.State(x * lax.psum(1, "i") + y))
        return x + jax.lax.axis_index("i")

    options = {"in_axes": (1, None), "out_axes": -1, "axis_name": "i", "axis_size": 3, "spmd_axis_name": "data"}
    out = new(impl, f, **options)(rows(2, 3), 1.0)
    assert made[0].value.tolist() == (3 * rows(2, 3) + 1).T.tolist()
    assert out.tolist() == (rows(2, 3) + jnp.arange(3)).tolist()


@check("mapping.new.states@1", needs=["mapping.form.plain@1"])
def test_states_that_were_there_are_those_of_a_mapping(impl: Any) -> None:
    read, count, grown = impl.State(rows(2)), impl.State(jnp.array(0)), impl.State(jnp.zeros(()))
    value, made = read.value, list[Any]()

    def f(x: Any) -> None:
        made.append(impl.State(read.value * x))
        count.value = count.value + 1
        grown.value = x

    g = new(impl, f)
    for n in (1, 2):
        g(rows(3))
        assert made[-1].value.tolist() == (rows(3)[:, None] * rows(2)).tolist()
        assert read.value is value
        assert (count.value, count.value.shape) == (n, ())
        assert grown.value.tolist() == [1, 2, 3]


@check("mapping.new.states@1", needs=["mapping.state.sliced@1"])
def test_new_states_are_mapped_afterwards(impl: Any) -> None:
    made: list[Any] = []
    new(impl, lambda x: made.append(impl.HiddenState(x * jnp.ones(2))))(rows(3))

    def step(x: Any) -> Any:
        made[0].value = made[0].value + x
        return made[0].value.sum()

    f = impl.transform.vmap2(step, state_in_axes={0: impl.HiddenState})
    assert [f(rows(3)).tolist() for _ in range(2)] == [[4, 8, 12], [6, 12, 18]]


@check("mapping.new.random@1", needs=["mapping.random.lane-keys@1", "mapping.random.afterwards@1"])
def test_streams_part_as_in_a_mapping(impl: Any) -> None:
    stream, untouched, made = impl.random.RandomState(4), impl.random.RandomState(5), list[Any]()
    other = untouched.value

    def f(x: Any) -> None:
        made.append(impl.ParamState({"mine": bits(stream.split_key()), "default": impl.random.uniform(size=(2,))}))

    with seeded(impl, 3) as default:
        key, g = stream.value, new(impl, f)
        for size in (3, 3, 1):
            g(rows(size))
            value = made[-1].value
            assert_keys(value["mine"], jnp.stack([bits(split(lane)[1]) for lane in parted(key, size)[1]]))
            drawn = [jax.random.uniform(split(lane)[1], (2,)) for lane in parted(default, size)[1]]
            assert_close(value["default"], jnp.stack(drawn))
            key, default = parted(key, size)[0], parted(default, size)[0]
            assert_holds(stream, key)
            assert_keys(impl.random.get_key(), default)
    assert untouched.value is other


TAGS: dict[str, tuple[Any, set[str]]] = {
    "a string": ("new", {"new"}),
    "a list": (["new", "born"], {"new", "born"}),
    "a tuple": (("new",), {"new"}),
    "one that is there": ("a", set()),
    "none": (None, set()),
}


@check("mapping.new.tag@1", needs=["mapping.new.states@1"])
@pytest.mark.parametrize("name", TAGS)
def test_new_states_are_tagged(impl: Any, name: str) -> None:
    given, added = TAGS[name]
    old, made = impl.State(jnp.zeros(()), tag="old"), list[Any]()

    def f(x: Any) -> None:
        made.extend([impl.State(x, tag="a"), impl.ParamState(x, tag=("a", "b")), impl.State(jnp.zeros(2))])
        old.value = old.value + 1

    new(impl, f, state_tag=given)(rows(2))
    assert tags(made[0]) == {"a"} | added
    assert tags(made[1]) == {"a", "b"} | added
    assert tags(old) == {"old"}
    assert tags(made[2]) == ({"a"} if name == "one that is there" else added)


EXCLUDED: dict[str, Callable[[Any], Any]] = {
    "by kind": lambda impl: impl.ParamState,
    "by tag": lambda impl: "fixed",
    "by path": lambda impl: lambda path, state: path == () and isinstance(state, impl.ParamState),
    "by several": lambda impl: [impl.ParamState, impl.ShortTermState],
}


@check("mapping.new.exclude@1", needs=["mapping.new.states@1", "mapping.new.tag@1"])
@pytest.mark.parametrize("name", EXCLUDED)
def test_excluded_states_hold_one_value_and_no_tag(impl: Any, name: str) -> None:
    made: list[Any] = []

    def f(x: Any) -> Any:
        made.extend([impl.ParamState({"w": jnp.ones(2), "n": 1}, tag="fixed"), impl.State(x), impl.LongTermState(2.0)])
        made[0].value = {"w": made[0].value["w"] * 3, "n": 2}
        return x

    new(impl, f, state_tag="new", state_to_exclude=EXCLUDED[name](impl))(rows(3))
    out, mapped_, stacked = made
    assert_equal(out.value, {"w": 3 * jnp.ones(2), "n": 2})
    assert tags(out) == {"fixed"}
    assert mapped_.value.tolist() == [1, 2, 3]
    assert stacked.value.tolist() == [2, 2, 2]
    assert tags(mapped_) == tags(stacked) == {"new"}


@check("mapping.new.exclude@1", needs=["mapping.axis.reduce@1", "mapping.new.states@1"])
def test_a_reduced_value_is_one_value(impl: Any) -> None:
    made: list[Any] = []

    def f(x: Any) -> None:
        made.append(impl.ParamState(lax.pmean(x, "i")))

    new(impl, f, axis_name="i", state_to_exclude=...)(rows(3, 2))
    assert made[0].value.tolist() == [3.0, 4.0]


class Plain:
    """An object of a user that is no node."""


@check("mapping.new.result@1", needs=["mapping.new.states@1"])
def test_nodes_and_states_come_as_they_are_and_the_rest_is_mapped(impl: Any) -> None:
    class Net(impl.nn.Module):  # type: ignore[misc]
        def __init__(self, x: Any) -> None:
            self.w = impl.ParamState(x)

    nets, old = list[Any](), impl.State(5.0)

    def f(x: Any) -> Any:
        nets.append(Net(x))
        return {"net": nets[0], "list": [nets[0].w, old, 2 * x], "n": 3, "none": None}

    out = new(impl, f)(rows(2))
    assert out["net"] is nets[0]
    assert out["list"][0] is nets[0].w
    assert out["list"][1] is old
    assert out["list"][2].tolist() == [2, 4]
    assert out["n"].tolist() == [3, 3]
    assert out["none"] is None
    assert nets[0].w.value.tolist() == [1, 2]
    assert old.value == 5.0


@check("mapping.new.result@1", needs=["mapping.new.states@1"])
def test_a_result_is_stacked_on_its_axis(impl: Any) -> None:
    f = new(impl, lambda x: (impl.State(x), x, jnp.ones(2)), out_axes=(0, 1, None))
    state, out, ones = f(rows(3, 2))
    assert state.value.tolist() == rows(3, 2).tolist()
    assert out.tolist() == rows(3, 2).T.tolist()
    assert ones.tolist() == [1, 1]


@check("mapping.new.each@1", needs=["mapping.new.result@1"])
def test_each_call_runs_once_and_bears_states_of_its_own(impl: Any) -> None:
    runs: list[Any] = []
    scale = [1.0]

    def origin(x: Any) -> Any:
        runs.append(x.shape)
        return impl.State(x * scale[0])

    make = new(impl, origin)
    made = []
    for scale[0] in (1.0, 2.0, 3.0):
        made.append(make(rows(2)))
    assert runs == [()] * 3
    assert len({id(state) for state in made}) == 3
    assert [state.value.tolist() for state in made] == [[1, 2], [2, 4], [3, 6]]


def cells(impl: Any) -> tuple[type, type]:
    class Cell(impl.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.w = impl.ParamState(jnp.ones(3))
            self.seen = impl.LongTermState(jnp.array(0.0))

        def init_state(self, n: Any, scale: Any = 1.0) -> None:
            runs.append((n, scale))
            self.h = impl.HiddenState(scale * jnp.ones(n))
            self.noise = impl.ShortTermState(impl.random.uniform())

    class Net(impl.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.cells = [Cell(), Cell()]

    runs: list[Any] = []
    Net.runs = runs
    return Cell, Net


@check("mapping.new.init@1", needs=["mapping.new.states@1"])
@pytest.mark.parametrize("size", [1, 4])
def test_a_model_is_initialised_for_all_lanes(impl: Any, size: int) -> None:
    _, made = cells(impl)
    net: Any = made()
    ws = [cell.w.value for cell in net.cells]
    with seeded(impl, 3) as key:
        for n in (2, 5):
            assert impl.nn.vmap_init_all_states(net, n, axis_size=size, scale=2.0, state_tag="new") is net
            for cell in net.cells:
                assert cell.h.value.tolist() == [[2.0] * n] * size
                assert tags(cell.h) == {"new"}
                assert cell.noise.value.shape == (size,)
            drawn = np.concatenate([cell.noise.value for cell in net.cells])
            assert len(set(drawn.tolist())) == 2 * size
            key = parted(key, size)[0]
            assert_keys(impl.random.get_key(), key)
    assert all(cell.w.value is w for cell, w in zip(net.cells, ws))
    assert made.runs == [(2, 2.0)] * 2 + [(5, 2.0)] * 2  # type: ignore[attr-defined]


@check("mapping.new.init@1", needs=["mapping.new.exclude@1"])
def test_states_of_a_model_are_excluded(impl: Any) -> None:
    cell = cells(impl)[0]()
    impl.nn.vmap_init_all_states(cell, 2, axis_size=3, state_to_exclude=impl.HiddenState)
    assert cell.h.value.tolist() == [1, 1]
    assert cell.noise.value.shape == (3,)


@check("mapping.new.init@1", needs=["mapping.new.states@1"])
def test_written_states_of_a_model_are_stacked_too(impl: Any) -> None:
    class Cell(impl.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.h = impl.HiddenState(jnp.zeros(2))
            self.w = impl.ParamState(jnp.zeros(2))

        def init_state(self, x: Any) -> None:
            self.h.value = x
            self.w.value = x

    cell = Cell()
    for _ in range(2):
        impl.nn.vmap_init_all_states(cell, rows(2), axis_size=3, state_to_exclude=impl.ParamState)
        assert cell.h.value.tolist() == [[1, 2]] * 3
        assert cell.w.value.tolist() == [1, 2]
