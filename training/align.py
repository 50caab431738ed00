"""Forced alignment: which state of a phone each 30 ms frame of a known sentence belongs to.

The graph of a sentence holds all pronunciations of each word in parallel and an optional
silence after each word; a word without a pronunciation becomes a chain of ``SPN`` frames.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numba
import numpy as np

from training.context import CONTEXT_AFTER_PHONE, OUTPUTS, PHONE_OF_STATE
from training.lexicon import Lexicon, pronunciations
from training.units import NOTHING, SIL_STATE, SPN_STATE, first_state

UNKNOWN_WORD_FRAMES = 5
SKIP_SECOND_STATE = -0.7
ENTER_SILENCE = -0.5
ACOUSTIC_SCALE = 0.5
FAILED = -99.0
Exits: TypeAlias = list[tuple[int, float]]
"""States that lead on, with log weights."""


class Graph(NamedTuple):
    """A sentence's alignment graph in arrays: the network output of each node; from where in
    ``before`` its predecessors stand, and with which log weight each leads to it; the nodes that
    a sentence begins and ends in."""

    outputs: np.ndarray
    offsets: np.ndarray
    before: np.ndarray
    weights: np.ndarray
    starts: np.ndarray
    ends: np.ndarray


@dataclass
class _Graph:
    """Nodes (state, its context, word index) and their predecessors with log weights."""

    states: list[int] = field(default_factory=list)
    contexts: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    before: list[Exits] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def add(self, state: int, context: int, word: int, before: Exits) -> int:
        self.states.append(state)
        self.contexts.append(context)
        self.words.append(word)
        self.before.append(before)
        return len(self.states) - 1

    def contexts_after(self, exits: Exits) -> dict[int, Exits]:
        """The exits by the context of what follows them."""
        found: dict[int, Exits] = defaultdict(list)
        for node, weight in exits:
            phone = PHONE_OF_STATE[self.states[node]]
            found[int(CONTEXT_AFTER_PHONE[phone])].append((node, weight))
        return found

    def arrays(self) -> Graph:
        return Graph(
            OUTPUTS[self.states, self.contexts].astype(np.int32),
            np.cumsum([0] + [len(row) for row in self.before]).astype(np.int32),
            np.array([node for row in self.before for node, _ in row], np.int32),
            np.array([weight for row in self.before for _, weight in row]),
            np.array(self.starts, np.int32),
            np.array(self.ends, np.int32),
        )


def _add_chain(graph: _Graph, phones: list[int], word: int, exits: Exits, first: bool) -> Exits:
    """Two states a phone, of which ``phones`` gives the first, the second one skippable; returns
    the ways out of the chain."""
    for position, state in enumerate(phones):
        ways: Exits = []
        for context, before in graph.contexts_after(exits).items():
            node = graph.add(state, context, word, before)
            if first and position == 0:
                graph.starts.append(node)
            second = graph.add(state + 1, context, word, [(node, 0.0)])
            ways += [(node, SKIP_SECOND_STATE), (second, 0.0)]
        exits = ways
    return exits


def _add_unknown(graph: _Graph, word: int, exits: Exits, first: bool) -> Exits:
    for position in range(UNKNOWN_WORD_FRAMES):
        node = graph.add(SPN_STATE, NOTHING, word, exits)
        if first and position == 0:
            graph.starts.append(node)
        exits = [(node, 0.0)]
    return exits


def sentence_graph(words: list[str], lexicon: Lexicon) -> _Graph:
    """The alignment graph of a sentence."""
    graph = _Graph()
    silence = graph.add(SIL_STATE, NOTHING, -1, [])
    graph.starts.append(silence)
    exits: Exits = [(silence, 0.0)]
    ends: Exits = []
    for index, word in enumerate(words):
        ends = []
        found = pronunciations(word, lexicon)
        for pronunciation in found:
            chain = [first_state(phone) for phone in pronunciation]
            ends += _add_chain(graph, chain, index, exits, first=index == 0)
        if not found:
            ends += _add_unknown(graph, index, exits, first=index == 0)
        entering = [(end, weight + ENTER_SILENCE) for end, weight in ends]
        silence = graph.add(SIL_STATE, NOTHING, -1, entering)
        exits = [*ends, (silence, 0.0)]
    graph.ends = [node for node, _ in exits]
    return graph


@numba.njit(cache=True)
def _viterbi(scores: np.ndarray, graph: Graph) -> tuple[np.ndarray, float]:
    outputs, offsets, before, weights, starts, ends = graph
    frames, nodes = scores.shape[0], len(outputs)
    best = np.full(nodes, -1e9, np.float32)
    back = np.zeros((frames, nodes), np.int32)
    for s in starts:
        best[s] = scores[0, outputs[s]]
    for t in range(1, frames):
        new = np.empty(nodes, np.float32)
        for s in range(nodes):
            value, source = best[s], s
            for j in range(offsets[s], offsets[s + 1]):
                candidate = best[before[j]] + weights[j]
                if candidate > value:
                    value, source = candidate, before[j]
            new[s] = value + scores[t, outputs[s]]
            back[t, s] = source
        best = new
    last = ends[0]
    for e in ends:
        if best[e] > best[last]:
            last = e
    path = np.empty(frames, np.int32)
    state = last
    for t in range(frames - 1, -1, -1):
        path[t] = state
        state = back[t, state]
    return path, best[last]


def align(
    log_likelihoods: np.ndarray, words: list[str], lexicon: Lexicon
) -> tuple[np.ndarray, np.ndarray, float]:
    """Best path through the sentence's graph.

    ``log_likelihoods`` has shape (frames at 30 ms, outputs). Returns the state and the word
    index (-1 for silence) of each frame, and the mean margin to the best output of each frame
    (``FAILED`` if the sentence does not fit the recording).
    """
    graph = sentence_graph(words, lexicon)
    arrays = graph.arrays()
    scores = (log_likelihoods * ACOUSTIC_SCALE).astype(np.float32)
    path, total = _viterbi(scores, arrays._replace(weights=arrays.weights.astype(np.float32)))
    labels, owners = np.array(graph.states)[path], np.array(graph.words)[path]
    if total < -1e8:
        return labels, owners, FAILED
    margin = (scores[np.arange(len(path)), arrays.outputs[path]] - scores.max(1)).mean()
    return labels, owners, float(margin)
