"""The conformance suite: reads the specification and judges an implementation by it.

`impersonate` lets scripts written for `brainstate` and `braintrace` run on an implementation; everything else is reached
through the command line (`brainspec`), through pytest (`pytest --pyargs brainspec_conformance --impl NAME`), or by module.
"""

from .impersonation import impersonate

__all__ = ["impersonate"]
