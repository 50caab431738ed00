"""Commands against what they are mistaken for."""

import numpy as np
import pytest
import torch

from training.features import SUBSAMPLING
from training.lexicon import load_lexicon
from training.network import Shape
from training.project import phrase_table
from training.rivals import Rivals, compare, graph_of, rivals_loss
from training.stream import Stream
from training.tests.data import speech
from training.units import NUM_PDFS, SIL_PDF, first_pdf

WORDS = {"no": ["N", "OW"], "now": ["N", "AW"]}


@pytest.fixture(scope="module")
def rivals() -> Rivals:
    texts = ["no", "pause", "that's enough for this point", "the weather is fine"]
    misheard = {"no": ["i know", "nope", "xyzzy", "no"], "the weather is fine": ["leave"]}
    return Rivals(texts, misheard)


def heard(word: str, sure: float) -> np.ndarray:
    """Scores (frames, outputs) of a word in a little silence."""
    sounds = [first_pdf(phone) + part for phone in WORDS[word] for part in (0, 1)]
    labels = [SIL_PDF] * 5 + [one for one in sounds for _ in range(4)] + [SIL_PDF] * 5
    return np.asarray(np.eye(NUM_PDFS)[labels] * sure)


def test_only_commands_have_rivals(rivals: Rivals) -> None:
    assert len(rivals) == 3
    assert "that's enough for this point" in rivals
    assert "the weather is fine" not in rivals


def test_no_rival_means_what_was_said(rivals: Rivals) -> None:
    table = phrase_table()
    for text in ("no", "that's enough for this point"):
        meant = table.understand(text).intent
        others = rivals.near(text) + rivals.altered(text)
        assert len(others) > 12
        assert all(table.understand(other).intent != meant for other in others)


def test_what_a_command_was_misheard_as_is_its_rival_unless_it_means_the_same(
    rivals: Rivals,
) -> None:
    assert rivals.misheard("no") == ["i know"]
    assert rivals.misheard("pause") == []
    assert len(rivals.graphs("no", drawn=False)) == 2 + len(rivals.near("no")) + len(
        rivals.altered("no")
    )


def test_what_was_heard_has_the_votes() -> None:
    no, now = (graph_of(word, load_lexicon()) for word in WORDS)
    right, _ = compare(heard("no", 3.0), no, [now])
    wrong, _ = compare(heard("now", 3.0), no, [now])
    assert right < 0.05
    assert wrong > 3


def test_the_gradient_is_that_of_the_loss() -> None:
    no, now = (graph_of(word, load_lexicon()) for word in WORDS)
    scores = heard("no", 1.0) + np.random.default_rng(0).normal(size=(26, NUM_PDFS))
    _, gradient = compare(scores, no, [now])
    for place in np.argsort(-np.abs(gradient), axis=None)[:4]:
        at = np.unravel_index(place, scores.shape)
        step = np.zeros_like(scores)
        step[at] = 1e-3
        more, less = (compare(scores + sign * step, no, [now])[0] for sign in (1, -1))
        assert (more - less) / 2e-3 == pytest.approx(gradient[at], rel=1e-3)


def test_a_step_down_helps_what_was_said(rivals: Rivals) -> None:
    scores = torch.from_numpy(heard("now", 1.0)).float().requires_grad_()
    said = [(slice(0, len(scores)), "no")]
    loss = rivals_loss(scores, said, rivals, drawn=False)
    torch.autograd.backward(loss)
    assert scores.grad is not None
    better = (scores - 20 * scores.grad).detach()
    assert rivals_loss(better, said, rivals, drawn=False) < loss


def test_a_piece_tells_what_is_said_in_it_from_beginning_to_end() -> None:
    data, shape = speech(np.random.default_rng(0)), Shape()
    for recording in data.recordings:
        recording.text = f"text {recording.name}"
    piece = next(Stream(data, data.recordings, shape, 700).epoch(np.random.default_rng(0)))
    starts = piece.starts[shape.left // SUBSAMPLING - 1 :]
    assert len(piece.said) == len({text for _, text in piece.said}) >= 5
    for at, _ in piece.said:
        assert starts[at.start]
        assert starts[at.stop]
        assert not starts[at.start + 1 : at.stop].any()
