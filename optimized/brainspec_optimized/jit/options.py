"""What is fast about it: what was declared about arguments is read when the jitted function is made, and no more.

Positions and names are those of the origin as it is written. Where only one of the two was declared, the other is
found in the signature, as `jax.jit` does it. A negative position is resolved here, unless the origin takes any number
of arguments or has no signature: then it counts from the last argument of a call.
"""

import inspect
import typing as t

from brainspec_optimized._jaxshim import UNSPECIFIED
from brainspec_optimized.jit import refusals
from brainspec_optimized.random.size import integer_of

__all__ = ["Declared", "Options", "read_options"]

Parameters = list[inspect.Parameter]

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Declared(t.NamedTuple):
    """The parameters that something holds for, by the two ways of passing them."""

    positions: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    def behind_instance(self) -> "Declared":
        """The same where the first parameter is given by the instance."""
        return Declared(tuple([n - (n > 0) for n in self.positions if n]), self.names)  # [jit.form.method-numbers]


class Options(t.NamedTuple):
    """What was said about a jitted function."""

    static: Declared = Declared()
    donated: Declared = Declared()
    in_shardings: t.Any = UNSPECIFIED
    out_shardings: t.Any = UNSPECIFIED
    others: t.Mapping[str, t.Any] = {}

    def behind_instance(self) -> "Options":
        """The same where the first parameter is given by the instance."""
        return self._replace(static=self.static.behind_instance(), donated=self.donated.behind_instance())

    @property
    def placed(self) -> bool:
        """Whether the user has said where something is to be."""
        return self.in_shardings is not UNSPECIFIED or self.out_shardings is not UNSPECIFIED

    @property
    def by_count(self) -> bool:
        """Whether what was said depends on how many arguments a call has."""
        negative = any(n < 0 for n in (*self.static.positions, *self.donated.positions))
        return negative or not (self.in_shardings is UNSPECIFIED or isinstance(self.in_shardings, (tuple, list)))


def read_options(
    origin: t.Callable[..., t.Any],
    static: tuple[t.Any, t.Any],
    donated: tuple[t.Any, t.Any],
    in_shardings: t.Any = UNSPECIFIED,
    out_shardings: t.Any = UNSPECIFIED,
    others: t.Mapping[str, t.Any] | None = None,
) -> Options:
    """Read pairs of numbers and names as users write them, or say what is wrong with them."""
    parameters = _parameters(origin)
    kept = _declared("static", *static, parameters)
    spent = _declared("donate", *donated, parameters)  # [jit.donate.result]
    refusals.check_apart(_named(kept, parameters), _named(spent, parameters))
    return Options(kept, spent, in_shardings, out_shardings, others or {})


def _parameters(origin: t.Callable[..., t.Any]) -> Parameters | None:
    try:
        return list(inspect.signature(origin).parameters.values())
    except (TypeError, ValueError):  # some builtins have none
        return None


def _declared(which: str, numbers: t.Any, names: t.Any, parameters: Parameters | None) -> Declared:
    positions = [_position(which, n) for n in _several(numbers, int)]  # [jit.static.declared]
    called = tuple([_name(which, name) for name in _several(names, str)])
    if parameters is None:
        return Declared(tuple(positions), called)
    positional = [p.name for p in parameters if p.kind in _POSITIONAL]
    if not any(p.kind is p.VAR_POSITIONAL for p in parameters):
        refusals.check_range(which, positions, len(positional))
        positions = [n % len(positional) for n in positions]  # [jit.static.declared]
    if not any(p.kind is p.VAR_KEYWORD for p in parameters):
        refusals.check_names(which, called, [p.name for p in parameters if p.kind is not p.VAR_POSITIONAL])
    if not called:  # [jit.static.both]
        called = tuple([positional[n] for n in positions if 0 <= n < len(positional)])
    elif not positions:  # [jit.static.both]
        positions = [n for n, name in enumerate(positional) if name in called]
    return Declared(tuple(sorted(set(positions))), tuple(sorted(set(called))))


def _several(given: t.Any, one: type) -> list[t.Any]:
    if given is None:
        return []
    if isinstance(given, (str, one)) or not isinstance(given, t.Iterable):
        return [given]
    return list(given)


def _position(which: str, given: t.Any) -> int:
    position = integer_of(given)
    if position is None:
        raise refusals.no_position(which, given)  # [jit.error.static-form]
    return position


def _name(which: str, given: t.Any) -> str:
    if not isinstance(given, str):
        raise refusals.no_name(which, given)  # [jit.error.static-form]
    return given


def _named(declared: Declared, parameters: Parameters | None) -> set[int | str]:
    positional = [p.name for p in parameters or [] if p.kind in _POSITIONAL]
    places: list[int | str] = [positional[n] if 0 <= n < len(positional) else n for n in declared.positions]
    return {*places, *declared.names}
