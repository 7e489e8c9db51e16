"""Checks of the model chapter: what holds of an implementation as a whole."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from brainspec_conformance import surface
from brainspec_conformance.check import check
from brainspec_conformance.implementations import Implementation

CORE = [name.place for name in surface.names() if name.core]

# Loaded by name in a fresh process, as the first thing that happens there.
IMPORTING = """
import sys
sys.path[:] = {path!r}
import jax
before = dict(jax.config.values)
from brainspec_conformance import implementations
implementations.load({name!r})
{then}
"""


def after_importing(implementation: Implementation, then: str) -> subprocess.CompletedProcess[str]:
    code = IMPORTING.format(path=sys.path, name=implementation.name, then=then)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=False)


@check("model.surface.present@1")
@pytest.mark.parametrize("place", CORE)
def test_every_core_name_is_at_its_place(impl: Any, place: str) -> None:
    surface.find(impl, place)


@check("model.import.idle@1")
def test_devices_can_still_be_chosen_after_importing(implementation: Implementation) -> None:
    count = "jax.config.update('jax_num_cpu_devices', 3); assert len(jax.devices('cpu')) == 3"
    ran = after_importing(implementation, count)

    assert ran.returncode == 0, ran.stderr


@check("model.import.config@1")
def test_importing_leaves_the_configuration_of_jax(implementation: Implementation) -> None:
    changed = (
        "changed = {k: v for k, v in jax.config.values.items() if before.get(k, v) != v}; assert not changed, changed"
    )
    ran = after_importing(implementation, changed)

    assert ran.returncode == 0, ran.stderr


# Mistakes that an implementation can see, one a chapter or more; each chapter adds its own.
MISTAKES: list[tuple[str, Callable[[Any], object]]] = [
    ("filters.error.literal", lambda impl: impl.util.filter.to_predicate(42)),
    ("filters.error.count", lambda impl: impl.util.filter.Not()),
    ("filters.error.tag", lambda impl: impl.util.filter.WithTag(42)),
    ("filters.error.type", lambda impl: impl.util.filter.OfType("slow")),
    ("state.error.value-is-state", lambda impl: impl.State(impl.State(1))),
    ("state.error.nested-state", lambda impl: impl.State({"inner": impl.State(1)})),
    ("state.error.hidden", lambda impl: impl.HiddenState(1.0)),
    ("state.error.name", lambda impl: impl.State(0, name=42)),
    ("state.error.tag", lambda impl: impl.State(0, tag=42)),
    ("state.error.reserved", lambda impl: impl.State(0, copy=1)),
    ("state.error.copy-kind", lambda impl: impl.ParamState(0).copy_from(impl.BatchState(0))),
    ("state.error.stack-order", lambda impl: impl.StateTraceStack().__exit__(None, None, None)),
    ("state.error.stack-again", lambda impl: _opened_twice(impl.StateTraceStack())),
    ("random.error.seed", lambda impl: impl.random.RandomState(1.5)),
    ("random.error.keys", lambda impl: impl.random.RandomState(np.zeros((3, 2), np.uint32))),
    ("random.error.count", lambda impl: impl.random.RandomState(0).split_key(0)),
    ("random.error.backup", lambda impl: impl.random.RandomState(0).restore_key()),
    ("random.error.probability", lambda impl: impl.random.RandomState(0).bernoulli(2.0)),
    ("random.error.size", lambda impl: impl.random.RandomState(0).uniform(size=-1)),
    ("graph.error.pop-none", lambda impl: impl.graph.pop_states(impl.graph.Node())),
    ("graph.error.pop-container", lambda impl: impl.graph.pop_states([impl.State(1)], ...)),
    ("graph.error.prefix", lambda impl: impl.util.FlattedDict({("a",): 1, ("a", "b"): 2}).to_nest()),
    ("graph.error.path", lambda impl: impl.util.FlattedDict({"alone": 1}).to_nest()),
    ("graph.error.values", lambda impl: impl.util.NestedDict({}).replace_by_pure_dict({"other": 1})),
    ("module.error.update", lambda impl: impl.nn.Module()()),
    ("module.error.name-set", lambda impl: setattr(impl.nn.Module(), "name", "other")),
    ("module.error.name", lambda impl: impl.nn.Module(name=42)),
    ("module.error.target", lambda impl: impl.nn.init_all_states(42)),
    ("jit.error.callable", lambda impl: impl.transform.jit(3)),
    ("jit.error.option", lambda impl: impl.transform.jit(abs, static_argnum=0)),
    ("jit.error.state-argument", lambda impl: impl.transform.jit(_first)(impl.State(1.0))),
    ("jit.error.state-result", lambda impl: impl.transform.jit(lambda: impl.State(1.0))()),
    ("jit.error.module-argument", lambda impl: impl.transform.jit(_first)(impl.nn.Module())),
    ("jit.error.argument", lambda impl: impl.transform.jit(_first)("text")),
    ("jit.error.result", lambda impl: impl.transform.jit(lambda: "text")()),
    ("jit.error.state-value", lambda impl: impl.transform.jit(partial(_held, impl.State("text")))()),
    ("jit.error.structure", lambda impl: impl.transform.jit(partial(_put, impl.State(1.0), [2.0]))()),
    ("jit.error.static-range", lambda impl: impl.transform.jit(_first, static_argnums=5)),
    ("jit.error.static-name", lambda impl: impl.transform.jit(_first, static_argnames="z")),
    ("jit.error.static-form", lambda impl: impl.transform.jit(_first, static_argnums="x")),
    ("jit.error.static-donated", lambda impl: impl.transform.jit(_first, static_argnums=0, donate_argnums=0)),
    ("jit.error.static-hash", lambda impl: impl.transform.jit(_first, static_argnums=1)(1.0, [2])),
    ("jit.error.donated-state", lambda impl: _donated(impl, impl.State(np.ones(2)))),
    ("jit.error.by-cache", lambda impl: impl.transform.StatefulFunction(_first).get_states_by_cache("none")),
    ("jit.error.pure-values", lambda impl: impl.transform.StatefulFunction(_first).jaxpr_call((1.0,), 2.0)),
    ("graph.error.root", lambda impl: impl.graph.states(42)),
    ("graph.error.container-cycle", lambda impl: impl.graph.states(_loop())),
    ("graph.error.not-covered", lambda impl: impl.graph.treefy_split([impl.State(1)], None)),
    ("graph.error.rest-last", lambda impl: impl.graph.states([], ..., "slow")),
    ("filters.error.literal", lambda impl: impl.graph.states([], 42)),
    ("graph.error.missing", lambda impl: impl.graph.treefy_merge(impl.graph.graphdef([impl.State(1)]), {})),
    ("graph.error.extra", lambda impl: impl.graph.update_states([], {0: impl.TreefyState(impl.State, 1)})),
    ("graph.error.twice", lambda impl: impl.graph.update_states([impl.State(1)], *_twice(impl))),
    ("graph.error.leaf", lambda impl: impl.graph.update_states([impl.State(1)], {0: 1.0})),
    ("graph.error.tree", lambda impl: impl.graph.treefy_merge(42, {})),
    ("graph.error.frozen", lambda impl: setattr(impl.TreefyState(impl.State, 1), "value", 2)),
    ("graph.error.kind", lambda impl: impl.TreefyState(int, 1.0)),
]


def _first(x: Any, n: Any = None) -> Any:
    return x


def _held(state: Any) -> Any:
    return state.value


def _put(state: Any, value: Any) -> None:
    state.value = value


def _donated(impl: Any, state: Any) -> None:
    import jax

    state.value = jax.device_put(state.value)
    impl.transform.jit(lambda x: x + state.value, donate_argnums=0)(state.value)


@check("model.error.teaches@1")
def test_errors_have_a_class_of_their_own_and_cite_their_clause(
    impl: Any, measure: Callable[[str, object], None]
) -> None:
    errors = [(clause, _raised(make, impl)) for clause, make in MISTAKES]
    own = sum(error is not None and type(error).__module__ != "builtins" for _, error in errors)
    citing = sum(error is not None and clause in str(error) for clause, error in errors)
    measure("errors with a class of their own", f"{own} of {len(errors)}")
    measure("errors that cite their clause", f"{citing} of {len(errors)}")


def _opened_twice(stack: Any) -> None:
    with stack, stack:
        pass


def _twice(impl: Any) -> list[Any]:
    """Two trees with one path."""
    return [{0: impl.TreefyState(impl.State, 1)}] * 2


def _loop() -> list[Any]:
    """A list that contains itself."""
    loop: list[Any] = []
    loop.append(loop)
    return loop


def _raised(make: Callable[[Any], object], impl: Any) -> Exception | None:
    try:
        make(impl)
    except Exception as error:
        return error
    return None
