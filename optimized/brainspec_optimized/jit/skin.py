"""What is fast about it: a method is bound by one look-up and one small object, which keeps the instance for the call.

A transformed function is a skin over what it remembers. That of a method remembers for each instance apart, by
identity and weakly, so that programs go when the instance goes.
"""

import inspect
import types
import typing as t
import weakref

from brainspec_optimized.jit.calling import Compiled
from brainspec_optimized.jit.memory import Memory, weakly
from brainspec_optimized.jit.naming import look_like

__all__ = ["Bound", "Skin"]


class Skin(Compiled):
    """A function made of another one, which it looks like."""

    __slots__ = ()
    __dict__: dict[str, t.Any]
    _methods: dict[int, tuple[t.Callable[[], t.Any], Memory]]

    def _put_on(self, memory: Memory) -> None:
        look_like(self, memory.origin)  # [jit.form.origin]
        self._memory = memory  # [jit.trace.own]
        self._methods = {}  # type: ignore[misc]

    @property
    def origin_fun(self) -> t.Callable[..., t.Any]:
        """The function that it was made from."""
        return self._memory.origin  # [jit.form.origin]

    def __get__(self, instance: t.Any, owner: type | None = None) -> t.Any:
        if instance is None or isinstance(self._memory.origin, staticmethod):
            return self
        known = self._methods.get(id(instance))
        return self._on(instance, known[1] if known else self._remembering(instance))  # [jit.form.method]

    def _on(self, instance: t.Any, memory: Memory) -> t.Any:
        raise NotImplementedError

    def _remembering(self, instance: t.Any) -> Memory:
        here, methods = id(instance), self._methods
        try:
            ref: t.Callable[[], t.Any] = weakref.ref(instance, lambda _: methods.pop(here, None))
        except TypeError:
            ref = weakly(instance)
        return methods.setdefault(here, (ref, self._memory.bound(instance)))[1]

    def clear_cache(self) -> None:
        """Forget all programs, those of all instances too."""
        self._memory.clear()  # [mapping.cache.clear]
        for _, memory in list(self._methods.values()):
            memory.clear()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._memory.name}>"

    def __reduce__(self) -> t.Any:
        # As Python's functions: pickled by name, and copied by not being copied.
        return str(getattr(self, "__qualname__", self._memory.name))


class Bound(Skin):
    """A skin on one of its instances."""

    __slots__ = ()
    __self__: t.Any

    def _bind(self, function: Skin, instance: t.Any, memory: Memory) -> None:
        self.__self__, self._memory = instance, memory
        self.__dict__ = function.__dict__  # type: ignore[misc]

    def __get__(self, instance: t.Any, owner: type | None = None) -> t.Any:
        return self

    def clear_cache(self) -> None:
        """Forget all programs of this instance."""
        self._memory.clear()

    def __eq__(self, other: object) -> bool:  # as Python's methods
        return isinstance(other, Bound) and other._memory is self._memory

    def __hash__(self) -> int:
        return hash(id(self._memory))

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(types.MethodType(self._memory.origin, self.__self__))

    def __reduce__(self) -> t.Any:
        return getattr, (self.__self__, self._memory.name)
