"""Recording: the user's Python runs once, and each primitive that it binds becomes an equation.

A *recorder* is the JAX trace that is current while a function runs. A *recorded value* stands for an atom of the
program being recorded; it has a type and no number, so branching on it raises what JAX raises. A *body* is a program
recorded inside another one. What it uses of the enclosing recordings it *captures*: the captured values become further
inputs of the body, after its own, and further operands of the equation that carries it.

`record` makes a program of a function, `replay` binds a program's equations again in the recorder that is current,
`emit` appends one structured equation to it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

from jax.core import ShapedArray

from . import _jaxshim as shim
from .errors import FinishedRecordingError, ReferenceUnsupported, UnknownAxisError
from .program import Atom, Const, Equation, Program, Var

__all__ = ["Atom", "Const", "Equation", "Program", "Recorded", "Recorder", "Var"]
__all__ += ["emit", "record", "record_body", "recorder", "replay"]


class Recorded(shim.Tracer):  # type: ignore[misc]
    """What the user's function holds in place of a number."""

    __slots__ = ("atom",)

    def __init__(self, trace: Recorder, atom: Atom) -> None:
        self._trace, self.atom = trace, atom

    # JAX 0.10 and 0.12 disagree on who stores the type; a property satisfies both.
    aval = property(lambda self: self.atom.type)

    def cur_qdd(self) -> None:
        return None

    def _origin_msg(self) -> str:
        line = self._trace.lines.get(self.atom, "")
        return f"\nThe value was computed at {line}." if line else "\nThe value is an input of the recorded function."


class Recorder(shim.Trace):  # type: ignore[misc]
    """Notes primitives as equations; lives as long as the function that it records runs."""

    def __init__(self, parent: Recorder | None, axes: Mapping[Hashable, int]) -> None:
        super().__init__()
        self.requires_low = False  # 0.12 would rewrite its "hi" primitives, custom rules among them, before we see them
        self.parent, self.axes, self.finished = parent, axes, False
        self.equations: list[Equation] = []
        self.inputs: list[Var] = []
        self.captured: dict[Var, Recorded] = {}  # variable of an enclosing recording -> its stand-in here
        self.outer: list[Recorded] = []  # the captured values themselves, in order
        self.lines: dict[Atom, str] = {}
        self.line = ""  # when not empty: where the equations being bound come from

    def input(self, type: ShapedArray) -> Recorded:  # noqa: A002
        self.inputs.append(Var(type))
        return Recorded(self, self.inputs[-1])

    def lift(self, x: Any) -> Recorded:
        """A value of this recording for any value that a function can hold."""
        if not isinstance(x, shim.Tracer):
            return Recorded(self, Const(shim.to_numpy(x), shim.type_of(x)))
        if not isinstance(x, Recorded):
            raise ReferenceUnsupported(
                "a value traced by JAX",
                "A transform of the reference runs inside a bare JAX transform; use the reference's transform outside.",
                source=shim.user_line(),
            )
        if x._trace is self or isinstance(x.atom, Const):
            return Recorded(self, x.atom)
        return self.captured.get(x.atom) or self._capture(x)

    stage_value = lift

    def _capture(self, x: Recorded) -> Recorded:
        if x._trace.finished or self.parent is None:
            raise FinishedRecordingError(
                f"A value of type {x.aval.str_short()} from a finished recording is used at {shim.user_line()}."
                f"{x._origin_msg()} A recorded value lives as long as the function that made it runs. "
                "Return it from the function instead of keeping it in a variable outside."
            )
        self.outer.append(self.parent.lift(x))
        self.captured[x.atom] = self.input(x.aval)
        return self.captured[x.atom]

    @contextmanager
    def at(self, line: str) -> Iterator[None]:
        """Equations bound meanwhile come from `line`; an empty line changes nothing."""
        before, self.line = self.line, line or self.line or shim.user_line()
        try:
            yield
        finally:
            self.line = before

    def note(
        self,
        op: str,
        inputs: Sequence[Any],
        params: Mapping[str, Any],
        types: Sequence[ShapedArray],
        primitive: Any = None,
    ) -> list[Recorded]:
        """Append an equation; its outputs have the given types."""
        outputs = tuple(Var(t) for t in types)
        source = self.line or shim.user_line()
        atoms = tuple(self.lift(x).atom for x in inputs)
        self.equations.append(Equation(op, atoms, dict(params), outputs, source, primitive))
        self.lines.update(dict.fromkeys(outputs, source))
        return [Recorded(self, v) for v in outputs]

    def process_primitive(self, primitive: Any, values: Sequence[Any], params: Mapping[str, Any], /) -> Any:
        from .nested import structure

        out = structure(self, primitive, values, params)
        if out is None:
            out = self._plain(primitive, [self.lift(x) for x in values], params)
        return out if primitive.multiple_results else out[0]

    def _plain(self, primitive: Any, values: Sequence[Recorded], params: Mapping[str, Any]) -> list[Recorded]:
        try:
            types = shim.output_types(primitive, [v.aval for v in values], params)
        except NotImplementedError as error:
            why = "JAX gives it no types of its own (it has no abstract_eval)."
            raise ReferenceUnsupported(primitive.name, why, source=self.line or shim.user_line()) from error
        except NameError as error:
            raise UnknownAxisError(
                f"{error} in {primitive.name!r} at {self.line or shim.user_line()}; the axes in scope here are "
                f"{list(self.axes) or 'none'}. A collective needs an enclosing mapping with this axis_name."
            ) from error
        return self.note(primitive.name, values, params, types, primitive)

    def process_custom_jvp_call(self, primitive: Any, fun: Any, jvp: Any, values: Any, /, **params: Any) -> Any:
        from .nested import custom_jvp

        return custom_jvp(self, fun, jvp, values, **params)

    def process_custom_vjp_call(
        self, primitive: Any, fun: Any, fwd: Any, bwd: Any, values: Any, /, **params: Any
    ) -> Any:
        from .nested import custom_vjp

        return custom_vjp(self, fun, fwd, bwd, values, **params)

    def run(self, fun: Callable[..., Sequence[Any]], types: Sequence[ShapedArray]) -> Program:
        """Record `fun` on fresh inputs of the given types."""
        inputs = [self.input(t) for t in types]
        try:
            with shim.current(self, self.own_axes()):
                outputs = tuple(self.lift(x).atom for x in fun(*inputs))
        finally:
            self.finished = True
        return Program(tuple(self.inputs), tuple(self.equations), outputs, dict(self.axes))

    def own_axes(self) -> Mapping[Hashable, int]:
        known = self.parent.axes if self.parent else {}
        return {name: size for name, size in self.axes.items() if known.get(name) != size}

    @classmethod
    def inside(cls, parent: Recorder | None, axes: Mapping[Hashable, int]) -> Self:
        return cls(parent, {**(parent.axes if parent else {}), **axes})


