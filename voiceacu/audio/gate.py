"""Does somebody speak? Energy over an adaptive floor, and WebRTC's voice detection."""

from collections import deque
from dataclasses import dataclass

import numpy as np
import webrtcvad

from voiceacu.pcm import RATE, Samples, level_db, to_int16

HANGOVER = 0.12
"""Seconds the gate stays open after the last block that sounds like speech: it bridges the
silence inside a stop consonant. Whoever ends an utterance counts from here on."""

_BLOCKS = round(HANGOVER * 100)
_OPENS = 4
_RECENT = 6
_OVER_FLOOR_DB = 7.0
_QUIETEST_DB = -68.0
_HIGHEST_AT_FIRST_DB = -45.0
_SETTLE = 10
_DECAY_DB = 0.6
_MORE_DB = 6.0
_UNPLAYED_DB = -55.0
_FIRST_STEP, _LAST_STEP = 10.0, 0.3
_RELUCTANT = 0.1
_ONSET = 30
"""Blocks for which the suppressor takes a talker who begins for the own voice."""


class Floor:
    """Level of the background: the quietest tenth of a second of the last three seconds.

    Speech has gaps, a fan has none, so this follows the fan and not the talker.
    """

    def __init__(self) -> None:
        self._smooth: float | None = None
        self._blocks = 0
        self._lowest = _HIGHEST_AT_FIRST_DB
        self._past: deque[float] = deque([_HIGHEST_AT_FIRST_DB], maxlen=6)

    @property
    def db(self) -> float:
        """In dBFS."""
        return min(self._lowest, *self._past)

    def feed(self, level: float) -> None:
        """Take in the level of the next block."""
        self._smooth = level if self._smooth is None else 0.9 * self._smooth + 0.1 * level
        if self._blocks >= _SETTLE:
            self._lowest = min(self._lowest, self._smooth)
        self._blocks += 1
        if self._blocks % 50 == 0:
            self._past.append(self._lowest)
            self._lowest = self._smooth


class Gate:
    """Opens after 40 ms of speech within 60 ms, closes `HANGOVER` seconds after the last."""

    def __init__(self) -> None:
        self._vad = webrtcvad.Vad(2)
        self._floor = Floor()
        self._recent: deque[bool] = deque(maxlen=_RECENT)
        self._left = 0

    @property
    def floor_db(self) -> float:
        """Level of the background, in dBFS."""
        return self._floor.db

    @property
    def suspects(self) -> bool:
        """Whether the newest block alone sounded like speech."""
        return bool(self._recent) and self._recent[-1]

    def feed(self, samples: Samples, possible: bool = True) -> bool:
        """Whether somebody speaks, as of this block; `possible` false: this block does not
        count, for another reason."""
        level = level_db(samples)
        loud = possible and level > max(self._floor.db + _OVER_FLOOR_DB, _QUIETEST_DB)
        self._floor.feed(level)
        # Clearly quiet blocks never reach the detector: an idle room costs next to nothing.
        speech = loud and self._vad.is_speech(to_int16(samples).tobytes(), RATE)
        self._recent.append(speech)
        if sum(self._recent) >= _OPENS or (self._left and speech):
            self._left = _BLOCKS
        elif self._left:
            self._left -= 1
        return self._left > 0

    def reset(self) -> None:
        """Forget what was just heard; the floor stays."""
        self._recent.clear()
        self._left = 0


class Leak:
    """How much of the own voice is usually heard, or is left by the linear filter, relative to
    what is played.

    A talker adds to it, and stands out of the background too: what does not is nobody. The usual
    is the level that 19 of 20 blocks without a talker stay below; it is learned in the first
    second and followed. A block is learned from a moment later only, since a talker is not known
    at once. Levels are those of `brightness_db`.
    """

    def __init__(self) -> None:
        self._played = -100.0
        self._floor = Floor()
        self._usual = 0.0
        self._step = _FIRST_STEP
        self._waiting: deque[_Left] = deque()

    def exceeded(self, linear: float, played: float) -> bool:
        """Whether a block of this level is more than what `played` leaves and what always is."""
        self._played = max(played, self._played - _DECAY_DB)
        return linear > max(self._played + self._usual, self._floor.db) + _MORE_DB

    def learn(self, linear: float, sure: bool = True) -> None:
        """Take in the level of the same block, in which nobody speaks; not `sure`: somebody may,
        and may have begun just before.

        Whoever is not let in once must not be kept out by that for long. In the first second
        all counts: the suppressor still leaves some of the own voice.
        """
        self._floor.feed(linear)
        if not sure and self._stands_out(linear, self._played):
            for left in self._waiting:
                left.sure = False
        self._waiting.append(_Left(linear, self._played, sure))
        if len(self._waiting) > _ONSET:
            self._follow(self._waiting.popleft())

    def forget(self) -> None:
        """Somebody does speak, and has since just before."""
        self._waiting.clear()

    def _follow(self, left: "_Left") -> None:
        leak = left.played + self._usual
        above = self._stands_out(left.level, left.played)
        # A leak below the background is not seen, so nothing is learned of it.
        if left.played < _UNPLAYED_DB or not (above or leak > self._floor.db):
            return
        rise = 0.95 if left.sure or self._step > _LAST_STEP else _RELUCTANT
        self._usual += self._step * (rise if above else -0.05)
        self._step = max(_LAST_STEP, self._step * 0.98)

    def _stands_out(self, level: float, played: float) -> bool:
        return level > max(played + self._usual, self._floor.db + _MORE_DB)


@dataclass(slots=True)
class _Left:
    """What a block left of what was played, and whether nobody spoke in it."""

    level: float
    played: float
    sure: bool


def brightness_db(samples: Samples) -> float:
    """Level of a block with the low end taken out, by differences: breath tones and a hum lie
    there, and filters that were led by a tone know little of speech."""
    return level_db(np.diff(samples))
