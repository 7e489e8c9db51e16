"""What is fast about it: a lane without odd collectives is left as it is.

`jax.vmap` knows no collective over several axes beyond reductions, no permutation in which a lane sends to nobody, and
exchanges wrongly what is not mapped. Where a lane has such an equation, at whatever depth, it is replaced by others.
"""

import math
import typing as t

import jax
import jax.numpy as jnp

from brainspec_optimized._jaxshim import as_array, as_type, axis_scope, bodies_of, bound_anew, is_literal

__all__ = ["mended"]


def mended(closed: t.Any, name: t.Hashable | None, size: int, on_devices: bool) -> t.Any:
    """The same program, without equations that JAX does not map over the axis of this name."""
    with axis_scope() as scope:
        scope.name(name, size)
        return closed if name is None else _Mend(name, size, on_devices).mended(closed)


def _open(body: t.Any) -> t.Any:
    return getattr(body, "jaxpr", body)


def _names(params: dict[str, t.Any]) -> tuple[t.Hashable, ...]:
    names = params["axis_name"]
    return names if isinstance(names, tuple) else (names,)


class _Mend:
    def __init__(self, name: t.Hashable, size: int, on_devices: bool) -> None:
        self._name, self._size, self._on_devices = name, size, on_devices

    def mended(self, body: t.Any) -> t.Any:
        if not self._is_odd_inside(body):
            return body
        jaxpr = _open(body)
        consts = list(getattr(body, "consts", ()))
        inputs = [var.aval for var in jaxpr.invars]
        closed = jax.make_jaxpr(lambda *given: self._run(jaxpr, consts, given))(*inputs)
        return closed if hasattr(body, "consts") else closed.jaxpr

    def _is_odd_inside(self, body: t.Any) -> bool:
        for eqn in _open(body).eqns:
            bodies = [one for param in eqn.params.values() for one in bodies_of(param)]
            if self._is_odd(eqn) or any(map(self._is_odd_inside, bodies)):
                return True
        return False

    def _is_odd(self, eqn: t.Any) -> bool:
        kind, params = eqn.primitive.name, eqn.params
        if kind not in _MENDS or params.get("axis_index_groups") is not None:
            return False
        names = _names(params)
        if self._name not in names or self._on_devices:
            return self._name in names and len(names) > 1
        return len(names) > 1 or kind == "all_to_all" or (kind == "ppermute" and len(params["perm"]) < self._size)

    def _run(self, jaxpr: t.Any, consts: list[t.Any], given: tuple[t.Any, ...]) -> list[t.Any]:
        values = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*consts, *given]))

        def read(atom: t.Any) -> t.Any:
            return atom.val if is_literal(atom) else values[atom]

        for eqn in jaxpr.eqns:
            operands = list(map(read, eqn.invars))
            if self._is_odd(eqn):
                (x,) = [as_type(as_array(one), atom.aval) for one, atom in zip(operands, eqn.invars)]  # may be a number
                outputs = [_MENDS[eqn.primitive.name](x, _names(eqn.params), eqn.params)]
            else:
                params = {key: self._param(param) for key, param in eqn.params.items()}
                outputs = bound_anew(eqn, operands, params)
            values.update(zip(eqn.outvars, outputs))
        return [read(atom) for atom in jaxpr.outvars]

    def _param(self, param: t.Any) -> t.Any:
        if isinstance(param, tuple) and bodies_of(param):
            made = [self._param(one) for one in param]
            return type(param)(*made) if hasattr(param, "_fields") else tuple(made)
        return self.mended(param) if bodies_of(param) else param


def _index(names: tuple[t.Hashable, ...]) -> t.Any:
    return jax.lax.axis_index(names)


def _gathered(x: t.Any, names: tuple[t.Hashable, ...]) -> t.Any:
    """The values of all lanes in a new first axis."""
    shape = x.shape
    for name in reversed(names):
        x = jax.lax.all_gather(x, name)
    return x.reshape(-1, *shape)


def _all_gather(x: t.Any, names: tuple[t.Hashable, ...], params: dict[str, t.Any]) -> t.Any:
    along = params["all_gather_dimension"]
    stacked = jnp.moveaxis(_gathered(x, names), 0, along)  # [mapping.axis.several]
    if not params["tiled"]:
        return stacked
    return stacked.reshape(*x.shape[:along], -1, *x.shape[along + 1 :])


def _ppermute(x: t.Any, names: tuple[t.Hashable, ...], params: dict[str, t.Any]) -> t.Any:
    count = math.prod(jax.lax.axis_size(name) for name in names)
    senders = {there: here for here, there in params["perm"]}
    sender = jnp.array([senders.get(lane, -1) for lane in range(count)])[_index(names)]
    sent = _gathered(x, names)[sender]
    return jnp.where(sender < 0, jnp.zeros_like(sent), sent)  # [mapping.axis.permute]


def _all_to_all(x: t.Any, names: tuple[t.Hashable, ...], params: dict[str, t.Any]) -> t.Any:
    split, joined = params["split_axis"], params["concat_axis"]
    count = math.prod(jax.lax.axis_size(name) for name in names)
    parts = x.reshape(*x.shape[:split], count, -1, *x.shape[split + 1 :])
    mine = jax.lax.dynamic_index_in_dim(_gathered(parts, names), _index(names), split + 1, keepdims=False)
    mine = jnp.moveaxis(mine, 0, joined)  # [mapping.axis.exchange]
    return mine.reshape(*mine.shape[:joined], -1, *mine.shape[joined + 2 :])  # whatever `tiled` says: JAX sees to it


def _reduce_scatter(x: t.Any, names: tuple[t.Hashable, ...], params: dict[str, t.Any]) -> t.Any:
    along = params["scatter_dimension"]
    count = math.prod(jax.lax.axis_size(name) for name in names)
    parts = t.cast(t.Any, jax.lax.psum)(x, names)
    parts = parts.reshape(*x.shape[:along], count, -1, *x.shape[along + 1 :])
    mine = jax.lax.dynamic_index_in_dim(parts, _index(names), along, keepdims=False)
    return mine if params["tiled"] else jnp.squeeze(mine, along)  # [mapping.axis.several]


_MENDS: dict[str, t.Callable[..., t.Any]] = {
    "all_gather": _all_gather,
    "ppermute": _ppermute,
    "all_to_all": _all_to_all,
    "reduce_scatter": _reduce_scatter,
}
