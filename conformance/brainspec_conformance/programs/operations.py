"""The table of operations that statements apply: how each is written, what types it takes, and what it gives.

The type rules are ours, not JAX's: a program is valid before anything runs. `exact` says whether small dyadic numbers stay
exact; operations that round are drawn less often.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from .values import Type

FLOAT, INT, BOOL, KEY = "float32", "int32", "bool", "key<fry>"
NUMERIC = (FLOAT, INT)

Rule = Callable[..., Type | None]


@frozen
class Operation:
    """`text` is filled with the operands as written; `rule` gives the type of the result, or None where it does not apply."""

    name: str
    text: str
    arity: int
    rule: Rule
    exact: bool = True


def broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape of two operands together, if they fit."""
    wide, narrow = (a, b) if len(a) >= len(b) else (b, a)
    tail = wide[len(wide) - len(narrow) :]
    if any(m != n and 1 not in (m, n) for m, n in zip(tail, narrow)):
        return None
    return (*wide[: len(wide) - len(narrow)], *(max(m, n) if 0 not in (m, n) else 0 for m, n in zip(tail, narrow)))


def same(*dtypes: str) -> Rule:
    return lambda a: a if a.dtype in dtypes else None


def pair(*dtypes: str, gives: str | None = None) -> Rule:
    def rule(a: Type, b: Type) -> Type | None:
        shape = broadcast(a.shape, b.shape)
        if a.dtype != b.dtype or a.dtype not in dtypes or shape is None:
            return None
        return Type(gives or a.dtype, shape)

    return rule


def choice(c: Type, a: Type, b: Type) -> Type | None:
    both = pair(FLOAT, INT, BOOL)(a, b)
    shape = broadcast(c.shape, both.shape) if both is not None and c.dtype == BOOL else None
    return None if both is None or shape is None else Type(both.dtype, shape)


def reduced(*dtypes: str, gives: str | None = None, axis: int | None = None, empty: bool = True) -> Rule:
    def rule(a: Type) -> Type | None:
        if a.dtype not in dtypes or (axis is not None and not a.shape) or (not empty and 0 in a.shape):
            return None
        return Type(gives or a.dtype, () if axis is None else a.shape[1:])

    return rule


def cast(to: str) -> Rule:
    return lambda a: Type(to, a.shape) if a.dtype != to else None


def reshaped(change: Callable[[tuple[int, ...]], tuple[int, ...] | None]) -> Rule:
    def rule(a: Type) -> Type | None:
        shape = change(a.shape)
        return None if shape is None else Type(a.dtype, shape)

    return rule


def size(shape: tuple[int, ...]) -> int:
    total = 1
    for n in shape:
        total *= n
    return total


def product(a: Type, b: Type) -> Type | None:
    if a.dtype != b.dtype or a.dtype not in NUMERIC or not a.shape or not b.shape or len(b.shape) > 2:
        return None
    inner = b.shape[0]
    return Type(a.dtype, (*a.shape[:-1], *b.shape[1:])) if a.shape[-1] == inner else None


def joined(a: Type, b: Type) -> Type | None:
    if a.dtype != b.dtype or not a.shape or len(a.shape) != len(b.shape) or a.shape[1:] != b.shape[1:]:
        return None
    return Type(a.dtype, (a.shape[0] + b.shape[0], *a.shape[1:]))


def stacked(a: Type, b: Type) -> Type | None:
    return Type(a.dtype, (2, *a.shape)) if a == b and len(a.shape) < 2 else None


