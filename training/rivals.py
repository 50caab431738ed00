"""A command against what it is mistaken for: MMI among whole sentences.

LF-MMI sets a sentence against all strings of phones, of which few are ever taken for a command.
What the product chooses among are its phrases and the strings of their words. So a command is also
set against its rivals: the phrases of another meaning that sound most like it, itself with a word
exchanged for one that sounds like it, left out, or put in, and what it was misheard as.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numba
import numpy as np
import torch
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein
from torch import Tensor

from training.align import Graph, sentence_graph
from training.lexicon import Lexicon, load_lexicon, pronunciations
from training.misheard import Misheard
from training.project import Sentences, meaning_of_command, phrase_table
from training.units import ARPABET_INDEX, NUM_PDFS
from voiceacu.asr.votes import SHARPNESS, Meaning, meaning_of

OTHERS = 8000
"""Sentences drawn to be rivals, beside those that are trained on."""
NEAR = 12
"""Phrases that are a command's rivals."""
ALTERED = 48
"""How often a command is altered, to find sentences that are."""
DRAWN = 8
"""How many of each it is set against at a time."""
LIKE = 8
"""Words that a word is exchanged for."""
SMALL = 3
"""Phones of the longest word that is put in."""
NEGLIGIBLE = 1e-3
"""A share of the votes that teaches nothing."""


def graph_of(text: str, lexicon: Lexicon) -> Graph:
    """The graph of a sentence whose words have pronunciations; its weights are no logarithms."""
    graph = sentence_graph(text.split(), lexicon).arrays()
    return graph._replace(weights=np.exp(graph.weights))


@numba.njit(cache=True, nogil=True)
def _forward(emit: np.ndarray, graph: Graph, alphas: np.ndarray, norms: np.ndarray) -> float:
    """Log score of all paths, of probabilities ``emit`` (frames, outputs); fills ``alphas``."""
    pdfs, offsets, before, weights, starts, ends = graph
    frames, states = len(emit), len(pdfs)
    alphas[0] = 0
    for s in starts:
        alphas[0, s] = emit[0, pdfs[s]]
    total = 0.0
    for t in range(frames):
        norm = 0.0
        for s in range(states):
            if t:
                value = alphas[t - 1, s]
                for j in range(offsets[s], offsets[s + 1]):
                    value += alphas[t - 1, before[j]] * weights[j]
                alphas[t, s] = value * emit[t, pdfs[s]]
            norm += alphas[t, s]
        norm = max(norm, 1e-200)
        alphas[t] /= norm
        norms[t] = norm
        total += np.log(norm)
    ended = 0.0
    for s in ends:
        ended += alphas[frames - 1, s]
    return float(total + np.log(max(ended, 1e-200)))


@numba.njit(cache=True, nogil=True)
def _backward(  # noqa: PLR0917
    emit: np.ndarray,
    graph: Graph,
    alphas: np.ndarray,
    norms: np.ndarray,
    share: float,
    gradient: np.ndarray,
) -> None:
    """Adds ``share`` of the posterior of each output to ``gradient`` (frames, outputs)."""
    pdfs, offsets, before, weights, _, ends = graph
    frames, states = len(emit), len(pdfs)
    ended = 0.0
    for s in ends:
        ended += alphas[frames - 1, s]
    beta, ahead = np.zeros(states), np.empty(states)
    for s in ends:
        beta[s] = 1 / ended
    for t in range(frames - 1, -1, -1):
        for s in range(states):
            gradient[t, pdfs[s]] += share * alphas[t, s] * beta[s]
            ahead[s] = beta[s] * emit[t, pdfs[s]] / norms[t]
        for s in range(states):
            beta[s] = ahead[s]
        for s in range(states):
            for j in range(offsets[s], offsets[s + 1]):
                beta[before[j]] += ahead[s] * weights[j]