def recorder() -> Recorder | None:
    """The recorder that is current, if one is."""
    trace = shim.current_trace()
    return trace if isinstance(trace, Recorder) else None


def record(
    fun: Callable[..., Sequence[Any]], types: Sequence[ShapedArray], *, axes: Mapping[Hashable, int] | None = None
) -> Program:
    """The program of `fun`, which is given one recorded value per type and returns a flat list of values."""
    program, captured = record_body(fun, types, axes=axes)
    if captured:
        raise FinishedRecordingError(
            f"A function recorded on its own uses {len(captured)} value(s) of an enclosing recording, at "
            f"{shim.user_line()}. Record it as a body (`record_body`), or pass the values as arguments."
        )
    return program


def record_body(
    fun: Callable[..., Sequence[Any]], types: Sequence[ShapedArray], *, axes: Mapping[Hashable, int] | None = None
) -> tuple[Program, list[Recorded]]:
    """The program of `fun` with its captured values as further inputs, and these values of the current recording."""
    here = Recorder.inside(recorder(), axes or {})
    return here.run(fun, types), here.outer


def emit(op: str, inputs: Sequence[Any], params: Mapping[str, Any], out_types: Sequence[ShapedArray]) -> list[Recorded]:
    """Append a structured equation to the current recording."""
    here = recorder()
    if here is None:
        raise ReferenceUnsupported(op, "No recording is in progress; `emit` appends to the current one.")
    return here.note(op, inputs, params, out_types)


def replay(program: Program, values: Sequence[Any]) -> list[Any]:
    """Bind every equation of a program again, on `values`, in the recorder that is current."""
    here = recorder()
    if here is None:
        raise ReferenceUnsupported("replay", "No recording is in progress; `replay` binds in the current one.")
    env: dict[Atom, Any] = dict(zip(program.inputs, values, strict=True))

    def read(atom: Atom) -> Any:
        return Recorded(here, atom) if isinstance(atom, Const) else env[atom]

    for eqn in program.equations:
        with here.at(eqn.source):
            env.update(zip(eqn.outputs, rebind(eqn, [read(a) for a in eqn.inputs])))
    return [read(atom) for atom in program.outputs]


def rebind(eqn: Equation, values: Sequence[Any]) -> list[Any]:
    """Bind one equation again in the current recorder."""
    if eqn.primitive is None:
        return list(emit(eqn.op, values, eqn.params, [v.type for v in eqn.outputs]))
    out = eqn.primitive.bind(*values, **eqn.params)
    return list(out) if eqn.primitive.multiple_results else [out]
