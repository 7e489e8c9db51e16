"""Laws of mappings: a `pmap2` is a `vmap2`, and a lane is the origin on a slice."""

from __future__ import annotations

from typing import Any

import jax
from attrs import evolve, fields, has

from . import data, render, scope
from .mappings import of_sort, several
from .statements import STATEMENTS

APART = """def apart(lanes, fun, in_axes=0, out_axes=0, **options):
    def call(*args, **kwargs):
        axes = in_axes if isinstance(in_axes, tuple) else (in_axes,) * len(args)
        every = []
        for k in range(lanes):
            named = {key: part(0, x, k) for key, x in kwargs.items()}
            every.append(fun(*(part(a, x, k) for a, x in zip(axes, args)), **named))
        return together(out_axes, every)

    return call


def part(axes, x, k):
    if isinstance(axes, dict):
        return {key: part(axes[key], x[key], k) for key in axes}
    return x if axes is None else jax.tree.map(lambda leaf: jnp.moveaxis(leaf, axes, 0)[k], x)


def together(axes, every):
    if isinstance(axes, dict):
        return {key: together(axes[key], [x[key] for x in every]) for key in axes}
    if isinstance(axes, tuple):
        return tuple(together(a, [x[k] for x in every]) for k, a in enumerate(axes))
    return every[0] if axes is None else jax.tree.map(lambda *leaves: jnp.stack(leaves, axes), *every)


"""


def raises(program: data.Program) -> bool:
    return any(isinstance(s, data.Raise) for cls in program.classes for method in cls.methods for s in method.body)


def parallel(program: data.Program) -> bool:
    return any(isinstance(x, data.Mapped) and x.how == "pmap2" for x in scope.everything(program))


# ---- pmap2 = vmap2 ------------------------------------------------------------------------------------------------


def other_mappings(program: data.Program) -> data.Program | None:
    """Each `pmap2` as a `vmap2`; and each other mapping of the plan as a `pmap2`, if the lanes fit on the devices here.

    Lanes on several devices are only for programs that compute nothing in plain Python, where JAX mixes no devices.
    """
    most = 1 if eager(program) else jax.local_device_count()
    plan = tuple(evolve(t, transform=in_parallel(t.transform, most)) for t in program.plan)
    changed: data.Program = evolve(on_one(program), plan=plan)
    return None if changed == program else changed


def eager(program: data.Program) -> bool:
    """Whether something is computed in plain Python."""
    called = [scope.method_at(program, t.place, t.method) for t in program.plan if t.transform is None]
    bare = any(method is None or method.transform is None for method in called)
    return bare or any(isinstance(step, data.Invoke) and step.within == "without jit" for step in program.steps)


def in_parallel(transform: data.Transform | None, most: int) -> data.Transform | None:
    """The other sort of mapping; a `pmap2` cannot take its size from states."""
    if not isinstance(transform, data.Mapped) or transform.how == "pmap2":
        return on_one(transform)  # type: ignore[no-any-return]
    if transform.lanes > most or transform.static_argnames != ():
        return transform
    return evolve(of_sort(transform, "pmap2"), axis_size=transform.lanes)


def on_one(x: Any) -> Any:
    """Each `pmap2` as a mapping on one device."""
    if isinstance(x, data.Mapped):
        return of_sort(x, "vmap2" if x.static_argnums == () else "StatefulMapping") if x.how == "pmap2" else x
    if isinstance(x, tuple):
        return tuple(on_one(one) for one in x)
    return evolve(x, **{f.name: on_one(getattr(x, f.name)) for f in fields(type(x))}) if has(type(x)) else x


# ---- lane = slice -------------------------------------------------------------------------------------------------


def spoken_of(program: data.Program) -> data.Program | None:
    """The program, if a mapping of its plan can be told lane by lane: what it does is the same whatever else the lanes do."""
    return program if not parallel(program) and any(is_apart(program, t) for t in program.plan) else None


def is_apart(program: data.Program, t: data.Transformed) -> bool:
    """Whether the lanes have no slices of states, and leave nothing behind; static arguments would have to be told apart."""
    m, method = t.transform, scope.method_at(program, t.place, t.method)
    if not isinstance(m, data.Mapped) or method is None or t.form != "method" or not m.lanes:
        return False
    whole = all(one.axis is None for one in several(m.state_in_axes))
    return whole and not any(p.static for p in method.parameters) and reads_only(program, t.place, method)


def reads_only(program: data.Program, place: data.Place, method: data.Method) -> bool:
    """Whether a method only computes and reads, with all that it calls."""
    for s in method.body:
        if isinstance(s, data.Call):
            callee = scope.method_at(program, (*place, *s.place), s.method)
            if callee is None or s.copy or not reads_only(program, (*place, *s.place), callee):
                return False
        elif not STATEMENTS[type(s)].quiet:
            return False
    return True


def lane_by_lane(program: data.Program) -> str:
    """The program with such mappings written out."""
    text = render.source(program)
    for t in program.plan:
        if is_apart(program, t) and isinstance(t.transform, data.Mapped):
            called = f"\n{t.name} = brainstate.transform.{t.transform.how}("
            text = text.replace(called, f"\n{t.name} = apart({t.transform.lanes}, ", 1)
    return APART + text
