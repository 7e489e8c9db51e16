"""What a recording is, and what becomes of JAX's own nesting."""

import inspect
from collections import Counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.errors import FinishedRecordingError, ReferenceUnsupported, UnknownAxisError
from brainspec_reference.engine.record import (
    Const,
    Program,
    Recorded,
    record,
    record_bodies,
    record_body,
    replay,
    type_of,
)
from brainspec_reference.engine.recorder import recorder
from brainspec_reference.engine.show import nested_programs, show
from jax import lax

from tests.reference.drivers import choose, mapped, program_of, run, run_lanes

X = np.array([0.5, -1.0, 2.0], np.float32)
F = type_of(jnp.ones(3))


def ops(program: Program) -> list[str]:
    return [eqn.op for eqn in program.equations]


def all_ops(program: Program) -> Counter[str]:
    found = Counter(ops(program))
    for eqn in program.equations:
        for _, nested in nested_programs(eqn):
            found += all_ops(nested)
    return found


def agrees(fun: Any, *args: Any) -> bool:
    expected = jax.tree.leaves(jax.jit(fun)(*args))
    return all(np.allclose(a, b, rtol=1e-6, atol=1e-6) for a, b in zip(run(fun, *args), expected, strict=True))


def here() -> str:
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return f"{__file__}:{frame.f_back.f_lineno}"


# ---- equations ----


def test_a_program_prints_as_one_line_per_equation() -> None:
    text = show(program_of(lambda x, y: jnp.sin(x) * y, X, X))

    assert ["in  a:f32[3] b:f32[3]", "    c:f32[3] = sin a", "    d:f32[3] = mul c b", "out d"] == [
        line.split("  #")[0].rstrip() for line in text.splitlines()
    ]


def test_a_nested_program_prints_under_its_equation() -> None:
    text = show(program_of(lambda x: lax.scan(lambda c, a: (c + a, c), 0.0, x), X))

    assert "scan[length=3, n_carry=1]" in text.replace("reverse=False, ", "").replace("n_consts=0, ", "")
    assert "      body:\n        in  " in text


def test_equations_name_the_users_line() -> None:
    def fun(x: Any) -> Any:
        return jnp.tanh(x), here()

    lines: list[str] = []
    program = record(lambda x: (lambda y, line: (lines.append(line), [y])[1])(*fun(x)), [F])

    assert [lines[0]] == [eqn.source for eqn in program.equations]


def test_a_function_of_jnp_traced_before_names_the_line_of_this_call() -> None:
    program_of(lambda x: jnp.median(jax.nn.relu(x)), X)
    start = inspect.currentframe().f_lineno  # type: ignore[union-attr]
    program = program_of(
        lambda x: jnp.median(jax.nn.relu(x)),
        X,
    )

    assert {f"{__file__}:{start + 2}"} == {eqn.source for eqn in program.equations}


def test_equations_of_a_body_name_the_line_in_the_body() -> None:
    first = inspect.currentframe().f_lineno  # type: ignore[union-attr]

    def body(c: Any, x: Any) -> Any:
        d = c * x
        return d, c + x

    program = program_of(lambda x: lax.scan(body, 1.0, x), X)
    nested = next(eqn for eqn in program.equations if eqn.op == "scan").params["body"]

    assert {f"{__file__}:{first + 3}", f"{__file__}:{first + 4}"} == {eqn.source for eqn in nested.equations}


def test_constants_are_numpy() -> None:
    captured = jnp.arange(3.0)
    program = program_of(lambda x: x + captured, X)
    (const,) = [a for eqn in program.equations for a in eqn.inputs if isinstance(a, Const)]

    assert isinstance(const.value, np.ndarray)
    assert np.array_equal(captured, const.value)


def test_weak_types_are_kept() -> None:
    program = program_of(lambda x: (x * 2, jnp.asarray(1.5), jnp.where(x > 0, 1.0, 2)), X)

    assert [False, True, True] == [atom.type.weak_type for atom in program.outputs]


def test_numbers_written_in_the_code_are_constants_of_the_type_they_are_used_in() -> None:
    (eqn,) = program_of(lambda x: 2 * x, X).equations
    two = eqn.inputs[0]

    assert isinstance(two, Const)
    assert (np.float32, 2.0, False) == (two.value.dtype, two.value, two.type.weak_type)


