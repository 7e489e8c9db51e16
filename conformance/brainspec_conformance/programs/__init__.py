"""Programs as data: drawn whole before anything runs, written as Python that a user could have written, run, observed, compared, reduced."""
