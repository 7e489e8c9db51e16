"""A model of a user's own, compared call by call: brainspec run --impl optimized examples/my_model.py --against reference"""

import brainstate
import jax.numpy as jnp


class Leaky(brainstate.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = brainstate.ParamState(jnp.array([[0.5, -1.0], [2.0, 0.25]]))
        self.v = brainstate.HiddenState(jnp.zeros(2))

    def update(self, x):
        self.v.value = 0.5 * self.v.value + jnp.tanh(x @ self.weight.value) + brainstate.random.normal(0.0, 0.1, (2,))
        return self.v.value


def model():
    brainstate.random.seed(0)
    return brainstate.transform.jit(Leaky())


inputs = [(jnp.array([1.0, 2.0]),), (jnp.array([0.5, -1.0]),), (jnp.ones((3, 2)),)]
