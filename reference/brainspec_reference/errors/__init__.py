"""The errors of the reference, a file a chapter: what was found, which clause it breaks, and what to do instead.

Each cause has a class of its own, so that a user can catch by cause. Each class has the builtin base
that its clause names, so that a program written from the specification alone catches it as well.
"""

from .base import ClauseBroken as ClauseBroken
from .base import clause as clause
from .filters import *
from .grad import *
from .graph import *
from .jit import *
from .map import *
from .mapping import *
from .module import *
from .parallel import *
from .random import *
from .state import *
