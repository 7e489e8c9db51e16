"""What is fast about it: a state is five slots, and a slot is read without a Python frame.

`_value` is the raw value. The transforms of this room read and write it directly, `state._value`, and so bypass what
an eager access has to do: recording, and the checks of what is put in. Nobody else may. Where the slot is empty the
state is *dead*: reading it fails by an AttributeError that costs a living state nothing, and any write revives it.
See `state_dead` for what becomes of it.

`_serial` orders births, also across threads, so that one comparison tells whether a state is younger than a trace
stack; until its constructor has returned, a state has the one that its making had. `_born` is the JAX trace that was
current at birth. Metadata are what lies in `__dict__`.
"""

import itertools
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

    # Said aloud, so that a base class that compares, beside a kind, does not take over.
    __eq__ = object.__eq__  # [state.identity.equal]
    __hash__ = object.__hash__  # [state.identity.equal]

    def __new__(cls, /, *args: object, **kwargs: object) -> t.Self:
        # Here and not in `__init__`, so that copies have a birth too.
        cell = object.__new__(cls)
        cell._serial = next(BIRTHS)
        cell._born = current_trace()  # [state.bare.born-inside]
        return cell
