"""The table of transforms: what they are, which options they have, and how these are drawn so that they fit a method."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from attrs import evolve, fields, frozen

from . import mappings
from .table import TransformSort, optional
from .values import Symbol, Transform

if TYPE_CHECKING:
    from .choosing import Choosing
    from .data import Method, Parameter

HERE = Symbol("jax.sharding.SingleDeviceSharding(jax.devices()[0])")
COMPILER = Symbol("{'xla_embed_ir_in_executable': True}")
Numbers = int | tuple[int, ...]
Names = str | tuple[str, ...]


@frozen
class Jit(Transform):
    """`brainstate.transform.jit(..., options)`."""

    static_argnums: Numbers = ()
    static_argnames: Names = ()
    donate_argnums: Numbers = ()
    donate_argnames: Names = ()
    keep_unused: bool = False
    inline: bool = False
    compiler_options: Symbol | None = None
    in_shardings: Symbol | None = None
    out_shardings: Symbol | None = None


@frozen
class Open(Transform):
    """`brainstate.transform.StatefulFunction(..., options)`."""

    static_argnums: Numbers = ()
    static_argnames: Names = ()
    name: str | None = None


def text(transform: Transform | None, callee: str, base: str) -> str:
    """A transform of something, as it is written; nothing around it if there is none. States are named from a base."""
    if transform is None:
        return callee
    given = TRANSFORMS[type(transform)].written(transform, base)
    return f"brainstate.transform.{name(transform)}({', '.join([callee, *given])})"


def above(transform: Transform) -> str:
    """A transform as it stands above a method; one that takes nothing but a function first is given its options alone."""
    called = f"brainstate.transform.{name(transform)}"
    options = ", ".join(TRANSFORMS[type(transform)].written(transform, "self"))
    if called.endswith(".StatefulMapping"):
        return f"@functools.partial({called}, {options})" if options else f"@{called}"
    return f"@{called}({options})" if options else f"@{called}"


def name(transform: Transform) -> str:
    sort = TRANSFORMS[type(transform)]
    return sort.name if sort.called is None else sort.called(transform)


def written(transform: Transform, base: str) -> list[str]:
    """The options that are not at their default."""
    plain = type(transform)()
    found = [(f.name, getattr(transform, f.name)) for f in fields(type(transform))]
    return [
        f"{name}={given.text if isinstance(given, Symbol) else repr(given)}"
        for name, given in found
        if given != getattr(plain, name)
    ]


def markable(method: Method) -> bool:
    """Whether a transform can be put around a method; the static parameters of one that is transformed already are found by its own."""
    return method.transform is None or not any(p.static for p in method.parameters)


# ---- drawing ------------------------------------------------------------------------------------------------------


def marks(
    choosing: Choosing, parameters: Sequence[Parameter], marked: Sequence[Parameter], first: int = 0
) -> tuple[Numbers, Names]:
    """Numbers and names that mark parameters: only numbers, only names, or both; one alone with or without a tuple around it.

    `first` is the number of the first parameter; what can be given by name alone is marked by its name.
    """
    positional = [p for p in parameters if not p.keyword]
    back = len(positional) + first if choosing.sometimes(20) else 0
    numbers = tuple(k + first - back for k, p in enumerate(positional) if p in marked)
    names = tuple(p.name for p in marked)
    only_numbers = not any(p.keyword for p in marked)
    how = choosing.weighted({"numbers": 4 if only_numbers else 0, "names": 3, "both": 1})
    alone = choosing.sometimes(50)
    given: Numbers = numbers[0] if len(numbers) == 1 and alone else numbers
    named: Names = names[0] if len(names) == 1 and alone else names
    return (() if how == "names" else given), (() if how == "numbers" else named)


def static(choosing: Choosing, parameters: Sequence[Parameter], first: int = 0) -> tuple[Numbers, Names]:
    return marks(choosing, parameters, [p for p in parameters if p.static], first)


def jit(choosing: Choosing, parameters: Sequence[Parameter]) -> Jit:
    """All that a user may say of a function: static arguments, donated ones, where they are."""
    made = nested_jit(choosing, parameters)
    donated = choosing.some([p for p in parameters if not p.static], 10)
    numbers, names = marks(choosing, parameters, donated) if donated else ((), ())
    # JAX places nothing that is given by name
    placed = choosing.sometimes(5) and not any(p.keyword for p in parameters)
    return evolve(
        made,
        donate_argnums=numbers,
        donate_argnames=names,
        compiler_options=COMPILER if choosing.sometimes(4) else None,
        in_shardings=HERE if placed else None,
        out_shardings=HERE if choosing.sometimes(6) else None,
    )


def nested_jit(choosing: Choosing, parameters: Sequence[Parameter], first: int = 0) -> Jit:
    """Around a call in a method, whose arguments are used again."""
    numbers, names = static(choosing, parameters, first)
    return Jit(numbers, names, keep_unused=choosing.sometimes(8), inline=choosing.sometimes(8))


def jit_above(choosing: Choosing, parameters: Sequence[Parameter]) -> Jit:
    """Above a method, where numbers count the instance too."""
    return nested_jit(choosing, parameters, first=1)


def opened(choosing: Choosing, parameters: Sequence[Parameter]) -> Open:
    numbers, names = static(choosing, parameters)
    return Open(numbers, names, "opened" if choosing.sometimes(20) else None)


# ---- counting and cutting -----------------------------------------------------------------------------------------


def found(transform: Transform) -> Iterator[str]:
    """The options that are not at their default, and ways of marking."""
    sort, plain = TRANSFORMS[type(transform)], type(transform)()
    for f in fields(type(transform)):
        given = getattr(transform, f.name)
        if given != getattr(plain, f.name):
            yield f"{sort.name} {f.name}"
            yield from optional(isinstance(given, int) and not isinstance(given, bool), "a number alone")
            yield from optional(isinstance(given, str) and f.name != "name", "a name alone")
    numbers, names = getattr(transform, "static_argnums", ()), getattr(transform, "static_argnames", ())
    yield from optional(any(n < 0 for n in several(numbers)), "negative static number")
    yield from optional(numbers != () and names != (), "static by number and by name")


def several(numbers: Numbers) -> tuple[int, ...]:
    return numbers if isinstance(numbers, tuple) else (numbers,)


def without(transform: Jit | Open, number: int, name: str, first: int) -> Jit | Open:
    """The marks of a function that has lost a parameter."""
    changed: dict[str, Any] = {}
    for f in fields(type(transform)):
        given = getattr(transform, f.name)
        if f.name.endswith("_argnums"):
            changed[f.name] = mappings.shifted(given, number + first)
        elif f.name.endswith("_argnames"):
            changed[f.name] = tuple(n for n in ((given,) if isinstance(given, str) else given) if n != name)
    return evolve(transform, **changed)


def simpler(transform: Transform) -> Iterator[Transform]:
    """Each option at its default."""
    plain = type(transform)()
    for f in fields(type(transform)):
        if getattr(transform, f.name) != getattr(plain, f.name):
            yield evolve(transform, **{f.name: getattr(plain, f.name)})


MARKS = ("negative static number", "static by number and by name", "a number alone", "a name alone")

TRANSFORMS = {
    sort.data: sort
    for sort in [
        TransformSort(
            data=Jit,
            name="jit",
            weight=8,
            made=jit,
            nested=nested_jit,
            above=jit_above,
            options=(*(f"jit {f.name}" for f in fields(Jit)), *MARKS),
            found=found,
            simpler=simpler,
            without=without,
            written=written,
        ),
        TransformSort(
            data=Open,
            name="StatefulFunction",
            weight=2,
            made=opened,
            nested=opened,
            options=tuple(f"StatefulFunction {f.name}" for f in fields(Open)),
            found=found,
            simpler=simpler,
            without=without,
            written=written,
        ),
        mappings.SORT,
    ]
}
