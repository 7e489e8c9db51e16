"""The checks of `spec/32-mapping.md`: which results of programs within a program count as mapped."""

from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.mapping_material import ARGUMENT, SIZE, Origin, is_mapped, lax


@jax.custom_jvp
def with_jvp(x: Any, y: Any) -> Any:
    return x * 2, y * 3


@with_jvp.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return with_jvp(*primals), tangents


@jax.custom_vjp
def with_vjp(x: Any, y: Any) -> Any:
    return x * 2, y * 3


with_vjp.defvjp(lambda x, y: (with_vjp(x, y), None), lambda _, cotangents: cotangents)


def swapped(carry: Any, _: Any) -> Any:
    return (carry[1], carry[0]), None


# Programs within a program: each gives a pair of which the first is mapped and the second is not.
NESTED: dict[str, Origin] = {
    "jit": lambda x: jax.jit(lambda x, y: (x + y, y * 2))(x, 1.0),
    "jit of a constant": lambda x: jax.jit(lambda x: (x, 3.0))(x),
    "jit in a jit": lambda x: jax.jit(lambda x: jax.jit(lambda x, y: (x, y))(x, 2.0))(x),
    "scan": lambda x: lax.scan(lambda c, _: ((c[0] + x, c[1] + 1), None), (0.0, 0.0), None, length=2)[0],
    "outputs of a scan": lambda x: lax.scan(lambda c, n: (c, (n * x, n * 2)), 0.0, jnp.arange(2.0))[1],
    "fori_loop": lambda x: lax.fori_loop(0, 2, lambda n, c: (c[0] * x, c[1] + n), (1.0, 0)),
    "while_loop": lambda x: lax.while_loop(lambda c: c[1] < 3, lambda c: (c[0] + x, c[1] + 1), (0.0, 0)),
    "a loop of no trips": lambda x: lax.fori_loop(0, 0, lambda n, c: (c[0] * x, c[1] + n), (1.0, 0)),
    "a scan of no trips": lambda x: lax.scan(lambda c, _: ((c[0] + x, c[1] + 1), None), (0.0, 0.0), None, length=0)[0],
    "cond": lambda x: lax.cond(jnp.ones(()) > 0, lambda: (1.0, 2.0), lambda: (x, 3.0)),
    "switch": lambda x: lax.switch(jnp.int32(1), [lambda x: (x, 1.0), lambda x: (2.0, 3.0), lambda x: (4.0, 4.0)], x),
    "custom_jvp": lambda x: with_jvp(x, 1.0),
    "custom_vjp": lambda x: with_vjp(x, 1.0),
    "a derivative": lambda x: jax.grad(lambda x, y: x**2 + y * 3, argnums=(0, 1))(x, 1.0),
    "a tangent": lambda x: jax.jvp(lambda y: (y * x, y * 3), (1.0,), (1.0,))[1],
    "vmap": lambda x: tuple(map(jnp.sum, jax.vmap(lambda y: (y + x, y * 2))(jnp.ones(2)))),
}


@check("mapping.mapped.nested@1", needs=["mapping.mapped.depends@1"])
@pytest.mark.parametrize("give", NESTED.values(), ids=NESTED)
def test_results_of_nested_programs_are_told_apart(impl: Any, give: Origin) -> None:
    assert is_mapped(impl, give) == (True, False)


@check("mapping.mapped.nested@1", needs=["mapping.mapped.depends@1"])
def test_what_goes_round_in_a_loop_is_followed(impl: Any) -> None:
    def give(x: Any) -> Any:
        both = lax.scan(swapped, (x, 0.0), None, length=2)[0]
        late, last = lax.fori_loop(0, 1, lambda _, c: (c[1], c[1]), (0.0, 1.0))
        a, *_ = lax.fori_loop(0, 1, lambda _, c: (c[1], c[2], x), (0.0, 0.0, 0.0))
        return both[0], both[1], late + last, a

    assert is_mapped(impl, give) == (True, True, False, True)


@check("mapping.mapped.nested@1", needs=["mapping.mapped.depends@1", "mapping.state.through@1"])
def test_what_jitted_functions_write_is_told_apart(impl: Any) -> None:
    a, b = impl.State(jnp.array(0.0)), impl.State(jnp.array(0.0))

    @impl.transform.jit  # type: ignore[untyped-decorator]
    def inner(x: Any) -> Any:
        a.value, b.value = a.value + x, b.value + 1
        return x, b.value

    for n in (1, 2):
        a.value = jnp.array(0.0)
        assert is_mapped(impl, inner) == (True, False)
        assert [jnp.shape(a.value), b.value.tolist()] == [(SIZE,), n]


# What a mapped predicate decides, none of which would be mapped without it. What each branch hands on as it got it, JAX
# takes from before the branch, so there is none of that here.
BRANCHES: dict[str, Origin] = {
    "cond": lambda x: lax.cond(x > 0, lambda: (1.0, 2.0), lambda: (1.0, 3.0)),
    "cond of operands": lambda x: lax.cond(x > 0, lambda a, b: (a, b), lambda a, b: (b, a), 1.0, 2.0),
    "switch": lambda x: lax.switch(x.astype(int), [lambda: (1.0, 2.0)] * 3),
    "while_loop": lambda x: lax.while_loop(lambda c: c[0] < x, lambda c: (c[0] + 1, c[1] + 2), (0.0, 5.0)),
    "while_loop of its carry": lambda x: lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + x, c[1] + 1), (0.0, 5)),
    "fori_loop": lambda x: lax.fori_loop(0, x.astype(int), lambda n, c: (n, c[1] + 1), (0, 0.0)),
    "in a jit": lambda x: jax.jit(lambda x: lax.cond(x > 0, lambda: (1.0, 2), lambda: (1.0, 2)))(x),
    "in a scan": lambda x: lax.scan(
        lambda c, _: (lax.cond(x > 0, lambda: c, lambda: (c[1], c[0])), None), (1.0, 2.0), None, length=1
    )[0],
}


@check("mapping.mapped.branch@1", needs=["mapping.mapped.depends@1"])
@pytest.mark.parametrize("give", BRANCHES.values(), ids=BRANCHES)
def test_what_a_mapped_predicate_decides_is_mapped(impl: Any, give: Origin) -> None:
    assert is_mapped(impl, give) == (True, True)


@check("mapping.mapped.branch@1", needs=["mapping.mapped.depends@1", "mapping.state.sliced@1"])
def test_predicates_of_slices_and_draws_are_mapped(impl: Any) -> None:
    state = impl.State(ARGUMENT)

    def give(x: Any) -> Any:
        return [
            lax.cond(predicate, lambda: 1.0, lambda: 1.0)
            for predicate in (state.value > 0, impl.random.uniform() < 2, lax.axis_index("i") < 5, jnp.ones(()) > 0)
        ]

    assert is_mapped(impl, give, state_in_axes={0: state}) == [True, True, True, False]
