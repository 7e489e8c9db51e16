"""What is fast about it: a state is five slots, and a slot is read without a Python frame.

`_value` is the raw value. The transforms of this room read and write it directly, `state._value`, and so bypass what
an eager access has to do: recording, and the checks of what is put in. Nobody else may. Where the slot is empty the
state is *dead*: reading it fails by an AttributeError that costs a living state nothing, and any write revives it.
See `state_dead` for what becomes of it.

`_serial` orders births, also across threads, so that one comparison tells whether a state is younger than a trace
stack; until its constructor has returned, a state has the one that its making had. `_born` is the JAX trace that was
current at birth. Metadata are what lies in `__dict__`, and in `_more`, the public slots of a user's subclass.
"""

import itertools
import types
import typing as t

from brainspec_optimized._jaxshim import current_trace

__all__ = ["BIRTHS", "Cell"]

BIRTHS = itertools.count()


class Cell:
    """What the files of this chapter know of a state without knowing its kind."""

    # One value for all threads, put in place by one store.
    __slots__ = ("__dict__", "__weakref__", "_born", "_name", "_serial", "_tag", "_value")  # [state.threads.last]
    _value: t.Any
    _name: str | None
    _tag: t.Any
    _serial: int
    _born: object
    _more: t.ClassVar[tuple[str, ...]] = ()

    # Said aloud, so that a base class that compares, beside a kind, does not take over.
    __eq__ = object.__eq__  # [state.identity.equal]
    __hash__ = object.__hash__  # [state.identity.equal]

    def __init_subclass__(cls, **options: t.Any) -> None:
        super().__init_subclass__(**options)
        bases = [base for base in cls.__mro__ if issubclass(base, Cell) and base is not Cell]
        cls._more = tuple([name for base in bases for name in vars(base) if _is_public_slot(base, name)])

    def __new__(cls, /, *args: object, **kwargs: object) -> t.Self:
        # Here and not in `__init__`, so that copies have a birth too.
        return cls._bare(current_trace())  # [state.bare.born-inside]

    @classmethod
    def _bare(cls, born: object) -> t.Self:
        # Apart from `__new__`, which a user's subclass may give arguments that nobody has when a graph is merged.
        cell = object.__new__(cls)
        cell._serial = next(BIRTHS)
        cell._born = born
        return cell


def _is_public_slot(cls: type, name: str) -> bool:
    return not name.startswith("_") and isinstance(vars(cls)[name], types.MemberDescriptorType)
