"""Dropout and a running mean over a batch, with two random streams: under nested mappings, and with lanes on devices.

brainspec run --impl reference examples/dropout_mean.py
JAX_NUM_CPU_DEVICES=8 brainspec run --impl optimized examples/dropout_mean.py
"""

import brainstate
import jax
import jax.numpy as jnp
from brainstate.transform import pmap2, vmap2

noise = brainstate.random.RandomState(7)


class Net(brainstate.nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate
        self.mean = brainstate.LongTermState(jnp.zeros(3))
        self.last = brainstate.ShortTermState(jnp.zeros((4, 2, 3)))

    def update(self, x):
        keep = brainstate.random.uniform(0.0, 1.0, x.shape) > self.rate  # the default stream
        x = jnp.where(keep, x / (1 - self.rate), 0.0)
        x = x + noise.randint(0, 4, x.shape) / 4  # a stream of its own
        self.mean.value = 0.5 * self.mean.value + 0.5 * jax.lax.pmean(x, ("outer", "inner"))
        self.last.value = x
        return x.sum()


def rows(transform):
    """Four lanes of two lanes each; `last` loses and gets an axis at each level, `mean` is one for all."""
    brainstate.random.seed(0)
    noise.seed(7)
    net = Net(rate=0.5)
    last = {0: brainstate.ShortTermState}
    inner = vmap2(net, axis_name="inner", state_in_axes=last, unexpected_out_state_mapping="raise")
    outer = transform(inner, axis_name="outer", state_in_axes=last, unexpected_out_state_mapping="raise")
    x = jnp.arange(24.0).reshape(4, 2, 3)
    for _ in range(3):
        out = outer(x)
    return out.tolist(), net.mean.value.tolist(), net.last.value.tolist(), jax.random.key_data(noise.value).tolist()


one_device = rows(vmap2)
for shown in one_device:
    print(shown)
if jax.local_device_count() >= 4:
    assert rows(pmap2) == one_device, "the lanes give other numbers on devices"
