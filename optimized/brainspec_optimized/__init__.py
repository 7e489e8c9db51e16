"""The optimised implementation: the meaning of the specification at the speed of bare JAX."""
