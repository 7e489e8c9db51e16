"""What is noted of a step stays as it was, whatever later steps do."""

import numpy as np
from brainspec_conformance.programs.run import Observer


def test_an_array_of_numpy_that_a_later_step_changes_was_noted_before() -> None:
    held = np.zeros(2)
    observer = Observer((("root.a", lambda: held),))
    observer.see({"r0": held})
    observer.note(0, None)
    held += 1
    observer.note(1, None)

    first, second = observer.steps
    assert first.states["root.a"].tolist() == first.result["r0"].tolist() == [0, 0]
    assert second.states["root.a"].tolist() == [1, 1]
