"""The checks of `spec/30-jit.md`: results, beside those of `jax.jit`."""

import collections
import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays, is_traced, jitted


class Point(NamedTuple):
    a: Any
    b: Any


@jax.tree_util.register_dataclass
@dataclasses.dataclass
class Range:
    low: Any
    high: Any
    unit: str = dataclasses.field(metadata={"static": True}, default="mV")


VALUES: dict[str, Callable[[], Any]] = {
    "number": lambda: 3,
    "numbers": lambda: [3, 1.5, True, 1 + 2j, float("inf"), float("nan"), -0.0],
    "NumPy numbers": lambda: [np.int64(3), np.float64(1.5), np.float16(1.5), np.bool_(True), np.array(2)],
    "NumPy arrays": lambda: [np.arange(3.0), np.arange(3, dtype=np.int16), np.array([1j, 2])],
    "arrays": lambda: [jnp.asarray(2.0), jnp.float32(2.0), jnp.array([True, False]), jnp.array([1j, 2.0])],
    "short arrays": lambda: [jnp.arange(3, dtype=jnp.bfloat16), jnp.arange(3, dtype=jnp.uint8)],
    "empty arrays": lambda: (jnp.zeros(0), np.zeros((2, 0, 3), np.int32)),
    "keys": lambda: (jax.random.key(1), jax.random.split(jax.random.key(1), 3)),
    "none": lambda: None,
    "no leaves": lambda: ({}, [], ((),), {"a": None}),
    "tree": lambda: {"b": [1, (2.0, None)], "a": collections.OrderedDict(d=1, c=np.ones(2))},
    "classes": lambda: (Point(1, {"x": 2.0}), Range(1.0, jnp.ones(2), "nA")),
}


@check("jit.result.same@1")
@pytest.mark.parametrize("name", VALUES)
def test_each_value_comes_back_as_from_jax(impl: Any, name: str) -> None:
    value, made = VALUES[name](), impl.transform.jit(lambda x: {"out": x})
    for _ in range(2):
        assert_arrays(made(value), jax.jit(lambda x: {"out": x})(value))


def loop(x: Any, n: int = 3) -> Any:
    return sum(x * i for i in range(n))


def counted(x: Any) -> Any:
    return jax.lax.while_loop(lambda c: c[0] < x, lambda c: (c[0] + 1, c[1] * 2), (0, jnp.float32(1)))


ROW = np.array([0.5, -1.0, 2.0], np.float32)
RAW = np.array([0, 1], np.uint32)
GRID = np.array([[1.0, 2.0, 0.5], [0.25, -1.0, 4.0]], np.float32)