OPERATIONS = {
    op.name: op
    for op in [
        Operation("add", "{0} + {1}", 2, pair(FLOAT, INT)),
        Operation("sub", "{0} - {1}", 2, pair(FLOAT, INT)),
        Operation("mul", "{0} * {1}", 2, pair(FLOAT, INT)),
        Operation("neg", "-{0}", 1, same(FLOAT, INT)),
        Operation("abs", "jnp.abs({0})", 1, same(FLOAT, INT)),
        Operation("sign", "jnp.sign({0})", 1, same(FLOAT, INT)),
        Operation("maximum", "jnp.maximum({0}, {1})", 2, pair(FLOAT, INT)),
        Operation("minimum", "jnp.minimum({0}, {1})", 2, pair(FLOAT, INT)),
        Operation("half", "{0} * 0.5", 1, same(FLOAT)),
        Operation("floor", "jnp.floor({0})", 1, same(FLOAT)),
        Operation("clip", "jnp.clip({0}, -4, 4)", 1, same(FLOAT, INT)),
        Operation("less", "{0} < {1}", 2, pair(FLOAT, INT, gives=BOOL)),
        Operation("equal", "{0} == {1}", 2, pair(FLOAT, INT, BOOL, gives=BOOL)),
        Operation("and", "{0} & {1}", 2, pair(BOOL, INT)),
        Operation("not", "jnp.logical_not({0})", 1, same(BOOL)),
        Operation("where", "jnp.where({0}, {1}, {2})", 3, choice),
        Operation("float", "jnp.asarray({0}, jnp.float32)", 1, cast(FLOAT)),
        Operation("int", "jnp.asarray({0}, jnp.int32)", 1, cast(INT)),
        Operation("sum", "jnp.sum({0})", 1, reduced(FLOAT, INT)),
        Operation("sum_first", "jnp.sum({0}, axis=0)", 1, reduced(FLOAT, INT, axis=0)),
        Operation("max", "jnp.max({0})", 1, reduced(FLOAT, INT, empty=False)),
        Operation("any", "jnp.any({0})", 1, reduced(BOOL)),
        Operation("cumsum", "jnp.cumsum({0}, axis=0)", 1, lambda a: a if a.shape and a.dtype in NUMERIC else None),
        Operation("matmul", "{0} @ {1}", 2, product),
        Operation("ravel", "jnp.ravel({0})", 1, reshaped(lambda s: (size(s),))),
        Operation("transpose", "jnp.transpose({0})", 1, reshaped(lambda s: s[::-1] if len(s) == 2 else None)),
        Operation("first", "{0}[0]", 1, reshaped(lambda s: s[1:] if s and s[0] else None)),
        Operation("reverse", "{0}[::-1]", 1, reshaped(lambda s: s or None)),
        Operation("concat", "jnp.concatenate([{0}, {1}])", 2, joined),
        Operation("stack", "jnp.stack([{0}, {1}])", 2, stacked),
        Operation(
            "set_first",
            "jnp.asarray({0}).at[0].set({1})",
            2,
            lambda a, b: a if b == Type(a.dtype, a.shape[1:]) and a.shape and a.shape[0] else None,
        ),
        Operation("sort", "jnp.sort({0})", 1, lambda a: a if a.shape and a.dtype in NUMERIC else None),
        Operation("argmax", "jnp.argmax({0})", 1, reduced(FLOAT, INT, gives=INT, empty=False)),
        Operation("mod", "{0} % 4", 1, same(INT)),
        Operation("square", "{0} ** 2", 1, same(FLOAT, INT)),
        # what bare JAX does inside, with functions that are new in each trace
        Operation("bare_jit", "jax.jit(lambda e: e * 2)({0})", 1, same(FLOAT, INT)),
        Operation(
            "bare_vmap",
            "jax.vmap(lambda e: e + 1)({0})",
            1,
            lambda a: a if a.shape and a.shape[0] and a.dtype in NUMERIC else None,
        ),
        Operation("bare_grad", "jax.grad(lambda e: jnp.sum(e * e))({0})", 1, same(FLOAT)),
        Operation("bare_loop", "jax.lax.fori_loop(0, 3, lambda i, c: c + i, {0})", 1, same(INT)),
        Operation(
            "bare_cond",
            "jax.lax.cond({0}, lambda e: e, lambda e: -e, {1})",
            2,
            lambda p, a: a if p == Type(BOOL) and a.dtype in NUMERIC else None,
        ),
        Operation(
            "bare_scan",
            "jax.lax.scan(lambda c, e: (c + e, c), {0}, {1})[1]",
            2,
            lambda c, a: a if a.shape and c == Type(a.dtype, a.shape[1:]) and a.dtype in NUMERIC else None,
        ),
        Operation("tanh", "jnp.tanh({0})", 1, same(FLOAT), exact=False),
        Operation("sin", "jnp.sin({0})", 1, same(FLOAT), exact=False),
        Operation("exp", "jnp.exp(jnp.clip({0}, -4, 4))", 1, same(FLOAT), exact=False),
        Operation("sqrt", "jnp.sqrt(jnp.abs({0}))", 1, same(FLOAT), exact=False),
        Operation("logistic", "jax.nn.sigmoid({0})", 1, same(FLOAT), exact=False),
        Operation("third", "{0} / 3", 1, same(FLOAT), exact=False),
        Operation("mean", "jnp.mean({0})", 1, reduced(FLOAT, empty=False), exact=False),
        Operation(
            "softmax", "jax.nn.softmax({0})", 1, lambda a: a if a.dtype == FLOAT and a.shape else None, exact=False
        ),
    ]
}

# What can be done with a loose variable: any shape, any dtype.
LOOSE = {
    op.name: op
    for op in [
        Operation("loose_sum", "jnp.sum({0}).astype(jnp.float32)", 1, lambda a: Type(FLOAT)),
        Operation("loose_size", "jnp.float32(jnp.size({0}))", 1, lambda a: Type(FLOAT)),
        Operation("loose_double", "{0} * 2", 1, lambda a: None),
        Operation("loose_shift", "jnp.add({0}, {1})", 2, lambda a, b: None),
        Operation("loose_pair", "jnp.stack([{0}, {0}])", 1, lambda a: None),
    ]
}

# What is done with a static argument, the last operand, by its sort: Python decides while it is traced.
STATIC = {
    "number": ["static_full", "static_full", "static_scale", "static_if"],
    "text": ["static_text"],
    "tuple": ["static_tuple"],
    "function": ["static_call"],
    "maybe": ["static_none", "static_if"],
}
STATICS = {
    op.name: op
    for op in [
        Operation("static_scale", "{0} * {1}", 2, lambda a, b: None),
        Operation("static_full", "jnp.full_like({0}, {1}, dtype=type({1}))", 2, lambda a, b: None),
        Operation("static_if", "{0} if {1} else {0} * 2", 2, lambda a, b: None),
        Operation("static_text", "jnp.sum({0}) if {1} == 'sum' else {0} * 2", 2, lambda a, b: None),
        Operation("static_tuple", "{0} * len({1}) - sum({1})", 2, lambda a, b: None),
        Operation("static_call", "{1}({0})", 2, lambda a, b: None),
        Operation("static_none", "{0} if {1} is None else {0} + {1}", 2, lambda a, b: None),
    ]
}


def text_of(op: str) -> str:
    return (OPERATIONS.get(op) or LOOSE.get(op) or STATICS[op]).text
