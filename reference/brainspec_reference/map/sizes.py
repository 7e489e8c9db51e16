"""How many slices there are, and how many of them make a batch."""

from typing import Any

from ..errors import EmptyBatch, NoSlices, NotABatchSize, OtherSlices
from ..jit.arguments import Arguments
from ..mapping.axes import is_integer, places_of


def checked_batch_size(given: Any) -> int | None:
    if given is None:
        return None
    found, cure = f"Found {given!r} for batch_size", "Give an integer of at least 1"
    if not is_integer(given):  # [map.error.batch-size]
        raise NotABatchSize(found, "map.error.batch-size@1", cure)
    if given < 1:  # [map.error.batch-size]
        raise EmptyBatch(found, "map.error.batch-size@1", cure)
    return int(given)


def common_size(arguments: Arguments) -> int:
    """The number of slices, on which all leaves agree."""
    sizes: dict[int, str] = {}
    for where, type_ in zip(places_of(arguments), arguments.type().types, strict=True):
        if not type_.shape:  # [map.error.sizes]
            raise NoSlices(f"Found no axis in {where}", "map.error.sizes@1", "Give arrays with one, or close over it")
        sizes.setdefault(type_.shape[0], where)
    if not sizes:  # [map.error.sizes]
        raise NoSlices("Found no array in xs", "map.error.sizes@1", "Give at least one")
    if len(sizes) > 1:  # [map.error.sizes]
        found = " and ".join(f"{size} slices of {where}" for size, where in sizes.items())
        raise OtherSlices(f"Found {found}", "map.error.sizes@1", "Give arrays of one size, or close over one")
    return next(iter(sizes))
