"""Which arguments an option such as `static_argnums` marks.

An argument has a *label*: given by position, its number, counted as the origin counts its parameters; given by name,
its name. An option marks labels. If it has only numbers, or only names, it means the parameters that have these, and
marks both labels of each.
"""

import operator
from collections.abc import Iterable
from typing import Any, TypeAlias

from ..errors import NoSuchParameter, NotAMark, StaticAndDonated
from .origins import Parameters

Label: TypeAlias = int | str
Labels: TypeAlias = frozenset[Label]
Numbers: TypeAlias = int | Iterable[int] | None
Names: TypeAlias = str | Iterable[str] | None


def marked(option: str, takes: Parameters, numbers: Numbers, names: Names) -> Labels:
    """What `{option}_argnums` and `{option}_argnames` mark."""
    by_number = {checked_number(f"{option}_argnums", takes, number) for number in several(numbers)}
    by_name = {checked_name(f"{option}_argnames", takes, name) for name in several(names)}
    labels: Labels = frozenset((*by_number, *by_name))
    return labels if by_number and by_name else with_other_labels(takes, labels)  # [jit.static.both]


def is_marked(labels: Labels, label: Label, count: int) -> bool:
    """In a call with so many positional arguments: negative numbers that are left count from the last of them."""
    return label in labels or (isinstance(label, int) and label - count in labels)


def with_other_labels(takes: Parameters, labels: Labels) -> Labels:
    """The labels, and the other label of each parameter that has one of them."""
    return labels.union(*(pair for pair in enumerate(takes.positional) if labels.intersection(pair)))


def several(given: Any) -> Iterable[Any]:
    """What is given as one, as a sequence or, for none, as `None`."""
    if given is None:
        return ()
    return given if isinstance(given, Iterable) and not isinstance(given, str) else (given,)


def checked_number(option: str, takes: Parameters, given: Any) -> int:
    """The number of a position; counted from 0 unless only a call tells how many there are."""
    try:
        number = operator.index(given)
    except TypeError:
        raise not_a_mark(option, given, "an integer") from None  # [jit.error.static-form]
    count = len(takes.positional)
    if takes.more_positional:
        return number
    if not -count <= number < count:
        found = f"Found {number} in {option} of a function with {count} positional parameters"
        cure = "Count from 0 up, or from -1 down"
        raise NoSuchParameter(found, "jit.error.static-range@1", cure)  # [jit.error.static-range]
    return number % count  # [jit.static.declared]


def checked_name(option: str, takes: Parameters, given: Any) -> str:
    if not isinstance(given, str):
        raise not_a_mark(option, given, "a string")  # [jit.error.static-form]
    if given not in takes.names and not takes.more_names:
        found, cure = f"Found {given!r} in {option}", f"Give one of {sorted(takes.names)}"
        raise NoSuchParameter(found, "jit.error.static-name@1", cure)  # [jit.error.static-name]
    return given


def not_a_mark(option: str, given: object, wanted: str) -> NotAMark:
    found, cure = f"Found a {type(given).__name__} in {option}", f"Give {wanted}, or a sequence of such"
    return NotAMark(found, "jit.error.static-form@1", cure)


def refuse_both(takes: Parameters, static: Labels, donated: Labels) -> None:
    both = with_other_labels(takes, static) & with_other_labels(takes, donated)
    if both:
        found = f"Found {sorted(map(str, both))} both static and donated"
        cure = "Donate only dynamic arguments"
        raise StaticAndDonated(found, "jit.error.static-donated@1", cure)  # [jit.error.static-donated]
