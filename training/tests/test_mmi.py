"""The denominator's trigram, and the loss where the labels are next to impossible."""

import itertools

import numpy as np
import torch

from training.mmi import (
    NUM_PHONES,
    Denominator,
    bigrams,
    mmi_loss,
    numerator_chains,
    phone_sequence,
    trigrams,
)
from training.units import NUM_PDFS, SPN_PDF


def test_sounds_in_the_wrong_order_give_a_number() -> None:
    labels = np.repeat([3, 4, 9, 10], 6)
    outputs, allowed = numerator_chains(torch.from_numpy(labels)[None], 2)
    scores = torch.full((1, labels.size, NUM_PDFS), -90.0)
    # sure of the labels, but where one may become the next it hears the next one first
    heard = labels.copy()
    heard[10:12], heard[12:14] = 9, 4
    scores[0, np.arange(labels.size), heard] = 90.0
    scores.requires_grad_()
    denominator = Denominator(trigrams(phone_sequence(labels)))
    loss = mmi_loss(scores, outputs, allowed, denominator)
    torch.autograd.backward(loss)
    assert loss.isfinite()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()


def test_the_denominator_expects_what_followed_two_sounds_before() -> None:
    # the second phone is the same in both words, and only what stands before it tells the third
    words = np.array([[1, 3, 5, 0], [7, 3, 9, 0]])
    labels = words[np.random.default_rng(0).integers(2, size=400)].ravel()
    denominator = Denominator(trigrams(phone_sequence(labels)))
    said = {word: _log_likelihood(denominator, word) for word in itertools.product((1, 7), (5, 9))}
    assert min(said[1, 5], said[7, 9]) > max(said[1, 9], said[7, 5]) + 2


def _log_likelihood(denominator: Denominator, word: tuple[int, int]) -> float:
    """Of a word of two sounds around the common one, all else being excluded."""
    outputs = torch.tensor([0, word[0], 3, word[1], 0])
    scores = torch.full((1, len(outputs), NUM_PDFS), -50.0)
    scores[0, torch.arange(len(outputs)), outputs] = 0.0
    return float(denominator.forward_backward(scores)[0])


def test_its_posteriors_are_its_gradient() -> None:
    labels = np.random.default_rng(0).integers(0, SPN_PDF, 500)
    denominator = Denominator(trigrams(phone_sequence(labels)))
    torch.manual_seed(0)
    scores = 3 * torch.randn(2, 7, NUM_PDFS)
    _, posteriors = denominator.forward_backward(scores)
    step = 0.05
    for output in (0, 5, SPN_PDF):
        nudge = torch.zeros_like(scores)
        nudge[:, 3, output] = step
        more, less = (denominator.forward_backward(scores + n)[0] for n in (nudge, -nudge))
        slope = (more - less) / (2 * step)
        torch.testing.assert_close(slope, posteriors[:, 3, output], atol=1e-3, rtol=1e-2)


def test_other_speech_is_as_likely_after_any_two_sounds() -> None:
    sequence = np.random.default_rng(0).integers(0, NUM_PHONES, 5000)
    after, rows = bigrams(sequence), trigrams(sequence)
    np.testing.assert_allclose(rows.sum(2), 1)
    np.testing.assert_allclose(rows[..., -1], np.broadcast_to(after[:, -1], rows.shape[:2]))
    np.testing.assert_allclose(rows[:, -1], np.broadcast_to(after[-1], rows.shape[:2]))
