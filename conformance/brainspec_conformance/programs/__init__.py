"""Programs as data, drawn whole before anything runs, written as Python that a user could have written, run, observed, compared, reduced.

What a program can hold stands in three tables: `statements` of methods, `steps` of scripts, and `transforms`. An entry says how one is drawn,
how it is written, what of it must occur in a census, and how it is made simpler. To add a statement:

1. In a file of `statements` write its class, derived from `Statement`, frozen, of names, numbers and tuples only. What it binds is called
   `bind`, variables that it uses are `Name`s, and what it wraps around a call is called `transform`: then cuts and laws know it.
2. Write its `StatementSort`: `draw` takes the `Writer` of a method (what is in scope: `typed`, `around`; what it makes: `bind`, `add`), and
   must give something valid at once; `lines` writes it; `options` and `found` say what a census counts; `simpler` yields smaller ones.
3. Put it into the file's `SORTS`, a new file's into the table, and the class into `data`.

Steps go the same way with `StepSort` and the `Script`, one line each; transforms with `TransformSort`, where `made` gets the parameters of the
method. A text with braces in a table (`operations`, `samplers`, `steps.calls.QUESTIONS`, ...) is a thing to add by one line.

Mappings are drawn the other way round, in `lanes`: first the mapping with the states that it declares (`declaring`), then what one of its
lanes sees of them (`sight`), then the body, and at last the axes of what it gives. Seen from outside, a lane method is a method like
others; written for one lane, it brings the mapping that each use must have (`Callee.lane`). The writer knows over which mappings around
each variable may be mapped, and draws what must be the same in all lanes of those alone that are. A new collective is a line of
`statements.collectives`, a new form of filter one of `mappings.FORMS`; how many devices there are is an argument of `drawing.draw`.

Where rounding counts: the oracle knows what the calls of transformed functions gave, and nothing of what plain Python computes between
them; that is drawn only where `choosing.exact` says that nothing rounds. Where states end: no step takes a state away in a script that
raises, since an exception keeps alive what it passed.
"""
