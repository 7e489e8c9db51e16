"""What a transform costs beside the bare one of JAX, alternating in one process.

python tools/bench.py jit                          # the optimised implementation
python tools/bench.py mapping                      # with --devices 8 --only devices for lanes on devices
python tools/bench.py jit brainstate --runs 3      # any other by its module, where it is installed
"""

import importlib

import _bench_jit
import _bench_mapping
import click
import jax
from _bench import table
from rich.console import Console

CHAPTERS = {"jit": _bench_jit.CASES, "mapping": _bench_mapping.CASES}


@click.command()
@click.argument("chapter", type=click.Choice(list(CHAPTERS)))
@click.argument("implementation", default="brainspec_optimized")
@click.option("--blocks", default=200, show_default=True, help="How many blocks of calls of each.")
@click.option("--seconds", default=0.002, show_default=True, help="How long a block is.")
@click.option("--runs", default=1, show_default=True, help="How often all of it.")
@click.option("--only", default="", help="Cases whose name contains this.")
@click.option(
    "--devices", default=1, show_default=True, help="How many CPU devices JAX shows; lanes on devices need 8."
)
def main(chapter: str, implementation: str, blocks: int, seconds: float, runs: int, only: str, devices: int) -> None:
    """Print what calls of an implementation cost beside bare JAX."""
    jax.config.update("jax_num_cpu_devices", devices)
    module = importlib.import_module(implementation)
    cases = {name: make for name, make in CHAPTERS[chapter].items() if only in name}
    for run in range(runs):
        title = (
            f"{implementation} beside bare JAX ({chapter}), {jax.__version__}, {jax.default_backend()}, run {run + 1}"
        )
        Console(width=110).print(table(title, module, cases, blocks, seconds))


if __name__ == "__main__":
    main()
