"""The one owner of the loudspeaker: speech, earcons and breath tones in one output.

Everything fades: a cut sentence is silent after 20 ms, nothing starts or ends with a click,
and a limiter keeps the sum below full scale whatever is asked for.
"""

from dataclasses import dataclass
from threading import Lock

import numpy as np

from voiceacu.audio.breath import Breath
from voiceacu.audio.port import SILENCE
from voiceacu.pcm import BLOCK, RATE, Samples

CEILING = 0.9
"""The largest sample that ever leaves the mixer."""

_FADE_BLOCKS = 2
_DUCKED = 10 ** (-20 / 20)
_UNDER_SPEECH = 0.3
_LOUDEST_DB, _QUIETEST_DB = 12.0, -60.0


@dataclass(slots=True)
class _Sound:
    """Samples being played; `fade` counts the blocks left of a cut sound, if it was cut."""

    samples: Samples
    id: int | None = None
    position: int = 0
    fade: int | None = None

    def next(self) -> Samples:
        """The next block, filled up with silence at the end."""
        block = self.samples[self.position : self.position + BLOCK]
        self.position += BLOCK
        if len(block) < BLOCK:
            block = np.concatenate([block, np.zeros(BLOCK - len(block), np.float32)])
        if self.fade is not None:
            high, low = self.fade / _FADE_BLOCKS, (self.fade - 1) / _FADE_BLOCKS
            self.fade -= 1
            block = block * np.linspace(high, low, BLOCK, dtype=np.float32)
        return block

    @property
    def ended(self) -> bool:
        return self.position >= len(self.samples) or self.fade == 0


@dataclass(slots=True)
class _Ramp:
    """A gain that moves to its target at a bounded speed (full scales a block)."""

    value: float
    target: float
    down: float
    up: float

    def next(self) -> Samples | np.float32:
        """The gains of the next block: one number while it stands still."""
        start = self.value
        if start == self.target:
            return np.float32(start)
        self.value += min(max(self.target - start, -self.down), self.up)
        return np.linspace(start, self.value, BLOCK, dtype=np.float32)


