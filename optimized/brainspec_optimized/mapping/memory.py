"""What is fast about it: all that a remembered call needs is what a jitted function needs.

What is remembered of a mapping are programs of all lanes, which run as those of jitted functions do.
"""

import typing as t

import jax

from brainspec_optimized.jit.arguments import Given, Key, key_of, with_statics
from brainspec_optimized.jit.calling import call_program
from brainspec_optimized.jit.making import calling
from brainspec_optimized.jit.memory import Memory
from brainspec_optimized.jit.options import Options
from brainspec_optimized.jit.program import Program
from brainspec_optimized.mapping import refusals
from brainspec_optimized.mapping.lane import in_parallel
from brainspec_optimized.mapping.plan import Plan
from brainspec_optimized.mapping.staging import staged

__all__ = ["MappingMemory"]


class MappingMemory(Memory):
    """What is remembered of one mapping, or of one that is a method, on one instance."""

    __slots__ = ("plan",)
    page = "mapping"

    def __init__(
        self, origin: t.Callable[..., t.Any], options: Options, name: str, plan: Plan, instance: t.Any = None
    ) -> None:
        self.plan = plan
        super().__init__(origin, options, name, instance)
        if plan.devices is not None:
            self.places = plan.devices.places(options)

    def bound(self, instance: t.Any) -> "MappingMemory":
        """What is remembered for one instance, of a method."""
        return MappingMemory(self.origin, self.options.behind_instance(), self.name, self.plan, instance)

    def program(self, given: Given, described: bool = False) -> Program:
        """The program of a call with these arguments, remembered or traced."""
        if self.plan.devices is not None and in_parallel():
            raise refusals.nested_parallel()  # [parallel.error.nested]
        return super().program(given, described)

    def plainly(self, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> t.Any:
        """What a call gives where the user wants nothing compiled: the origin runs as he wants it, and at each call."""
        given = self.given(args, kwargs)
        with calling():
            program = self._traced(given, key_of(given, page=self.page))  # [mapping.disabled.maps]
            with jax.disable_jit(False):
                return call_program(self, program, given, args, kwargs, self.alone(program))

    def _traced(self, given: Given, key: Key) -> Program:
        program = staged(with_statics(self.function, given.statics), given, self.plan)
        program.key = key
        return program
