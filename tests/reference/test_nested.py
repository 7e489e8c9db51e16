"""What becomes of the jaxprs that JAX nests: calls, loops, branches."""

from collections import Counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.program import Program, nested_programs
from jax import lax

from tests.reference.drivers import ops, program_of, run

X = np.array([0.5, -1.0, 2.0], np.float32)


def all_ops(program: Program) -> Counter[str]:
    found = Counter(ops(program))
    for eqn in program.equations:
        for _, nested in nested_programs(eqn):
            found += all_ops(nested)
    return found


def agrees(fun: Any, *args: Any) -> bool:
    expected = jax.tree.leaves(jax.jit(fun)(*args))
    return all(np.allclose(a, b, rtol=1e-6, atol=1e-6) for a, b in zip(run(fun, *args), expected, strict=True))


@pytest.mark.parametrize(
    "wrap", [jax.jit, jax.checkpoint, lambda f: jax.jit(jax.jit(f)), lambda f: lax.composite(f, "own.name")]
)
def test_calls_are_inlined(wrap: Any) -> None:
    assert ["sin", "mul"] == [op for op in ops(program_of(wrap(lambda x: jnp.sin(x) * x), X)) if op != "name"]


def test_control_flow_of_jax_becomes_structured_equations() -> None:
    def fun(x: Any) -> Any:
        y = lax.cond(x[0] > 0, lambda v: v * 2, lambda v: v + 1, x)
        z = lax.fori_loop(0, x[1].astype(int), lambda i, v: v * 1.5 + i, y)
        w = lax.while_loop(lambda v: v.sum() < 50, lambda v: v * 2 + 1, z)
        return lax.switch(7, [jnp.sin, jnp.cos], w), lax.map(lambda a: a * 3, w), lax.associative_scan(jnp.add, w)

    assert {"cond": 2, "while": 2, "scan": 1} == {
        op: n for op, n in all_ops(program_of(fun, X)).items() if op in ("cond", "while", "scan", "jit")
    }
    assert agrees(fun, X)


def test_bare_vmap_grad_and_jvp_inside_recorded_code_work() -> None:
    def fun(x: Any) -> Any:
        square = lambda v: (v**2 * jnp.tanh(v)).sum()  # noqa: E731
        return jax.grad(square)(x), jax.vmap(lambda a: a * x)(x), jax.jvp(square, (x,), (x,)), jax.hessian(square)(x)

    assert agrees(fun, X)


def test_a_bare_vmap_of_a_loop_goes_on_per_entry() -> None:
    def fun(x: Any) -> Any:
        return jax.vmap(lambda a: lax.while_loop(lambda c: c[0].sum() < 9, lambda c: (c[0] * 2 + 1, c[1] + 1), (a, 0)))(
            jnp.stack([jnp.abs(x), jnp.abs(x) * 3])
        )

    assert agrees(fun, X)


def test_a_loop_has_its_predicate_only_in_its_predicate() -> None:
    (eqn,) = program_of(lambda x: lax.while_loop(lambda c: c.sum() < 9, lambda c: c * 2, x), X).equations

    assert (["reduce_sum", "lt"], ["mul"]) == (ops(eqn.params["cond"]), ops(eqn.params["body"]))


def test_a_bare_vmap_of_a_branch_chooses_per_entry() -> None:
    assert agrees(lambda x: jax.vmap(lambda a: lax.cond(a > 0, jnp.sin, jnp.cos, a))(x), X)


def test_what_jax_keeps_as_one_primitive_of_its_own_kind_is_expanded() -> None:
    def fun(x: Any) -> Any:
        return jnp.searchsorted(jnp.sort(x), x), jnp.nonzero(x > 0, size=3), jnp.linalg.solve(jnp.eye(3) * 2 + x, x)

    assert agrees(fun, X)


def test_a_root_is_found_by_its_own_solver() -> None:
    def fun(x: Any) -> Any:
        return lax.custom_root(lambda y: y**3 - x, x, lambda f, guess: jnp.cbrt(x), lambda g, y: y / g(1.0))

    assert agrees(fun, np.float32(2))


def test_gamma_samples_are_jaxs_own_python_as_a_body() -> None:
    key = jax.random.key(3)
    program = program_of(lambda k: jax.random.gamma(k, 2.3, (2,)), key)

    assert ["random_gamma"] == ops(program)[-1:]


@pytest.mark.slow
def test_gamma_samples_are_jaxs() -> None:
    key = jax.random.key(3)

    assert agrees(lambda k: jax.random.gamma(k, 2.3, (2,)), key)


def test_a_choice_by_platform_is_the_cpus() -> None:
    def fun(x: Any) -> Any:
        return lax.platform_dependent(x, cpu=lambda v: v + 1, default=lambda v: v - 1)

    assert ["add"] == ops(program_of(fun, X))
