"""The checks, one module for each page of the specification; each is handed the implementation that it judges."""
