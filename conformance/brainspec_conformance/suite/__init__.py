"""The checks: one file for each chapter of the specification, and the examples of all chapters."""