def test_a_number_that_its_type_cannot_hold_is_converted_by_rule() -> None:
    assert ["convert_element_type"] == ops(program_of(lambda x: jnp.asarray(1.5).astype(int), X))


def test_an_unused_equation_stays() -> None:
    assert ["sin"] == ops(program_of(lambda x: (jnp.sin(x), x)[1], X))


def test_python_runs_once_each_time_the_same_function_is_recorded() -> None:
    calls = []

    def fun(x: Any) -> Any:
        calls.append(1)
        return x + 1

    program_of(fun, X)
    program_of(fun, X)

    assert 2 == len(calls)


def test_replaying_gives_the_same_program() -> None:
    def fun(x: Any) -> Any:
        return lax.cond(x[0] > 0, jnp.sin, lambda v: lax.scan(lambda c, a: (c * a, c), 1.0, v)[1], x)

    program = program_of(fun, X)
    again = record(lambda *xs: replay(program, xs), [v.type for v in program.inputs])

    assert show(program) == show(again)


# ---- jaxprs that JAX nests ----


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


# ---- derivatives of the user's own ----


@jax.custom_jvp
def spike(v: Any) -> Any:
    return (v > 0).astype(v.dtype)


spike.defjvp(lambda primals, tangents: (spike(*primals), tangents[0] * jnp.maximum(1 - jnp.abs(primals[0]), 0.0)))


@jax.custom_vjp
def cube(x: Any, n: int) -> Any:
    return x**3


cube.defvjp(lambda x, n: (cube(x, n), x), lambda x, g: (g * 30 * x**2, None))


def test_a_custom_jvp_keeps_its_rule_as_a_callable() -> None:
    (eqn,) = program_of(spike, X).equations
    rule = record(lambda x, t: [y for ys in eqn.params["jvp"]([x], [t]) for y in ys], [F, F])

    assert "custom_jvp" == eqn.op
    assert ["custom_jvp"] == [op for op in ops(rule) if op == "custom_jvp"]


def test_a_custom_jvp_rule_is_told_of_zeros() -> None:
    product = jax.custom_jvp(lambda x, y: x * y)
    product.defjvp(lambda p, t: (p[0] * p[1], t[0] * p[1] + t[1] * p[0]))
    (eqn,) = program_of(product, X, X).equations

    def tangent(x: Any) -> Any:
        return eqn.params["jvp"]([x, x * 3], [jnp.ones(3), None])[1]

    assert np.allclose(X * 3, run(tangent, X))


def test_a_custom_jvp_with_symbolic_zeros_sees_them() -> None:
    seen = []
    product = jax.custom_jvp(lambda x, y: x * y)

    def rule(p: Any, t: Any) -> Any:
        seen.append([type(v).__name__ for v in t])
        return p[0] * p[1], t[0] * p[1]

    product.defjvp(rule, symbolic_zeros=True)
    (eqn,) = program_of(product, X, X).equations
    record(lambda x: eqn.params["jvp"]([x, x], [x, None])[1], [F])

    assert [["Recorded", "SymbolicZero"]] == seen


def test_a_custom_vjp_keeps_both_its_rules_as_callables() -> None:
    (eqn,) = program_of(lambda x: cube(x, 2), X).equations

    def gradient(x: Any) -> Any:
        (y,), residuals = eqn.params["fwd"]([x, 2])
        grads = eqn.params["bwd"](residuals, [jnp.ones(3)])
        assert grads[1] is None
        return y, grads[0]

    y, grad = run(gradient, X)

    assert np.allclose(X**3, y)
    assert np.allclose(30 * X**2, grad)


def test_rules_inside_a_jit_are_kept() -> None:
    program = program_of(jax.jit(lambda x: spike(x) + cube(x, 1)), X)

    assert {"custom_jvp", "custom_vjp"} <= set(ops(program))


def test_rules_inside_a_bare_scan_are_kept_and_work() -> None:
    def fun(x: Any) -> Any:
        return lax.scan(lambda c, a: (c + spike(a), cube(a, 1)), jnp.float32(0), x)

    rules = {e.op: e.params for e in program_of(fun, X).equations[-1].params["body"].equations}

    def derivatives(a: Any) -> Any:
        (_,), residuals = rules["custom_vjp"]["fwd"]([a, 1])
        grads = rules["custom_vjp"]["bwd"](residuals, [jnp.float32(1)])
        return rules["custom_jvp"]["jvp"]([a], [jnp.float32(1)])[1][0], grads[0]

    tangent, grad = run(derivatives, np.float32(0.25))

    assert (0.75, 30 * 0.25**2) == (tangent, grad)


