"""Six soft sounds, each meaning one thing to somebody with closed eyes, half asleep.

Struck-bowl tones: a few sine partials, a slow raised-cosine attack, a long decay, quieter than
speech. Rising means "on", falling means "done", one tone means "on the way".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voiceacu.dialogue.actions import Earcon
from voiceacu.pcm import RATE, Samples

PEAK = 10 ** (-20 / 20)
"""The loudest sample: -20 dBFS, about as loud as speech on average, and never startling."""

ATTACK = 0.04
"""Seconds over which each tone comes in."""

RELEASE = 0.05
"""Seconds over which the very end goes out, so that nothing clicks."""

PARTIALS = ((1.0, 1.0, 1.0), (2.0, 0.22, 0.6), (3.01, 0.06, 0.35))
"""(frequency ratio, amplitude, decay ratio) of one tone; the slight stretch sounds like metal."""


@dataclass(frozen=True, slots=True)
class Tone:
    """One struck tone: when it begins (seconds), its pitch (hertz), its decay to 1/e (seconds)."""

    at: float
    hertz: float
    decay: float
    amplitude: float = 1.0


E4, A4, B4, CIS5, E5 = 329.63, 440.0, 493.88, 554.37, 659.26

SCORE: dict[Earcon, tuple[Tone, ...]] = {
    Earcon.HOLD_START: (Tone(0.0, A4, 0.45), Tone(0.22, E5, 0.6)),
    Earcon.HALF_TIME: (Tone(0.0, CIS5, 0.5, 0.8),),
    Earcon.LAST_SECONDS: (Tone(0.0, B4, 0.25, 0.8), Tone(0.35, B4, 0.4, 0.8)),
    Earcon.HOLD_END: (Tone(0.0, E5, 0.45), Tone(0.22, CIS5, 0.45), Tone(0.44, A4, 0.8)),
    Earcon.HEARD: (Tone(0.0, E5, 0.12, 0.5),),
    Earcon.DEVICE_LOST: (Tone(0.0, A4, 0.4), Tone(0.3, E4, 0.7)),
}

AUDIBLE = 5.0
"""A tone is played for this many decay times: until it is 43 dB down."""


def earcon(kind: Earcon) -> Samples:
    """The sound of `kind`."""
    tones = SCORE[kind]
    length = max(t.at + ATTACK + AUDIBLE * t.decay for t in tones)
    sound = np.zeros(round(length * RATE))
    for tone in tones:
        start = round(tone.at * RATE)
        sound[start:] += _strike(tone, len(sound) - start)
    release = round(RELEASE * RATE)
    sound[-release:] *= np.cos(np.linspace(0.0, np.pi / 2, release)) ** 2
    loudest = max(t.amplitude for t in tones)
    return np.asarray(sound * (PEAK * loudest / np.abs(sound).max()), np.float32)


def _strike(tone: Tone, length: int) -> NDArray[np.float64]:
    seconds = np.arange(length) / RATE
    attack = np.sin(np.minimum(seconds / ATTACK, 1.0) * np.pi / 2) ** 2
    partials = sum(
        (
            amplitude
            * np.exp(-seconds / (tone.decay * decay))
            * np.sin(2 * np.pi * tone.hertz * ratio * seconds)
            for ratio, amplitude, decay in PARTIALS
        ),
        np.zeros(length),
    )
    return np.asarray(tone.amplitude * attack * partials)
