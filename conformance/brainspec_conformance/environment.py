"""What a run sets up around the checks: devices, Hypothesis, a time limit."""

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from .plugin import PROFILES


class CheckTimeout(BaseException):
    """A check took longer than it may; no `except Exception` of an implementation or of Hypothesis swallows it."""


def configure_devices(count: int) -> None:
    """Let JAX show so many CPU devices, in this process and in workers started from it; must come before JAX is used."""
    os.environ["JAX_NUM_CPU_DEVICES"] = str(count)
    if "jax" in sys.modules:
        import jax

        with suppress(RuntimeError):  # a backend runs already; checks that need more devices say so themselves
            jax.config.update("jax_num_cpu_devices", count)  # type: ignore[no-untyped-call]


def configure_hypothesis(profile: str, seed: int | None) -> None:
    """Deterministic unless a seed is given; no database, no deadline: a verdict depends on nothing but the program."""
    import hypothesis

    name = f"brainspec-{profile}"
    hypothesis.settings.register_profile(
        name,
        max_examples=PROFILES[profile],
        derandomize=seed is None,
        database=None,
        deadline=None,
        print_blob=False,
        phases=[phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.explain],  # slow, for a comment
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile(name)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise CheckTimeout in a block that takes longer.

    A signal reaches Python code only. Code that hangs inside a library never sees it: after three times the limit the
    process dies with a traceback, and the run calls it a crash.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def expired(signum: int, frame: FrameType | None) -> None:
        raise CheckTimeout(f"the check took longer than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, expired)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    faulthandler.dump_traceback_later(3 * seconds, exit=True, file=sys.__stderr__ or 2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
