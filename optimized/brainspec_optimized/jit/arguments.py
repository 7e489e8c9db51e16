"""What is fast about it: where nothing is static, a call hands its arguments on as they are, unread.

Static arguments are taken out of a call and looked up here, not by JAX, whose caches would keep them alive. A *key* is
what the arguments of a call add to its signature: the static ones, by type and value, and the types of the others.
"""

import contextlib
import functools
import inspect
import typing as t

import jax

from brainspec_optimized._jaxshim import type_of
from brainspec_optimized.jit import refusals
from brainspec_optimized.jit.options import Options
from brainspec_optimized.jit.types import is_jax_value
from brainspec_optimized.state_cell import Cell

__all__ = ["Given", "Key", "Statics", "check_donated", "key_of", "parting", "places_left", "with_statics"]

Key = tuple[t.Any, ...]
Statics = tuple[tuple[t.Any, type, t.Any], ...]


class Given(t.NamedTuple):
    """The arguments of a call, parted."""

    statics: Statics = ()
    """Where each stands, its type and itself; at None, how many positional arguments there are, where that matters."""
    args: tuple[t.Any, ...] = ()
    kwargs: t.Mapping[str, t.Any] = {}


Parted = tuple[Statics, tuple[t.Any, ...], dict[str, t.Any]]
Parting = t.Callable[[tuple[t.Any, ...], dict[str, t.Any]], Parted]


def parting(options: Options) -> Parting | None:
    """How to take the static arguments out of a call; None if there are none to take."""
    positions, names = options.static
    if not (positions or names or options.by_count):
        return None
    if len(positions) == 1 and not options.by_count:
        return _parting_one(positions[0], names)

    def part(args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> Parted:
        statics: Statics = ()
        count = len(args)
        if options.by_count:
            statics = ((None, int, count),)
        places = {n % count for n in positions if -count <= n < count}
        if places:
            statics += tuple([(n, type(args[n]), args[n]) for n in sorted(places)])  # [jit.static.signature]
            args = tuple([arg for n, arg in enumerate(args) if n not in places])
        return _part_names(statics, args, kwargs, names) if kwargs else (statics, args, kwargs)

    return part


def _parting_one(place: int, names: tuple[str, ...]) -> Parting:
    behind = place + 1

    def part(args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> Parted:
        statics: Statics = ()
        if len(args) > place:
            value = args[place]
            statics, args = ((place, type(value), value),), args[:place] + args[behind:]  # [jit.static.signature]
        return _part_names(statics, args, kwargs, names) if kwargs else (statics, args, kwargs)

    return part


def _part_names(statics: Statics, args: tuple[t.Any, ...], kwargs: dict[str, t.Any], names: tuple[str, ...]) -> Parted:
    called = tuple([(name, type(kwargs[name]), kwargs[name]) for name in names if name in kwargs])
    if called:  # [jit.result.keywords]
        kwargs = {name: arg for name, arg in kwargs.items() if name not in names}
    return statics + called, args, kwargs


def with_statics(function: t.Callable[..., t.Any], statics: Statics) -> t.Callable[..., t.Any]:
    """The function of the dynamic arguments alone."""
    if not statics:
        return function

    @functools.wraps(function, updated=())
    def dynamic(*args: t.Any, **kwargs: t.Any) -> t.Any:
        positional = list(args)
        for place, _, value in statics:
            if isinstance(place, str):
                kwargs[place] = value  # [jit.static.passed]
            elif place is not None:
                positional.insert(place, value)  # [jit.static.passed]
        return function(*positional, **kwargs)

    with contextlib.suppress(TypeError, ValueError):  # it is for JAX's messages, which name arguments
        taken = {place for place, _, _ in statics}
        signature = inspect.signature(function)
        left = [p for n, p in enumerate(signature.parameters.values()) if n not in taken and p.name not in taken]
        dynamic.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
    return dynamic


def key_of(given: Given, described: bool = False, page: str = "jit") -> Key:
    """What the arguments add to the signature; `described` lets arrays be described instead of given."""
    for place, _, value in given.statics:
        refusals.check_static(f"argument {place!r}", value, page)
        refusals.check_hash(f"argument {place!r}", value)
    leaves, tree = jax.tree.flatten((given.args, dict(given.kwargs)))  # [mapping.open.key]
    if not all(is_jax_value(leaf) or (described and isinstance(leaf, jax.ShapeDtypeStruct)) for leaf in leaves):
        _check_dynamic(given, described, page)
    return given.statics, tree, tuple([type_of(leaf) for leaf in leaves])  # [jit.trace.types]


def _check_dynamic(given: Given, described: bool, page: str) -> None:
    places = places_left(given.statics)
    for arg in given.args:
        refusals.check_argument(f"argument {next(places)}", arg, described, page)
    for name, arg in given.kwargs.items():
        refusals.check_argument(f"argument {name!r}", arg, described, page)


def places_left(statics: Statics) -> t.Iterator[int]:
    """Where the positional arguments stand that are not static."""
    taken, place = {place for place, _, _ in statics}, 0
    while True:
        if place not in taken:
            yield place
        place += 1


def check_donated(
    options: Options,
    args: tuple[t.Any, ...],
    kwargs: dict[str, t.Any],
    states: list[Cell],
    values: list[t.Any],
    page: str = "jit",
) -> None:
    """Refuse to give an array away that a state holds."""
    count, (positions, names) = len(args), options.donated
    spent = [args[n] for n in positions if -count <= n < count] + [kwargs[name] for name in names if name in kwargs]
    gone = {id(leaf) for leaf in jax.tree.leaves(spent) if isinstance(leaf, jax.Array)}
    for state, value in zip(states, values):
        if any(id(leaf) in gone for leaf in jax.tree.leaves(value)):  # [parallel.error.donated-state]
            raise refusals.donated_state(state, page)  # [jit.error.donated-state]