class Mixer:
    """All that sounds. Any thread may call any method; `render` is for the device."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._speech: _Sound | None = None
        self._others: list[_Sound] = []
        self._breath: Breath | None = None
        self._finished: list[int] = []
        self._duck = _Ramp(1.0, 1.0, down=0.5, up=0.04)
        self._under = _Ramp(1.0, 1.0, down=0.05, up=0.02)
        self._volume_db = 0.0
        self._follow_db = 0.0
        self._level_db = 0.0
        self._slope_db = 0.0
        self._limit = 1.0

    def speak(self, id: int, samples: Samples) -> None:
        """Speak now, instead of whatever is being said, which is cut."""
        with self._lock:
            self._cut()
            self._speech = _Sound(samples, id)

    def hush(self) -> None:
        """Cut what is being said: silent within 20 ms, and it never counts as finished."""
        with self._lock:
            self._cut()

    def chime(self, samples: Samples) -> None:
        """Play an earcon over whatever else sounds."""
        with self._lock:
            self._others.append(_Sound(samples))

    def breathe(self, inhale: float, exhale: float) -> None:
        """Sound breath tones from now on, `inhale` and `exhale` seconds long."""
        with self._lock:
            self._breath = Breath(inhale, exhale)

    def stop_breathing(self) -> None:
        """Let the breath tones end softly."""
        with self._lock:
            if self._breath is not None:
                self._breath.end()

    def duck(self, on: bool) -> None:
        """Lower speech and breath tones by 20 dB at once (somebody speaks), or raise them: softly,
        where anything of them has sounded."""
        with self._lock:
            self._duck.target = _DUCKED if on else 1.0
            begun = self._speech is not None and self._speech.position > 0
            if not on and not begun and self._breath is None:
                self._duck.value = 1.0

    def mute(self) -> None:
        """Silence speech and breath tones within 20 ms, until `duck(False)`; they go on unheard."""
        with self._lock:
            self._duck.target = 0.0

    @property
    def volume_db(self) -> float:
        """Loudness of all that is played, in dB relative to the normal level; moves softly."""
        return self._volume_db

    @volume_db.setter
    def volume_db(self, decibels: float) -> None:
        self.fade(decibels, 0.3)

    def fade(self, decibels: float, seconds: float) -> None:
        """Move the loudness to `decibels` evenly within `seconds`."""
        with self._lock:
            self._volume_db = min(max(decibels, _QUIETEST_DB), _LOUDEST_DB)
            self._aim(seconds)

    def follow(self, decibels: float) -> None:
        """Shift the loudness by `decibels`, slowly, to suit how loud the talker is."""
        with self._lock:
            self._follow_db = min(max(decibels, _QUIETEST_DB), _LOUDEST_DB)
            self._aim(2.0)

    @property
    def speaking(self) -> bool:
        """Whether a sentence is being said."""
        return self._speech is not None

    def finished(self) -> list[int]:
        """Ids of sentences spoken to their end since the last call, in order."""
        with self._lock:
            ids, self._finished = self._finished, []
            return ids

    def render(self) -> Samples:
        """The next block to play."""
        with self._lock:
            if self._speech is None and not self._others and self._breath is None:
                self._settle()
                return SILENCE
            return self._limited(self._mix() * self._loudness())

    def _mix(self) -> Samples:
        mix = np.zeros(BLOCK, dtype=np.float32)
        duck = self._duck.next()
        self._under.target = _UNDER_SPEECH if self._speech is not None else 1.0
        under = self._under.next()
        if self._breath is not None:
            mix += self._breath.next() * duck * under
            if self._breath.ended:
                self._breath = None
        if self._speech is not None:
            mix += self._speech.next() * duck
            if self._speech.ended:
                if self._speech.id is not None:
                    self._finished.append(self._speech.id)
                self._speech = None
        for sound in self._others:
            mix += sound.next()
        self._others = [sound for sound in self._others if not sound.ended]
        return mix

    def _cut(self) -> None:
        """Fade out what is being said, at the loudness that it has."""
        if self._speech is not None:
            start = self._speech.position
            rest = self._speech.samples[start : start + _FADE_BLOCKS * BLOCK]
            self._others.append(_Sound(rest * np.float32(self._duck.value), fade=_FADE_BLOCKS))
            self._speech = None

    def _aim(self, seconds: float) -> None:
        distance = abs(self._volume_db + self._follow_db - self._level_db)
        self._slope_db = distance / max(1.0, seconds * RATE / BLOCK)

    def _loudness(self) -> Samples | np.float32:
        start = self._level_db
        wanted = self._volume_db + self._follow_db
        if start == wanted:
            return np.float32(10 ** (start / 20))
        step = min(max(wanted - start, -self._slope_db), self._slope_db)
        self._level_db = wanted if abs(wanted - start) <= self._slope_db else start + step
        return np.geomspace(
            10 ** (start / 20), 10 ** (self._level_db / 20), BLOCK, dtype=np.float32
        )

    def _settle(self) -> None:
        """Nothing sounds: every gain may go to its target unheard."""
        self._duck.value = self._duck.target
        self._under.value = 1.0
        self._level_db = self._volume_db + self._follow_db
        self._limit = 1.0

    def _limited(self, mix: Samples) -> Samples:
        """At once down where the block would pass the ceiling, slowly up again."""
        peak = float(np.abs(mix).max())
        wanted = min(1.0, CEILING / peak, self._limit + 0.01) if peak > 0 else 1.0
        if self._limit == wanted == 1.0:
            return mix
        gains = np.linspace(self._limit, wanted, BLOCK, dtype=np.float32)
        self._limit = wanted
        limited: Samples = np.clip(mix * gains, -CEILING, CEILING)
        return limited
