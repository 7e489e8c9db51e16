"""The checks of `spec/30-jit.md`: which settings of JAX belong to a signature."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import Counted, set_to

# Settings of JAX under which a function is traced anew: their names, and a value that is not the usual one.
SETTINGS: dict[str, Any] = {
    "numpy_dtype_promotion": "strict",
    "default_matmul_precision": "highest",
    "enable_x64": True,
    "numpy_rank_promotion": "raise",
}


def under(setting: str) -> Any:
    return getattr(jax, setting)(SETTINGS[setting])


@check("jit.trace.config@1")
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_that_tracing_depends_on_makes_a_signature(impl: Any, setting: str) -> None:
    f = Counted(impl, lambda x: None)
    f(1.0)
    for expected in (1, 0):
        with under(setting):
            assert f.ran(1.0) == expected
        assert f.ran(1.0) == 0


@check("jit.trace.config@1")
def test_settings_that_tracing_depends_on_count_together(impl: Any) -> None:
    f, first, second = Counted(impl, lambda x: None), "default_matmul_precision", "numpy_dtype_promotion"
    f(1.0)
    for expected in ([1, 1, 1], [0, 0, 0]):
        ran = []
        with under(first):
            ran.append(f.ran(1.0))
            with under(second):
                ran.append(f.ran(1.0))
        with under(second):
            ran.append(f.ran(1.0))
        assert ran == expected


@check("jit.trace.config@1")
def test_each_value_of_a_setting_makes_a_signature(impl: Any) -> None:
    f, ran = Counted(impl, lambda x: None), []
    for precision in 2 * ["bfloat16", "tensorfloat32", "float32"]:
        with jax.default_matmul_precision(precision):
            ran.append(f.ran(1.0))

    assert ran == [1, 1, 1, 0, 0, 0]


@check("jit.trace.config@1")
def test_a_setting_that_is_made_for_good_counts(impl: Any) -> None:
    f = Counted(impl, lambda x: None)
    f(1.0)
    with set_to("jax_numpy_dtype_promotion", "strict"):
        assert f.ran(1.0) == 1
    assert f.ran(1.0) == 0


@check("jit.trace.config@1")
def test_what_is_computed_follows_the_settings_of_the_call(impl: Any) -> None:
    state = impl.State(np.float32(1))
    f = impl.transform.jit(lambda x: x * 2 + jnp.ones(3))
    g = impl.transform.jit(lambda: state.value + np.int32(1))
    assert (f(1.0).dtype, g().dtype) == (jnp.float32, jnp.float32)

    with jax.enable_x64(True):
        assert f(1.0).dtype == jnp.float64
    with jax.numpy_dtype_promotion("strict"), pytest.raises(Exception, match="promotion"):
        g()
    assert (f(1.0).dtype, g()) == (jnp.float32, 2.0)


ELSEWHERE = {"jax_traceback_filtering": "off", "jax_explain_cache_misses": True, "jax_log_compiles": True}


@check("jit.trace.once@1")
@pytest.mark.parametrize("setting", ELSEWHERE)
def test_a_setting_that_tracing_does_not_depend_on_makes_no_signature(impl: Any, setting: str) -> None:
    f = Counted(impl, lambda x: None)
    f(1.0)
    with set_to(setting, ELSEWHERE[setting]):
        assert f.ran(2.0) == 0
