"""The exit statuses of the command line, said once."""

CONFORMING = 0
FAILURES = 1
USAGE = 2
NOT_LOADED = 3
OURS = 4  # a fault of ours, so that no script takes it for a verdict
