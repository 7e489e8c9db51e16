"""The checks of `spec/12-random.md`: draws that fail, and the default stream of a fresh process."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.implementations import Implementation
from brainspec_conformance.suite.random_material import (
    CALLS,
    GRID,
    ROW,
    SEED,
    SHAPE,
    SQUARE,
    arguments,
    assert_same,
    halves,
    kept,
)

TWO = np.zeros(2, np.float32)

FAILING: dict[str, Callable[[Any], object]] = {
    "parameters that do not broadcast": lambda stream: stream.normal(TWO, ROW),
    "a place that does not fit the size": lambda stream: stream.normal(ROW, None, (2,)),
    "a scale that does not fit the size": lambda stream: stream.laplace(None, ROW, (2,)),
    "bounds that do not fit the size": lambda stream: stream.uniform(ROW, 3.0, (2,)),
    "more choices than entries": lambda stream: stream.choice(3, (4,), replace=False),
    "an axis that is none": lambda stream: stream.permutation(GRID, 5),
    "a size that rows do not fit": lambda stream: stream.categorical(GRID, -1, (4, 5)),
    "a parameter without a vector": lambda stream: stream.dirichlet(np.float32(1.0)),
    "a method that is none": lambda stream: stream.multivariate_normal(TWO, SQUARE, method="guess"),
    "a dtype that has no floats": lambda stream: stream.rand_like(np.zeros(3, np.int32)),
    "a dtype that has no integers": lambda stream: stream.randint_like(np.zeros(3, np.float32), 0, 9),
}


def assert_fails(stream: Any, draw: Callable[[Any], object], held: Callable[[], Any]) -> None:
    before = held()
    with pytest.raises(Exception) as raised:
        draw(stream)
    assert not isinstance(raised.value, AttributeError), "there is no such sampler"
    assert held() is before


@check("random.draw.failed@1")
@pytest.mark.parametrize("draw", FAILING.values(), ids=FAILING)
def test_a_draw_that_fails_leaves_the_key(impl: Any, draw: Callable[[Any], object]) -> None:
    state = impl.random.RandomState(SEED)
    assert_fails(state, draw, lambda: state.value)


@check("random.draw.failed@1")
@pytest.mark.parametrize("name", CALLS)
def test_a_draw_by_each_sampler_that_does_not_know_an_argument_leaves_the_key(impl: Any, name: str) -> None:
    state = impl.random.RandomState(SEED)
    assert_fails(state, lambda state: getattr(state, name)(*arguments(name), colour=1), lambda: state.value)


@check("random.draw.failed@1", needs=["random.default.functions@1", "random.default.key@1"])
def test_draws_that_fail_leave_the_key_of_the_default_stream(impl: Any) -> None:
    with kept(impl) as stream:
        for draw in FAILING.values():
            assert_fails(stream, draw, stream.get_key)


@check("random.draw.failed@1", needs=["random.draw.rule@1"])
def test_the_draw_after_one_that_failed_is_as_if_it_had_not_been(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    for _ in range(2):
        assert_fails(state, FAILING["a place that does not fit the size"], lambda: state.value)
    new, sub = halves(jax.random.key(SEED))
    assert_same(state.random(SHAPE), jax.random.uniform(sub, SHAPE))
    assert_same(state.value, new)


# What happens first in a fresh process: the stream is used in a trace, while states are caught and a stack watches.
FIRST = """
import sys
sys.path[:] = {path!r}
import jax, random
import numpy as np
from brainspec_conformance import implementations
impl = implementations.load({name!r}).namespace
np.random.seed(0), random.seed(0)
numpys, pythons = repr(np.random.get_state()), random.getstate()
with impl.catch_new_states() as caught, impl.StateTraceStack() as stack:
    try:
        jax.jit(lambda x: x + impl.random.random())(1.0)
    except impl.TraceContextError:
        pass
    else:
        raise AssertionError("the default stream was born in the trace")
    impl.random.random()
assert not list(caught), "the default stream was born in the block"
assert stack.get_write_states() == (impl.random.default_rng(),)
assert (repr(np.random.get_state()), random.getstate()) == (numpys, pythons)
print(jax.random.key_data(impl.random.get_key()).tolist())
"""


@check("random.default.rng@1", needs=["random.error.traced@1", "random.draw.touches@1", "state.catch.catches@1"])
def test_the_default_stream_is_born_before_every_program_with_fresh_entropy(implementation: Implementation) -> None:
    code = FIRST.format(path=sys.path, name=implementation.name)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0, ran.stderr
    usual = [halves(jax.random.key(seed))[0] for seed in (*range(5), 42, 1234)]
    assert ran.stdout.strip() not in {str(jax.random.key_data(key).tolist()) for key in usual}
