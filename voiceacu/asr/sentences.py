"""A graph of whole sentences for the recogniser, as OpenFst knows graphs.

Vosk makes a bigram model of a list of phrases, in which the words of different phrases
recombine: that forgives, and it confuses. In this graph a sentence is said from its first word to
its last. Before and after it, and between two, may be talk that is none.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

from voiceacu.asr.alternative import UNKNOWN
from voiceacu.asr.automaton import Automaton, minimal
from voiceacu.asr.fst import EPSILON, Acceptor

Words: TypeAlias = tuple[str, ...]

_DOUBT = 10.0
"""By how much less likely it is that somebody says a sentence to the letter than that they say
its words somehow: with this the scores compare with those of Vosk's bigram model."""

_SENTENCE = 8.0
"""How unlikely one sentence is, in natural logarithms: there are many."""

_SUGGESTED = 4.0
"""The same for a sentence that the assistant suggests: most people say those."""

_TALK = 0.1
"""The same for each unknown word after another."""

_TURN = 2.0
"""The same for talk after a sentence, and a sentence after talk."""


class Sentences(Protocol):
    """Templates of sentences, and the ways to say each of their slots; and the sentences that are
    likelier than others."""

    @property
    def templates(self) -> Sequence[Words]: ...
    @property
    def suggested(self) -> Sequence[Words]: ...
    @property
    def ways(self) -> Mapping[str, Sequence[Words]]: ...


def sentence_graph(sentences: Sentences, numbers: Mapping[str, int]) -> Acceptor:
    """The graph of these sentences, with the numbers that a model has for its words.

    Raises KeyError for a word that has none.
    """
    slots = {slot: -number for number, slot in enumerate(sentences.ways, 1)}
    labels = {**numbers, **slots}
    graph = _Graph(
        {
            slots[slot]: minimal([numbers[word] for word in way] for way in ways)
            for slot, ways in sentences.ways.items()
        }
    )
    body = minimal([labels[word] for word in template] for template in sentences.templates)
    suggested = minimal([numbers[word] for word in words] for words in sentences.suggested)
    graph.surround({body: _SENTENCE, suggested: _SUGGESTED}, numbers[UNKNOWN])
    return graph.acceptor


class _Graph:
    """The acceptor as it grows; a label below zero stands for a slot."""

    def __init__(self, slots: Mapping[int, Automaton]) -> None:
        self._slots = slots
        self.acceptor = Acceptor()

    def surround(self, sentences: Mapping[Automaton, float], unknown: int) -> None:
        """The sentences with their costs, and talk around them."""
        add = self.acceptor.add_arc
        start, talk = self.acceptor.add_state(), self.acceptor.add_state()
        embedded = [(cost, *self._embed(automaton)) for automaton, cost in sentences.items()]
        firsts = [(cost, first) for cost, first, _ in embedded]
        add(start, unknown, talk, _TALK)
        add(talk, unknown, talk, _TALK)
        for cost, first in firsts:
            add(start, EPSILON, first, cost)
            add(talk, EPSILON, first, cost + _TURN)
        for end in itertools.chain.from_iterable(ends for _, _, ends in embedded):
            add(end, unknown, talk, _TURN)
            for cost, first in firsts:
                add(end, EPSILON, first, cost + _TURN)
            self.acceptor.set_final(end, _DOUBT)
        self.acceptor.set_final(talk, _TALK + _DOUBT)
        self.acceptor.set_final(start, _DOUBT)

    def _embed(self, automaton: Automaton) -> tuple[int, list[int]]:
        """Put an automaton in; its first state and its final ones."""
        states = [self.acceptor.add_state() for _ in automaton.states]
        for source, state in zip(states, automaton.states, strict=True):
            for label, target in state.arcs:
                if label > 0:
                    self.acceptor.add_arc(source, label, states[target])
                    continue
                first, ends = self._embed(self._slots[label])
                self.acceptor.add_arc(source, EPSILON, first)
                for end in ends:
                    self.acceptor.add_arc(end, EPSILON, states[target])
        finals = [n for n, state in zip(states, automaton.states, strict=True) if state.final]
        return states[automaton.start], finals
