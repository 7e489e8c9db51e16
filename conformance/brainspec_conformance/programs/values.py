"""What programs are made of at the bottom: types, values, and what stands where a value is wanted; and the bases of the tables."""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

Place: TypeAlias = tuple[str, ...]
Number: TypeAlias = bool | int | float
Static: TypeAlias = bool | int | float | str | tuple[bool | int | float, ...] | None  # as Python writes it


MOST = 14  # doublings of a state in a method, and in a script: what grows does so with each call


@frozen
class Type:
    """The type of an array; weak types are found out by running."""

    dtype: str
    shape: tuple[int, ...] = ()


TreeType: TypeAlias = tuple[tuple[str, Type], ...]  # of a dictionary of arrays


@frozen
class Value:
    """A value that a user writes down: a Python number (`how` 'python'), or an array of JAX or of NumPy."""

    type: Type
    numbers: tuple[Number, ...]  # in row-major order
    how: str = "jax"


@frozen
class Tree:
    """A container of values by key or by position, as `how` says: 'dict', 'list' or 'tuple'."""

    entries: tuple[tuple[str | int, Value | Tree], ...]
    how: str = "dict"


@frozen
class Symbol:
    """What Python, JAX or NumPy have a name for, such as a function that is given as a static argument."""

    text: str


Held: TypeAlias = Value | Tree
Argument: TypeAlias = Value | Tree | Symbol | Static


@frozen
class StateField:
    """`brainstate.KIND(value, ...)`."""

    kind: str
    value: Held
    name: str | None = None
    tag: str | None = None
    unit: str | None = None


@frozen
class Name:
    """A variable, where a value is wanted."""

    name: str


@frozen
class Literal:
    """A Python number, where a value is wanted; or another static argument."""

    number: Static


Atom: TypeAlias = Name | Literal | Symbol


@frozen
class Statement:
    """A statement of a method. What binds a variable has it as `bind`; the sorts stand in the table `statements`."""


@frozen
class Step:
    """A step of a script, one line; the sorts stand in the table `steps`."""


@frozen
class Transform:
    """A transform with its options, as they are written by name; the sorts stand in the table `transforms`."""
