"""What a program is.

A *program* is a tree of module classes, a *plan* of transformed functions, and a *script*: steps that a user would take one after
the other. It holds no code and no arrays, only names, numbers and tuples, so it can be compared, stored as JSON, renamed and cut.

A *place* is how a state, stream or part is reached from `self` or from the root: attribute, position and key as they are
written, such as `('.parts', '[0]', '.w')`.

A *variable* of a method has a type; or none, and is then *loose*: its shape and dtype differ from call to call, and only
what works for any of them is done with it.

Everything that a later chapter adds is a class of statement (`statements`), of step, or of transform.
"""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

Place: TypeAlias = tuple[str, ...]
Number: TypeAlias = bool | int | float


@frozen
class Type:
    """The type of an array; weak types are found out by running."""

    dtype: str
    shape: tuple[int, ...] = ()


@frozen
class Value:
    """A value that a user writes down: a Python number (`how` 'python'), or an array of JAX or of NumPy."""

    type: Type
    numbers: tuple[Number, ...]  # in row-major order
    how: str = "jax"


@frozen
class Name:
    """A variable, where a value is wanted."""

    name: str


@frozen
class Literal:
    """A Python number, where a value is wanted."""

    number: Number


Atom: TypeAlias = Name | Literal


# ---- modules ------------------------------------------------------------------------------------------------------


@frozen
class StateField:
    """`brainstate.KIND(value, ...)`; a tree of values by name makes the state hold a dictionary."""

    kind: str
    value: Value | tuple[tuple[str, Value], ...]
    name: str | None = None
    tag: str | None = None


@frozen
class StreamField:
    """`brainstate.random.RandomState(seed)`."""

    seed: int


@frozen
class PartField:
    """An instance of another class of the program."""

    cls: str


@frozen
class StaticField:
    """A plain Python number, read while a method is traced."""

    number: Number


@frozen
class ListField:
    """A list of fields."""

    items: tuple[Field, ...]


@frozen
class DictField:
    """A dictionary of fields."""

    items: tuple[tuple[str, Field], ...]


Field: TypeAlias = StateField | StreamField | PartField | StaticField | ListField | DictField


@frozen
class Alias:
    """`self<target> = self<source>`, at the end of `__init__`; an empty source is the module itself."""

    target: Place
    source: Place


@frozen
class Parameter:
    """A parameter of a method; a static one gets Python numbers, a loose one (no type) any array."""

    name: str
    type: Type | None
    static: bool = False
    keyword: bool = False


@frozen
class Method:
    """A method of a module class: statements, and what it gives, a tree of variables by name (one alone: the bare variable)."""

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    result: tuple[tuple[str, Atom], ...]


@frozen
class ModuleClass:
    """A subclass of `brainstate.nn.Module`."""

    name: str
    fields: tuple[tuple[str, Field], ...]
    aliases: tuple[Alias, ...] = ()
    methods: tuple[Method, ...] = ()


# ---- statements ---------------------------------------------------------------------------------------------------


@frozen
class Apply:
    """`bind = op(atoms)`, an entry of the table of operations."""

    bind: str
    op: str
    atoms: tuple[Atom, ...]


@frozen
class Constant:
    """`bind = value`."""

    bind: str
    value: Value


@frozen
class Read:
    """`bind = self<place>.value`, or one entry of the dictionary there."""

    bind: str
    place: Place
    entry: str | None = None


@frozen
class Write:
    """`self<place>.value = atom`, or the dictionary with one entry replaced."""

    place: Place
    atom: Atom
    entry: str | None = None


@frozen
class Draw:
    """`bind = sampler(...)` on a stream of the module, or on the default one if there is no place."""

    bind: str
    sampler: str
    place: Place | None
    shape: tuple[int, ...]


@frozen
class Local:
    """`bind = brainstate.KIND(atom)`, a state that lives in the call only."""

    bind: str
    kind: str
    atom: Atom


@frozen
class LocalWrite:
    """`local.value = local.value + atom`."""

    local: str
    atom: Atom


@frozen
class LocalRead:
    """`bind = local.value`."""

    bind: str
    local: str


@frozen
class Call:
    """`bind = self<place>.method(atoms)`, by name where the parameter is a keyword; `jit` wraps it there; `caught` runs it in `try`.

    What is bound is the entry `entry` of the result (the result itself if the method gives one bare value); 0.0 where the exception was caught.
    """

    bind: str
    place: Place
    method: str
    atoms: tuple[Atom, ...]
    entry: str | None = None
    transform: Transform | None = None
    caught: bool = False


@frozen
class Raise:
    """`raise LookupError(...)`, after which nothing runs."""

    text: str


Statement: TypeAlias = Apply | Constant | Read | Write | Draw | Local | LocalWrite | LocalRead | Call | Raise


# ---- the plan -----------------------------------------------------------------------------------------------------


@frozen
class Jit:
    """`brainstate.transform.jit(..., options)`; options as they are written, by name."""

    static_argnums: tuple[int, ...] = ()
    static_argnames: tuple[str, ...] = ()
    donate_argnums: tuple[int, ...] = ()
    keep_unused: bool = False
    inline: bool = False


Transform: TypeAlias = Jit


@frozen
class Transformed:
    """`name = transform(root<place>.method)`, or the method itself if there is no transform."""

    name: str
    place: Place
    method: str
    transform: Transform | None


# ---- the script ---------------------------------------------------------------------------------------------------


@frozen
class Invoke:
    """`see(name(arguments))`; on a `copy` ('clone' or 'merge') the same transform is made anew for a copy of the root."""

    name: str
    values: tuple[Value | Number, ...]
    keywords: tuple[tuple[str, Value | Number], ...] = ()
    copy: str | None = None


@frozen
class Put:
    """`root<place>.value = value`, or a dictionary."""

    place: Place
    value: Value | tuple[tuple[str, Value], ...]


@frozen
class Replace:
    """`root<place> = brainstate.KIND(value)`: a new state where another one was."""

    place: Place
    field: StateField


@frozen
class Seed:
    """`brainstate.random.seed(number)`, or of a stream of the root."""

    number: int
    place: Place | None = None


@frozen
class Ahead:
    """`see(name.eval_shape(...))`, `name.compile(...)`, or `name.clear_cache()`."""

    name: str
    what: str
    values: tuple[Value | Number, ...] = ()
    keywords: tuple[tuple[str, Value | Number], ...] = ()


@frozen
class Update:
    """`brainstate.graph.update_states(root, tree)`, the tree being that of the filter, taken at the start of the script."""

    kind: str


Step: TypeAlias = Invoke | Put | Replace | Seed | Ahead | Update


@frozen
class Program:
    """Module classes, the last of which is the root's; the plan; the script."""

    classes: tuple[ModuleClass, ...]
    plan: tuple[Transformed, ...]
    steps: tuple[Step, ...]
    seed: int = 0
