"""The checks of `spec/25-module.md`: calling modules, and what is refused of them."""

import re
from typing import Any

import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import subclass


@check("module.call.update@1")
def test_a_call_hands_its_arguments_to_update_and_its_result_back(impl: Any) -> None:
    def update(self: Any, *args: Any, **kwargs: Any) -> Any:
        seen.append((self, args, kwargs))
        return result

    seen: list[Any] = []
    module, one, two = subclass(impl.nn.Module, update=update)(), object(), [2]
    for result in (object(), None, (1, {"a": [2]})):
        seen.clear()
        assert module(one, 3, by=two, x=None) is result
        assert module() is result
        (owner, args, kwargs), empty = seen
        assert owner is module
        assert args[0] is one
        assert kwargs["by"] is two
        assert (args, kwargs, empty) == ((one, 3), {"by": two, "x": None}, (module, (), {}))


@check("module.call.update@1")
def test_a_call_goes_to_the_update_of_the_lowest_class(impl: Any) -> None:
    upper = subclass(impl.nn.Module, "Upper", update=lambda self, x: x + 1)
    lower = subclass(upper, "Lower", update=lambda self, x: 10 * upper.update(self, x))
    under = subclass(upper, "Under")

    assert (upper()(1), lower()(1), under()(1)) == (2, 20, 2)
    upper.update = lambda self, x: x
    assert (upper()(1), lower()(1), under()(1)) == (1, 10, 1)


@check("module.call.update@1")
def test_an_update_may_be_a_method_of_any_sort(impl: Any) -> None:
    users = subclass(impl.nn.Module, update=staticmethod(lambda x: x + 1))
    other = subclass(impl.nn.Module, update=classmethod(lambda cls, x: (cls, x)))

    assert users()(1) == 2
    assert other()(1) == (other, 1)


@check("module.call.update@1")
@pytest.mark.parametrize("error", [AttributeError("mine"), NotImplementedError("mine"), TypeError("mine")], ids=repr)
def test_an_exception_of_update_leaves_the_call(impl: Any, error: Exception) -> None:
    def update(self: Any) -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        subclass(impl.nn.Module, update=update)()()

    assert raised.value is error


@check("module.call.update@1")
def test_arguments_that_update_does_not_take_are_refused_by_python(impl: Any) -> None:
    module = subclass(impl.nn.Module, update=lambda self, x: x)()
    given: list[tuple[tuple[int, ...], dict[str, int]]] = [((), {}), ((1, 2), {}), ((1,), {"y": 2})]
    for args, words in given:
        with pytest.raises(TypeError):
            module(*args, **words)


@check("module.call.own@1")
def test_a_class_with_a_call_of_its_own_needs_no_update(impl: Any) -> None:
    users = subclass(impl.nn.Module, __call__=lambda self, x, *, by=2: (self, x * by))
    module, below = users(), subclass(users)()

    assert module(3) == (module, 6)
    assert below(3, by=3) == (below, 9)


@check("module.call.own@1", needs=["module.call.update@1"])
def test_a_call_of_its_own_comes_before_update(impl: Any) -> None:
    def update(self: Any, x: int) -> int:
        return x + 1

    both = subclass(impl.nn.Module, __call__=lambda self, x: 10 * x, update=update)
    above = subclass(subclass(impl.nn.Module, __call__=lambda self, x: 10 * x), update=update)
    below = subclass(subclass(impl.nn.Module, update=update), __call__=lambda self, x: 10 * self.update(x))

    assert (both()(3), above()(3), below()(3), both().update(3)) == (30, 30, 40, 4)


# What is refused


@check("module.error.update@1", needs=["module.call.update@1"])
def test_a_module_without_update_is_not_called(impl: Any) -> None:
    needle = subclass(impl.nn.Module, "Needle")
    for module, name in ((needle(), "Needle"), (subclass(needle, "Pin")(), "Pin"), (impl.nn.Module(), "Module")):
        for args in ((), (1,), (1, 2)):
            with pytest.raises(NotImplementedError, match=name):
                module(*args)
        with pytest.raises(NotImplementedError, match=name):
            module(x=1)


@check("module.error.name@1", needs=["module.name.given@1"])
@pytest.mark.parametrize("name", [42, 1.5, True, b"v", ["v"], ("v",), {"v"}, object, ..., 0, ()], ids=repr)
def test_a_name_that_is_no_string_is_not_taken(impl: Any, name: object) -> None:
    for kind in (impl.nn.Module, subclass(impl.nn.Module)):
        with pytest.raises(TypeError, match=re.escape(repr(name))):
            kind(name=name)


@check("module.error.name-set@1", needs=["module.name.given@1"])
@pytest.mark.parametrize("given", ["cell", None])
@pytest.mark.parametrize("new", ["other", "cell", None, 42], ids=repr)
def test_a_name_is_not_set(impl: Any, given: Any, new: object) -> None:
    module = subclass(impl.nn.Module)(name=given)
    module.w = 1
    before = dict(vars(module))
    with pytest.raises(AttributeError):
        module.name = new
    with pytest.raises(AttributeError):
        setattr(module, "name", new)  # noqa: B010

    assert module.name == given
    assert vars(module) == before


@check("module.error.name-set@1", needs=["module.name.given@1"])
def test_a_name_is_not_set_in_a_constructor_either(impl: Any) -> None:
    def init(self: Any, call: bool) -> None:
        if call:
            impl.nn.Module.__init__(self, name="cell")
        self.name = "other"

    for call in (True, False):
        with pytest.raises(AttributeError):
            subclass(impl.nn.Module, __init__=init)(call)
