"""What is fast about it: all runs of a call are one compiled program, whose function runs in Python once.

From the inside out: `slices`, what runs see of the arguments; `watch`, what looks on while they run; `sequence` and
`batches`, the program of all runs; `python`, runs that nothing is made of; `function`, what users call; `refusals`,
what is wrong with what they gave.
"""

from brainspec_optimized.map.function import map  # noqa: A004  the name of the spec

__all__ = ["map"]
