"""Steps that call transformed functions, from anywhere, and that ask them what else they can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from .. import scope, text, transforms
from ..mappings import Mapped
from ..table import StepSort, optional
from ..values import MOST, Argument, Step

if TYPE_CHECKING:
    from ..choosing import Choosing
    from ..data import Method, Program, Transformed
    from ..script import Script

Keywords = tuple[tuple[str, Argument], ...]


@frozen
class Invoke(Step):
    """`see(name(arguments))`; on a `copy` the same transform is made anew for a copy of the root; `within` says in what it is called."""

    name: str
    values: tuple[Argument, ...]
    keywords: Keywords = ()
    copy: str | None = None
    within: str | None = None


@frozen
class Ahead(Step):
    """What a transformed function can do beside being called: an entry of a table."""

    name: str
    what: str
    values: tuple[Argument, ...] = ()
    keywords: Keywords = ()


# How the root is copied; those that copy arrays too only where nothing rounds, since the oracle knows its own arrays alone.
COPIES = {
    "clone": "brainstate.graph.clone(root)",
    "merge": "brainstate.graph.treefy_merge(*brainstate.graph.treefy_split(root))",
    "parts": "brainstate.graph.treefy_merge(*brainstate.graph.treefy_split(root, brainstate.HiddenState, brainstate.ParamState, ...))",
    "unflatten": "brainstate.graph.unflatten(*brainstate.graph.flatten(root))",
    "same states": "brainstate.graph.unflatten(*brainstate.graph.flatten(root, treefy_state=False))",
    "saved": "brainstate.graph.treefy_merge(brainstate.graph.graphdef(root), pickle.loads(pickle.dumps(brainstate.graph.treefy_states(root))))",
    "deep": "copy.deepcopy(root)",
}
COPIES_OF_ARRAYS = {"saved", "deep"}
# A graph that is merged inside of bare JAX, and the method of that.
PURE = "jax.jit(lambda graphdef, tree, *args, **options: brainstate.graph.treefy_merge(graphdef, tree){0}(*args, **options), static_argnums=0)"


@frozen
class Within:
    """In what a call can stand: `{0}` is the function, `{1}` its arguments. `exact`: only where nothing rounds; `quiet`: where nothing raises."""

    text: str
    exact: bool = False
    quiet: bool = False


WITHIN = {
    "seed context": Within("with brainstate.random.seed_context(7): see({0}({1}))"),
    "without jit": Within("with jax.disable_jit(): see({0}({1}))", exact=True),
    "precision": Within("with jax.default_matmul_precision('highest'): see({0}({1}))"),
    "stack": Within(
        "with brainstate.StateTraceStack() as stack: see(({0}({1}), stack.been_writen)); del stack", quiet=True
    ),
    "thread": Within("with ThreadPoolExecutor(1) as pool: see(pool.submit({0}{2}{1}).result())"),
}


@frozen
class Question:
    """What can be asked: `{0}` is the function, `{1}` its StatefulFunction, `{2}` the arguments, `{3}` what `make_jaxpr` makes of its origin.

    `inside`: it needs a StatefulFunction; `quiet`: only where nothing raises; `mapping`: a mapping can be asked too, itself.
    """

    text: str
    inside: bool = False
    quiet: bool = False
    mapping: bool = True


STATES = "see([s.value for s in {{1}}.get_{0}({{2}})])"
CACHED = "see((len({{1}}.get_{0}({{2}})), [s.value for s in {{1}}.get_{0}_by_cache({{1}}.get_arg_cache_key({{2}}))]))"
QUESTIONS = {
    "eval_shape": Question("see({0}.eval_shape({2}))"),
    "compile": Question("{0}.compile({2})", mapping=False),
    "lower": Question("see({0}.lower({2}) is not None)", mapping=False),
    "clear_cache": Question("{0}.clear_cache()"),
    "key": Question("see({1}.get_arg_cache_key({2}) == {1}.get_arg_cache_key({2}))", inside=True),
    "jaxpr in": Question("see([(v.shape, str(v.dtype)) for v in {1}.get_jaxpr({2}).in_avals])", inside=True, quiet=True),
    "jaxpr out": Question("see([(v.shape, str(v.dtype)) for v in {1}.get_jaxpr({2}).out_avals])", inside=True, quiet=True),
    "states": Question(STATES.format("states"), inside=True, quiet=True),
    "read states": Question(STATES.format("read_states"), inside=True, quiet=True),
    "write states": Question(STATES.format("write_states"), inside=True, quiet=True),
    "shapes": Question("see({1}.get_out_shapes({2}))", inside=True),
    "treedef": Question("see(str({1}.get_out_treedef({2})))", inside=True),
    "pure": Question("see({1}.jaxpr_call(tuple(s.value for s in {1}.get_states({2})), {2}))", inside=True, quiet=True, mapping=False),
    "states by cache": Question(CACHED.format("write_states"), inside=True, quiet=True),
    "shapes by cache": Question("see(({1}.get_out_shapes({2}), {1}.get_out_shapes_by_cache({1}.get_arg_cache_key({2}))))", inside=True),
    "make_jaxpr": Question("see([(v.shape, str(v.dtype)) for v in {3}({2})[0].in_avals])", inside=True, quiet=True, mapping=False),
    "make_jaxpr states": Question("see([s.value for s in {3}({2})[1]])", inside=True, quiet=True, mapping=False),
    "make_jaxpr shape": Question("see({4}({2})[2])", inside=True, quiet=True, mapping=False),
}  # fmt: skip


# ---- drawing ------------------------------------------------------------------------------------------------------


def invoke(script: Script) -> None:
    choosing = script.choosing
    small = [name for name in script.methods if not script.steps or script.grown + script.growth[name] <= MOST]
    if not small:
        return
    name = choosing.one(small)
    script.grown += script.growth[name]
    values, keywords = script.arguments(name)
    within = choosing.weighted({None: 24, **{how: 1 for how, w in WITHIN.items() if script.allows(w.exact, w.quiet)}})
    copy = None
    t = script.planned(name)
    named = isinstance(t.transform, Mapped) and t.transform.names_states  # and a copy has other states
    if within is None and t.form in ("method", "module") and not named:
        copies = [how for how in COPIES if script.allows(how in COPIES_OF_ARRAYS, False)]
        pure = {"pure": 5} if script.bare(name) else {}
        copy = choosing.weighted({None: 40, **dict.fromkeys(copies, 1), **pure})
    made = Invoke(name, values, keywords, copy, within)
    script.add(made)
    script.invoked.append(made)


def again(script: Script) -> None:
    """A call with the same arguments again; static numbers may be of another type, and then it is a signature of its own."""
    step = script.choosing.one(script.invoked)
    if script.grown + script.growth[step.name] > MOST:
        return
    script.grown += script.growth[step.name]
    if script.choosing.sometimes(70):
        other = partial(of_another_type, script.choosing)
        named = tuple((name, other(value)) for name, value in step.keywords)
        step = evolve(step, values=tuple(map(other, step.values)), keywords=named)
    script.add(step)


def of_another_type(choosing: Choosing, value: Argument) -> Argument:
    """An equal number of another type, if it is a number: only static ones are given bare."""
    if not isinstance(value, bool | int | float):
        return value
    twins = [
        twin for twin in (bool(value), int(value), float(value)) if twin == value and type(twin) is not type(value)
    ]
    return choosing.one(twins) if twins else value


def ahead(script: Script) -> None:
    choosing = script.choosing
    t = script.planned(choosing.one(list(script.methods)))
    mapping = is_mapping(t, script.methods[t.name])
    inside = t.transform is not None or mapping
    opened = isinstance(t.transform, transforms.Open)
    what = choosing.one(
        [
            name
            for name, q in QUESTIONS.items()
            if script.allows(False, q.quiet) and (q.inside or not opened) and (inside or not q.inside)
            if (q.mapping or not mapping)
        ]
    )
    if inside or (script.methods[t.name].transform is not None and t.form == "method"):
        values, keywords = ((), ()) if what == "clear_cache" else script.arguments(t.name)
        script.add(Ahead(t.name, what, values, keywords))


def invoke_or_again(script: Script) -> None:
    (again if script.invoked and script.choosing.sometimes(30) else invoke)(script)


# ---- writing ------------------------------------------------------------------------------------------------------


def invoke_line(s: Invoke, program: Program) -> str:
    given = text.arguments(s.values, s.keywords)
    if s.copy == "pure":
        given = ", ".join(["*brainstate.graph.treefy_split(root)", *optional(bool(given), given)])
    function = callee_of(s.name, s.copy, program)
    form = "see({0}({1}))" if s.within is None else WITHIN[s.within].text
    return form.format(function, given, ", " if given else "")


def ahead_line(s: Ahead, program: Program) -> str:
    t = planned(s.name, program)
    method = None if t is None else scope.method_at(program, t.place, t.method)
    itself = t is None or isinstance(t.transform, transforms.Open) or is_mapping(t, method)
    inside = s.name if itself else f"{s.name}.stateful_fun"
    makes = "" if t is None else make_jaxpr(t, program)
    given = text.arguments(s.values, s.keywords)
    line = QUESTIONS[s.what].text.format(s.name, inside, given, makes, makes[:-1] + ", return_shape=True)")
    return line.replace(", )", ")")


def is_mapping(t: Transformed, method: Method | None) -> bool:
    """Whether what is asked is a mapping: written there, or above the method that is taken as it is."""
    above = method is not None and t.transform is None and t.form == "method"
    return isinstance(method.transform if above and method else t.transform, Mapped)


def make_jaxpr(t: Transformed, program: Program) -> str:
    """`make_jaxpr` of the origin, with the same static arguments."""
    kept = {name: getattr(t.transform, name, ()) for name in ("static_argnums", "static_argnames")}
    options = [f"{name}={given!r}" for name, given in kept.items() if given != ()]
    return f"brainstate.transform.make_jaxpr({', '.join([origin(t, 'root', program), *options])})"


def callee_of(name: str, copy: str | None, program: Program) -> str:
    """The transformed function, or the same one made anew for a copy of the root."""
    t = planned(name, program)
    if copy == "pure" and t is not None:
        return PURE.format(f"{text.place(t.place)}.{t.method}")
    return name if copy is None or t is None else transforms.text(t.transform, origin(t, COPIES[copy], program), "root")


def planned(name: str, program: Program) -> Transformed | None:
    return next((t for t in program.plan if t.name == name), None)


def origin(t: Transformed, root: str, program: Program) -> str:
    """What is transformed, as it is written."""
    where = f"{root}{text.place(t.place)}"
    form: Callable[[], str] = {
        "method": lambda: f"{where}.{t.method}",
        "module": lambda: where,
        "lambda": lambda: as_lambda(t, where, program),
        "partial": lambda: f"functools.partial({where}.{t.method}, {text.arguments((), t.bound)})",
    }[t.form]
    return form()


def as_lambda(t: Transformed, where: str, program: Program) -> str:
    method = scope.method_at(program, t.place, t.method)
    takes = () if method is None else method.parameters
    handed = [p.name if not p.keyword else f"{p.name}={p.name}" for p in takes]
    handed.sort(key=lambda one: "=" in one)
    head = text.signature(takes)
    return f"lambda {head}: {where}.{t.method}({', '.join(handed)})".replace("lambda :", "lambda:")


# ---- counting and cutting -----------------------------------------------------------------------------------------


def found(s: Invoke) -> Iterator[str]:
    yield from [*optional(s.copy is not None, f"copy {s.copy}"), *optional(s.within is not None, f"within {s.within}")]
    yield from optional(bool(s.keywords), "argument by name")


def simpler(s: Invoke) -> Iterator[Invoke]:
    if s.copy is not None:
        yield evolve(s, copy=None)
    if s.within is not None:
        yield evolve(s, within=None)
    for k in range(len(s.keywords)):
        yield evolve(s, keywords=(*s.keywords[:k], *s.keywords[k + 1 :]))


def simpler_ahead(s: Ahead) -> Iterator[Ahead]:
    if s.what != "eval_shape":
        yield evolve(s, what="eval_shape")
    for k in range(len(s.keywords)):
        yield evolve(s, keywords=(*s.keywords[:k], *s.keywords[k + 1 :]))


SORTS = [
    StepSort(
        data=Invoke,
        draw=invoke_or_again,
        weight=20,
        line=invoke_line,
        options=(
            *(f"copy {how}" for how in (*COPIES, "pure")),
            *(f"within {how}" for how in WITHIN),
            "argument by name",
        ),
        found=found,
        simpler=simpler,
    ),
    StepSort(
        data=Ahead,
        draw=ahead,
        weight=4,
        line=ahead_line,
        options=tuple(f"ahead {what}" for what in QUESTIONS),
        found=lambda s: [f"ahead {s.what}"],
        simpler=simpler_ahead,
    ),
]
