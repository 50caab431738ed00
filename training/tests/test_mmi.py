"""The loss where the labels are next to impossible."""

import numpy as np
import torch

from training.mmi import Denominator, count_bigrams, mmi_loss, numerator_chains
from training.units import NUM_PDFS


def test_sounds_in_the_wrong_order_give_a_number() -> None:
    labels = np.repeat([3, 4, 9, 10], 6)
    outputs, allowed = (torch.from_numpy(a) for a in numerator_chains(labels[None], 2))
    scores = torch.full((1, labels.size, NUM_PDFS), -90.0)
    # sure of the labels, but where one may become the next it hears the next one first
    heard = labels.copy()
    heard[10:12], heard[12:14] = 9, 4
    scores[0, np.arange(labels.size), heard] = 90.0
    scores.requires_grad_()
    loss = mmi_loss(scores, outputs, allowed, Denominator(count_bigrams(labels)))
    torch.autograd.backward(loss)
    assert loss.isfinite()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()
