"""Functions with a derivative of the user's own: `jax.custom_jvp` and `jax.custom_vjp`.

The function is recorded as the body of an equation, at once. Its rule stays a callable, because a rule may call the
function it belongs to, without end; a pass that needs the rule calls it while it records. A rule may use values that
the function captured when it was recorded: the equation has them as operands, and they stand in for the captured ones
while the rule runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jax.core import ShapedArray

from .. import _jaxshim as shim
from .errors import ReferenceUnsupported
from .program import Var

if TYPE_CHECKING:
    from .recorder import Recorded, Recorder


@dataclass(frozen=True, eq=False)
class Rule:
    """A user's rule, the number of arguments that are the function's own, and the variables that it captured."""

    rule: Any
    n_args: int
    captured: tuple[Var, ...]
    symbolic_zeros: bool

    def standing_in(self, values: Sequence[Any]) -> AbstractContextManager[Any]:
        """Meanwhile, `values` stand for the captured variables in the recording of the pass that runs the rule."""
        here: Recorder = shim.current_trace()
        return here.standing_in(dict(zip(self.captured, map(here.lift, values), strict=True)))

    def fill(self, values: Sequence[Any], types: Sequence[ShapedArray]) -> list[Any]:
        """Tangents or cotangents as the rule expects them, for values of these types."""
        return [shim.filled(v, t, self.symbolic_zeros) for v, t in zip(values, types)]


class JvpRule(Rule):
    def __call__(self, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """Outputs and their tangents; None is a zero."""
        own, captured = primals[: self.n_args], primals[self.n_args :]
        refuse_captured(tangents[self.n_args :], "custom_jvp")
        with self.standing_in(captured):
            out = self.rule.call_wrapped(*own, *self.fill(tangents, [shim.type_of(p) for p in own]))
        half = len(out) // 2
        return list(out[:half]), [shim.none_if_zero(t) for t in out[half:]]


@dataclass(frozen=True, eq=False)
class FwdRule(Rule):
    out_trees: Any  # JAX's note of which residuals are arguments passed through

    def __call__(self, primals: Sequence[Any], perturbed: Sequence[bool]) -> tuple[list[Any], list[Any]]:
        """Outputs and residuals; `perturbed` says which arguments are differentiated."""
        own, captured = primals[: self.n_args], primals[self.n_args :]
        refuse_captured([True for p in perturbed[self.n_args :] if p], "custom_vjp")
        with self.standing_in(captured):
            outputs, residuals = shim.run_fwd(self.rule, self.out_trees, own, perturbed)
        return outputs, [*residuals, *captured]


@dataclass(frozen=True, eq=False)
class BwdRule(Rule):
    out_types: Sequence[ShapedArray]

    def __call__(self, residuals: Sequence[Any], cotangents: Sequence[Any]) -> list[Any]:
        """Cotangents of the equation's operands; None is a zero."""
        edge = len(residuals) - len(self.captured)
        with self.standing_in(residuals[edge:]):
            out = shim.run_bwd(self.rule, residuals[:edge], self.fill(cotangents, self.out_types))
        return [shim.none_if_zero(c) for c in out] + [None] * len(self.captured)


def refuse_captured(tangents: Sequence[Any], op: str) -> None:
    if any(t is not None for t in tangents):
        why = (
            f"A {op} function is differentiated with respect to a value that it closes over; its rule speaks of its "
            "arguments only. Pass the value as an argument."
        )
        raise ReferenceUnsupported(op, why, source=shim.user_line())


def custom_jvp(here: Recorder, fun: Any, jvp: Any, values: Sequence[Recorded], symbolic_zeros: bool) -> list[Any]:
    (body,), captured = here.bodies((fun.call_wrapped, [v.aval for v in values]))
    nested = {"body": body, "jvp": JvpRule(jvp, len(values), tuple(captured), symbolic_zeros)}
    return here.note("custom_jvp", [*values, *captured.values()], nested, [a.type for a in body.outputs])


def custom_vjp(
    here: Recorder, fun: Any, fwd: Any, bwd: Any, values: Sequence[Recorded], out_trees: Any, symbolic_zeros: bool
) -> list[Any]:
    (body,), captured = here.bodies((fun.call_wrapped, [v.aval for v in values]))
    common, types = (len(values), tuple(captured), symbolic_zeros), [a.type for a in body.outputs]
    nested = {"body": body, "fwd": FwdRule(fwd, *common, out_trees), "bwd": BwdRule(bwd, *common, types)}
    return here.note("custom_vjp", [*values, *captured.values()], nested, types)
