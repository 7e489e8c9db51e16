"""Each law holds where nothing is wrong, and an implementation that breaks it differs from itself, by a program that is cut down and shown."""

import zlib
from types import SimpleNamespace
from typing import Any

import brainspec_reference as reference
import jax
import jax.numpy as jnp
import pytest
from attrs import evolve
from brainspec_conformance.implementations import Implementation
from brainspec_conformance.programs import data, finding, fuzzing, laws, mapping_laws, render
from brainspec_conformance.programs.judging import Bench
from brainspec_conformance.programs.laws import LAWS
from brainspec_conformance.programs.reducing import Limit

from tests.conformance.programs.stand_in import AddsOne, Plain, implementation, whole

FLOAT = data.Type("float32", (2,))
ONE = data.Value(FLOAT, (1.0, 2.0))


def program(*steps: data.Step) -> data.Program:
    """A hidden state that a jitted method adds to, by another method; a constant stands where it need not."""
    parameters = (data.Parameter("x0", FLOAT),)
    added = data.Apply("v1", "add", (data.Name("x0"), data.Name("x0")))
    twice = data.Method("twice", parameters, (added,), (("", data.Name("v1")),))
    body = (
        data.Constant("v1", ONE),
        data.Read("v2", (".a",)),
        data.Call("v3", (), "twice", (data.Name("x0"),)),
        data.Apply("v4", "add", (data.Name("v2"), data.Name("v3"))),
        data.Write((".a",), data.Name("v4")),
    )
    run = data.Method("run", parameters, body, (("r0", data.Name("v4")), ("r1", data.Name("v1"))))
    root = data.ModuleClass("Net", (("a", data.StateField("HiddenState", ONE)),), (), (twice, run))
    return data.Program((root,), (data.Transformed("f0", (), "run", data.Jit()),), steps)


PROGRAM = program(data.Ahead("f0", "eval_shape", (ONE,)), data.Invoke("f0", (ONE,)))


# ---- implementations that break a law -----------------------------------------------------------------------------


class CodeMatters(Plain):
    """A result depends on how the function is written."""

    def done(self, stack: Any, out: Any) -> Any:
        return jax.tree.map(lambda x: x + zlib.crc32(self.fun.__func__.__code__.co_code) % 1009, out)


class NamesMatter(Plain):
    """A result depends on what the function is called."""

    def done(self, stack: Any, out: Any) -> Any:
        return jax.tree.map(lambda x: x + len(self.fun.__name__), out)


class DepthMatters(Plain):
    """A function inside another one gives more."""

    depth = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        type(self).depth += 1
        try:
            out = super().__call__(*args, **kwargs)
            return jax.tree.map(lambda x: x + (self.depth - 1), out)
        finally:
            type(self).depth -= 1


def wrong_merge() -> Implementation:
    """What is merged is not what was split."""

    def merge(*parts: Any) -> Any:
        root = reference.graph.treefy_merge(*parts)
        root.a.value = root.a.value + 1
        return root

    made = implementation()
    made.namespace.graph = SimpleNamespace(treefy_split=reference.graph.treefy_split, treefy_merge=merge)
    return made


def mapped_program() -> data.Program:
    """The same, and a method that is mapped over the first axis."""
    mapping = data.Mapped(lanes=1, axis_size=1, spmd_axis_name="data")  # on any number of devices
    plan = (*PROGRAM.plan, data.Transformed("f1", (), "twice", mapping))
    both = data.Value(data.Type("float32", (1, 2)), (1.0, 2.0))
    return evolve(PROGRAM, plan=plan, steps=(*PROGRAM.steps, data.Invoke("f1", (both,))))


MAPPED = mapped_program()


def adding(transform: Any) -> Any:
    """A mapping whose results are one more."""

    def made(origin: Any, **options: Any) -> Any:
        mapping = transform(origin, **options)
        return lambda *args, **kwargs: jax.tree.map(lambda x: x + 1, mapping(*args, **kwargs))

    return made


BREAK = {
    "jit = call": lambda: implementation(AddsOne),
    "dead code": lambda: implementation(CodeMatters),
    "renaming": lambda: implementation(NamesMatter),
    "reordering": lambda: implementation(CodeMatters),
    "jit in jit": lambda: implementation(DepthMatters),
    "split then merge": wrong_merge,
    "pmap2 = vmap2": lambda: whole(pmap2=adding(reference.transform.pmap2)),
    "lane = slice": lambda: whole(vmap2=adding(reference.transform.vmap2)),
}
OF_MAPPINGS = ("pmap2 = vmap2", "lane = slice")


@pytest.mark.parametrize("name", LAWS)
def test_what_breaks_a_law_differs_from_itself(name: str) -> None:
    mapped = name in OF_MAPPINGS
    subject, sound = (MAPPED, whole()) if mapped else (PROGRAM, implementation())
    law, wrong = LAWS[name], BREAK[name]()
    assert Bench(sound, sound).judge(subject, law).outcome == "equal"

    judged = Bench(wrong, wrong).judge(subject, law)
    assert judged.outcome == "differs"
    find = finding.pursue(Bench(wrong, wrong), subject, judged, law, Limit(runs=60))
    assert find.law == law
    assert render.source(find.program).count("\n") < render.source(subject).count("\n")
    compile(find.script, "<script>", "exec")


