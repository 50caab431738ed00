"""Forced alignment: which network output each 30 ms frame of a known sentence belongs to.

The graph of a sentence holds all pronunciations of each word in parallel and an optional
silence after each word; a word without a pronunciation becomes a chain of ``SPN`` frames.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numba
import numpy as np

from training.lexicon import Lexicon, pronunciations
from training.units import SIL_PDF, SPN_PDF, first_pdf

UNKNOWN_WORD_FRAMES = 5
SKIP_SECOND_STATE = -0.7
ENTER_SILENCE = -0.5
ACOUSTIC_SCALE = 0.5
FAILED = -99.0
Exits: TypeAlias = list[tuple[int, float]]
"""States that lead on, with log weights."""


class Graph(NamedTuple):
    """A sentence's alignment graph in arrays: the network output of each state; from where in
    ``before`` its predecessors stand, and with which log weight each leads to it; the states that
    a sentence begins and ends in."""

    pdfs: np.ndarray
    offsets: np.ndarray
    before: np.ndarray
    weights: np.ndarray
    starts: np.ndarray
    ends: np.ndarray


@dataclass
class _Graph:
    """Nodes (network output, word index) and their predecessors with log weights."""

    pdfs: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    before: list[list[tuple[int, float]]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def add(self, pdf: int, word: int, before: list[tuple[int, float]]) -> int:
        self.pdfs.append(pdf)
        self.words.append(word)
        self.before.append(before)
        return len(self.pdfs) - 1

    def arrays(self) -> Graph:
        return Graph(
            np.array(self.pdfs, np.int32),
            np.cumsum([0] + [len(row) for row in self.before]).astype(np.int32),
            np.array([node for row in self.before for node, _ in row], np.int32),
            np.array([weight for row in self.before for _, weight in row]),
            np.array(self.starts, np.int32),
            np.array(self.ends, np.int32),
        )


def _add_chain(
    graph: _Graph, phones: list[int], word: int, exits: Exits, first: bool
) -> list[tuple[int, float]]:
    """Two states a phone, the second one skippable; returns the ways out of the chain."""
    before = list(exits)
    for position, pdf in enumerate(phones):
        state = graph.add(pdf, word, before)
        if first and position == 0:
            graph.starts.append(state)
        second = graph.add(pdf + 1, word, [(state, 0.0)])
        before = [(state, SKIP_SECOND_STATE), (second, 0.0)]
    return before


def _add_unknown(graph: _Graph, word: int, exits: Exits, first: bool) -> list[tuple[int, float]]:
    before = list(exits)
    for position in range(UNKNOWN_WORD_FRAMES):
        state = graph.add(SPN_PDF, word, before)
        if first and position == 0:
            graph.starts.append(state)
        before = [(state, 0.0)]
    return before


def sentence_graph(words: list[str], lexicon: Lexicon) -> _Graph:
    """The alignment graph of a sentence."""
    graph = _Graph()
    silence = graph.add(SIL_PDF, -1, [])
    graph.starts.append(silence)
    exits: Exits = [(silence, 0.0)]
    ends: Exits = []
    for index, word in enumerate(words):
        ends = []
        found = pronunciations(word, lexicon)
        for pronunciation in found:
            chain = [first_pdf(phone) for phone in pronunciation]
            ends += _add_chain(graph, chain, index, exits, first=index == 0)
        if not found:
            ends += _add_unknown(graph, index, exits, first=index == 0)
        silence = graph.add(SIL_PDF, -1, [(e, w + ENTER_SILENCE) for e, w in ends])
        exits = [*ends, (silence, 0.0)]
    graph.ends = [node for node, _ in exits]
    return graph


@numba.njit(cache=True)
def _viterbi(scores: np.ndarray, graph: Graph) -> tuple[np.ndarray, float]:
    pdfs, offsets, before, weights, starts, ends = graph
    frames, nodes = scores.shape[0], len(pdfs)
    best = np.full(nodes, -1e9, np.float32)
    back = np.zeros((frames, nodes), np.int32)
    for s in starts:
        best[s] = scores[0, pdfs[s]]
    for t in range(1, frames):
        new = np.empty(nodes, np.float32)
        for s in range(nodes):
            value, source = best[s], s
            for j in range(offsets[s], offsets[s + 1]):
                candidate = best[before[j]] + weights[j]
                if candidate > value:
                    value, source = candidate, before[j]
            new[s] = value + scores[t, pdfs[s]]
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

    ``log_likelihoods`` has shape (frames at 30 ms, outputs). Returns the output and the word
    index (-1 for silence) of each frame, and the mean margin to the best output of each frame
    (``FAILED`` if the sentence does not fit the recording).
    """
    graph = sentence_graph(words, lexicon)
    arrays = graph.arrays()
    scores = (log_likelihoods * ACOUSTIC_SCALE).astype(np.float32)
    path, total = _viterbi(scores, arrays._replace(weights=arrays.weights.astype(np.float32)))
    labels = arrays.pdfs[path]
    if total < -1e8:
        return labels, np.array(graph.words)[path], FAILED
    margin = (scores[np.arange(len(labels)), labels] - scores.max(1)).mean()
    return labels, np.array(graph.words)[path], float(margin)
