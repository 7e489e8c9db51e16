"""What is fast about it: one pass over the equations of a lane, once per signature.

Which results of a program are *mapped* is a property of the program: what depends, through its primitives, on an input
that is mapped or on the index of the lane. JAX's own batching knows nearly the same, but only while it batches; here it
must be known before, since it decides where results go.
"""

import typing as t

from brainspec_optimized._jaxshim import bodies_of, is_literal, scan_counts

__all__ = ["Flow"]

Flags = list[bool]
Rule = t.Callable[["Flow", t.Any, Flags], Flags]

_REDUCING = {"psum", "pmax", "pmin", "all_gather", "psum_invariant", "all_gather_invariant"}
_INDEXING = {"axis_index", "ppermute", "all_to_all", "ragged_all_to_all", "reduce_scatter"}
_EACH = {"optimization_barrier"}  # each result depends on one operand


class Flow:
    """What depends on the lanes of the axis of this name; of one without a name for None."""

    def __init__(self, name: t.Hashable | None) -> None:
        self._name = name
        self._known: dict[tuple[int, tuple[bool, ...]], Flags] = {}
        self._kept: list[t.Any] = []  # so that no identity is used twice

    def outputs(self, body: t.Any, flags: Flags) -> Flags:
        """Which outputs of a jaxpr are mapped, if these of its inputs are."""
        key = id(body), tuple(flags)
        if key not in self._known:
            self._kept.append(body)
            self._known[key] = self._walked(getattr(body, "jaxpr", body), flags)
        return self._known[key]

    def _walked(self, jaxpr: t.Any, flags: Flags) -> Flags:
        mapped = {var for var, flag in zip(jaxpr.invars, flags) if flag}  # [mapping.random.shared]

        def read(atoms: t.Iterable[t.Any]) -> Flags:
            return [not is_literal(atom) and atom in mapped for atom in atoms]  # [mapping.mapped.shape]

        for eqn in jaxpr.eqns:
            flagged = self._of(eqn, read(eqn.invars))  # [mapping.mapped.depends]
            mapped.update(var for var, flag in zip(eqn.outvars, flagged) if flag)
        return read(jaxpr.outvars)

    def _of(self, eqn: t.Any, flags: Flags) -> Flags:
        name, count = eqn.primitive.name, len(eqn.outvars)
        if name in _INDEXING and self._is_over(eqn.params):
            return [True] * count  # [mapping.mapped.depends]
        if name in _REDUCING and self._is_over(eqn.params):
            return [False] * count  # [mapping.mapped.reduced]
        if name in _EACH or name in _REDUCING:
            return flags
        return _RULES.get(name, _of_others)(self, eqn, flags)

    def _is_over(self, params: dict[str, t.Any]) -> bool:
        names = params.get("axes", params.get("axis_name"))
        whole = params.get("axis_index_groups") is None
        return self._name is not None and whole and self._name in (names if isinstance(names, tuple) else (names,))


def _of_others(flow: Flow, eqn: t.Any, flags: Flags) -> Flags:
    bodies = [body for param in eqn.params.values() for body in bodies_of(param)]
    if len(bodies) == 1:
        inner = getattr(bodies[0], "jaxpr", bodies[0])
        if (len(inner.invars), len(inner.outvars)) == (len(eqn.invars), len(eqn.outvars)):
            return flow.outputs(bodies[0], flags)  # [mapping.mapped.nested]
    indexed = [flow.outputs(body, [False] * len(getattr(body, "jaxpr", body).invars)) for body in bodies]
    return [any(flags) or any(map(any, indexed))] * len(eqn.outvars)  # [mapping.mapped.depends]


def _of_scan(flow: Flow, eqn: t.Any, flags: Flags) -> Flags:
    (consts, carries), body = scan_counts(eqn.params), eqn.params["jaxpr"]
    carry, rest = flags[consts : consts + carries], flags[consts + carries :]
    while True:
        outputs = flow.outputs(body, flags[:consts] + carry + rest)
        grown = [a or b for a, b in zip(carry, outputs)]
        if grown == carry:
            return carry + outputs[carries:]  # [mapping.mapped.nested]
        carry = grown


def _of_while(flow: Flow, eqn: t.Any, flags: Flags) -> Flags:
    params = eqn.params
    mine, its = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
    carry = flags[its:]
    while True:
        grown = [a or b for a, b in zip(carry, flow.outputs(params["body_jaxpr"], flags[mine:its] + carry))]
        if any(flow.outputs(params["cond_jaxpr"], flags[:mine] + carry)):
            return [True] * len(carry)  # [mapping.mapped.branch]
        if grown == carry:
            return carry  # [mapping.mapped.nested]
        carry = grown


def _of_cond(flow: Flow, eqn: t.Any, flags: Flags) -> Flags:
    if flags[0]:
        return [True] * len(eqn.outvars)  # [mapping.mapped.branch]
    branches = [flow.outputs(branch, flags[1:]) for branch in eqn.params["branches"]]
    return [any(each) for each in zip(*branches)]  # [mapping.mapped.nested]


_RULES: dict[str, Rule] = {"scan": _of_scan, "while": _of_while, "cond": _of_cond}