def test_what_is_asked_of_a_jitted_function_alone_is_left_out_on_both_sides() -> None:
    wrong, law = implementation(AddsOne), LAWS["jit = call"]
    judged = Bench(wrong, wrong).judge(PROGRAM, law)
    find = finding.pursue(Bench(wrong, wrong), PROGRAM, judged, law, Limit(runs=60))

    assert find.difference.where == "root.a"
    assert "eval_shape" not in find.script
    assert "transform.jit" not in find.script, "what the implementation ran is shown"


def test_statements_stand_behind_what_they_use_and_effects_keep_their_order() -> None:
    moved = 0
    for k in range(40):
        drawn = fuzzing.program_of((0, k))
        for before, after in zip(methods(drawn), methods(laws.reordered(drawn)), strict=True):
            effects = [s for s in before if not isinstance(s, laws.PURE)]
            assert effects == [s for s in after if not isinstance(s, laws.PURE)]
            assert sorted(map(repr, before)) == sorted(map(repr, after))
            moved += before != after

    assert moved > 10


def methods(drawn: data.Program) -> list[tuple[data.Statement, ...]]:
    return [m.body for cls in drawn.classes for m in cls.methods]


def test_calls_that_are_wrapped_keep_their_static_arguments_static() -> None:
    (cls,) = PROGRAM.classes
    static = evolve(cls.methods[0], parameters=(data.Parameter("x0", None, static=True),))
    changed = laws.wrapped(evolve(PROGRAM, classes=(evolve(cls, methods=(static, cls.methods[1])),)))

    assert changed is not None
    assert "brainstate.transform.jit(self.twice, static_argnames=('x0',))(x0)" in render.source(changed)


def test_a_law_does_not_speak_of_programs_on_which_it_would_say_nothing() -> None:
    (cls,) = PROGRAM.classes
    raising = evolve(cls.methods[1], body=(*cls.methods[1].body, data.Raise("on purpose")), result=())
    raises = evolve(PROGRAM, classes=(evolve(cls, methods=(cls.methods[0], raising)),))
    sound = implementation()

    assert Bench(sound, sound).judge(raises, LAWS["jit = call"]).outcome == "left out"
    assert Bench(sound, sound).judge(raises, LAWS["jit in jit"]).outcome == "left out"


# ---- laws of mappings ---------------------------------------------------------------------------------------------


def test_what_maps_stays_where_jit_is_a_call() -> None:
    changed = LAWS["jit = call"].changed(MAPPED)

    assert changed is not None
    assert [t.transform for t in changed.plan] == [None, MAPPED.plan[1].transform]


def test_a_mapping_is_made_parallel_with_the_options_that_it_has() -> None:
    changed = LAWS["pmap2 = vmap2"].changed(MAPPED)

    assert changed is not None
    assert "f1 = brainstate.transform.pmap2(root.twice, axis_size=1)" in render.source(changed)
    assert LAWS["pmap2 = vmap2"].changed(PROGRAM) is None


def test_a_parallel_mapping_is_made_a_plain_one() -> None:
    static = data.Mapped("pmap2", 1, static_argnums=(0,), devices=data.Symbol("jax.devices()[:1]"))

    found = mapping_laws.on_one(static)  # the list of devices gave the size
    assert found == data.Mapped("StatefulMapping", 1, axis_size=1, static_argnums=(0,))


def test_lanes_on_devices_are_left_alone_where_plain_python_computes() -> None:
    plain = data.Transformed("f2", (), "run", None)
    two = data.Transformed("f1", (), "twice", data.Mapped(lanes=2))

    assert laws.LAWS["pmap2 = vmap2"].changed(evolve(MAPPED, plan=(*PROGRAM.plan, two, plain))) is None


def test_what_leaves_something_behind_is_not_told_lane_by_lane() -> None:
    mapping = data.Transformed("f1", (), "run", data.Mapped(lanes=2))

    assert LAWS["lane = slice"].changed(evolve(PROGRAM, plan=(mapping,))) is None
    assert "f1 = apart(1, root.twice, axis_size=1" in LAWS["lane = slice"].written(MAPPED)


NUMBERS = jnp.arange(12.0).reshape(2, 3, 2)


@pytest.mark.parametrize(
    ("axes", "out"),
    [(0, 0), (1, -1), (-1, 1), ((2,), {"a": 0, "b": -1}), (({"c": 0, "d": None},), {"a": 1, "b": 0})],
)
def test_lanes_that_are_written_out_are_those_of_jax(axes: Any, out: Any) -> None:
    """The few lines that stand in the script say what a mapping does, for every form of axes."""
    world: dict[str, Any] = {"jax": jax, "jnp": jnp}
    exec(mapping_laws.APART, world)
    given = {"c": NUMBERS, "d": NUMBERS[0, :, 0]} if isinstance(axes, tuple) and axes[0] != 2 else NUMBERS
    lanes = {0: 2, 1: 3, -1: 2}.get(axes if isinstance(axes, int) else 0, 2)

    def fun(x: Any, *, y: Any) -> Any:
        (first, *_) = jax.tree.leaves(x)
        return {"a": first * 2 + y, "b": first.T - y}

    named = jnp.arange(float(lanes))
    got = world["apart"](lanes, fun, axes, out)(given, y=named)
    wanted = jax.vmap(lambda x, y: fun(x, y=y), (*(axes if isinstance(axes, tuple) else (axes,)), 0), out)(given, named)

    assert jax.tree.map(lambda a, b: bool((a == b).all()), got, wanted) == {"a": True, "b": True}
