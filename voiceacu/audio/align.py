"""Finds the echo's delay and how it drifts, and keeps the played reference in step with it.

A generalised cross-correlation with phase transform (GCC-PHAT) finds where the direct sound of
the loudspeaker arrives. A Kalman filter over delay and drift smooths the findings, carries them
through pauses, and steers a delay line that can be read between its samples: so two devices on
two clocks look to the cancellers like one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voiceacu.audio.delay import DelayLine
from voiceacu.audio.gate import Floor, level_db
from voiceacu.pcm import BLOCK, RATE, Samples

LONGEST = 1.0
"""The longest delay that is found, in seconds: some sound servers and wireless loudspeakers take
more than half of it."""

MARGIN = 0.008
"""Seconds by which the aligned reference leads its echo: the direct sound stays causal."""

_HALF = 8192
_EVERY = 25
"""Blocks between two looks."""

_BAND = (600.0, 7000.0)
"""Hertz. Above the breath tones and the ground of chimes: a tone is like itself at any delay."""

_KEEP = 0.8
_SHARP = 9.0
"""A peak this many standard deviations above the rest is an echo."""

_AUDIBLE = 1e-3
_JUMP = 0.005 * RATE
_DEAD_ZONE = 2.0
_GENTLE = 0.02
_NEAR = 8.0
_HEADPHONES = 12
_QUIET_DB = 6.0
"""What is less above the background holds no echo that matters."""

_CONVINCED = 12.0
_HEAVIEST = 8.0


@dataclass(frozen=True, slots=True)
class Finding:
    """A likeness `delay` samples late (with a fraction); `sharpness` is its height in standard
    deviations: above 15 in most looks at a real echo, below 9 in any chance likeness seen."""

    delay: float
    sharpness: float

    @property
    def is_echo(self) -> bool:
        """Whether this is more than a chance likeness."""
        return self.sharpness > _SHARP


class EchoFinder:
    """Where in the past of `played` the sound in `mic` comes from."""

    WINDOW = 3 * _HALF
    """Samples of each that a look takes: a second and a half."""

    def __init__(self) -> None:
        size = self.WINDOW
        hertz = np.fft.rfftfreq(size, 1 / RATE)
        self._band = (hertz >= _BAND[0]) & (hertz <= _BAND[1])
        self._window = np.zeros(size, dtype=np.float32)
        self._window[-_HALF:] = np.hanning(_HALF)
        self._spectrum: NDArray[np.complex128] = np.zeros(len(hertz), dtype=np.complex128)

    def look(self, mic: Samples, played: Samples) -> Finding | None:
        """Where an echo would be, None where what is played could not tell.

        Both are the newest `WINDOW` samples; calls sum up.
        """
        spectrum = np.fft.rfft(played)
        power = 2 * float(np.sum(np.abs(spectrum[self._band]) ** 2)) / len(played) ** 2
        if power < _AUDIBLE**2:
            return None
        cross = np.fft.rfft(mic * self._window) * np.conj(spectrum)
        # Each look weighs the same, however loud: a talker's shout is no echo.
        phase = np.where(self._band, cross / (np.abs(cross) + 1e-12), 0.0)
        self._spectrum = _KEEP * self._spectrum + (1 - _KEEP) * phase
        likeness = np.fft.irfft(self._spectrum)[: 2 * _HALF]
        best = int(np.argmax(likeness))
        # A microphone that gives nothing but zeros is like no echo at all.
        sharpness = float(likeness[best] / max(float(likeness.std()), 1e-12))
        return Finding(best + _between(likeness, best), sharpness)


def _between(values: NDArray[np.float64], peak: int) -> float:
    """How far from `peak` the top of the parabola through it and its neighbours lies."""
    if not 0 < peak < len(values) - 1:
        return 0.0
    left, middle, right = values[peak - 1 : peak + 2]
    bend = left - 2 * middle + right
    return float(0.5 * (left - right) / bend) if bend else 0.0


@dataclass(slots=True)
class DelayTracker:
    """Kalman filter over the delay (samples) and its drift (samples a second)."""

    delay: float | None = None
    drift: float = 0.0
    _delay_var: float = 1.0
    _both: float = 0.0
    _drift_var: float = 0.0
    _stray: float = 0.0
    _belief: float = 0.0

    def pass_time(self, seconds: float) -> None:
        """Carry both on."""
        if self.delay is None:
            return
        self.delay += self.drift * seconds
        self._delay_var += 2 * seconds * self._both + seconds**2 * self._drift_var + 1e-4 * seconds
        self._both += seconds * self._drift_var
        self._drift_var += 2e-5 * seconds

    def measure(self, found: Finding) -> bool:
        """Take in a finding; whether it is believed. Those that agree with one another, but not
        with what was thought, become the new truth once they are sharp or many enough."""
        total = self._delay_var + 0.5
        surprise = 0.0 if self.delay is None else found.delay - self.delay
        if self.delay is None or abs(surprise) > max(_NEAR, 4 * total**0.5):
            return self._doubt(found)
        self._belief = 0.0
        gain, drift_gain = self._delay_var / total, self._both / total
        self.delay += gain * surprise
        self.drift += drift_gain * surprise
        self._drift_var -= drift_gain * self._both
        self._both -= gain * self._both
        self._delay_var -= gain * self._delay_var
        return True

    @property
    def sure_drift(self) -> float:
        """The drift where it is plainly not zero, else zero (samples a second)."""
        return self.drift if abs(self.drift) > max(0.03, 4 * self._drift_var**0.5) else 0.0

    def _doubt(self, found: Finding) -> bool:
        agrees = self._belief > 0 and abs(found.delay - self._stray) < _NEAR
        # Looks overlap, so one chance likeness is seen several times: no look weighs much.
        weight = min(found.sharpness - _SHARP, _HEAVIEST)
        self._belief = (self._belief if agrees else 0.0) + weight
        self._stray = found.delay
        if self._belief <= _CONVINCED:
            return False
        self._begin(found.delay)
        return True

    def _begin(self, delay: float) -> None:
        self.delay, self.drift, self._belief = delay, 0.0, 0.0
        # Two sound cards seldom differ by more than 300 ppm.
        self._delay_var, self._both, self._drift_var = 1.0, 0.0, (300e-6 * RATE) ** 2


class Aligner:
    """Gives the reference as its echo's direct sound needs it, `MARGIN` early."""

    def __init__(self) -> None:
        self._mic = DelayLine(EchoFinder.WINDOW / RATE)
        self._played = DelayLine(max(EchoFinder.WINDOW / RATE, LONGEST + 0.1))
        self._finder = EchoFinder()
        self._tracker = DelayTracker()
        self._applied = 0.0
        self._blocks = 0
        self._in_vain = 0
        self._background = Floor()
        self.jumps = 0
        """How often the reference was moved at once, and filters learned before are void."""

    @property
    def delay(self) -> float | None:
        """From what is played to its direct sound, in seconds; None until it was found."""
        return None if self._tracker.delay is None else self._tracker.delay / RATE

    @property
    def sure(self) -> bool:
        """Whether the delay was found."""
        return self._tracker.delay is not None

    @property
    def hears_echo(self) -> bool:
        """False once the microphone stayed quiet for three seconds of what is played: headphones.
        Until an echo is found, then.

        Sound that is not understood is no such sign: a loudspeaker may be at a strange place.
        """
        return self._in_vain < _HEADPHONES

    @property
    def drift_ppm(self) -> float:
        """How much the delay grows, in millionths; what is found is compensated."""
        return self._tracker.sure_drift / RATE * 1e6

    def rest(self, blocks: int) -> None:
        """So many blocks passed in which nothing was played or awaited."""
        self._tracker.pass_time(blocks * BLOCK / RATE)

    def feed(self, mic: Samples, played: Samples) -> Samples:
        """Take in a block of both; the aligned reference for this block of the microphone."""
        self._mic.write(mic)
        self._played.write(played)
        self._background.feed(level_db(mic))
        self._tracker.pass_time(BLOCK / RATE)
        self._blocks += 1
        if self._blocks % _EVERY == 0:
            self._look()
        start = self._applied
        self._steer()
        return self._played.read(start, self._applied)

    def _look(self) -> None:
        window = EchoFinder.WINDOW
        mic = self._mic.latest(window)
        found = self._finder.look(mic, self._played.latest(window))
        if found is None:
            return
        if found.is_echo and self._tracker.measure(found):
            self._in_vain = 0
        elif level_db(mic[-_HALF:]) < self._background.db + _QUIET_DB:
            self._in_vain += 1
        elif self.hears_echo:
            self._in_vain = 0

    def _steer(self) -> None:
        """Follow the drift; jump only where the reference is far off."""
        if self._tracker.delay is None:
            return
        wanted = max(0.0, self._tracker.delay - MARGIN * RATE)
        if abs(wanted - self._applied) > _JUMP:
            self._applied = float(round(wanted))
            self.jumps += 1
            return
        self._applied += self._tracker.sure_drift * BLOCK / RATE
        off = wanted - self._applied
        if abs(off) > _DEAD_ZONE:
            self._applied += min(max(0.01 * off, -_GENTLE), _GENTLE)
