"""What a program is.

A *program* is a tree of module classes, a *plan* of transformed functions, and a *script*: steps that a user would take one after
the other. It holds no code and no arrays, only names, numbers and tuples, so it can be compared, stored as JSON, renamed and cut.

A *place* is how a state, stream or part is reached from `self` or from the root: attribute, position and key as they are
written, such as `('.parts', '[0]', '.w')`.

A *variable* of a method has a type; or none, and is then *loose*: its shape and dtype differ from call to call, and only
what works for any of them is done with it.

Everything that a later chapter adds is a class of statement, of step, or of transform; what else is to be known of one (how it is
drawn, written, counted and cut) is one entry in the tables `statements`, `steps` and `transforms`.
"""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

from .mappings import Filter as Filter
from .mappings import Mapped as Mapped
from .mappings import OnAxis as OnAxis
from .statements.arithmetic import Apply as Apply
from .statements.arithmetic import Attribute as Attribute
from .statements.arithmetic import Constant as Constant
from .statements.arithmetic import Entry as Entry
from .statements.calls import Call as Call
from .statements.calls import Raise as Raise
from .statements.collectives import Collective as Collective
from .statements.states import Local as Local
from .statements.states import LocalRead as LocalRead
from .statements.states import LocalWrite as LocalWrite
from .statements.states import Read as Read
from .statements.states import Remap as Remap
from .statements.states import Restore as Restore
from .statements.states import Snapshot as Snapshot
from .statements.states import Write as Write
from .statements.streams import Draw as Draw
from .statements.streams import Stream as Stream
from .steps.births import Birth as Birth
from .steps.calls import Ahead as Ahead
from .steps.calls import Invoke as Invoke
from .steps.graphs import Again as Again
from .steps.graphs import Look as Look
from .steps.graphs import Update as Update
from .steps.states import Handle as Handle
from .steps.states import Put as Put
from .steps.states import Replace as Replace
from .steps.states import Seed as Seed
from .transforms import Jit as Jit
from .transforms import Open as Open
from .values import Argument as Argument
from .values import Atom as Atom
from .values import Held as Held
from .values import Literal as Literal
from .values import Name as Name
from .values import Number as Number
from .values import Place as Place
from .values import StateField as StateField
from .values import Statement as Statement
from .values import Static as Static
from .values import Step as Step
from .values import Symbol as Symbol
from .values import Transform as Transform
from .values import Tree as Tree
from .values import TreeType as TreeType
from .values import Type as Type
from .values import Value as Value

# ---- modules ------------------------------------------------------------------------------------------------------


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
    """A plain Python number or an array, read while a method is traced."""

    number: Number | Value


@frozen
class ListField:
    """A list of fields; a `fixed` one is a tuple."""

    items: tuple[Field, ...]
    fixed: bool = False


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
    """A parameter of a method: typed, a dictionary of arrays, loose (no type: any array), or static, which says of what sort.

    The sorts of static arguments are those of `choosing.STATICS`.
    """

    name: str
    type: Type | TreeType | None
    static: str = ""
    keyword: bool = False
    default: Value | Literal | Symbol | None = None


@frozen
class Method:
    """A method of a module class: statements, and what it gives.

    It gives a tree of variables, by name a dictionary, by position a tuple; one alone under the empty name is the bare variable. A
    `transform` stands above the method; what `updates` is also called `update`, so that calling the module calls it.
    """

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    result: tuple[tuple[str | int, Atom], ...]
    transform: Transform | None = None
    updates: bool = False


@frozen
class ModuleClass:
    """A subclass of `brainstate.nn.Module`.

    `init_state` makes the states of `inits` anew, and `reset_state` writes those of `resets`. A `bare` one does not call the `__init__`
    of `Module`; others can have a `label` as their name.
    """

    name: str
    fields: tuple[tuple[str, Field], ...]
    aliases: tuple[Alias, ...] = ()
    methods: tuple[Method, ...] = ()
    inits: tuple[tuple[Place, StateField], ...] = ()
    resets: tuple[tuple[Place, Held], ...] = ()
    label: str | None = None
    bare: bool = False


# ---- the plan and the whole -----------------------------------------------------------------------------------


@frozen
class Transformed:
    """`name = transform(root<place>.method)`, or the method itself if there is no transform.

    `form` is what is transformed: the 'method', the 'module' whose `update` it is, a 'lambda' that calls it, or a 'partial' of it with
    the arguments in `bound`.
    """

    name: str
    place: Place
    method: str
    transform: Transform | None
    form: str = "method"
    bound: tuple[tuple[str, Argument], ...] = ()


@frozen
class Program:
    """Module classes, the last of which is the root's; the plan; the script. New states of the root get the tag `caught`, if there is one."""

    classes: tuple[ModuleClass, ...]
    plan: tuple[Transformed, ...]
    steps: tuple[Step, ...]
    seed: int = 0
    caught: str | None = None
