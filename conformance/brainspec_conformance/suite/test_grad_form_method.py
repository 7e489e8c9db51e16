"""The checks of `spec/36-grad.md`: gradient functions as methods."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import differentiated


def scale_class(impl: Any, *bases: type, **options: Any) -> Any:
    """A class whose method `loss` is a gradient function and notes which instance it got."""

    def init(self: Any, by: float) -> None:
        self.w, self.seen = impl.ParamState(by), []

    def loss(self: Any, x: Any, y: Any = 1.0) -> Any:
        self.seen.append(self)
        return self.w.value * x**2 * y

    return type("Scale", bases, {"__init__": init, "loss": impl.transform.grad(loss, **options)})


@check("grad.form.method@1")
def test_each_instance_has_its_own_states_and_is_passed_as_it_is(impl: Any) -> None:
    made = scale_class(impl)
    a, b = made(2.0), made(3.0)

    assert [a.loss(5.0), b.loss(5.0), a.loss(1.0)] == [20.0, 30.0, 4.0]
    assert len(a.seen) == 2
    assert all(each is a for each in a.seen)
    assert b.seen[0] is b


# Options, and what the method gives for 3.0 and 5.0 where the state holds 2.0.
NUMBERED: dict[str, tuple[Any, Any]] = {
    "none": (None, 60.0),
    "first": (0, 60.0),
    "second": (1, 18.0),
    "last": (-1, 18.0),
    "last but one": (-2, 60.0),
    "both, crosswise": ((1, 0), (18.0, 60.0)),
}


@check("grad.form.method@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize("name", NUMBERED)
def test_the_instance_is_not_counted(impl: Any, name: str) -> None:
    argnums, wanted = NUMBERED[name]
    assert scale_class(impl, argnums=argnums)(2.0).loss(3.0, 5.0) == wanted


@check("grad.form.method@1", needs=["grad.error.argnums@1"])
@pytest.mark.parametrize("argnums", [1, -2])
def test_the_instance_is_no_position(impl: Any, argnums: int) -> None:
    scale = scale_class(impl, argnums=argnums)(2.0)
    with pytest.raises(ValueError, match=str(argnums)):
        scale.loss(3.0)
    assert scale.loss(3.0, 5.0) == (18.0 if argnums == 1 else 60.0)


@check("grad.form.method@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize("base", ["module", "node"])
def test_an_instance_may_be_a_node(impl: Any, base: str) -> None:
    made = scale_class(impl, impl.nn.Module if base == "module" else impl.graph.Node)
    a = made(2.0)

    assert (a.loss(3.0), a.loss(3.0, y=5.0)) == (12.0, 60.0)
    assert a.seen[0] is a


@check("grad.form.method@1", needs=["grad.result.states@1", "grad.state.written@1"])
def test_a_method_may_write_and_be_asked_by_states(impl: Any) -> None:
    w = impl.ParamState(2.0)

    class Net:
        def __init__(self) -> None:
            self.count = impl.State(0.0)

        @differentiated(impl, grad_states={"w": w}, return_value=True)
        def loss(self, x: Any) -> Any:
            self.count.value = self.count.value + x
            return w.value * self.count.value

    a, b = Net(), Net()
    assert a.loss(3.0) == ({"w": 3.0}, 6.0)
    assert b.loss(1.0) == ({"w": 1.0}, 2.0)
    assert a.loss(3.0) == ({"w": 6.0}, 12.0)
    assert (a.count.value, b.count.value) == (6.0, 1.0)


@check("grad.form.method@1", needs=["jit.form.method@1"])
@pytest.mark.parametrize("order", ["above", "below", "both"])
def test_a_jitted_function_stands_above_or_below(impl: Any, order: str) -> None:
    grad, jit = impl.transform.grad(argnums=0), impl.transform.jit
    seen = []

    class Scale:
        def __init__(self, by: float) -> None:
            self.w = impl.State(by)

        def loss(self, x: Any, y: Any) -> Any:
            seen.append(self)
            return self.w.value * x**2 * y

        if order != "above":
            loss = jit(loss)
        loss = grad(loss)
        if order != "below":
            loss = jit(loss)

    a, b = Scale(2.0), Scale(3.0)
    for _ in range(2):
        assert (a.loss(3.0, 5.0), b.loss(3.0, 5.0)) == (60.0, 90.0)
    a.w.value = 1.0
    assert a.loss(3.0, 5.0) == 30.0
    assert (seen[0] is a, seen[1] is b) == (True, True)


@check("grad.form.method@1", needs=["jit.form.method@1", "grad.nest.grad@1"])
def test_a_gradient_method_of_a_gradient_method(impl: Any) -> None:
    class Power:
        n = 3

        @differentiated(impl)
        @differentiated(impl)
        def of(self, x: Any) -> Any:
            return x**self.n

    assert Power().of(2.0) == 12.0


@check("grad.form.method@1", needs=["mapping.form.method@1"])
def test_a_mapping_stands_above(impl: Any) -> None:
    mapped: Callable[[Any], Any] = impl.transform.vmap2

    class Scale:
        by = 3.0

        @mapped
        @differentiated(impl)
        def loss(self, x: Any) -> Any:
            return self.by * x**2

    assert Scale().loss(jnp.arange(3.0)).tolist() == [0, 6, 12]


@check("grad.form.method@1")
def test_other_sorts_of_instances(impl: Any) -> None:
    def loss(self: Any, x: Any) -> Any:
        return self.by * x

    made = impl.transform.grad(loss)
    slotted = type("Slotted", (), {"__slots__": ("by",), "loss": made})()
    slotted.by = 2.0
    frozen = dataclasses.make_dataclass("Frozen", [("by", float)], namespace={"loss": made}, frozen=True)
    equal = type("Equal", (), {"__eq__": lambda self, other: True, "__hash__": None, "loss": made})
    a, b = equal(), equal()
    a.by, b.by = 4.0, 5.0

    assert [each.loss(1.0) for each in (slotted, frozen(3.0), a, b)] == [2.0, 3.0, 4.0, 5.0]


@check("grad.form.method@1")
def test_a_method_is_inherited_and_taken_from_the_instance_before_it_is_called(impl: Any) -> None:
    made = scale_class(impl)
    child = type("Child", (made,), {})(2.0)
    bound = child.loss
    child.w.value = 3.0

    assert bound(1.0) == 6.0
