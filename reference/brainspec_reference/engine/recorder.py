"""The recorder: the JAX trace that is current while the user's Python runs.

It notes each primitive that the user's code binds as an equation. A *recorded value* stands for an atom of the program
being recorded; it has a type and no number, so branching on it raises what JAX raises. A *body* is a program recorded
inside another one. What it uses of the enclosing recordings it *captures*: the captured values become further inputs of
the body, after its own, and further operands of the equation that carries it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from jax.core import ShapedArray

from .. import _jaxshim as shim
from ..jax_values import to_numpy
from .custom import custom_jvp, custom_vjp
from .errors import FinishedRecordingError, ReferenceUnsupported, UnknownAxisError
from .nested import structure
from .program import Atom, Const, Equation, Program, Var

Function: TypeAlias = Callable[..., Sequence[Any]]
Body: TypeAlias = tuple[Function, Sequence[ShapedArray]]  # a function, and the types of its arguments


class Recorded(shim.Tracer):  # type: ignore[misc]  # [jit.error.concrete]
    """What the user's function holds in place of a number."""

    __slots__ = ("atom",)

    def __init__(self, trace: Recorder, atom: Atom) -> None:
        self._trace, self.atom = trace, atom  # type: ignore[misc]  # JAX's class has the slot

    # JAX 0.10 and 0.12 disagree on who stores the type; a property satisfies both.
    aval = property(lambda self: self.atom.type)

    def _origin_msg(self) -> str:
        line = self._trace.lines.get(self.atom, "")
        return f"\nThe value was computed at {line}." if line else "\nThe value is an input of the recorded function."


class Recorder(shim.Trace):  # type: ignore[misc]
    """Notes primitives as equations, for as long as the function that it records runs."""

    def __init__(self, parent: Recorder | None, axes: Mapping[Hashable, int]) -> None:
        super().__init__()
        self.requires_low = False  # 0.12 would rewrite its "hi" primitives, custom rules among them, before we see them
        self.parent, self.axes, self.finished = parent, axes, False
        self.equations: list[Equation] = []
        self.inputs: list[Var] = []
        self.outer: dict[Var, Recorded] = {}  # captured variables of enclosing recordings, as their owners' values
        self.stand_ins: dict[Var, Recorded] = {}  # what stands for a variable of another recording in this one
        self.lines: dict[Atom, str] = {}
        self.keeps_states = False  # whether it is told what becomes of the states: where it is current is no bare trace
        self.line = ""  # when not empty: the user's line that the equations being bound come from

    # ---- values ----

    def input(self, type_: ShapedArray) -> Recorded:
        """A further input of the program; also in mid-recording, as a function finds out what it needs."""
        self.inputs.append(Var(type_))
        return Recorded(self, self.inputs[-1])

    def constant(self, value: Any, type_: ShapedArray) -> Recorded:
        return Recorded(self, Const(to_numpy(value, type_), type_))  # [mapping.trace.closure]

    def lift(self, x: Any) -> Recorded:
        """A value of this recording for any value that a function can hold."""
        if not isinstance(x, shim.Tracer):
            return self.constant(x, shim.type_of(x))
        if not isinstance(x, Recorded):
            raise self.inside_bare_transform()
        if x._trace is self or isinstance(x.atom, Const):
            return Recorded(self, x.atom)
        if x.atom not in self.stand_ins:
            self._capture(x, x.atom)
        return self.stand_ins[x.atom]

    def stage_value(self, x: Any) -> Any:
        return x if shim.acts_at_once([x]) else self.lift(x)

    def knows(self, x: Recorded) -> bool:
        """Whether the value belongs to this recording or to one that encloses it."""
        return x._trace is self or x.atom in self.stand_ins or (self.parent is not None and self.parent.knows(x))

    def _capture(self, x: Recorded, var: Var) -> None:
        if self.parent is None or not self.parent.knows(x):
            if not x._trace.finished:
                raise self.inside_bare_transform()
            raise FinishedRecordingError(
                f"A value of type {x.aval.str_short()} from a finished recording is used at {self.where()}."
                f"{x._origin_msg()} A recorded value lives as long as the function that made it runs. "
                "Return it from the function instead of keeping it in a variable outside."
            )
        self.outer[var], self.stand_ins[var] = x, self.input(x.aval)

    @contextmanager
    def standing_in(self, values: Mapping[Any, Any]) -> Iterator[Callable[[Mapping[Any, Any]], None]]:
        """Meanwhile, `values` stand for variables of a finished recording; gives what adds more of them.

        Only those that are recorded values: what moves, under a pass, has no single one that could stand for it.
        """
        hidden: dict[Var, Recorded | None] = {}

        def add(values: Mapping[Any, Any]) -> None:
            new = {var: value for var, value in values.items() if isinstance(value, Recorded)}
            hidden.update({var: self.stand_ins.get(var) for var in new if var not in hidden})
            self.stand_ins.update(new)

        add(values)
        try:
            yield add
        finally:
            kept = {var: value for var, value in self.stand_ins.items() if var not in hidden}
            self.stand_ins = kept | {var: value for var, value in hidden.items() if value is not None}

    # ---- equations ----

    def where(self) -> str:
        """The user's line from which the primitive at hand comes."""
        return self.line or shim.user_line()

    @contextmanager
    def at(self, line: str) -> Iterator[None]:
        """Equations bound meanwhile come from `line`; an empty line changes nothing."""
        before, self.line = self.line, line or self.where()
        try:
            yield
        finally:
            self.line = before

    def note(
        self, op: str, inputs: Sequence[Any], params: Mapping[str, Any], types: Sequence[ShapedArray], by: Any = None
    ) -> list[Recorded]:
        """Append an equation whose outputs have the given types, bound by the primitive `by`."""
        outputs = tuple(Var(t) for t in types)
        source = self.where()
        if any(isinstance(value, shim.Tracer) for value in params.values()):
            raise ReferenceUnsupported(op, "JAX hides a recorded value among its parameters.", source=source)
        atoms = tuple(self.lift(x).atom for x in inputs)
        self.equations.append(Equation(op, atoms, dict(params), outputs, source, by))
        self.lines.update(dict.fromkeys(outputs, source))
        return [Recorded(self, v) for v in outputs]

    def process_primitive(self, primitive: Any, values: Sequence[Any], params: Mapping[str, Any], /) -> Any:
        if shim.acts_at_once(values):
            with shim.evaluating():
                return primitive.bind(*values, **params)
        out = structure(self, primitive.name, values, params)  # [map.nest.jax]
        if out is None:
            out = self._plain(primitive, [self.lift(x) for x in values], params)
        return out if primitive.multiple_results else out[0]

    def _plain(self, primitive: Any, values: Sequence[Recorded], params: Mapping[str, Any]) -> list[Recorded]:
        try:
            types = shim.output_types(primitive, [v.aval for v in values], params)
        except NotImplementedError as error:
            why = "JAX gives it no types of its own (it has no abstract_eval)."
            raise ReferenceUnsupported(primitive.name, why, source=self.where()) from error
        except NameError as error:
            what = f"{primitive.name!r} ({error})"
            raise self.unknown_axis(what, self.where()) from error  # [mapping.error.axis-name]
        if primitive.name == "convert_element_type" and (folded := written_number(values[0].atom, types[0])):
            return [Recorded(self, folded)]
        return self.note(primitive.name, values, params, types, primitive)

    def process_custom_jvp_call(self, _: Any, fun: Any, jvp: Any, values: Any, /, *, symbolic_zeros: bool) -> Any:
        if shim.acts_at_once(values):
            return fun.call_wrapped(*values)
        return custom_jvp(self, fun, jvp, [self.lift(x) for x in values], symbolic_zeros)

    def process_custom_vjp_call(self, _: Any, fun: Any, fwd: Any, bwd: Any, values: Any, /, **params: Any) -> Any:
        if shim.acts_at_once(values):
            return fun.call_wrapped(*values)
        return custom_vjp(self, fun, fwd, bwd, [self.lift(x) for x in values], **params)

    def process_shard_map(self, *_: Any, **__: Any) -> Any:
        why = "A bare pmap or shard_map speaks of devices; use the reference's pmap2, whose devices are lanes."
        raise ReferenceUnsupported("shard_map", why, source=self.where())

    # ---- mistakes ----

    def inside_bare_transform(self) -> ReferenceUnsupported:
        why = "A transform of the reference runs inside a bare JAX transform. Put the reference's transform outside."
        return ReferenceUnsupported("a value traced by JAX", why, source=self.where())

    def unknown_axis(self, what: str, line: str) -> UnknownAxisError:
        return UnknownAxisError(
            f"{what} at {line} names an axis over which nothing maps; the axes in scope are "
            f"{list(self.axes) or 'none'}. A collective needs an enclosing mapping with its axis_name."
        )

    # ---- programs ----

    def bodies(self, *functions: Body) -> tuple[list[Program], dict[Var, Recorded]]:
        """Programs recorded inside this one, as `record_inside` makes them."""
        return record_inside(self, functions)

    def run(self, fun: Function, types: Sequence[ShapedArray]) -> Program:
        """Record `fun` on fresh inputs of the given types."""
        inputs = [self.input(t) for t in types]
        known = self.parent.axes if self.parent else {}
        new = {name: size for name, size in self.axes.items() if known.get(name) != size}
        try:
            with shim.current(self, new):
                outputs = tuple(self.lift(x).atom for x in fun(*inputs))
        except NameError as error:  # some collectives look up their axis before they bind
            if not str(error).startswith(shim.UNBOUND):
                raise
            raise self.unknown_axis(f"A collective ({error})", shim.line_of(error)) from error
        finally:
            self.finished = True
        return Program(tuple(self.inputs), tuple(self.equations), outputs, dict(self.axes))


