"""Steps that look at the root as a graph, write trees into it, and initialise it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from .. import text
from ..table import StepSort, optional
from ..values import Place, Step

if TYPE_CHECKING:
    from ..data import Program
    from ..script import Script


@frozen
class Update(Step):
    """`brainstate.graph.update_states(root, tree, ...)`, the trees being those of the kinds, taken at the start of the script."""

    kinds: tuple[str, ...]


@frozen
class Look(Step):
    """`see(...)` of what a function of the graph page gives for a part of the root, and for filters; an entry of a table."""

    what: str
    place: Place
    filters: tuple[str, ...] = ()


@frozen
class Again(Step):
    """`brainstate.nn.init_all_states(root<place>, scale)`, or `reset_all_states`, without the nodes that `exclude` accepts."""

    what: str
    place: Place
    scale: int | None = None
    exclude: str | None = None


APART = [("HiddenState", "ParamState"), ("LongTermState", "ShortTermState"), ("BatchState", "HiddenState")]
# Filters as they are written; one that accepts everything stands last.
FILTERS = {
    "kind": "brainstate.HiddenState",
    "kinds below": "brainstate.LongTermState",
    "stream": "brainstate.random.RandomState",
    "tag": "'slow'",
    "several": "['slow', brainstate.ParamState]",
    "type": "brainstate.util.filter.OfType(brainstate.ParamState)",
    "tagged": "brainstate.util.filter.WithTag('slow')",
    "path": "brainstate.util.filter.PathContains('cells')",
    "any": "brainstate.util.filter.Any('slow', brainstate.HiddenState)",
    "all": "brainstate.util.filter.All(brainstate.ShortTermState, brainstate.util.filter.Not('slow'))",
    "not": "brainstate.util.filter.Not(brainstate.ParamState)",
    "everything": "brainstate.util.filter.Everything()",
    "nothing": "brainstate.util.filter.Nothing()",
    "none": "None",
    "no": "False",
    "predicate": "lambda path, s: len(path) > 1",
    "to_predicate": "brainstate.util.filter.to_predicate('slow')",
}


@frozen
class View:
    """`{0}` is the part, `{1}` the filters, `{2}` the filters with a comma before them.

    It takes `least` to `most` filters.
    """

    text: str
    most: int
    least: int = 0


VIEWS = {
    "states": View("see({{str(path): s.value for path, s in brainstate.graph.states({0}{2}).items()}})", 1),
    "own states": View("see({{str(path): s.value for path, s in {0}.states({1}).items()}})", 1),
    "values": View("see(brainstate.graph.states({0}{2}).to_dict_values())", 1),
    "several": View("see([found.to_dict_values() for found in brainstate.graph.states({0}{2}, ...)])", 2, 1),
    "trees": View("see(brainstate.graph.treefy_states({0}{2}).to_pure_dict())", 1),
    "own trees": View("see({0}.state_trees({1}).to_pure_dict())", 1),
    "split": View("see([tree.to_pure_dict() for tree in brainstate.graph.treefy_split({0}{2}, ...)[1:]])", 3),
    "split again": View("see([tree.to_pure_dict() for tree in brainstate.graph.treefy_states({0}).split(brainstate.ParamState, ...)])", 0),
    "filtered": View("see(brainstate.graph.treefy_states({0}).filter(brainstate.ShortTermState).to_pure_dict())", 0),
    "merged": View("see(brainstate.util.NestedDict.merge(*brainstate.graph.treefy_split({0}{2}, ...)[1:]).to_pure_dict())", 2),
    "flat": View("see(brainstate.graph.treefy_states({0}).to_flat().to_nest().to_pure_dict())", 0),
    "merged flat": View("see(brainstate.util.FlattedDict.merge(*brainstate.graph.states({0}{2}, ...)).to_dict_values())", 2, 1),
    "leaves": View("see(jax.tree.leaves(brainstate.graph.treefy_states({0})))", 0),
    "mapped": View("see(jax.tree.map(jnp.shape, brainstate.graph.treefy_states({0})).to_pure_dict())", 0),
    "nodes": View("see([len(path) for path in brainstate.graph.nodes({0})])", 0),
    "nodes of a class": View("see(len({0}.nodes(brainstate.nn.Module)))", 0),
    "graphdef": View("see(brainstate.graph.graphdef({0}) == brainstate.graph.graphdef(brainstate.graph.clone({0})))", 0),
    "hash": View("see(hash(brainstate.graph.graphdef({0})) == hash(brainstate.graph.flatten({0})[0]))", 0),
    "structure": View("see(jax.tree.structure(brainstate.graph.treefy_states({0})) == jax.tree.structure(brainstate.graph.treefy_states(brainstate.graph.clone({0}))))", 0),
    "assigned": View("brainstate.graph.states({0}).assign_dict_values(brainstate.graph.states({0}{2}).to_dict_values())", 1),
    "fresh": View("see(len(brainstate.graph.states({0}, 'fresh')))", 0),
}  # fmt: skip
AGAIN = ("init_all_states", "reset_all_states")
EXCLUDES = {
    "path": "brainstate.util.filter.PathContains('cells')",
    "predicate": "lambda path, node: len(path) > 1",
    "nothing": "None",
}


# ---- drawing ------------------------------------------------------------------------------------------------------


def update(script: Script) -> None:
    """Back to how the states of some kinds were."""
    kinds = sorted({f.kind for f in script.fields.values()})
    script.add(Update(script.choosing.one([*((kind,) for kind in kinds), *APART])))


def look(script: Script) -> None:
    choosing = script.choosing
    what = choosing.one(list(VIEWS))
    filters = tuple(choosing.one(list(FILTERS)) for _ in range(choosing.up_to(VIEWS[what].most, VIEWS[what].least)))
    script.add(Look(what, choosing.one(script.parts), filters))


def again(script: Script) -> None:
    choosing = script.choosing
    what = choosing.one(AGAIN)
    if what == "init_all_states" and (not script.replaceable or script.named):
        return
    scale = choosing.up_to(3, 1) if choosing.sometimes(30) else None
    script.add(
        Again(what, choosing.one(script.parts), scale, choosing.weighted({None: 4, **dict.fromkeys(EXCLUDES, 1)}))
    )


# ---- writing, counting, cutting -----------------------------------------------------------------------------------


def look_line(s: Look) -> str:
    filters = [FILTERS[name] for name in s.filters]
    part = f"root{text.place(s.place)}"
    return VIEWS[s.what].text.format(part, ", ".join(filters), "".join(f", {one}" for one in filters))


def again_line(s: Again) -> str:
    scale = "" if s.scale is None else f", {s.scale}"
    exclude = "" if s.exclude is None else f", node_to_exclude={EXCLUDES[s.exclude]}"
    return f"brainstate.nn.{s.what}(root{text.place(s.place)}{scale}{exclude})"


def trees(program: Program) -> list[str]:
    """The lines that take the trees of updates, at the start of the script."""
    kinds = sorted({kind for step in program.steps if isinstance(step, Update) for kind in step.kinds})
    return [f"tree_{kind} = brainstate.graph.treefy_states(root, brainstate.{kind})" for kind in kinds]


def found(s: Look) -> Iterator[str]:
    yield f"look {s.what}"
    yield from (f"filter {name}" for name in s.filters)


def simpler_look(s: Look) -> Iterator[Look]:
    for k in range(len(s.filters)):
        yield evolve(s, filters=(*s.filters[:k], *s.filters[k + 1 :]))
    if s.what != "values":
        yield evolve(s, what="values", filters=s.filters[:1])


def simpler_again(s: Again) -> Iterator[Again]:
    yield Again(s.what, ())
    yield evolve(s, scale=None)
    yield evolve(s, exclude=None)


update_line: Callable[[Update, Program], str] = lambda s, program: (  # noqa: E731
    f"brainstate.graph.update_states(root, {', '.join(f'tree_{kind}' for kind in s.kinds)})"
)


SORTS = [
    StepSort(
        data=Update,
        draw=update,
        weight=1,
        possible=lambda script: bool(script.fields),
        line=update_line,
        options=("update of several",),
        found=lambda s: optional(len(s.kinds) > 1, "update of several"),
        simpler=lambda s: (Update((kind,)) for kind in s.kinds if len(s.kinds) > 1),
    ),
    StepSort(
        data=Look,
        draw=look,
        weight=2,
        line=lambda s, program: look_line(s),
        options=(*(f"look {what}" for what in VIEWS), *(f"filter {name}" for name in FILTERS)),
        found=found,
        simpler=simpler_look,
    ),
    StepSort(
        data=Again,
        draw=again,
        weight=1,
        line=lambda s, program: again_line(s),
        options=(*AGAIN, "scale", *(f"exclude {name}" for name in EXCLUDES)),
        found=lambda s: [
            s.what,
            *optional(s.scale is not None, "scale"),
            *optional(s.exclude is not None, f"exclude {s.exclude}"),
        ],
        simpler=simpler_again,
    ),
]
