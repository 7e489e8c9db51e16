"""What a recording is: its equations, what it captures, and the mistakes that it names."""

import inspect
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.errors import FinishedRecordingError, ReferenceUnsupported, UnknownAxisError
from brainspec_reference.engine.record import (
    Const,
    Recorded,
    record,
    record_bodies,
    record_body,
    replay,
    type_of,
)
from brainspec_reference.engine.recorder import recorder
from brainspec_reference.engine.show import show
from jax import lax

from tests.reference.drivers import choose, mapped, ops, program_of, run, run_lanes

X = np.array([0.5, -1.0, 2.0], np.float32)
F = type_of(jnp.ones(3))


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
