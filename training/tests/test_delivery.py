"""The same words said otherwise."""

from __future__ import annotations

import numpy as np

from training.delivery import (
    another_beginning,
    another_care,
    another_pace,
    another_room,
    another_voice,
)
from training.features import NUM_CEPS, SUBSAMPLING
from training.melpower import CENTRES


def _many(seed: int = 0, count: int = 60) -> list[np.random.Generator]:
    return [np.random.default_rng([seed, n]) for n in range(count)]


def test_labels_keep_to_their_frames_at_any_pace() -> None:
    labels = np.repeat(np.arange(30), 4)
    frames = np.repeat(labels, SUBSAMPLING)[:, None] * np.ones((1, NUM_CEPS), np.float32)
    lengths = set()
    for rng in _many():
        said, (theirs,) = another_pace(frames, (labels,), rng)
        assert len(said) == SUBSAMPLING * len(theirs)
        assert np.abs(said[::SUBSAMPLING, 0] - theirs).max() <= 1
        lengths.add(len(said))
    assert min(lengths) < 0.9 * len(frames) < 1.1 * len(frames) < max(lengths)


def test_even_a_single_output_can_be_said_at_another_pace() -> None:
    for rng in _many():
        said, (labels,) = another_pace(np.ones((3, NUM_CEPS)), (np.zeros(1, np.int16),), rng)
        assert len(said) == SUBSAMPLING * len(labels) == SUBSAMPLING


def test_a_formant_moves_up_or_down_with_the_vocal_tract() -> None:
    filters = np.arange(NUM_CEPS)
    power = np.tile(np.exp(-((filters - 20) ** 2) / 8), (50, 1)).astype(np.float32)
    peaks = {float(CENTRES[another_voice(power, rng)[0].argmax()]) for rng in _many()}
    assert 0.8 * CENTRES[20] < min(peaks) < CENTRES[20] < max(peaks) < 1.25 * CENTRES[20]


def test_now_and_then_all_but_the_lowest_harmonic_is_faint() -> None:
    power = np.ones((50, NUM_CEPS), np.float32)
    said = [another_voice(power, rng) for rng in _many()]
    assert all(np.isclose(one.sum(), power.sum(), rtol=1e-3) for one in said)
    lowest, above = CENTRES < 170, (CENTRES > 800) & (CENTRES < 1500)
    fainter = [10 * np.log10(one[0, lowest].mean() / one[0, above].mean()) for one in said]
    assert 5 < sum(by > 10 for by in fainter) < 25
    assert sum(abs(by) < 1 for by in fainter) > 25


def test_less_care_smears_what_is_short_and_changes_how_soft_the_soft_is() -> None:
    power = np.full((200, NUM_CEPS), 1e4, np.float32)
    power[100:103] = 1e8
    said = [another_care(power, rng) for rng in _many()]
    assert all(np.isclose(one.sum(), power.sum(), rtol=1e-3) for one in said)
    smeared = [one[98, 0] > 3 * one[0, 0] for one in said]
    assert 5 < sum(smeared) < 40
    sharp = [one for one, blurred in zip(said, smeared, strict=True) if not blurred]
    above = np.array([10 * np.log10(one[101, 0] / one[0, 0]) for one in sharp])
    assert above.min() < 36 and above.max() > 44 and (abs(above - 40) < 0.1).sum() > 5


def test_a_room_answers_after_the_sound_and_falls_silent() -> None:
    power = np.zeros((200, NUM_CEPS), np.float32)
    power[:20] = 1e6
    answers = [another_room(power, rng) for rng in _many()]
    late = [answer for answer in answers if answer[30].any()]
    assert 5 < len(late) < 40
    for answer in late:
        assert (answer[:20] >= power[:20]).all()
        assert (answer[30] < answer[19]).all() and (answer[-1] < 1e-3 * answer[25]).all()


def test_of_a_voice_the_beginning_alone_may_be_missing() -> None:
    power = np.full((80, NUM_CEPS), 1e3, np.float32)
    power[20:60] = 1e8
    said = [another_beginning(power, rng) for rng in _many(count=600)]
    lost = [int(np.isclose(one[20:60, 0], 1e3).sum()) for one in said]
    assert 510 < lost.count(0) < 570
    assert min(filter(None, lost)) == 1 and max(lost) == 9
    for one, count in zip(said, lost, strict=True):
        assert (one[:20] == 1e3).all() and (one[20 + count :] == power[20 + count :]).all()
