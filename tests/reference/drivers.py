"""The smallest drivers of structured equations: what the reference's transforms do, without states."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import jax
import numpy as np
from brainspec_reference import _jaxshim as shim
from brainspec_reference.engine.check import check
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.record import Program, emit, record, record_bodies, record_body, recorder, type_of


def program_of(fun: Callable[..., Any], *args: Any, axes: Mapping[Hashable, int] | None = None) -> Program:
    """The checked program of a function of arrays that returns any tree."""
    program = record(lambda *xs: jax.tree.leaves(fun(*xs)), [type_of(x) for x in args], axes=axes)
    check(program)
    return program


def run(fun: Callable[..., Any], *args: Any, **options: Any) -> list[Any]:
    """The leaves of a function's result, by recording and evaluating it in one lane."""
    return evaluate(program_of(fun, *args), [args], **options)[0]


def run_lanes(fun: Callable[..., Any], *args: Any, axis: str = "i", **options: Any) -> list[Any]:
    """The same in one lane per leading index of the arguments, with the lanes stacked."""
    n = len(args[0])
    program = program_of(fun, *(x[0] for x in args), axes={axis: n})
    lanes = evaluate(program, [[x[k] for x in args] for k in range(n)], coords=[{axis: k} for k in range(n)], **options)
    return [np.stack(column) for column in zip(*lanes, strict=True)]


def mapped(
    fun: Callable[..., Any], in_axes: Any = 0, out_axes: Any = 0, name: str | None = None, size: Any = None
) -> Any:
    """`fun` over an axis of its arguments, as a `map` equation; `fun` returns one value."""

    def call(*args: Any) -> Any:
        axes = in_axes if isinstance(in_axes, tuple) else (in_axes,) * len(args)
        n = next((x.shape[a] for x, a in zip(args, axes, strict=True) if a is not None), size)
        cut = [type_of(x) if a is None else sliced(type_of(x), a) for x, a in zip(args, axes, strict=True)]
        body, captured = record_body(lambda *xs: [fun(*xs)], cut, axes={name: n} if name else {})
        (out,) = body.outputs
        shape = out.type.shape
        type_ = out.type if out_axes is None else shim.with_shape(out.type, (*shape[:out_axes], n, *shape[out_axes:]))
        params = {
            "body": body,
            "size": n,
            "in_axes": (*axes, *[None] * len(captured)),
            "out_axes": (out_axes,),
            "axis_name": name,
        }
        return emit("map", [*args, *captured], params, [type_])[0]

    return call


def sliced(type_: Any, axis: int) -> Any:
    return shim.with_shape(type_, type_.shape[:axis] + type_.shape[axis + 1 :])


def choose(index: Any, branches: Sequence[Callable[..., Any]], *args: Any) -> Any:
    """A `cond` equation; each branch returns one value."""
    types = [type_of(x) for x in args]
    programs, captured = record_bodies([(lambda *xs, b=b: [b(*xs)], types) for b in branches])
    here = recorder()
    assert here is not None
    return emit("cond", [index, *args, *captured], {"branches": tuple(programs)}, [programs[0].outputs[0].type])[0]


def as_vmap(fun: Callable[..., Any], *args: Any) -> bool:
    """Whether lanes along i give what jax.vmap gives."""
    expected = jax.tree.leaves(jax.jit(jax.vmap(fun, axis_name="i"))(*args))
    ours = run_lanes(fun, *args)
    return all(
        a.dtype == b.dtype and np.allclose(a, b, rtol=1e-6, atol=1e-6) for a, b in zip(ours, expected, strict=True)
    )


def ops(program: Program) -> list[str]:
    return [eqn.op for eqn in program.equations]
