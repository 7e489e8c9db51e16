"""Programs as Python that a user could have written.

What is rendered is what runs: the same lines stand in `linecache` while a program runs, in the stored reproducers, and on
the screen. `see` notes the result of a step; `brainstate` is the implementation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from . import data
from .operations import text_of
from .samplers import SAMPLERS

INDENT = "    "


def source(program: data.Program) -> str:
    """The whole program, without its imports."""
    blocks = [module_class(cls) for cls in program.classes]
    head = [f"brainstate.random.seed({program.seed})"] if uses_default_stream(program) else []
    head += [f"root = {program.classes[-1].name}()"]
    if any(isinstance(step, data.Update) for step in program.steps):
        kinds = sorted({step.kind for step in program.steps if isinstance(step, data.Update)})
        head += [f"tree_{kind} = brainstate.graph.treefy_states(root, brainstate.{kind})" for kind in kinds]
    plan = [f"{t.name} = {transformed(t.transform, f'root{place(t.place)}.{t.method}')}" for t in program.plan]
    steps = [step_text(step, program) for step in program.steps]
    return "\n\n\n".join(["\n".join(block) for block in blocks] + ["\n".join([*head, *plan, "", *steps])]) + "\n"


def uses_default_stream(program: data.Program) -> bool:
    """Whether what the default stream holds matters."""
    body = [s for cls in program.classes for method in cls.methods for s in method.body]
    return any(isinstance(s, data.Draw | data.Seed) and s.place is None for s in [*body, *program.steps])


def place(where: data.Place) -> str:
    return "".join(where)


# ---- values -------------------------------------------------------------------------------------------------------


def value(v: data.Value | data.Number) -> str:
    """A value as a user writes it."""
    if not isinstance(v, data.Value):
        return repr(v)
    if v.how == "python":
        return repr(v.numbers[0])
    module = "jnp" if v.how == "jax" else "np"
    if v.type.shape and len(set(v.numbers)) <= 1:
        return f"{module}.full({v.type.shape}, {v.numbers[0] if v.numbers else 0!r}, {dtype(v.type, module)})"
    return f"{module}.array({nested(v.numbers, v.type.shape)}, {dtype(v.type, module)})"


def dtype(t: data.Type, module: str) -> str:
    return f"{module}.bool_" if t.dtype == "bool" else f"{module}.{t.dtype}"


def nested(numbers: Sequence[data.Number], shape: Sequence[int]) -> str:
    """Numbers in row-major order as nested lists."""
    if not shape:
        return repr(numbers[0])
    stride = len(numbers) // shape[0] if shape[0] else 0
    rows = [nested(numbers[k * stride : (k + 1) * stride], shape[1:]) for k in range(shape[0])]
    return f"[{', '.join(rows)}]"


def held(v: data.Value | tuple[tuple[str, data.Value], ...]) -> str:
    """What a state holds: a value, or a dictionary of values."""
    if isinstance(v, tuple):
        return "{" + ", ".join(f"{key!r}: {value(one)}" for key, one in v) + "}"
    return value(v)


def atom(a: data.Atom) -> str:
    return a.name if isinstance(a, data.Name) else f"({a.number!r})" if a.number < 0 else repr(a.number)


# ---- modules ------------------------------------------------------------------------------------------------------


def module_class(cls: data.ModuleClass) -> list[str]:
    lines = [
        f"class {cls.name}(brainstate.nn.Module):",
        f"{INDENT}def __init__(self):",
        f"{INDENT * 2}super().__init__()",
    ]
    lines += [f"{INDENT * 2}self.{name} = {field(f)}" for name, f in cls.fields]
    lines += [f"{INDENT * 2}self{place(a.target)} = self{place(a.source)}" for a in cls.aliases]
    for method in cls.methods:
        lines += ["", *(INDENT + line for line in method_lines(method))]
    return lines


def field(f: data.Field) -> str:
    match f:
        case data.StateField(kind, v, name, tag):
            labels = "".join(f", {key}={text!r}" for key, text in (("name", name), ("tag", tag)) if text is not None)
            return f"brainstate.{kind}({held(v)}{labels})"
        case data.StreamField(seed):
            return f"brainstate.random.RandomState({seed})"
        case data.PartField(cls):
            return f"{cls}()"
        case data.StaticField(number):
            return repr(number)
        case data.ListField(items):
            return f"[{', '.join(map(field, items))}]"
        case data.DictField(items):
            return "{" + ", ".join(f"{key!r}: {field(one)}" for key, one in items) + "}"


def method_lines(method: data.Method) -> list[str]:
    positional = [p.name for p in method.parameters if not p.keyword]
    named = [p.name for p in method.parameters if p.keyword]
    head = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    body = [line for statement in method.body for line in statement_lines(statement)]
    ends = bool(method.body) and isinstance(method.body[-1], data.Raise)
    tail = [] if ends else [f"return {result(method.result)}"]
    return [f"def {method.name}({head}):", *(INDENT + line for line in [*body, *tail])]


def result(entries: Sequence[tuple[str, data.Atom]]) -> str:
    """What a method gives: nothing, the one bare value, or a dictionary."""
    if not entries:
        return "None"
    if entries[0][0] == "":
        return atom(entries[0][1])
    return "{" + ", ".join(f"{key!r}: {atom(one)}" for key, one in entries) + "}"


# ---- statements ---------------------------------------------------------------------------------------------------


def statement_lines(s: data.Statement) -> list[str]:
    return STATEMENTS[type(s)](s)


def _apply(s: data.Apply) -> list[str]:
    return [f"{s.bind} = {text_of(s.op).format(*map(atom, s.atoms))}"]


def _constant(s: data.Constant) -> list[str]:
    return [f"{s.bind} = {value(s.value)}"]


def _read(s: data.Read) -> list[str]:
    entry = "" if s.entry is None else f"[{s.entry!r}]"
    return [f"{s.bind} = self{place(s.place)}.value{entry}"]


def _write(s: data.Write) -> list[str]:
    where = f"self{place(s.place)}.value"
    new = atom(s.atom) if s.entry is None else f"{{**{where}, {s.entry!r}: {atom(s.atom)}}}"
    return [f"{where} = {new}"]


def _draw(s: data.Draw) -> list[str]:
    stream = "brainstate.random" if s.place is None else f"self{place(s.place)}"
    return [f"{s.bind} = {SAMPLERS[s.sampler].text.format(stream, s.shape)}"]


def _local(s: data.Local) -> list[str]:
    return [f"{s.bind} = brainstate.{s.kind}({atom(s.atom)})"]


def _local_write(s: data.LocalWrite) -> list[str]:
    return [f"{s.local}.value = {s.local}.value + {atom(s.atom)}"]


def _local_read(s: data.LocalRead) -> list[str]:
    return [f"{s.bind} = {s.local}.value"]


def _call(s: data.Call) -> list[str]:
    callee = f"self{place(s.place)}.{s.method}"
    callee = transformed(s.transform, callee)
    entry = "" if s.entry is None else f"[{s.entry!r}]"
    line = f"{s.bind} = {callee}({', '.join(map(atom, s.atoms))}){entry}"
    return ["try:", INDENT + line, "except LookupError:", f"{INDENT}{s.bind} = jnp.float32(0)"] if s.caught else [line]


def _raise(s: data.Raise) -> list[str]:
    return [f"raise LookupError({s.text!r})"]


STATEMENTS: dict[type, Callable[[Any], list[str]]] = {
    data.Apply: _apply,
    data.Constant: _constant,
    data.Read: _read,
    data.Write: _write,
    data.Draw: _draw,
    data.Local: _local,
    data.LocalWrite: _local_write,
    data.LocalRead: _local_read,
    data.Call: _call,
    data.Raise: _raise,
}


# ---- transforms and steps -----------------------------------------------------------------------------------------


def transformed(transform: data.Transform | None, callee: str) -> str:
    if transform is None:
        return callee
    options = [f"{key}={given!r}" for key, given in given_options(transform)]
    return f"brainstate.transform.{type(transform).__name__.lower()}({', '.join([callee, *options])})"


def given_options(transform: data.Transform) -> list[tuple[str, object]]:
    """The options that are not at their default."""
    plain = type(transform)()
    names = [a.name for a in type(transform).__attrs_attrs__]
    return [(name, getattr(transform, name)) for name in names if getattr(transform, name) != getattr(plain, name)]


def step_text(step: data.Step, program: data.Program) -> str:
    match step:
        case data.Invoke(name, values, keywords, copy):
            return f"see({callee_of(name, copy, program)}({arguments(values, keywords)}))"
        case data.Put(where, v):
            return f"root{place(where)}.value = {held(v)}"
        case data.Replace(where, f):
            return f"root{place(where)} = {field(f)}"
        case data.Seed(number, where):
            return f"{'brainstate.random' if where is None else f'root{place(where)}'}.seed({number})"
        case data.Ahead(name, what, values, keywords):
            call = f"{name}.{what}({arguments(values, keywords)})"
            return f"see({call})" if what == "eval_shape" else call
        case data.Update(kind):
            return f"brainstate.graph.update_states(root, tree_{kind})"


def arguments(
    values: Iterable[data.Value | data.Number], keywords: Iterable[tuple[str, data.Value | data.Number]]
) -> str:
    return ", ".join([*map(value, values), *(f"{key}={value(one)}" for key, one in keywords)])


COPIES = {
    "clone": "brainstate.graph.clone(root)",
    "merge": "brainstate.graph.treefy_merge(*brainstate.graph.treefy_split(root))",
}


def callee_of(name: str, copy: str | None, program: data.Program) -> str:
    """The transformed function, or the same one made anew for a copy of the root."""
    if copy is None:
        return name
    t = next(t for t in program.plan if t.name == name)
    return transformed(t.transform, f"{COPIES[copy]}{place(t.place)}.{t.method}")
