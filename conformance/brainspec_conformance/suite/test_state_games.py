"""The checks of `spec/10-state.md` over generated sequences of moves, against a truth of ten lines."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import KINDS, a_state


class Log:
    """The truth about one trace stack: a state is its number in the order of births."""

    def __init__(self, born: int) -> None:
        self.born = born
        self.first: dict[int, int] = {}
        self.wrote: set[int] = set()

    def touch(self, state: int, held: int, wrote: bool) -> None:
        if state < self.born:
            self.first.setdefault(state, held)
            self.wrote |= {state} if wrote else set()


class Game:
    """States and trace stacks of an implementation, and beside them the truth."""

    def __init__(self, impl: Any) -> None:
        self.impl = impl
        self.states = [impl.State(-1), impl.ParamState(-2), impl.State(-3)]
        self.held = [-1, -2, -3]
        self.stacks: list[tuple[Any, Log]] = []
        self.open: list[tuple[Any, Log]] = []

    def touch(self, n: int, wrote: bool = False) -> None:
        for _, log in self.open:
            log.touch(n, self.held[n], wrote)

    def read(self, n: int, value: int) -> None:
        self.touch(n)
        assert self.states[n].value == self.held[n]

    def write(self, n: int, value: int) -> None:
        self.touch(n, wrote=True)
        self.states[n].value = self.held[n] = value

    def augment(self, n: int, value: int) -> None:
        self.touch(n, wrote=True)
        self.states[n].value += value
        self.held[n] += value

    def copy(self, n: int, value: int) -> None:
        self.read(n, value)  # so that it does not matter whether copying touches
        self.states.append(self.states[n].copy())
        self.held.append(self.held[n])

    def take_over(self, n: int, value: int) -> None:
        source = value % len(self.states)
        if type(self.states[source]) is type(self.states[n]):
            self.read(source, value)
            self.touch(n, wrote=True)
            self.states[n].copy_from(self.states[source])
            self.held[n] = self.held[source]

    def enter(self, n: int, value: int) -> None:
        self.open.append((self.impl.StateTraceStack(), Log(len(self.states))))
        self.stacks.append(self.open[-1])
        self.open[-1][0].__enter__()

    def leave(self, n: int, value: int) -> None:
        if self.open:
            self.open.pop()[0].__exit__(None, None, None)


Move = tuple[str, int, int]
NAMES = ["read", "read", "write", "augment", "copy", "take_over", "enter", "enter", "leave"]
MOVES = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 9), st.integers(0, 9)), max_size=30)


def played(impl: Any, moves: list[Move]) -> Game:
    """The game after all moves, with every trace stack closed."""
    game = Game(impl)
    game.enter(0, 0)
    try:
        for move, n, value in moves:
            getattr(game, move)(n % len(game.states), value)
    finally:
        while game.open:
            game.leave(0, 0)
    return game


@check("state.stack.nested@1", "state.stack.newborn@1", needs=["state.stack.records@1"])
@given(MOVES)
def test_generated_moves_are_recorded_in_order(impl: Any, moves: list[Move]) -> None:
    game = played(impl, moves)
    for stack, log in game.stacks:
        assert stack.states == [game.states[n] for n in log.first]


@check("state.stack.writes@1", needs=["state.stack.records@1"])
@given(MOVES)
def test_generated_writes_are_told_from_reads(impl: Any, moves: list[Move]) -> None:
    for stack, log in played(impl, moves).stacks:
        assert stack.been_writen == [n in log.wrote for n in log.first]


@check("state.stack.parts@1", needs=["state.stack.records@1", "state.stack.nested@1", "state.stack.newborn@1"])
@given(MOVES)
def test_generated_moves_are_parted(impl: Any, moves: list[Move]) -> None:
    game = played(impl, moves)
    for stack, log in game.stacks:
        assert stack.get_read_states() == tuple(game.states[n] for n in log.first if n not in log.wrote)
        assert stack.get_write_states() == tuple(game.states[n] for n in log.first if n in log.wrote)


@check("state.stack.recover@1", needs=["state.stack.records@1", "state.stack.nested@1", "state.stack.newborn@1"])
@given(MOVES, st.integers(0, 9))
def test_generated_moves_are_taken_back(impl: Any, moves: list[Move], pick: int) -> None:
    game = played(impl, moves)
    stack, log = game.stacks[pick % len(game.stacks)]
    stack.recovery_original_values()

    assert [state.value for state in game.states] == [log.first.get(n, held) for n, held in enumerate(game.held)]


@check("state.value.written@1", "state.copy.apart@1")
@given(MOVES)
def test_generated_moves_leave_what_was_written_last(impl: Any, moves: list[Move]) -> None:
    game = played(impl, moves)

    assert [state.value for state in game.states] == game.held


TAGS = st.none() | st.sampled_from(["a", "b"]) | st.sets(st.sampled_from(["a", "b", "c"]))
BIRTHS = st.lists(st.tuples(st.sampled_from(KINDS), TAGS), max_size=4)
BLOCKS = st.lists(
    st.tuples(st.none() | st.sampled_from("XYZ"), st.lists(st.sampled_from(KINDS), max_size=2)), max_size=3
)


def caught_by(impl: Any, blocks: list[Any], births: list[Any]) -> tuple[list[Any], list[list[Any]]]:
    """The states that are born in nested blocks, and what each block catches."""
    entered = [
        impl.catch_new_states(state_tag=tag, state_to_exclude=[getattr(impl, kind) for kind in kinds])
        for tag, kinds in blocks
    ]
    caught = [block.__enter__() for block in entered]
    states = [a_state(impl, kind, tag=tag) for kind, tag in births]
    for block in reversed(entered):
        block.__exit__(None, None, None)
    return states, [list(found) for found in caught]


@check("state.catch.nested@1", "state.catch.exclude@1", needs=["state.catch.catches@1"])
@given(BLOCKS, BIRTHS)
def test_generated_births_are_caught_by_every_block_that_wants_them(
    impl: Any, blocks: list[Any], births: list[Any]
) -> None:
    states, caught = caught_by(impl, blocks, births)
    for (_, kinds), found in zip(blocks, caught):
        assert found == [s for s in states if not isinstance(s, tuple(getattr(impl, kind) for kind in kinds))]


def words_of(tag: Any) -> set[str]:
    return {tag} if isinstance(tag, str) else set(tag or ())


@check("state.catch.tag@1", needs=["state.catch.nested@1"])
@given(BLOCKS, BIRTHS)
def test_generated_births_have_the_tags_of_all_blocks_that_caught_them(
    impl: Any, blocks: list[Any], births: list[Any]
) -> None:
    states, caught = caught_by(impl, blocks, births)
    for (_, tag), state in zip(births, states):
        added = {new for (new, _), found in zip(blocks, caught) if new and state in found}
        assert words_of(state.tag) == words_of(tag) | added
