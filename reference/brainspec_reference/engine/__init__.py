"""The engine of the reference: user code is recorded as a program, which is evaluated in numpy, lane by lane."""
