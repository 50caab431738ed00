"""The smallest automaton that accepts a list of word sequences.

Tens of thousands of phrases share their beginnings and their ends, so that a few thousand states
hold them all. Built in one pass over sorted sequences: Daciuk, Mihov, Watson and Watson,
"Incremental construction of minimal acyclic finite-state automata", 2000.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile


@dataclass(frozen=True, slots=True)
class State:
    """`arcs` are pairs of a label and the number of the state that it leads to."""

    final: bool
    arcs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Automaton:
    """Its arcs lead to states of lower numbers; the last state is the first of each sequence."""

    states: tuple[State, ...]

    @property
    def start(self) -> int:
        """The number of the first state."""
        return len(self.states) - 1


def minimal(sequences: Iterable[Sequence[int]]) -> Automaton:
    """The automaton of these sequences of labels, in any order."""
    building = _Building()
    for sequence in sorted(set(map(tuple, sequences))):
        building.add(sequence)
    return building.finish()


class _Building:
    """The states that are settled, and the path of the last sequence, which may still branch."""

    def __init__(self) -> None:
        self._numbers: dict[State, int] = {}
        self._last: tuple[int, ...] = ()
        self._path: list[tuple[bool, list[tuple[int, int]]]] = [(False, [])]

    def add(self, sequence: tuple[int, ...]) -> None:
        pairs = zip(self._last, sequence, strict=False)
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        self._settle(common)
        self._path += [(False, []) for _ in sequence[common:]]
        self._path[-1] = (True, self._path[-1][1])
        self._last = sequence

    def finish(self) -> Automaton:
        self._settle(0)
        final, arcs = self._path[0]
        # The first state is like no other: all others are behind a label.
        return Automaton((*self._numbers, State(final, tuple(arcs))))

    def _settle(self, depth: int) -> None:
        """Beyond `depth` labels nothing will branch any more."""
        while len(self._path) > depth + 1:
            final, arcs = self._path.pop()
            state = State(final, tuple(arcs))
            number = self._numbers.setdefault(state, len(self._numbers))
            self._path[-1][1].append((self._last[len(self._path) - 1], number))
