"""What is fast about it: nothing; the errors of this room, a file a chapter.

The class of an error is named after the cause and has the builtin base that the clause promises, so that a user may
catch either.
"""

from brainspec_optimized.errors.base import *
from brainspec_optimized.errors.filters import *
from brainspec_optimized.errors.grad import *
from brainspec_optimized.errors.graph import *
from brainspec_optimized.errors.jit import *
from brainspec_optimized.errors.map import *
from brainspec_optimized.errors.mapping import *
from brainspec_optimized.errors.module import *
from brainspec_optimized.errors.parallel import *
from brainspec_optimized.errors.random import *
from brainspec_optimized.errors.state import *