# A function, and arguments for two calls that differ in their numbers.
FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...], tuple[Any, ...]]] = {
    "constants": (lambda x: (3, 2.5, True, 1j, np.arange(3), np.float64(2), np.int8(1), x), (1,), (2,)),
    "nothing": (lambda x: None, (1.0,), (2.0,)),
    "no leaves": (lambda x: {"a": (), "b": [None]}, (1.0,), (2.0,)),
    "no arguments": (lambda: (jnp.zeros(2), 1), (), ()),
    "the same twice": (lambda x: [x, x, {"again": x}], (ROW,), (2 * ROW,)),
    "in another order": (lambda *xs: xs[::-1], (1, 2.0, ROW), (3, 4.0, -ROW)),
    "default": (lambda x, n=2: {"a": x * n, "b": (None, n)}, (ROW,), (2 * ROW,)),
    "default that is no array": (loop, (1.5,), (2.5,)),
    "default given": (lambda x, n=2: x**n, (3.0, 2.0), (3.0, 3.0)),
    "closure": (lambda x: x * ROW, (ROW,), (2 * ROW,)),
    "shape": (lambda x: x.shape[0] * x.ndim, (ROW,), (2 * ROW,)),
    "promotion": (lambda x, y: (x + y, x * 1, y * 1.0, y / 2, x == y), (1, np.float16(2)), (2, np.float16(2))),
    "weak": (lambda x, y: (x * 2, x * 2.0, x + True, y + x, -x), (1, np.int8(3)), (2, np.int8(5))),
    "integers": (lambda x, y: (x // y, x % y, x**2, x & y, x << 1), (np.int32(7), 3), (np.int32(-7), 2)),
    "overflow": (lambda x: x * x, (np.int32(2**20),), (np.int32(2**24 + 1),)),
    "unsigned": (lambda x: x - np.uint8(1), (np.uint8(0),), (np.uint8(5),)),
    "casts": (lambda x: (x.astype(int), x.astype("bfloat16"), x > 0), (ROW,), (-ROW,)),
    "reductions": (
        lambda x: (x.sum(), x.max(0), x.mean(1), x.argmin(), x.any(), jnp.cumsum(x, 1), jnp.sort(x), jnp.argsort(x)),
        (GRID,),
        (-GRID,),
    ),
    "products": (lambda x, y: (x @ y, jnp.einsum("ij,kj->ik", x, x)), (GRID, ROW), (GRID, -ROW)),
    "places": (lambda x, i: (x[i], x.at[i].set(9.0), x[::-1], x[x.shape[0] - 1]), (ROW, 1), (ROW, 2)),
    "shapes": (lambda x: (x.T, x.reshape(-1), x[None], jnp.tile(x, 2)), (GRID,), (2 * GRID,)),
    "functions": (lambda x: (jnp.exp(x), jnp.tanh(x), jax.nn.softmax(x), jnp.where(x > 0, x, 0)), (ROW,), (-ROW,)),
    "complex": (lambda x: (x * 1j, jnp.abs(x + 1j), (x * 1j).real), (ROW,), (-ROW,)),
    "loop": (counted, (3,), (5,)),
    "branches": (lambda x: jax.lax.cond(x > 0, lambda y: y * 2, lambda y: y - 1, x), (2.0,), (-2.0,)),
    "keys": (lambda k: jax.random.split(jax.random.wrap_key_data(k))[0], (RAW,), (RAW + np.uint32(1),)),
    "bits": (lambda k: jax.random.bits(jax.random.wrap_key_data(k), (3,)), (RAW,), (RAW + np.uint32(1),)),
    "arguments in trees": (lambda p: p.a * p.b["x"], (Point(2, {"x": 3.0}),), (Point(4, {"x": 5.0}),)),
    "dataclass": (lambda r: Range(r.high, r.low, r.unit), (Range(1, 2.0, "nA"),), (Range(2, 1.0, "nA"),)),
}


@check("jit.result.same@1")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_gives_what_it_gives_under_jax(impl: Any, name: str) -> None:
    origin, *calls = FUNCTIONS[name]
    made, reference = impl.transform.jit(origin), jax.jit(origin)
    for args in (*calls, calls[0]):
        assert_arrays(made(*args), reference(*args))


@check("jit.result.same@1")
def test_an_origin_uses_arrays_and_keys_from_around(impl: Any) -> None:
    row, key = jnp.array([1.0, 2.0, 4.0]), jax.random.key(3)

    def origin(x: Any) -> Any:
        return x * row, row, key, jax.random.split(key)

    f = impl.transform.jit(origin)
    for x in (ROW, 2 * ROW):
        assert_arrays(f(x), jax.jit(origin)(x))


@check("jit.result.same@1")
def test_results_are_long_where_jax_is_long(impl: Any) -> None:
    def origin(x: Any) -> Any:
        return x * 2, x + np.float64(0.5), 3

    made = impl.transform.jit(origin)
    for long in (False, True, False):
        with jax.enable_x64(long):
            for x in (1.5, 2, np.arange(3.0)):
                assert_arrays(made(x), jax.jit(origin)(x))


@check("jit.result.same@1")
def test_the_types_of_arguments_decide_each_time(impl: Any) -> None:
    def origin(x: Any) -> Any:
        return x * np.int8(2), x

    made = impl.transform.jit(origin)
    for x in (1, 1.5, np.int8(1), jnp.float32(2), True, ROW, 1j, 2, np.int8(3), GRID):
        assert_arrays(made(x), jax.jit(origin)(x))


@check("jit.result.same@1")
def test_containers_of_a_result_are_new_each_time(impl: Any) -> None:
    made = impl.transform.jit(lambda x: {"a": [x]})
    first = made(1.0)
    first["a"].append(None)
    second = made(1.0)

    assert_arrays(second, {"a": [jnp.asarray(1.0)]})
    assert first["a"] != second["a"]


@check("jit.result.same@1")
def test_an_origin_may_take_its_arguments_apart(impl: Any) -> None:
    def origin(tree: Any) -> Any:
        return tree["rows"].pop() * tree.pop("n")

    tree, made = {"rows": [1.0, 2.0], "n": 3.0}, impl.transform.jit(origin)
    assert (made(tree), made(tree)) == (6.0, 6.0)


@check("jit.result.same@1")
def test_a_result_may_be_the_argument_of_the_next_call(impl: Any) -> None:
    made, x = impl.transform.jit(lambda x: (x[1], x[0] + x[1])), (0, 1)
    for _ in range(6):
        x = made(x)

    assert_arrays(x, (jnp.asarray(8), jnp.asarray(13)))


@check("jit.result.same@1")
def test_an_origin_may_call_itself(impl: Any) -> None:
    @jitted(impl, static_argnums=1)
    def power(x: Any, n: int) -> Any:
        return x * power(x, n - 1) if n else 1.0

    assert (power(2.0, 5), power(3.0, 2)) == (32.0, 9.0)


@check("jit.result.keywords@1", needs=["jit.result.same@1"])
def test_keyword_arguments_are_dynamic(impl: Any) -> None:
    seen: list[Any] = []

    @jitted(impl)
    def f(x: Any, *, y: Any, **more: Any) -> Any:
        seen.append((x, y, more))
        return x - y * more["z"]["w"]

    assert_arrays(f(1, y=2.0, z={"w": 3}), jnp.asarray(-5.0))
    assert_arrays(f(2, y=3.0, z={"w": 4}), jnp.asarray(-10.0))
    assert [is_traced(value) for value in (*seen[0][:2], seen[0][2]["z"]["w"])] == [True, True, True]


@check("jit.result.keywords@1", needs=["jit.result.same@1"])
def test_parameters_are_passed_by_position_or_by_name(impl: Any) -> None:
    f = impl.transform.jit(lambda x, y=10, *, z=1: x - y * z)
    calls = [f(1, 2), f(1, y=2), f(y=2, x=1), f(x=1, z=3), f(1), f(1, 2, z=4), f(z=4, y=2, x=1)]

    assert calls == [-1, -1, -1, -29, -9, -7, -7]


@check("jit.result.keywords@1", needs=["jit.result.same@1"])
def test_keyword_arguments_that_are_declared_static_are_static(impl: Any) -> None:
    f = impl.transform.jit(lambda x, *, n, m: x * len(n) + m, static_argnames="n")

    assert (f(2, n="abc", m=1), f(2, m=1, n="ab")) == (7, 5)


@check("jit.result.keywords@1", needs=["jit.result.same@1"])
def test_the_order_of_keyword_arguments_does_not_matter(impl: Any) -> None:
    def origin(**words: Any) -> Any:
        return tuple(words.values()), words

    wanted = jax.jit(origin)(b=2, a=1.0, c=ROW)
    for order in ("abc", "cab", "bca"):
        words = {name: {"a": 1.0, "b": 2, "c": ROW}[name] for name in order}
        assert_arrays(impl.transform.jit(origin)(**words), wanted)


@check("jit.result.keywords@1", needs=["jit.trace.once@1"])
def test_keyword_arguments_in_another_order_do_not_trace(impl: Any) -> None:
    runs = []

    @jitted(impl)
    def f(**words: Any) -> Any:
        runs.append(1)
        return words["a"] - words["b"]

    assert (f(a=3.0, b=1.0), f(b=1.0, a=5.0)) == (2.0, 4.0)
    assert len(runs) == 1
