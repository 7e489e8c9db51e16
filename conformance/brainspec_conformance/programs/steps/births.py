"""Steps that make a module, or a state, once for all lanes of a mapping, and show what its states hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from ..mappings import FORMS, Filter
from ..table import StepSort, optional
from ..values import Step

if TYPE_CHECKING:
    from ..data import Program
    from ..script import Script


@frozen
class Birth(Step):
    """New states with an axis of lanes, an entry of a table; a `tag` is given to them, and what `exclude` accepts has no such axis."""

    what: str
    cls: str
    lanes: int
    tag: str | None = None
    exclude: Filter | None = None


@frozen
class Way:
    """`{0}` is a class, `{1}` the lanes, `{2}` the other options; it `draws` from the default stream, or cannot exclude what is `mapped`."""

    text: str
    draws: bool = False
    mapped: bool = False


NEW = "brainstate.transform.vmap_new_states"
VALUES = "see((brainstate.graph.states(made).to_dict_values(), len(brainstate.graph.states(made, 'new'))))"
WAYS = {
    "kept": Way(f"kept = []; {NEW}(lambda: kept.append({{0}}()), axis_size={{1}}{{2}})(); made = kept[0]; {VALUES}"),
    "given": Way(f"made = {NEW}({{0}}, axis_size={{1}}{{2}})(); {VALUES}"),
    "init": Way(f"made = brainstate.nn.vmap_init_all_states({{0}}(), axis_size={{1}}{{2}}); {VALUES}"),
    "init scaled": Way(f"made = brainstate.nn.vmap_init_all_states({{0}}(), 2, axis_size={{1}}{{2}}); {VALUES}"),
    "drawn": Way(
        f"made = {NEW}(lambda: brainstate.ParamState(brainstate.random.uniform(size=(2,))), axis_size={{1}}{{2}})(); see(made.value)",
        draws=True,
        mapped=True,
    ),
    "of an argument": Way(
        f"made = {NEW}(lambda x: (brainstate.LongTermState(x), x.T, 2 * x), in_axes=1, out_axes=-1{{2}})(jnp.ones((2, {{1}}))); see((made[0].value, made[1:]))",
        mapped=True,
    ),
    "of the lane": Way(
        f"made = {NEW}(lambda: brainstate.State(jax.lax.axis_index('new_axis')), axis_size={{1}}, axis_name='new_axis'{{2}})(); see(made.value)",
        mapped=True,
    ),
}  # fmt: skip


def birth(script: Script) -> None:
    """A random state that lives on has no meaning there, so only classes without streams are made."""
    choosing = script.choosing
    made = script.without_streams()
    what = choosing.one([name for name, way in WAYS.items() if way.mapped or made])
    cls = choosing.one(made or [script.classes[-1].name])
    exclude = None
    if not WAYS[what].mapped and choosing.sometimes(40):
        exclude = Filter(choosing.one(["kind", "predicate", "not"]), choosing.one(["ParamState", "ShortTermState", "HiddenState"]))  # fmt: skip
    script.add(Birth(what, cls, choosing.weighted({2: 4, 3: 3, 1: 1, 0: 1}), "new" if choosing.sometimes(50) else None, exclude))  # fmt: skip


# ---- writing, counting, cutting -----------------------------------------------------------------------------------


def line(s: Birth, program: Program) -> str:
    more = "" if s.tag is None else f", state_tag={s.tag!r}"
    if s.exclude is not None:
        more += f", state_to_exclude={FORMS[s.exclude.form].text.format(f'brainstate.{s.exclude.kind}')}"
    return WAYS[s.what].text.format(s.cls, s.lanes, more)


def simpler(s: Birth) -> Iterator[Birth]:
    if s.tag is not None:
        yield evolve(s, tag=None)
    if s.exclude is not None:
        yield evolve(s, exclude=None)
    if s.what != "given" and not WAYS[s.what].mapped:
        yield evolve(s, what="given")


SORTS = [
    StepSort(
        data=Birth,
        draw=birth,
        weight=1,
        line=line,
        options=(*(f"birth {what}" for what in WAYS), "tag of new states", "new states excluded"),
        found=lambda s: [
            f"birth {s.what}",
            *optional(s.tag is not None, "tag of new states"),
            *optional(s.exclude is not None, "new states excluded"),
        ],
        simpler=simpler,
    )
]
