"""How loud the talker is, so that the answer may be as soft."""

from voiceacu.pcm import Samples, level_db

SOFTEST_DB, LOUDEST_DB = -9.0, 3.0
"""How far the own loudness follows, in dB."""

_FOLLOWS = 0.6
_FIRST = 3
_SHORTEST = 15
_LOUD_SHARE = 0.8
_INERTIA = 0.5


class TalkerLevel:
    """Compares each utterance with the first ones: microphones differ, so only change counts.

    Somebody who begins to whisper is answered more softly, by 0.6 dB for each dB.
    """

    def __init__(self) -> None:
        self._levels: list[float] = []
        self._first: list[float] = []
        self._recent: float | None = None

    @property
    def follow_db(self) -> float:
        """How much louder than normal to speak, in dB, within limits; 0 until there is
        enough to compare with."""
        if self._recent is None or len(self._first) < _FIRST:
            return 0.0
        change = self._recent - sum(self._first) / _FIRST
        return min(max(_FOLLOWS * change, SOFTEST_DB), LOUDEST_DB)

    def feed(self, samples: Samples, voiced: bool) -> None:
        """Take in the next block."""
        if voiced:
            self._levels.append(level_db(samples))
        elif self._levels:
            levels, self._levels = sorted(self._levels), []
            if len(levels) >= _SHORTEST:
                self._learn(levels[int(_LOUD_SHARE * len(levels))])

    def _learn(self, level: float) -> None:
        if len(self._first) < _FIRST:
            self._first.append(level)
        self._recent = level if self._recent is None else _mean(self._recent, level)


def _mean(before: float, now: float) -> float:
    return _INERTIA * before + (1 - _INERTIA) * now
