"""Finds the echo's delay and how it drifts, and keeps the played reference in step with it.

A generalised cross-correlation with phase transform (GCC-PHAT) finds where the direct sound of
the loudspeaker arrives. A Kalman filter over delay and drift smooths the findings, carries them
through pauses, and steers a delay line that can be read between its samples: so two devices on
two clocks look to the cancellers like one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from voiceacu.audio.delay import DelayLine
from voiceacu.audio.gate import Floor
from voiceacu.pcm import BLOCK, RATE, Samples, level_db

LONGEST = 1.0
"""The longest delay that is found, in seconds: some sound servers and wireless loudspeakers take
more than half of it."""

MARGIN = 0.008
"""Seconds by which the aligned reference leads its echo: the direct sound stays causal."""

_LAGS = 16384
"""Samples by which an echo may be late."""

_HEARD = 4096
"""Samples of the microphone in a look."""

_EVERY = 12
"""Blocks between two looks: nearly half of what one hears was in the one before."""

_BAND = (600.0, 7000.0)
"""Hertz. Above the breath tones and the ground of chimes: a tone is like itself at any delay."""

_KEEP = 0.9
_MOST = 5.0
"""The most that one look adds for a delay, in standard deviations. A click in what a talker says
is like a click in what is played, by up to sixty, but in two looks only; an echo is there in all
of them, by six or more in most."""

_SURE = 18.0
"""The sum from which a delay is that of an echo: five looks, 0.75 s. By chance it came up to 18 in
a quarter of an hour of talk."""

_SHARP = 9.0
"""Standard deviations by which it also stands out of all looks together: a tone is like itself a
little at many delays, time and again."""

_AUDIBLE = 1e-3
_JUMP = 0.005 * RATE
_DEAD_ZONE = 2.0
_GENTLE = 0.02
_NEAR = 8.0
_SLIP = 0.15 * RATE
"""A sound server that drops blocks moves the echo by less; another loudspeaker, by more."""

_LASTS = 8
"""Looks in a row that find the echo elsewhere than where it fits, until that is believed."""

_HEADPHONES = 24
_QUIET_DB = 6.0
"""What is less above the background holds no echo that matters."""


class EchoFinder:
    """Where in the past of `played` the sound in `mic` comes from."""

    WINDOW = _LAGS + _HEARD
    """Samples of each that a look takes."""

    def __init__(self) -> None:
        size = self.WINDOW
        hertz = np.fft.rfftfreq(size, 1 / RATE)
        self._band = (hertz >= _BAND[0]) & (hertz <= _BAND[1])
        self._window = np.zeros(size, dtype=np.float32)
        self._window[-_HEARD:] = np.hanning(_HEARD)
        self.restart()

    def restart(self) -> None:
        """Forget all looks so far."""
        self._likeness: NDArray[np.float64] = np.zeros(_LAGS)
        self._sums: NDArray[np.float64] = np.zeros(_LAGS)

    def look(self, mic: Samples, played: Samples) -> bool:
        """Take in the newest `WINDOW` samples of both; false where what is played could not
        tell."""
        spectrum = np.fft.rfft(played)
        power = 2 * float(np.sum(np.abs(spectrum[self._band]) ** 2)) / len(played) ** 2
        if power < _AUDIBLE**2:
            return False
        cross = np.fft.rfft(mic * self._window) * np.conj(spectrum)
        # Each look weighs the same, however loud: a talker's shout is no echo.
        phase = np.where(self._band, cross / (np.abs(cross) + 1e-12), 0.0)
        likeness = np.fft.irfft(phase)[:_LAGS]
        # A microphone that gives nothing but zeros is like no echo at all.
        likeness /= max(float(likeness.std()), 1e-12)
        self._likeness = _KEEP * self._likeness + likeness
        self._sums = _KEEP * self._sums + np.clip(likeness, -_MOST, _MOST)
        return True

    @property
    def delay(self) -> float | None:
        """How many samples late the echo is, with a fraction; None where there is none, or it was
        not seen often enough."""
        sure = self._sums > _SURE
        if not sure.any():
            return None
        best = int(np.argmax(np.where(sure, self._likeness, -np.inf)))
        if self._likeness[best] < _SHARP * self._likeness.std():
            return None
        return best + _between(self._likeness, best)


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

    def pass_time(self, seconds: float) -> None:
        """Carry both on."""
        if self.delay is None:
            return
        self.delay += self.drift * seconds
        self._delay_var += 2 * seconds * self._both + seconds**2 * self._drift_var + 1e-4 * seconds
        self._both += seconds * self._drift_var
        self._drift_var += 2e-5 * seconds

    def expects(self, delay: float) -> bool:
        """Whether the echo may well be there."""
        if self.delay is None:
            return False
        return abs(delay - self.delay) <= max(_NEAR, 4 * sqrt(self._delay_var + 0.5))

    def measure(self, delay: float) -> None:
        """Take in where the echo was found."""
        surprise = 0.0 if self.delay is None else delay - self.delay
        if self.delay is None or abs(surprise) > _SLIP:
            self._begin(delay)
        elif not self.expects(delay):
            # The clocks are the same as before.
            self.delay, self._delay_var, self._both = delay, 1.0, 0.0
        else:
            total = self._delay_var + 0.5
            gain, drift_gain = self._delay_var / total, self._both / total
            self.delay += gain * surprise
            self.drift += drift_gain * surprise
            self._drift_var -= drift_gain * self._both
            self._both -= gain * self._both
            self._delay_var -= gain * self._delay_var

    @property
    def sure_drift(self) -> float:
        """The drift where it is plainly not zero, else zero (samples a second)."""
        return self.drift if abs(self.drift) > max(0.03, 4 * self._drift_var**0.5) else 0.0

    def _begin(self, delay: float) -> None:
        self.delay, self.drift = delay, 0.0
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
        self._sought = True
        self._elsewhere = 0
        self.jumps = 0
        """How often the reference was moved so far that filters learned before are void."""

    @property
    def delay(self) -> float | None:
        """From what is played to its direct sound, in seconds; None until it was found."""
        return None if self._tracker.delay is None else self._tracker.delay / RATE

    @property
    def sure(self) -> bool:
        """Whether the delay was found, and not doubted since."""
        return not self._sought

    def doubt(self) -> None:
        """The echo is no longer where it was: look for it afresh."""
        self._sought = True
        self._finder.restart()

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

    def recent(self, blocks: int) -> Iterator[tuple[Samples, Samples]]:
        """The newest blocks of the microphone, each with the reference as it would be now."""
        for age in range(blocks - 1, -1, -1):
            yield self._mic.read(age * BLOCK), self._played.read(self._applied + age * BLOCK)

    def _look(self) -> None:
        window = EchoFinder.WINDOW
        mic = self._mic.latest(window)
        if not self._finder.look(mic, self._played.latest(window)):
            return
        found = self._finder.delay
        if found is not None:
            self._move(found)
            self._in_vain = 0
        elif level_db(mic[-_HEARD:]) < self._background.db + _QUIET_DB:
            self._in_vain += 1
        elif self.hears_echo:
            self._in_vain = 0

    def _move(self, found: float) -> None:
        """Believe the echo to be there; where it slipped, the reference slips as far."""
        tracker = self._tracker
        self._elsewhere = 0 if tracker.expects(found) else self._elsewhere + 1
        # Where nothing else speaks for it, it may be a reverberation, or a tone.
        if self.sure and 0 < self._elsewhere < _LASTS:
            return
        if tracker.delay is not None and _NEAR < abs(found - tracker.delay) < _SLIP:
            self._applied = max(0.0, self._applied + round(found - tracker.delay))
        tracker.measure(found)
        self._sought, self._elsewhere = False, 0

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
