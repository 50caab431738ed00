"""A recogniser that remembers what it said of a sound: for tuning what is decided on it.

Decoding takes minutes where the decisions take seconds, and a sound is decoded to the same words
as long as the model and the grammar stay. So what was said is kept by the hash of the sound.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from voiceacu.asr.alternative import Alternative
from voiceacu.asr.recogniser import Recogniser
from voiceacu.asr.sounds import Sounds
from voiceacu.pcm import RATE, Samples

Alternatives = tuple[Alternative, ...]


class Remembered:
    """The calls of :class:`voiceacu.asr.recogniser.Recogniser`, answered from memory where the
    same sound was heard before; ``make`` gives the real one once it is needed. ``sounds`` are
    those of its words."""

    def __init__(self, make: Callable[[], Recogniser], memory: Path, sounds: Sounds) -> None:
        self._make, self._memory, self.sounds = make, memory, sounds
        self._known: dict[bytes, Any] = {}
        if memory.exists():
            self._known = pickle.loads(memory.read_bytes())
        self._before = len(self._known)
        self._real: Recogniser | None = None
        self._zero = 0.0
        """The real one's time at which the utterance begins."""
        self._sound: list[Samples] = []
        self._given = 0
        """Pieces of the utterance's sound that the real one has."""
        self._key = b""
        self._began = self._taken = 0

    def save(self) -> None:
        """Keep what is known now."""
        if len(self._known) > self._before:
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            self._memory.write_bytes(pickle.dumps(self._known))

    @property
    def taken(self) -> float:
        """Seconds of sound given so far."""
        return self._taken / RATE

    def accept(self, samples: Samples) -> bool:
        """Take in sound; True where the model's own rules see the end of the utterance."""
        self._sound.append(samples)
        self._taken += len(samples)
        self._key = _hash(self._key, samples.tobytes())
        ends: bool = self._recall(b"accept", self._key, self._give)[0]
        return ends

    def partial(self) -> str:
        """What the words are so far."""
        text: str = self._recall(b"accept", self._key, self._give)[1]
        return text

    def finish(self) -> Alternatives:
        """End the utterance: what it may have been."""
        found = self._recall(b"finish", self._key, self._end)
        if self._given:
            self._end()
        began, self._began = self._began, self._taken
        self._sound, self._key = [], b""
        return _moved(found, began / RATE)

    def again(self, samples: Samples) -> Alternatives:
        """What the sound taken last may have been, if it was a sentence to the letter."""
        (found,) = self._of_last("as a sentence", samples, lambda real: [real.again(samples)])
        return found

    def paced(self, samples: Samples, pace: float) -> tuple[Alternatives, Alternatives]:
        """What the sound taken last may have been, heard at another pace, in two ways."""
        call = f"both at {pace}"
        first, second = self._of_last(call, samples, lambda real: real.paced(samples, pace))
        return first, second

    def _of_last(
        self, call: str, samples: Samples, hear: Callable[[Recogniser], Iterable[Alternatives]]
    ) -> Iterable[Alternatives]:
        """What is heard in the sound taken last; it is kept with its times from its beginning."""

        def anew() -> list[Alternatives]:
            real = self._awake()
            return [_moved(one, len(samples) / RATE - real.taken) for one in hear(real)]

        found = self._recall(call.encode(), samples.tobytes(), anew)
        return [_moved(one, (self._taken - len(samples)) / RATE) for one in found]

    def _recall(self, call: bytes, sound: bytes, hear: Callable[[], Any]) -> Any:
        key = _hash(call, sound)
        if key not in self._known:
            self._known[key] = hear()
        return self._known[key]

    def _awake(self) -> Recogniser:
        if self._real is None:
            self._real = self._make()
        return self._real

    def _give(self) -> tuple[bool, str]:
        real, ends = self._awake(), False
        if not self._given:
            self._zero = real.taken
        for samples in self._sound[self._given :]:
            ends = real.accept(samples)
        self._given = len(self._sound)
        return ends, real.partial()

    def _end(self) -> Alternatives:
        self._give()
        self._given = 0
        return _moved(self._awake().finish(), -self._zero)


def _hash(*parts: bytes) -> bytes:
    return hashlib.blake2b(b"".join(parts), digest_size=12).digest()


def _moved(alternatives: Alternatives, later: float) -> Alternatives:
    return tuple(
        replace(
            one,
            words=tuple(replace(w, start=w.start + later, end=w.end + later) for w in one.words),
        )
        for one in alternatives
    )
