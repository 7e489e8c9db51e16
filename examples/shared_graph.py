"""A module with a shared weight, a cycle, a list and a dictionary: split, merged, cloned, pickled and updated.

brainspec run --impl reference examples/shared_graph.py
brainspec run --impl optimized examples/shared_graph.py
"""

import copy
import pickle

import brainstate
import jax
import jax.numpy as jnp


class Cell(brainstate.nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight
        self.h = brainstate.HiddenState(jnp.zeros(2))

    def update(self, x):
        self.h.value = jnp.tanh(self.weight.value * x + self.h.value)
        return self.h.value


class Net(brainstate.nn.Module):
    def __init__(self):
        super().__init__()
        shared = brainstate.ParamState(jnp.array([0.5, 1.0]), name="shared")
        self.cells = [Cell(shared), Cell(shared)]
        self.gains = {"out": brainstate.ParamState(jnp.array(2.0)), "in": brainstate.ParamState(jnp.array(1.0))}
        self.whole = self

    def update(self, x):
        for cell in self.cells:
            x = cell(x * self.gains["in"].value)
        return x * self.gains["out"].value


def facts(net):
    a, b = net.cells
    return {"shared": a.weight is b.weight, "cycle": net.whole is net, "out": net(jnp.ones(2)).tolist()}


net = Net()
print(net)
print(list(net.states()), list(net.nodes()))

graphdef, params, others = brainstate.graph.treefy_split(net, brainstate.ParamState, ...)
print("merged ", facts(brainstate.graph.treefy_merge(graphdef, params, others)))
print("cloned ", facts(brainstate.graph.clone(net)))
print("copied ", facts(copy.deepcopy(net)))
print("pickled", facts(pickle.loads(pickle.dumps(net))))

brainstate.graph.update_states(net, jax.tree.map(lambda x: 2 * x, params))
print("updated", facts(net))
print("popped ", list(brainstate.graph.pop_states(net.cells[0], brainstate.HiddenState)))
