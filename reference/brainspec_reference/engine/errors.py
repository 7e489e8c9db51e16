"""The errors of the reference's engine.

Each class is one cause. Each message says, in this order, what was found (which equation, on which line of the user's
code), what the rule is, and what to do. The classes derive from the builtin or JAX class that a user of JAX would catch
for the same mistake, so that `except NameError` around an unknown axis works here as it does there.
"""

from __future__ import annotations

from typing import Self

import jax


class ReferenceUnsupported(NotImplementedError):
    """The reference has no meaning for an operation, and says so instead of guessing."""

    def __init__(self, op: str, why: str = "", equation: str = "", source: str = "") -> None:
        self.op, self.why, self.equation, self.source = op, why, equation, source
        found = f"{op!r}" + (f", in equation `{equation}`" if equation else "") + (f", at {source}" if source else "")
        reason = why or "The rule table has no row for it; write the row, or keep the program off this operation."
        super().__init__(f"The reference does not support {found}. {reason}")

    def at(self, equation: str, source: str) -> Self:
        """The same error, with the equation that met it; the innermost equation wins."""
        return self if self.equation else type(self)(self.op, self.why, equation, source)


class FinishedRecordingError(jax.errors.UnexpectedTracerError):
    """A recorded value was used outside the recording that made it."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)  # JAX's own class would add a link to a page that this class does not have


class UnknownAxisError(NameError):
    """A collective names an axis over which no enclosing mapping runs."""


class LaneVaryingCollectiveError(RuntimeError):
    """Only some lanes of a complete group arrived at a collective."""


class LaneVaryingOutputError(ValueError):
    """An output declared the same in all lanes (`out_axes=None`) differs between them."""


class CallbackResultError(RuntimeError):
    """A callback gave something other than what it was declared to give."""


class MalformedProgramError(AssertionError):
    """A recorded program breaks a rule of the program language: a bug of the pass that made it."""
