"""Noise mixed into MFCCs sounds as if it had been mixed into the sound."""

import numpy as np

from training.augment import coloured_noise, rms
from training.features import SAMPLE_RATE, mfcc
from training.melpower import mel_power, mfcc_of
from training.mixing import CLEAN, Loudness, Mixer, level


def vowels(rng: np.random.Generator) -> np.ndarray:
    """Two seconds of buzzes at changing pitch, with pauses; level 0.1."""
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(120 + 30 * np.sin(3 * time)) / SAMPLE_RATE
    buzz = sum(np.sin(k * phase) / k for k in range(1, 30))
    sound = buzz * (np.sin(2 * np.pi * 2 * time) > -0.3) + 1e-3 * rng.standard_normal(len(time))
    return np.asarray(0.1 * sound / rms(sound), np.float32)


def test_mel_powers_become_the_same_mfccs_again() -> None:
    features = mfcc(vowels(np.random.default_rng(1)))
    np.testing.assert_allclose(mfcc_of(mel_power(features)), features, atol=1e-2)


def test_noise_spreads_and_lies_as_in_mixed_sound() -> None:
    rng = np.random.default_rng(5)
    speech = vowels(rng)
    noise = coloured_noise(len(speech), rng) * 0.03
    wanted = np.log(mel_power(mfcc(speech + noise.astype(np.float32))))
    apart = np.log(mel_power(mfcc(speech)) + mel_power(mfcc(noise.astype(np.float32))))
    assert abs(np.median(wanted - apart)) < 0.1


def test_the_ratio_is_what_was_asked_for() -> None:
    rng = np.random.default_rng(7)
    speech = mel_power(mfcc(vowels(rng)))
    noise = mfcc((0.2 * coloured_noise(3 * SAMPLE_RATE, rng)).astype(np.float32))
    mixer = Mixer([noise], [])
    before = level(speech)
    for ratio, least, most in ((0.0, 1.6, 2.6), (20.0, 0.8, 1.25)):
        loudness = Loudness(1.0, ratio, ratio)
        mixed = [level(mixer(speech, loudness, rng)) / before for _ in range(30)]
        assert least < np.median(mixed) < most


def test_no_two_readings_have_the_same_noise() -> None:
    rng = np.random.default_rng(9)
    features = mfcc(vowels(rng))
    mixer = Mixer([mfcc((0.1 * rng.standard_normal(SAMPLE_RATE)).astype(np.float32))], [features])
    first, second = (mfcc_of(mixer(mel_power(features), CLEAN, rng)) for _ in range(2))
    assert np.isfinite(first).all()
    assert np.abs(first - second).mean() > 0.1