def compare(scores: np.ndarray, said: Graph, rivals: Sequence[Graph]) -> tuple[float, np.ndarray]:
    """Negative log of the share of the votes for what was said, and its gradient.

    ``scores`` are the network's, (frames, outputs), as is the gradient.
    """
    emit = np.exp((scores - scores.max(1, keepdims=True)).astype(np.float64))
    graphs, found = [said, *rivals], []
    for graph in graphs:
        alphas, norms = np.empty((len(emit), len(graph.pdfs))), np.empty(len(emit))
        found.append((_forward(emit, graph, alphas, norms), alphas, norms))
    votes = SHARPNESS * np.array([total for total, *_ in found])
    votes -= np.logaddexp.reduce(votes)
    gradient = np.zeros_like(emit)
    for index, (graph, (_, alphas, norms)) in enumerate(zip(graphs, found, strict=True)):
        share = SHARPNESS * (np.exp(votes[index]) - (index == 0))
        if abs(share) > NEGLIGIBLE:
            _backward(emit, graph, alphas, norms, share, gradient)
    return -float(votes[0]), gradient


@dataclass
class _Command:
    text: str
    meaning: Meaning
    sound: str
    near: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    misheard: list[str] = field(default_factory=list)


class Rivals:
    """Graphs of the commands among ``texts`` and of their rivals; ``misheard`` is what the
    recogniser took some of them for."""

    def __init__(self, texts: Collection[str], misheard: Misheard, seed: int = 0) -> None:
        self._lexicon, self._rng = load_lexicon(), random.Random(seed)
        self._graphs: dict[str, Graph] = {}
        sentences, rng = Sentences(), self._rng
        alone = [text for some in sentences.short for text in some]
        drawn = [sentences.draw(rng)[0] for _ in range(OTHERS)]
        pool = self._commands([*texts, *alone, *sentences.suggested, *drawn])
        self._command = {text: pool[text] for text in sorted(set(texts)) if text in pool}
        self._find_near(list(pool.values()))
        self._alter([command.text for command in pool.values()])
        for command in self._command.values():
            readings = misheard.get(command.text, ())
            command.misheard = [text for text in readings if self._differs(text, command)]

    def __contains__(self, text: str) -> bool:
        """Whether a text is a command with rivals."""
        return text in self._command

    def __len__(self) -> int:
        """How many commands there are."""
        return len(self._command)

    def near(self, text: str) -> list[str]:
        """The phrases of another meaning that sound most like a command."""
        return self._command[text].near

    def altered(self, text: str) -> list[str]:
        """A command with another word, and without or with one, that does not mean the same."""
        return self._command[text].altered

    def misheard(self, text: str) -> list[str]:
        """What a command was taken for that does not mean the same."""
        return self._command[text].misheard

    def graphs(self, text: str, *, drawn: bool) -> list[Graph]:
        """Of a command and its rivals, or of some ``drawn`` among these."""
        every = [self.near(text), self.altered(text), self.misheard(text)]
        if drawn:
            every = [self._rng.sample(some, min(DRAWN, len(some))) for some in every]
        return [self._graph(one) for some in ([text], *every) for one in some]

    def _graph(self, text: str) -> Graph:
        if text not in self._graphs:
            self._graphs[text] = graph_of(text, self._lexicon)
        return self._graphs[text]

    def _commands(self, texts: Collection[str]) -> dict[str, _Command]:
        """Those of the texts that are a command to the letter, in words that can be said."""
        found = {}
        for text in sorted(set(texts)):
            meaning, sound = meaning_of_command(text), self._sound(text)
            if meaning and sound:
                found[text] = _Command(text, meaning, sound)
        return found

    def _said(self, word: str) -> str:
        """A word's first pronunciation, one letter a phone."""
        found = pronunciations(word, self._lexicon)
        return "".join(chr(65 + ARPABET_INDEX[phone]) for phone in found[0]) if found else ""

    def _sound(self, text: str) -> str:
        """The same of a text; empty where one of its words can't be said."""
        sounds = [self._said(word) for word in text.split()]
        return "".join(sounds) if all(sounds) else ""

    def _find_near(self, pool: Sequence[_Command]) -> None:
        commands = list(self._command.values())
        sounds = [one.sound for one in pool]
        for start in range(0, len(commands), 500):
            some = commands[start : start + 500]
            far = _far([command.sound for command in some], sounds)
            for command, row in zip(some, far, strict=True):
                nearest = (int(place) for place in np.argsort(row, kind="stable")[: 10 * NEAR])
                others = (
                    pool[place].text
                    for place in nearest
                    if pool[place].meaning.key != command.meaning.key
                    and sounds[place] != command.sound
                )
                command.near = [text for text, _ in zip(others, range(NEAR), strict=False)]

    def _alter(self, texts: Sequence[str]) -> None:
        """Give each command sentences that are one word away."""
        words = Counter(word for text in texts for word in text.split())
        every = sorted(words)
        sounds = [self._said(word) for word in every]
        far = _far(sounds, sounds)
        far[far == 0] = np.inf
        like = {
            word: [every[place] for place in np.argsort(row, kind="stable")[:LIKE]]
            for word, row in zip(every, far, strict=True)
        }
        small = [word for word in every if len(self._said(word)) <= SMALL]
        common = [words[word] for word in small]
        for command in self._command.values():
            found = {self._altered(command.text, like, small, common) for _ in range(ALTERED)}
            command.altered = [text for text in sorted(found) if self._differs(text, command)]

    def _differs(self, text: str, command: _Command) -> bool:
        """Whether a text sounds and means otherwise, and can be said."""
        if self._sound(text) in ("", command.sound):
            return False
        meaning = meaning_of(phrase_table().understand(text))
        return meaning is None or meaning.key != command.meaning.key

    def _altered(
        self, text: str, like: dict[str, list[str]], small: list[str], common: list[int]
    ) -> str:
        """With a word exchanged, left out, or put in."""
        words, rng = text.split(), self._rng
        place, how = rng.randrange(len(words)), rng.random()
        if how < 0.45:
            words[place] = rng.choice(like[words[place]])
        elif how < 0.6:
            del words[place]
        else:
            place = rng.choice((0, 0, len(words), place))
            words.insert(place, rng.choices(small, common)[0])
        return " ".join(words)


