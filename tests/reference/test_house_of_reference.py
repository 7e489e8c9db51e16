"""Rules of the house that the reference's source and its evaluation obey."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brainspec_reference
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.lanes import evaluate
from jax import lax

from tests.reference.drivers import program_of

ROOM = Path(brainspec_reference.__file__).parent
SHIM = "_jaxshim.py"
ACCESSOR = "as_jaxpr.py"  # shows programs as jaxprs, to people
FILES = sorted(path for path in ROOM.rglob("*.py") if path.name != SHIM)

# fmt: off
TRANSFORMS = {
    "jit", "vmap", "pmap", "shard_map", "grad", "value_and_grad", "vjp", "jvp", "linearize", "linear_transpose",
    "jacfwd", "jacrev", "hessian", "eval_shape", "make_jaxpr", "checkpoint", "remat", "custom_jvp", "custom_vjp",
    "closure_convert", "disable_jit", "named_call", "pure_callback",
}
# fmt: on
CONTROL = {"scan", "while_loop", "fori_loop", "cond", "switch", "map", "platform_dependent"}


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def transforms_named(tree: ast.Module) -> Iterator[str]:
    """JAX's transforms and control flow that a syntax tree names, by import or by attribute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            base, name = dotted(node.value), node.attr
            if (base == "jax" and name in TRANSFORMS) or (base in ("lax", "jax.lax") and name in CONTROL):
                yield f"{base}.{name}"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "jax" and not node.level:
            names = {alias.name for alias in node.names}
            banned = CONTROL if "lax" in (node.module or "") else TRANSFORMS
            yield from (f"from {node.module} import {name}" for name in sorted(names & banned))


def internals_named(tree: ast.Module) -> Iterator[str]:
    """What a syntax tree takes from JAX's private or unstable modules."""
    for node in ast.walk(tree):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        yield from (m for m in modules if m.startswith(("jax._src", "jax.extend", "jax.interpreters", "jaxlib")))
        if isinstance(node, ast.Attribute) and dotted(node).startswith(("jax._src", "jax.extend", "jax.interpreters")):
            yield dotted(node)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOM)))
def test_no_transform_of_jax_is_named_outside_the_shim(path: Path) -> None:
    assert path.name == ACCESSOR or [] == list(transforms_named(ast.parse(path.read_text())))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOM)))
def test_no_internals_of_jax_are_named_outside_the_shim(path: Path) -> None:
    assert [] == list(internals_named(ast.parse(path.read_text())))


def test_no_file_asks_for_the_version_of_jax_outside_the_shim() -> None:
    assert [] == [path.name for path in FILES if "__version" in path.read_text()]


def test_the_search_for_transforms_finds_them() -> None:
    source = "import jax\nfrom jax import lax, vmap\njax.grad(f); lax.scan(g); jax.lax.cond(p)\nfrom jax.lax import map"

    assert {"from jax import vmap", "jax.grad", "lax.scan", "jax.lax.cond", "from jax.lax import map"} == set(
        transforms_named(ast.parse(source))
    )


def test_every_module_opens_with_a_docstring_of_a_few_lines() -> None:
    lengths = {path.name: len((ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()) for path in FILES}
    of_modules = {name: n for name, n in lengths.items() if name != "__init__.py"}

    assert {} == {name: n for name, n in of_modules.items() if not 1 <= n <= 30}


class Compiles:
    """Counts what XLA compiles."""

    def __init__(self) -> None:
        self.count = 0
        jax.monitoring.register_event_duration_secs_listener(self.hear)

    def hear(self, event: str, _: float, **__: Any) -> None:
        self.count += "backend_compile" in event


COMPILES = Compiles()


def test_the_counter_of_compilations_counts() -> None:
    before = COMPILES.count
    jax.jit(lambda x: x * 3.25 + 1)(jnp.ones(3))

    assert COMPILES.count > before


def test_recording_and_evaluating_compile_nothing() -> None:
    def fun(key: Any, x: Any) -> Any:
        y = lax.scan(lambda c, a: (jnp.tanh(c @ x.T @ x) + a, c.sum()), x[0], x)[0]
        z = lax.cond(y[0] > 0, jax.nn.softmax, jnp.sort, y) + jax.random.normal(key, (3,)) + lax.pmean(y, "i")
        return lax.while_loop(lambda v: v.sum() < 9, lambda v: v * v + 1, z), jax.grad(lambda v: (v**2).sum())(z)

    key, x = jax.random.key(0), np.ones((4, 3), np.float32)
    before = COMPILES.count
    program = program_of(fun, key, x, axes={"i": 2})
    evaluate(program, [[key, x], [key, x]], coords=[{"i": 0}, {"i": 1}])

    assert 0 == COMPILES.count - before


def test_the_example_of_the_readme_runs() -> None:
    (source,) = (ROOM / "engine" / "README.md").read_text().split("```python\n")[1:]
    exec(source.split("```")[0], {})