def written_number(atom: Atom, type_: ShapedArray) -> Const | None:
    """A number in the user's code, such as the 2 of `2 * x`, in the type that it is used in, if that is exact."""
    if not (isinstance(atom, Const) and atom.type.weak_type and atom.value.shape == ()) or atom.value.dtype.kind == "c":
        return None
    value = atom.value.astype(type_.dtype)
    return Const(value, type_) if value == atom.value else None


def recorder() -> Recorder | None:
    """The recorder that is current, if one is."""
    trace = shim.current_trace()
    return trace if isinstance(trace, Recorder) else None


def record_inside(
    parent: Recorder | None, functions: Sequence[Body], axes: Mapping[Hashable, int] | None = None
) -> tuple[list[Program], dict[Var, Recorded]]:
    """A program per function, and the captured values: further inputs, the same for each of these programs.

    Before them come a program's own inputs: the function's arguments, then those that it asked its recorder for.
    """
    scope = {**(parent.axes if parent else {}), **(axes or {})}
    children = [Recorder(parent, scope) for _ in functions]
    programs = [child.run(fun, types) for child, (fun, types) in zip(children, functions)]
    captured = {var: x for child in children for var, x in child.outer.items()}
    for k, child in enumerate(children):
        stand_ins = {child.stand_ins[v].atom for v in child.outer}
        own = [v for v in programs[k].inputs if v not in stand_ins]
        further = [child.stand_ins[v].atom if v in child.outer else Var(x.aval) for v, x in captured.items()]
        programs[k] = Program((*own, *further), programs[k].equations, programs[k].outputs, scope)  # type: ignore[arg-type]
    return programs, captured
