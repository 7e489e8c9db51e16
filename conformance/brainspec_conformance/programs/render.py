"""Programs as Python that a user could have written.

What is rendered is what runs: the same lines stand in `linecache` while a program runs, in the stored reproducers, and on
the screen. `see` notes the result of a step; `brainstate` is the implementation.
"""

from __future__ import annotations

from . import data, text, transforms
from .scope import everything
from .statements import STATEMENTS
from .steps import STEPS
from .steps.births import WAYS
from .steps.calls import origin
from .steps.graphs import trees
from .text import INDENT
from .text import place as place

# What a program imports itself, if these words occur in it.
IMPORTS = {
    "copy.": "import copy",
    "functools.": "import functools",
    "pickle.": "import pickle",
    "ThreadPoolExecutor": "from concurrent.futures import ThreadPoolExecutor",
}


def source(program: data.Program) -> str:
    """The whole program, with the imports that not every program has."""
    blocks = ["\n".join(module_class(cls)) for cls in program.classes]
    head = [f"brainstate.random.seed({program.seed})"] if uses_default_stream(program) else []
    plan = [f"{t.name} = {transforms.text(t.transform, origin(t, 'root', program), 'root')}" for t in program.plan]
    steps = [STEPS[type(step)].line(step, program) for step in program.steps]
    blocks.append("\n".join([*head, *root(program), *trees(program), *plan, "", *steps]))
    whole = "\n\n\n".join(blocks) + "\n"
    imports = [line for word, line in IMPORTS.items() if word in whole.replace(".copy.", "")]
    return "\n".join([*imports, "", "", whole] if imports else [whole])


def root(program: data.Program) -> list[str]:
    made = f"root = {program.classes[-1].name}()"
    if program.caught is None:
        return [made]
    return [f"with brainstate.catch_new_states(state_tag={program.caught!r}):", INDENT + made]


def uses_default_stream(program: data.Program) -> bool:
    """Whether what the default stream holds matters."""
    return any(
        (isinstance(x, data.Draw | data.Stream | data.Seed) and x.place is None)
        or (isinstance(x, data.Draw) and x.seeded is not None)
        or (isinstance(x, data.Invoke) and x.within == "seed context")
        or (isinstance(x, data.Birth) and WAYS[x.what].draws)
        for x in everything(program)
    )


# ---- modules ------------------------------------------------------------------------------------------------------


def module_class(cls: data.ModuleClass) -> list[str]:
    label = "" if cls.label is None else f"name={cls.label!r}"
    made = [] if cls.bare else [f"super().__init__({label})"]
    made += [f"self.{name} = {field(f)}" for name, f in cls.fields]
    made += [f"self{place(a.target)} = self{place(a.source)}" for a in cls.aliases]
    blocks = [[f"class {cls.name}(brainstate.nn.Module):", *block("def __init__(self):", made or ["pass"])]]
    if cls.inits:
        lines = [f"self{place(where)} = {text.field(f)}" for where, f in cls.inits]
        blocks.append(block("def init_state(self, scale=1):", lines))
    if cls.resets:
        lines = [f"self{place(where)}.value = {text.argument(v)}{scaled(v)}" for where, v in cls.resets]
        blocks.append(block("def reset_state(self, scale=1):", lines))
    blocks += [method_lines(method) for method in cls.methods]
    return [line for k, one in enumerate(blocks) for line in ([""] if k else []) + one]


def scaled(v: data.Held) -> str:
    """What is reset is scaled, where that keeps its type."""
    return " * scale" if isinstance(v, data.Value) and v.how == "jax" and v.type.dtype != "bool" else ""


def block(head: str, lines: list[str]) -> list[str]:
    """A method of a class."""
    return [INDENT + head, *(INDENT * 2 + line for line in lines)]


def field(f: data.Field) -> str:
    match f:
        case data.StateField():
            return text.field(f)
        case data.StreamField(seed):
            return f"brainstate.random.RandomState({seed})"
        case data.PartField(cls):
            return f"{cls}()"
        case data.StaticField(number):
            return text.argument(number)
        case data.ListField(items, fixed):
            return text.sequence(list(map(field, items)), "tuple" if fixed else "list")
        case data.DictField(items):
            return "{" + ", ".join(f"{key!r}: {field(one)}" for key, one in items) + "}"


def method_lines(method: data.Method) -> list[str]:
    head = ", ".join(["self", *([text.signature(method.parameters)] if method.parameters else [])])
    body = [line for statement in method.body for line in STATEMENTS[type(statement)].lines(statement)]
    ends = any(isinstance(s, data.Raise) and s.when is None for s in method.body[-1:])
    tail = [] if ends else [f"return {result(method.result)}"]
    above = [] if method.transform is None else [INDENT + transforms.above(method.transform)]
    below = [f"{INDENT}update = {method.name}"] if method.updates else []
    return [*above, *block(f"def {method.name}({head}):", [*body, *tail]), *below]


def result(entries: tuple[tuple[str | int, data.Atom], ...]) -> str:
    """What a method gives: nothing, the one bare value, a dictionary or a tuple."""
    if not entries:
        return "None"
    first = entries[0][0]
    if first == "":
        return text.atom(entries[0][1])
    if isinstance(first, int):
        return text.sequence([text.atom(one) for _, one in entries], "tuple")
    return "{" + ", ".join(f"{key!r}: {text.atom(one)}" for key, one in entries) + "}"
