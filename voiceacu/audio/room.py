"""A simulated bedroom as a device: a talker, a loudspeaker that echoes, noise, its own clock.

It runs inline and as fast as the processor allows: each `read` moves its clock on by 10 ms.
The same seed and the same calls give the same sound to the last bit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voiceacu.audio.acoustics import Convolver, convolve, room_response
from voiceacu.audio.delay import DelayLine
from voiceacu.audio.port import SILENCE, DeviceChange, Frame, Render
from voiceacu.pcm import BLOCK, RATE, Samples, from_int16, to_int16

ASSISTANT_DB = -23.0
"""Level of the assistant's speech (dBFS while it speaks) for which `echo_db` is meant."""


@dataclass(frozen=True, slots=True)
class Acoustics:
    """What the room is like.

    `rt60`: reverberation time in seconds; 0 is a dead room. `talker_db`: level of speech at
    the microphone, dBFS while it lasts. `echo_db`: level there of the assistant's own voice
    relative to the talker's; None for headphones. `noise_db`: level of the background in dBFS.
    `delay`: seconds from what is rendered to its first sound at the microphone. `drift_ppm`:
    how much faster the loudspeaker's clock runs than the microphone's.
    """

    rt60: float = 0.3
    talker_db: float = -26.0
    echo_db: float | None = -10.0
    noise_db: float = -65.0
    delay: float = 0.08
    drift_ppm: float = 0.0


def active_db(samples: Samples) -> float:
    """Level of a sound while it lasts, in dBFS: blocks 30 dB below its loudest do not count."""
    whole = samples[: len(samples) // BLOCK * BLOCK].reshape(-1, BLOCK)
    powers = np.mean(whole.astype(np.float64) ** 2, axis=1)
    if not len(powers) or powers.max() <= 0:
        return -120.0
    return float(10 * np.log10(powers[powers > powers.max() / 1000].mean()))


class SimulatedRoom:
    """A Device. `background` replaces the coloured noise with a recording, looped.

    After `until` seconds of room time `read` gives None and `ended` is true.
    """

    def __init__(
        self,
        acoustics: Acoustics | None = None,
        *,
        seed: int = 0,
        background: Samples | None = None,
        until: float = float("inf"),
        record: bool = True,
    ) -> None:
        self.acoustics = a = acoustics or Acoustics()
        self.until = until
        rng = np.random.default_rng(seed)
        size = (rng.uniform(3, 5), rng.uniform(2.6, 4), rng.uniform(2.3, 2.7))
        self._talker_response, echo = np.ones(1, np.float32), np.ones(1, np.float32)
        if a.rt60 > 0:
            self._talker_response = room_response(rng, a.rt60, rng.uniform(0.4, 0.8), size)
            echo = room_response(rng, a.rt60, rng.uniform(0.3, 0.7), size)
        gain = 0.0 if a.echo_db is None else 10 ** ((a.talker_db + a.echo_db - ASSISTANT_DB) / 20)
        self._echo = Convolver(echo * np.float32(gain)) if gain else None
        self._line = DelayLine(a.delay + 1.0)
        self._delay = a.delay * RATE
        self._still = 0
        self._noise = _noise(rng, a.noise_db, background)
        self._render: Render | None = None
        self._blocks = 0
        self._said: list[tuple[int, Samples]] = []
        self._record = record
        self._tracks: tuple[list[NDArray[np.int16]], list[NDArray[np.int16]]] = ([], [])

    def start(self, render: Render) -> None:
        """Begin: from now on each `read` calls `render` once."""
        self._render = render

    def stop(self) -> None:
        """End: what was recorded stays."""
        self._render = None

    def now(self) -> float:
        """Seconds since the room was made."""
        return self._blocks * BLOCK / RATE

    def changes(self) -> list[DeviceChange]:
        """Nothing is ever lost here."""
        return []

    @property
    def ended(self) -> bool:
        """Whether the room's time is up."""
        return self.now() >= self.until

    def say(self, samples: Samples, at: float | None = None, level: float = 0.0) -> float:
        """The talker says this `at` that time (None, or a time gone by: now).

        `level` is dB relative to the room's `talker_db`. Gives the time (seconds) when the
        speech ends, reverberation not counted.
        """
        start = self._blocks * BLOCK if at is None else max(round(at * RATE), self._blocks * BLOCK)
        gain = 10 ** ((self.acoustics.talker_db + level - active_db(samples)) / 20)
        heard = convolve(samples, self._talker_response)
        heard *= np.float32(gain * 10 ** ((active_db(samples) - active_db(heard)) / 20))
        self._said.append((start, heard))
        return (start + len(samples)) / RATE

    def read(self, timeout: float = 0.0) -> Frame | None:
        """The next 10 ms, at once; None when not started or the time is up."""
        del timeout
        if self._render is None or self.ended:
            return None
        played = self._render()
        talker = self._talker()
        mic = talker + self._background()
        if self._echo is not None:
            mic += self._echo.feed(self._delayed(played))
        frame = Frame(np.clip(mic, -1.0, 1.0).astype(np.float32), played, self.now())
        if self._record:
            for track, block in zip(self._tracks, (talker, played), strict=True):
                track.append(to_int16(block))
        self._blocks += 1
        return frame

    def recording(self) -> Samples:
        """All so far as stereo (`n x 2`): the talker left, the assistant right."""
        if not self._tracks[0]:
            return np.zeros((0, 2), dtype=np.float32)
        return from_int16(np.stack([np.concatenate(track) for track in self._tracks], axis=1))

    def slip(self, seconds: float) -> None:
        """From now on the echo comes so much later, or earlier where negative: the sound server
        dropped blocks, or a wireless loudspeaker took over."""
        self._delay = max(0.0, self._delay + seconds * RATE)

    def _delayed(self, played: Samples) -> Samples:
        self._line.write(played)
        start = self._delay
        self._delay -= self.acoustics.drift_ppm * 1e-6 * BLOCK
        self._still = 0 if played.any() else self._still + 1
        # Long after the last sound the line holds only zeros: not worth interpolating.
        return (
            SILENCE if self._still * BLOCK > start + BLOCK else self._line.read(start, self._delay)
        )

    def _background(self) -> Samples:
        at = np.arange(self._blocks * BLOCK, (self._blocks + 1) * BLOCK)
        return self._noise[at % len(self._noise)]

    def _talker(self) -> Samples:
        block = np.zeros(BLOCK, dtype=np.float32)
        first = self._blocks * BLOCK
        for start, sound in self._said:
            begin = first - start
            if -BLOCK < begin < len(sound):
                part = sound[max(begin, 0) : begin + BLOCK]
                block[max(-begin, 0) : max(-begin, 0) + len(part)] += part
        self._said = [(s, x) for s, x in self._said if s + len(x) > first + BLOCK]
        return block


def _noise(rng: np.random.Generator, level: float, recorded: Samples | None) -> Samples:
    """Some seconds of the background: the recording, or noise that falls 3 dB an octave."""
    if recorded is None or not recorded.any():
        count = 20 * RATE
        spectrum = np.fft.rfft(rng.normal(size=count))
        hertz = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 60.0)
        recorded = np.fft.irfft(spectrum / np.sqrt(hertz), count).astype(np.float32)
    rms = float(np.sqrt(np.mean(recorded.astype(np.float64) ** 2)))
    return recorded * np.float32(10 ** (level / 20) / rms)
