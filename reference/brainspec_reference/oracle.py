"""What a suite may ask the reference beside the surface: how precisely its results are known.

with brainspec_reference.oracle.measuring() as ledger:
    ...                           # call transformed functions
ledger.stable, ledger.bound(array)
"""

from .engine.precision import Known, Ledger, measuring

__all__ = ["Known", "Ledger", "measuring"]
