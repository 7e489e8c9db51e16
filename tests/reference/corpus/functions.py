"""The corpus: all families of functions that people write."""

from .arrays import ARRAYS
from .maths import MATHS
from .programs import COLLECTIVES, CONTROL, NETWORKS, TRANSFORMS
from .randoms import RANDOMS

FAMILIES = (MATHS, ARRAYS, RANDOMS, NETWORKS, CONTROL, TRANSFORMS, COLLECTIVES)
CORPUS = [case for family in FAMILIES for case in family.cases]
