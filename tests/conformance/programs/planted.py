"""Copies of the optimised implementation with one line changed, as packages that can be loaded by name."""

import shutil
from pathlib import Path

from attrs import frozen

SOURCE = Path(__file__).parents[3] / "optimized" / "brainspec_optimized"


@frozen
class Fault:
    """One line of a file, what stands there instead, and the clause that it breaks."""

    file: str
    line: str
    instead: str
    clause: str

    def __str__(self) -> str:
        return self.clause


FAULTS = [
    # The key that a draw used is left in the stream: the next draw uses it again.
    Fault("random/drawing.py", "stream._value = new  # [random.draw.rule]", "stream._value = held", "random.draw.rule"),
    # Every state that a program touched gets what was handed to the compiled call, and only then what is written. A user sees it where
    # the state held what is no array of JAX, a Python number or an array of NumPy: it has become one.
    Fault(
        "jit/calling.py",
        "for state, value in zip(changed, written):\n            state._value",
        "handed = [__import__('jax').tree.map(__import__('jax').numpy.asarray, value) for value in values]\n"
        "        for state, value in [*zip(states, handed), *zip(changed, written)]:\n            state._value",
        "jit.state.read-only",
    ),
    # 1, 1.0 and True are equal, and have one hash.
    Fault(
        "jit/arguments.py",
        "return given.statics, tree,",
        "return tuple([(place, object, value) for place, _, value in given.statics]), tree,",
        "jit.static.signature",
    ),
]


def planted(fault: Fault | None, folder: Path, name: str) -> Path:
    """A copy named `name` below a folder, with the fault or with none; gives the folder, for the import path."""
    shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copytree(SOURCE, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (folder / name).rglob("*.py"):
        path.write_text(path.read_text(encoding="utf-8").replace(SOURCE.name, name), encoding="utf-8")
    if fault is not None:
        path = folder / name / fault.file
        text = path.read_text(encoding="utf-8")
        assert text.count(fault.line) == 1, f"{fault.line!r} is {text.count(fault.line)} times in {fault.file}"
        path.write_text(text.replace(fault.line, fault.instead), encoding="utf-8")
    return folder
