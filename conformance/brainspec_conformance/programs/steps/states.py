"""Steps that touch, put, replace and copy states and streams from outside, between calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from .. import text
from ..operations import BOOL, NUMERIC
from ..statements.streams import of
from ..table import StepSort, optional
from ..values import Held, Place, StateField, Step, Tree, Type

if TYPE_CHECKING:
    from ..script import Script


@frozen
class Put(Step):
    """`root<place>.value = value`."""

    place: Place
    value: Held


@frozen
class Replace(Step):
    """`root<place> = brainstate.KIND(value)`: a new state where another one was."""

    place: Place
    field: StateField


@frozen
class Handle(Step):
    """Something done with one state from outside, an entry of a table; `other` is a second state."""

    what: str
    place: Place
    other: Place | None = None


@frozen
class Seed(Step):
    """Something done with a stream of the root, or with the default one; an entry of a table, such as `stream.seed(number)`."""

    number: int
    place: Place | None = None
    what: str = "seed"


@frozen
class Act:
    """`{0}` is the state, `{1}` the other one, `{2}` its name in the snapshot of the root.

    It `replaces` the state by another object, copies arrays (`exact`: only where nothing rounds), or needs a sort of `value`.
    """

    text: str
    replaces: bool = False
    exact: bool = False
    value: str = ""


ACTS = {
    "touch": Act("see({0}.value)"),
    "shape": Act("see({0}.varshape)", value="hidden"),
    "augment": Act("{0}.value += 1", exact=True, value="number"),
    "name": Act("{0}.name = 'other'"),
    "tag": Act("{0}.tag = {{'slow', 'fast'}}"),
    "copy": Act("{0} = {0}.copy()", replaces=True),
    "deep copy": Act("{0} = copy.deepcopy({0})", replaces=True, exact=True),
    "saved": Act("{0} = pickle.loads(pickle.dumps({0}))", replaces=True, exact=True),
    "snapshot": Act("{0} = brainstate.graph.treefy_states([{0}])[0].to_state()", replaces=True),
    "copy from": Act("{0}.copy_from({1})", value="like another"),
    "pop": Act("{0} = brainstate.graph.pop_states(root, lambda path, s: s is {0}){2}", value="alone"),
}
SEEDS = {
    "seed": "{0}.seed({1})",
    "set key": "{0}.set_key(jax.random.key({1}))",
    "raw key": "{0}.set_key(jax.random.PRNGKey({1}))",
    "key": "{0}.seed(jax.random.key({1}))",
    "split": "see({0}.split_key())",
    "split several": "see({0}.split_key(3))",
    "backup": "see({0}.split_key(2, backup=True)); {0}.restore_key()",
    "draw": "see({0}.randint(0, 8, (2,)))",
    "like": "see({0}.bernoulli(size=(2,), key={1}))",
}
OF_PLACE = {"assign": "{0}.value = jax.random.PRNGKey({1})", "clone": "see({0}.clone().value)"}
OF_DEFAULT = {
    "split keys": "see({0}.split_keys(2))",
    "get key": "see({0}.get_key())",
    "clone": "see({0}.clone_rng().value)",
    "clone of a seed": "see({0}.clone_rng({1}).value)",
    "default": "see({0}.default_rng().split_key())",
    "default of a seed": "see({0}.default_rng({1}).value)",
}
USES = tuple(dict.fromkeys((*SEEDS, *OF_PLACE, *OF_DEFAULT)))


# ---- drawing ------------------------------------------------------------------------------------------------------


def put(script: Script) -> None:
    """A state gets another value; a loose one of another type."""
    choosing = script.choosing
    place = choosing.one(list(script.states))
    held = script.fields[place].value
    if isinstance(held, Tree):
        types = {key: v.type for key, v in held.entries if not isinstance(v, Tree)}
        script.add(Put(place, choosing.tree(types, held.how)))
        return
    loose = script.states[place].loose
    type_ = choosing.type() if loose else held.type
    type_ = Type("float32", type_.shape) if loose and type_.dtype == BOOL else type_
    # a hidden state that holds a number has no shape
    arrays = ("jax", "numpy") if script.fields[place].kind == "HiddenState" else ("jax", "jax", "numpy", "python")
    script.add(Put(place, choosing.value(type_, arrays)))


def replace(script: Script) -> None:
    """Another state object at a place that is the only one for it, or the same one made anew."""
    places = script.alone()
    if places and script.replaceable:
        place = script.choosing.one(places)
        script.add(Replace(place, script.fields[place]))


def handle(script: Script) -> None:
    what = script.choosing.one(list(ACTS))
    act = ACTS[what]
    places = [p for p in script.states if suits(script, act, p)]
    if not script.allows(act.exact, False) or not places or (act.replaces and not script.replaceable):
        return
    if what == "tag" and script.by_tag():  # a filter would accept other states then
        return
    place = script.choosing.one(places)
    others = [p for p in script.states if p != place and like(script, p, place)]
    if act.value != "like another" or others:
        script.add(Handle(what, place, script.choosing.one(others) if act.value == "like another" else None))


def suits(script: Script, act: Act, place: Place) -> bool:
    """Whether a state can be handled so."""
    field = script.fields[place]
    numeric = not isinstance(field.value, Tree) and field.value.type.dtype in NUMERIC
    alone = place in script.alone()
    if act.value == "alone":  # a container holds what it holds
        return alone and place[-1].startswith(".")
    if act.value == "hidden":
        return field.kind == "HiddenState" and not script.choosing.exact  # where plain Python may have put a number
    return (alone or not act.replaces) and (numeric or act.value != "number")


def like(script: Script, a: Place, b: Place) -> bool:
    """Whether one state can take over from another: the same kind, with a value of the same type."""
    x, y = script.fields[a], script.fields[b]
    if x.kind != y.kind or isinstance(x.value, Tree) or isinstance(y.value, Tree):
        return False
    return x.value.type == y.value.type and script.states[a] == evolve(script.states[b], place=a)


def seed(script: Script) -> None:
    place = script.choosing.one([None, *script.streams])
    what = script.choosing.one([*SEEDS, *(OF_DEFAULT if place is None else OF_PLACE)])
    script.add(Seed(script.choosing.up_to(9), place, what))


# ---- writing, counting, cutting -----------------------------------------------------------------------------------


def handle_line(s: Handle) -> str:
    where = f"root{text.place(s.place)}"
    other = "" if s.other is None else f"root{text.place(s.other)}"
    named = "".join(f"[{part[1:]!r}]" if part.startswith(".") else part for part in s.place)
    return ACTS[s.what].text.format(where, other, named)


def seed_line(s: Seed) -> str:
    form = SEEDS.get(s.what) or (OF_DEFAULT if s.place is None else OF_PLACE).get(s.what, SEEDS["seed"])
    return form.format(of(s.place, "root"), s.number)


def simpler_handle(s: Handle) -> Iterator[Handle]:
    if s.what != "touch":
        yield Handle("touch", s.place)


def simpler_seed(s: Seed) -> Iterator[Seed]:
    if s.what != "seed":
        yield evolve(s, what="seed")


SORTS = [
    StepSort(
        data=Put,
        draw=put,
        weight=4,
        possible=lambda script: bool(script.states),
        line=lambda s, program: f"root{text.place(s.place)}.value = {text.argument(s.value)}",
    ),
    StepSort(
        data=Replace,
        draw=replace,
        weight=2,
        line=lambda s, program: f"root{text.place(s.place)} = {text.field(s.field)}",
    ),
    StepSort(
        data=Handle,
        draw=handle,
        weight=3,
        line=lambda s, program: handle_line(s),
        options=tuple(f"handle {what}" for what in ACTS),
        found=lambda s: [f"handle {s.what}"],
        simpler=simpler_handle,
    ),
    StepSort(
        data=Seed,
        draw=seed,
        weight=2,
        line=lambda s, program: seed_line(s),
        options=(*(f"outside {what}" for what in USES), "use of the default stream outside"),
        found=lambda s: [f"outside {s.what}", *optional(s.place is None, "use of the default stream outside")],
        simpler=simpler_seed,
    ),
]
