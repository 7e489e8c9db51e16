"""A small implementation for tests of programs: states and streams of the reference, `jit` that is a plain call, and planted faults."""

from types import SimpleNamespace
from typing import Any

import brainspec_reference as reference
import jax
import jax.numpy as jnp
from brainspec_conformance.implementations import Implementation


class Plain:
    """A transformed function that is its origin, with states put back when it raises."""

    def __init__(self, fun: Any, **options: Any) -> None:
        self.fun, self.options = fun, options

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with reference.StateTraceStack() as stack:
            try:
                out = self.fun(*args, **kwargs)
            except BaseException:
                stack.recovery_original_values()
                raise
        return self.done(stack, jax.tree.map(jnp.asarray, out))

    def done(self, stack: Any, out: Any) -> Any:
        return out

    def eval_shape(self, *args: Any, **kwargs: Any) -> Any:
        with reference.StateTraceStack() as stack:
            try:
                out = self.fun(*args, **kwargs)
            finally:
                stack.recovery_original_values()
        return jax.eval_shape(lambda: jax.tree.map(jnp.asarray, out))

    def compile(self, *args: Any, **kwargs: Any) -> None:
        self.eval_shape(*args, **kwargs)

    def clear_cache(self) -> None:
        pass


class AddsOne(Plain):
    """A hidden state that was written holds one more."""

    def done(self, stack: Any, out: Any) -> Any:
        for state in stack.get_write_states():
            if isinstance(state, reference.HiddenState):
                state.value = jax.tree.map(lambda x: x + jnp.ones((), x.dtype), state.value)
        return out


class GivesNothing(Plain):
    """The result of a call is lost."""

    def done(self, stack: Any, out: Any) -> Any:
        return None


class KeepsKeys(Plain):
    """Draws do not move the keys on."""

    def done(self, stack: Any, out: Any) -> Any:
        for state, original in stack._originals.items():
            if isinstance(state, reference.random.RandomState):
                state.value = original
        return out


class KeepsWhatItRaisedOn(Plain):
    """States stay as an exception found them."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return jax.tree.map(jnp.asarray, self.fun(*args, **kwargs))


def implementation(jit: type[Plain] = Plain) -> Implementation:
    public = {name: getattr(reference, name) for name in reference.__all__}
    namespace = SimpleNamespace(**{**public, "transform": SimpleNamespace(jit=jit)})
    return Implementation(jit.__name__, "brainspec_reference", namespace, None)


class LosesResults(reference.transform.JittedFunction):
    """The reference's own, of which a call gives nothing."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        super().__call__(*args, **kwargs)


def losing(origin: Any = None, **options: Any) -> Any:
    if origin is None:
        return lambda origin: losing(origin, **options)
    made = reference.transform.jit(origin, **options)
    made.__class__ = LosesResults
    return made


def whole(**changed: Any) -> Implementation:
    """All of the reference, some of its transforms changed."""
    names = {name: getattr(reference.transform, name) for name in reference.transform.__all__}
    made = implementation()
    made.namespace.transform = SimpleNamespace(**{**names, **changed})
    return made