def test_a_rule_may_use_what_its_function_captured() -> None:
    def fun(x: Any) -> Any:
        scale = x * 2
        scaled = jax.custom_jvp(lambda v: v * scale)
        scaled.defjvp(lambda p, t: (p[0] * scale, t[0] * scale * 10))
        return scaled(x)

    eqn = program_of(fun, X).equations[-1]
    (tangent,) = run(lambda x, s: eqn.params["jvp"]([x, s], [jnp.ones(3), None])[1], X, X + 1)

    assert 2 == len(eqn.inputs)
    assert np.allclose((X + 1) * 10, tangent)


def test_a_vjp_rule_may_use_what_its_function_captured() -> None:
    def fun(x: Any) -> Any:
        scale = x * 2
        scaled = jax.custom_vjp(lambda v: v * scale)
        scaled.defvjp(lambda v: (v * scale, jnp.sin(v)), lambda r, g: (g * (scale + 2 * r),))
        return scaled(x)

    eqn = program_of(fun, X).equations[-1]

    def grads(x: Any, s: Any) -> Any:
        residuals = eqn.params["fwd"]([x, s], [True, False])[1]
        by_x, by_scale = eqn.params["bwd"](residuals, [jnp.ones(3)])
        assert by_scale is None
        return by_x

    assert np.allclose(X + 1 + 2 * np.sin(X), run(grads, X, X + 1))


def test_a_residual_may_be_an_argument() -> None:
    product = jax.custom_vjp(lambda x, y: x * y)
    product.defvjp(lambda x, y: (x * y, (y, x + 1)), lambda r, g: (g * r[0], g * r[1]))
    (eqn,) = program_of(product, X, X).equations

    def grads(x: Any, y: Any) -> Any:
        return eqn.params["bwd"](eqn.params["fwd"]([x, y])[1], [jnp.ones(3)])

    assert np.allclose([X * 5, X + 1], run(grads, X, X * 5))


def test_differentiating_by_a_captured_value_is_refused() -> None:
    def fun(x: Any) -> Any:
        scaled = jax.custom_jvp(lambda v: v * x)
        scaled.defjvp(lambda p, t: (p[0], t[0]))
        return scaled(x)

    (eqn,) = program_of(fun, X).equations
    with pytest.raises(ReferenceUnsupported, match="closes over"):
        record(lambda x: eqn.params["jvp"]([x, x], [x, x])[1], [F])


# ---- captured values ----


def test_a_body_captures_values_of_enclosing_recordings() -> None:
    def fun(x: Any) -> Any:
        y = x * 2
        return mapped(lambda a: mapped(lambda b: a * b + y.sum())(y))(x)

    assert np.allclose(X[:, None] * (X * 2) + (X * 2).sum(), run(fun, X)[0])


def test_branches_share_what_they_capture() -> None:
    def fun(x: Any) -> Any:
        y, z = jnp.sin(x), jnp.cos(x)
        return choose(jnp.int32(1), [lambda v: v + y, lambda v: v * z], x)

    assert np.allclose(X * np.cos(X), run(fun, X)[0])


def test_the_same_value_is_captured_once() -> None:
    found = []

    def fun(x: Any) -> Any:
        program, captured = record_body(lambda: [x * x + x], [])
        found.append((len(program.inputs), len(captured)))
        return [x]

    record(fun, [F])

    assert [(1, 1)] == found


def test_a_function_recorded_on_its_own_may_not_capture() -> None:
    with pytest.raises(FinishedRecordingError, match="record_body"):
        record(lambda x: [x, *[None for _ in record(lambda: [x], []).outputs]], [F])


# ---- mistakes ----


def test_a_value_of_a_finished_recording_is_named_with_its_line() -> None:
    kept: list[Any] = []
    record(lambda x: (kept.append(x * 2), [x])[1], [F])

    with pytest.raises(FinishedRecordingError, match=r"computed at .*test_record\.py:\d+") as caught:
        record(lambda x: [x + kept[0]], [F])
    assert isinstance(caught.value, jax.errors.UnexpectedTracerError)


