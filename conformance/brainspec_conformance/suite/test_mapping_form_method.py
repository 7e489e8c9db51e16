"""The checks of `spec/32-mapping.md`: mappings as methods."""

from typing import Any

import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.mapping_material import mapped


def counter_class(impl: Any, *bases: type, **body: Any) -> Any:
    """A class whose method `add` is mapped, counts in a state that is mapped in, and notes which instance it got."""

    def init(self: Any, start: float = 0.0) -> None:
        self.count, self.seen = impl.ShortTermState(jnp.full(2, start)), []

    def add(self: Any, x: Any, by: Any) -> Any:
        self.seen.append(self)
        self.count.value = self.count.value + x * by
        return self.count.value

    method = impl.transform.vmap2(add, in_axes=(0, None), state_in_axes={0: impl.ShortTermState})
    return type("Counter", bases, {"__init__": init, "add": method, **body})


X = [1.0, 2.0]


def added(counter: Any, by: float = 1.0) -> Any:
    return counter.add(jnp.array(X), by).tolist()


@check("mapping.form.method@1")
def test_each_instance_has_its_own_states(impl: Any) -> None:
    made = counter_class(impl)
    a, b = made(), made(10.0)

    assert [added(a), added(b), added(a, 2.0), added(b), added(a)] == [[1, 2], [11, 12], [3, 6], [12, 14], [4, 8]]
    assert [a.count.value.tolist(), b.count.value.tolist()] == [[4, 8], [12, 14]]


@check("mapping.form.method@1")
def test_each_lane_gets_the_instance_as_it_is(impl: Any) -> None:
    made = counter_class(impl)
    a, b = made(), made()
    added(a), added(b)

    assert all(each is a for each in a.seen)
    assert all(each is b for each in b.seen)
    assert a.seen
    assert b.seen


@check("mapping.form.method@1")
@pytest.mark.parametrize("base", ["module", "node"])
def test_a_node_has_mapped_methods(impl: Any, base: str) -> None:
    made = counter_class(impl, impl.nn.Module if base == "module" else impl.graph.Node)
    a, b = made(), made(1.0)

    assert [added(a), added(b), added(a)] == [[1, 2], [2, 3], [2, 4]]


@check("mapping.form.method@1")
def test_instances_that_are_equal_have_their_own_states(impl: Any) -> None:
    made = counter_class(impl, __eq__=lambda self, other: True, __hash__=None)
    a, b = made(), made(5.0)

    assert [added(a), added(b), added(a)] == [[1, 2], [6, 7], [2, 4]]


@check("mapping.form.method@1")
def test_an_instance_without_references_has_mapped_methods(impl: Any) -> None:
    class Scale:
        __slots__ = ("by",)

        def __init__(self, by: float) -> None:
            self.by = by

        @mapped(impl)
        def of(self, x: Any) -> Any:
            return x * self.by

    assert [Scale(by).of(jnp.array(X)).tolist() for by in (2.0, 3.0, 2.0)] == [[2, 4], [3, 6], [2, 4]]


@check("mapping.form.method@1")
def test_a_bound_mapped_method_can_be_kept_and_passed_on(impl: Any) -> None:
    made = counter_class(impl)
    a, b = made(), made(5.0)
    add = a.add

    assert [add(jnp.array(X), 1.0).tolist(), added(b), add(jnp.array(X), 0.0).tolist()] == [[1, 2], [6, 7], [1, 2]]


@check("mapping.form.method@1")
def test_a_mapped_method_is_inherited_and_overridden(impl: Any) -> None:
    base = counter_class(impl)
    plain = type("Plain", (base,), {})()

    class Derived(base):  # type: ignore[misc, valid-type]
        def add(self, x: Any, by: Any) -> Any:
            return super().add(x, by * 10) + 1

    derived = Derived()
    assert [added(plain), added(derived), added(plain)] == [[1, 2], [11, 21], [2, 4]]
    assert derived.count.value.tolist() == [10, 20]


@check("mapping.form.method@1")
@pytest.mark.parametrize("in_axes", [0, (0, 0), [0, 0], (0, {"a": 0})], ids=str)
def test_the_instance_has_no_entry_in_axes(impl: Any, in_axes: Any) -> None:
    class Scale:
        by = 10.0

        def of(self, x: Any, y: Any) -> Any:
            return self.by * x + y["a"]

    for make in (impl.transform.vmap2, impl.transform.StatefulMapping):
        made = type("Made", (Scale,), {"of": make(Scale.of, in_axes=in_axes)})
        assert made().of(jnp.array(X), {"a": jnp.array(X)}).tolist() == [11, 22]


@check("mapping.form.method@1", needs=["mapping.result.keywords@1"])
def test_a_method_may_have_no_positional_arguments(impl: Any) -> None:
    class Scale:
        by = 10.0

        @mapped(impl, axis_size=2, in_axes=())
        def alone(self) -> Any:
            return jnp.array(self.by)

        @mapped(impl, in_axes=None)
        def named(self, *, x: Any) -> Any:
            return self.by * x

    scale = Scale()
    assert scale.alone().tolist() == [10, 10]
    assert scale.named(x=jnp.array(X)).tolist() == [10, 20]


@check("mapping.form.method@1")
def test_a_mapping_in_an_instance_is_no_method(impl: Any) -> None:
    made = counter_class(impl)()
    made.twice = impl.transform.vmap2(lambda x: 2 * x)

    assert made.twice(jnp.array(X)).tolist() == [2, 4]