def _far(some: Sequence[str], others: Sequence[str]) -> np.ndarray:
    """How much each of some sounds differs from each of the others, 0..1."""
    scorer = Levenshtein.normalized_distance
    return np.asarray(process.cdist(some, others, scorer=scorer, dtype=np.float32))


class _Loss(torch.autograd.Function):
    """A loss whose gradient is known."""

    @staticmethod
    def forward(ctx: Any, _: Tensor, loss: Tensor, gradient: Tensor) -> Tensor:
        ctx.save_for_backward(gradient)
        return loss

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        return ctx.saved_tensors[0] * gradient, None, None


def rivals_loss(
    scores: Tensor, said: Iterable[tuple[slice, str]], rivals: Rivals, *, drawn: bool
) -> Tensor:
    """Mean over all frames of ``scores`` (frames, outputs) of what :func:`compare` gives for the
    commands among what is ``said`` in them, with all rivals or some that are ``drawn``."""
    values = scores.detach().numpy()
    gradient, loss = np.zeros((len(values), NUM_PDFS), np.float32), 0.0
    for at, text in said:
        if text not in rivals:
            continue
        own, *others = rivals.graphs(text, drawn=drawn)
        one, gradient[at] = compare(values[at], own, others)
        loss += one
    made = (torch.tensor(loss / len(values)), torch.from_numpy(gradient / len(values)))
    # PyTorch gives ``apply`` no annotations.
    result: Tensor = _Loss.apply(scores, *made)  # type: ignore[no-untyped-call]
    return result
