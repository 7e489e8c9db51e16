"""The conformance suite: reads the specification and judges an implementation by it."""
