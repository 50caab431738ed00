"""Whole sentences as a graph: what it holds, what it costs, and that OpenFst's format is kept."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceacu.asr.automaton import Automaton, minimal
from voiceacu.asr.fst import EPSILON, Acceptor, check_graph, write_acceptor
from voiceacu.asr.sentences import sentence_graph

WORDS = ("go", "to", "the", "knee", "ankle", "stop", "now", "[unk]")
NUMBERS = {word: number for number, word in enumerate(WORDS, 1)}
KNEE_OR_ANKLE = (("the", "knee"), ("ankle",), ("ankle", "now"))


@dataclass(frozen=True)
class Some:
    templates: tuple[tuple[str, ...], ...]
    ways: Mapping[str, tuple[tuple[str, ...], ...]]
    suggested: tuple[tuple[str, ...], ...] = ()


def accepted(automaton: Automaton) -> set[tuple[int, ...]]:
    def behind(number: int) -> set[tuple[int, ...]]:
        state = automaton.states[number]
        ends = {()} if state.final else set()
        return ends | {(label, *rest) for label, to in state.arcs for rest in behind(to)}

    return behind(automaton.start)


@given(st.sets(st.lists(st.integers(1, 4), max_size=6).map(tuple)))
def test_an_automaton_holds_its_sequences_and_no_other(sequences: set[tuple[int, ...]]) -> None:
    automaton = minimal(sequences)
    assert accepted(automaton) == sequences
    tails = [
        frozenset(accepted(Automaton(automaton.states[: n + 1])))
        for n in range(len(automaton.states))
    ]
    assert len(set(tails)) == len(tails), "two states from which the same can follow"


def cost(graph: Acceptor, text: str) -> float:
    """The least cost of a text in a graph, infinite where it does not hold it."""
    reached = {0: 0.0}
    for word in (*text.split(), None):
        while True:
            more = dict(reached)
            for state, so_far in reached.items():
                for label, target, price in graph.arcs[state]:
                    if label == EPSILON:
                        more[target] = min(more.get(target, inf), so_far + price)
            if more == reached:
                break
            reached = more
        if word is None:
            return min((c + graph.finals[s] for s, c in reached.items()), default=inf)
        after: dict[int, float] = {}
        for state, so_far in reached.items():
            for label, target, price in graph.arcs[state]:
                if label == NUMBERS[word]:
                    after[target] = min(after.get(target, inf), so_far + price)
        reached = after
    return inf


@pytest.fixture(scope="module")
def graph() -> Acceptor:
    ways = {"{point}": KNEE_OR_ANKLE}
    return sentence_graph(Some((("go", "to", "{point}"), ("{point}",), ("stop",)), ways), NUMBERS)


def test_each_way_to_say_a_slot_is_a_sentence(graph: Acceptor) -> None:
    said = [f"{start} {' '.join(way)}" for start in ("go to", "") for way in KNEE_OR_ANKLE]
    assert {cost(graph, text) for text in (*said, "stop")} == {cost(graph, "stop")}


def test_words_of_different_sentences_do_not_recombine(graph: Acceptor) -> None:
    for text in ("go", "go to", "go to stop", "the", "knee", "the ankle", "now"):
        assert cost(graph, text) == inf


def test_a_sentence_amid_talk_is_less_likely_and_two_of_them_less_still(graph: Acceptor) -> None:
    alone, two = cost(graph, "stop"), cost(graph, "stop stop")
    for text in ("stop [unk]", "[unk] stop"):
        assert alone + 1 < cost(graph, text) < two - 1


def test_talk_is_likelier_than_any_one_sentence(graph: Acceptor) -> None:
    assert cost(graph, "[unk] [unk]") < cost(graph, "stop")


def test_a_sentence_that_is_suggested_is_likelier() -> None:
    graph = sentence_graph(Some((("go",), ("stop",), ("now",)), {}, (("stop",),)), NUMBERS)
    assert cost(graph, "stop") + 1 < cost(graph, "go") == cost(graph, "now")
    assert cost(graph, "go stop") + 1 < cost(graph, "go now")


def test_a_graph_is_written_as_openfst_reads_it(graph: Acceptor, tmp_path: Path) -> None:
    file = tmp_path / "Gr.fst"
    write_acceptor(graph, file)
    check_graph(file)
    arcs = sum(map(len, graph.arcs))
    header = 4 + (4 + len("vector")) + (4 + len("standard")) + 4 + 4 + 8 * 4
    assert file.stat().st_size == header + 12 * len(graph.arcs) + 16 * arcs


def test_a_word_without_a_number_is_an_error() -> None:
    with pytest.raises(KeyError):
        sentence_graph(Some((("elbow",),), {}), NUMBERS)


def test_sentences_share_their_beginnings_and_ends() -> None:
    words = list(itertools.product((1, 2, 3), (4, 5), (6, 7, 8)))
    assert len(minimal(words).states) == 4
