"""Aligned states as network outputs, each in the context of the phone before it."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from training.units import (
    ARPABET,
    CONTEXT_AFTER,
    CONTEXTS,
    NOTHING,
    NUM_STATES,
    SPN_STATE,
    output_of,
)

NUM_PHONES = len(ARPABET) + 2
"""SIL first, SPN last."""

PHONE_OF_STATE = np.array([0, *np.repeat(np.arange(1, NUM_PHONES - 1), 2), NUM_PHONES - 1])
"""Phone (0 SIL, 1.. ARPAbet, last SPN) of each state."""

CONTEXT_AFTER_PHONE = np.array([NOTHING, *(CONTEXT_AFTER[p] for p in ARPABET), NOTHING])

OUTPUTS = np.array(
    [[output_of(state, context) for context in range(len(CONTEXTS))] for state in range(NUM_STATES)]
)
"""Network output of each state in each context."""


def begins(labels: Tensor) -> Tensor:
    """Where in aligned states (frames,) another phone begins, the first one apart: where the phone
    changes, or its second state goes back to the first."""
    phone = torch.from_numpy(PHONE_OF_STATE).to(labels.device)[labels]
    first = (labels % 2 == 1) & (labels < SPN_STATE)
    new = torch.zeros_like(first)
    new[1:] = (phone[1:] != phone[:-1]) | (first[1:] & (labels[1:] == labels[:-1] - 1))
    return new


def in_context(labels: Tensor) -> Tensor:
    """Network outputs of aligned states (frames,)."""
    contexts, outputs, phones = (
        torch.from_numpy(table).to(labels.device)
        for table in (CONTEXT_AFTER_PHONE, OUTPUTS, PHONE_OF_STATE)
    )
    place = torch.arange(len(labels), device=labels.device)
    begun = torch.where(begins(labels), place, 0).cummax(0).values
    before = contexts[phones[labels[begun - 1]]]
    return outputs[labels, torch.where(begun > 0, before, NOTHING)]
