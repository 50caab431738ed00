"""What is hard to hear is seldom trained as unknown."""

import math

import numpy as np
import pytest

from training.features import SAMPLE_RATE, SUBSAMPLING, mfcc
from training.stream import Choice, contrast
from training.units import SIL_PDF


@pytest.mark.parametrize("decibels", [5.0, 20.0, 40.0])
def test_contrast_is_what_speech_stands_out_by(decibels: float) -> None:
    noise = np.random.default_rng(1).standard_normal(2 * SAMPLE_RATE).astype(np.float32)
    noise[:SAMPLE_RATE] *= 10 ** (-decibels / 20)
    features = mfcc(0.1 * noise)[::SUBSAMPLING]
    labels = np.full(len(features), SIL_PDF)
    labels[len(labels) // 2 :] = SIL_PDF + 1
    assert contrast(features, labels) == pytest.approx(decibels, abs=1.0)


def test_without_silence_nothing_is_hard_to_hear() -> None:
    labels = np.full(10, SIL_PDF + 1)
    assert math.isinf(contrast(np.zeros((10, 40)), labels))


def test_the_less_a_word_stands_out_the_seldomer_it_is_unknown() -> None:
    choice = Choice(frozenset({"stop"}), in_sentences=0.1, alone=0.4, clear=15.0, least=0.3)
    chances = [choice.chance("tree", 1, decibels) for decibels in (math.inf, 15, 9, 3, -5)]
    assert chances == pytest.approx([0.4, 0.4, 0.24, 0.12, 0.12])
    assert choice.chance("tree", 5, 15) == pytest.approx(0.1)
    assert choice.chance("stop", 1, 40) == 0
