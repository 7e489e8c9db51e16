"""Measuring two calls beside each other, in turn and in one process: the machines are shared and noisy, so only ratios count."""

import gc
import statistics
import time
import typing as t

import jax
import jax.numpy as jnp
from rich.table import Table

Call = t.Callable[[], t.Any]
Pair = tuple[Call, Call]  # that of the implementation, and the bare one
Make = t.Callable[[t.Any], Pair]


def fed_back(step: t.Any, values: t.Any, *args: t.Any, **kwargs: t.Any) -> Call:
    """A bare function whose first result is the first argument of the next call."""
    held = [values]

    def call() -> t.Any:
        held[0], result = step(held[0], *args, **kwargs)
        return result

    return call


def arrays(count: int) -> list[jax.Array]:
    """As many arrays, none of them another's."""
    return [jnp.full(4, float(i)) for i in range(count)]


def measured(pair: Pair, blocks: int, seconds: float) -> list[list[float]]:
    """Microseconds a call of each of the two, block by block."""
    for call in pair * 3:
        jax.block_until_ready(call())
    began = time.perf_counter()
    for _ in range(20):
        pair[1]()
    count = max(5, int(seconds / ((time.perf_counter() - began) / 20)))
    times: list[list[float]] = [[], []]
    for _ in range(blocks):
        for call, spent in zip(pair, times):
            began = time.perf_counter()
            for _ in range(count):
                result = call()
            spent.append((time.perf_counter() - began) / count * 1e6)
            jax.block_until_ready(result)
    return times


def table(title: str, module: t.Any, cases: dict[str, Make], blocks: int, seconds: float) -> Table:
    """A row for each case: the fastest block and the median one of both, and what the fastest ones differ by."""
    made = Table(title=title)
    made.add_column("case")
    for column in ("bare min", "min", "bare median", "median", "ratio", "more, µs"):
        made.add_column(column, justify="right")
    gc.disable()
    for name, make in cases.items():
        try:
            made.add_row(name, *row(*measured(make(module), blocks, seconds)))
        except Exception as error:
            made.add_row(name, f"{type(error).__name__}: {str(error)[:60]}")
        gc.collect()
    return made


def row(ours: list[float], bare: list[float]) -> list[str]:
    numbers = (min(bare), min(ours), statistics.median(bare), statistics.median(ours))
    return [*(f"{n:.2f}" for n in numbers), f"{min(ours) / min(bare):.2f}", f"{min(ours) - min(bare):+.2f}"]
