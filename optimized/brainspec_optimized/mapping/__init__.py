"""What is fast about it: a mapping is a jitted function, whose programs are of all lanes at once.

From the inside out: `axes`, `declared` and `plan`, what users say; `given` and `lane`, what a lane sees; `flow`,
what depends on the lane; `collectives`, what JAX cannot map; `outcome`, where
results go; `staging`, one program of all lanes; `memory` and `function`, what users hold. `newborn` keeps states
that are born in lanes, `older` has the form of before, and `devices` and `spread` put lanes on devices, for
`parallel` beside this folder.
"""

from brainspec_optimized.mapping.function import StatefulMapping, vmap2
from brainspec_optimized.mapping.initialising import vmap_init_all_states
from brainspec_optimized.mapping.newborn import vmap_new_states
from brainspec_optimized.mapping.older import vmap

__all__ = ["StatefulMapping", "vmap", "vmap2", "vmap_init_all_states", "vmap_new_states"]