def test_a_value_of_a_finished_recording_is_refused_outside_any() -> None:
    kept: list[Any] = []
    record(lambda x: (kept.append(x), [x])[1], [F])

    with pytest.raises(jax.errors.UnexpectedTracerError):
        kept[0] + 1


def test_a_jit_that_jax_traced_with_a_value_of_an_earlier_recording_is_refused() -> None:
    box: list[Any] = [None]
    jitted = jax.jit(lambda x: x + box[0])

    def fun(x: Any) -> Any:
        box[0] = x * 2
        return [jitted(x)]

    record(fun, [F])

    with pytest.raises(FinishedRecordingError):
        record(fun, [F])


def test_a_value_of_a_sibling_body_is_refused() -> None:
    kept: list[Any] = []

    def fun(x: Any) -> Any:
        record_bodies([(lambda v: (kept.append(v), [v])[1], [F]), (lambda v: [v + kept[0]], [F])])
        return [x]

    with pytest.raises(FinishedRecordingError):
        record(fun, [F])


def test_an_error_in_the_users_function_ends_the_recording() -> None:
    def fail(x: Any) -> Any:
        raise KeyError("theirs")

    with pytest.raises(KeyError, match="theirs"):
        record(fail, [F])
    assert recorder() is None
    assert 3 == jnp.arange(3).shape[0]


@pytest.mark.parametrize(
    "collective",
    [
        lambda x: lax.psum(x, "nowhere"),
        lambda x: lax.pmean(x, ("i", "nowhere")),
        lambda x: lax.all_gather(x, "nowhere"),
        lambda x: lax.axis_index("nowhere"),
        lambda x: lax.ppermute(x, "nowhere", [(0, 1)]),
    ],
)
def test_an_axis_over_which_nothing_maps_is_named(collective: Any) -> None:
    with pytest.raises(UnknownAxisError, match=r"test_record\.py:\d+.*\['i'\]") as caught:
        record(lambda x: [collective(x)], [F], axes={"i": 2})
    assert isinstance(caught.value, NameError)


def test_a_name_error_of_the_users_own_stays_one() -> None:
    with pytest.raises(NameError, match="undefined_name") as caught:
        record(lambda x: [undefined_name], [F])  # type: ignore[name-defined]  # noqa: F821
    assert not isinstance(caught.value, UnknownAxisError)


@pytest.mark.parametrize("transform", [jax.vmap, jax.jit, jax.grad])
def test_recording_inside_a_bare_transform_is_refused(transform: Any) -> None:
    def fun(y: Any) -> Any:
        record(lambda x: [x * y], [F])
        return y.sum()

    with pytest.raises(ReferenceUnsupported, match="bare JAX transform"):
        transform(fun)(jnp.ones(3))


@pytest.mark.parametrize("transform", [jax.vmap, jax.jit, jax.grad])
def test_recording_inside_a_bare_transform_inside_a_recording_is_refused(transform: Any) -> None:
    def fun(x: Any) -> Any:
        return [transform(lambda y: (record(lambda z: [z + x], [F]), y.sum())[1])(x)]

    with pytest.raises(ReferenceUnsupported, match="bare JAX transform"):
        record(fun, [F])


def test_a_broadcast_from_a_recorded_lane_is_refused() -> None:
    with pytest.raises(ReferenceUnsupported, match="pbroadcast"):
        run_lanes(lambda x: lax.pbroadcast(x, "i", x.argmax()), np.ones((4, 2), np.float32))


def test_devices_inside_recorded_code_are_refused() -> None:
    with pytest.raises(ReferenceUnsupported, match=r"devices.*|shard_map") as caught:
        record(lambda x: [jax.pmap(lambda v: v * 2)(x[None])], [F])
    assert "test_record.py" in str(caught.value)


def test_recorded_values_print_their_type() -> None:
    shown: list[str] = []
    record(lambda x: (shown.append(repr(x)), [x])[1], [F])

    assert ["Recorded<float32[3]>"] == shown


def test_recorded_is_an_array_to_isinstance() -> None:
    found: list[bool] = []
    record(lambda x: (found.append(isinstance(x, jax.Array) and isinstance(x, Recorded)), [x])[1], [F])

    assert [True] == found
