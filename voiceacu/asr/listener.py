"""From blocks of sound to utterances: when to listen, and when enough was heard.

The recogniser runs only while somebody speaks. What came just before is given to it first, for
a voice is noticed only after it has begun. An utterance ends, whichever comes first,

- at once, where an urgent phrase has stood still for a moment: "stop" must not wait. Where
  a longer phrase begins with it, the moment is longer, unless the voice falls silent;
- after a short silence, where it is a whole phrase that no other phrase continues;
- after a longer silence, where it is a whole phrase;
- after a long silence, or where the model's own rules say so, whatever it is;
- after six seconds: a television never ends.

After an urgent phrase the rest of that breath is let pass, so that nothing acts twice.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import numpy as np

from voiceacu.asr.choice import Understands, choose
from voiceacu.asr.recogniser import Alternative
from voiceacu.nlu.types import Heard
from voiceacu.pcm import BLOCK, RATE, Samples

_BLOCK_SECONDS = BLOCK / RATE
_SLACK = 1e-6
"""Seconds by which sums of block times may miss a limit."""


class Block(Protocol):
    """10 ms of the microphone without echo; `time` is that of its first sample."""

    @property
    def samples(self) -> Samples: ...
    @property
    def voiced(self) -> bool: ...
    @property
    def time(self) -> float: ...


class Hearing(Protocol):
    """What the listener needs of a recogniser."""

    @property
    def taken(self) -> float: ...
    def accept(self, samples: Samples) -> bool: ...
    def partial(self) -> str: ...
    def finish(self) -> tuple[Alternative, ...]: ...


class Phrases(Understands, Protocol):
    """What the listener needs of the phrase table."""

    def is_complete(self, text: str) -> bool:
        """Whether the text is a whole phrase."""

    def can_continue(self, text: str) -> bool:
        """Whether a longer phrase begins with the text."""

    def is_urgent(self, text: str) -> bool:
        """Whether the text is to be acted on before the person has fallen silent."""


@dataclass(frozen=True, slots=True)
class VoiceStarted:
    """Somebody began to speak, in seconds of device time."""

    time: float


@dataclass(frozen=True, slots=True)
class VoiceEnded:
    """They fell silent, and nothing was made out."""

    time: float


Fact: TypeAlias = VoiceStarted | Heard | VoiceEnded
"""After each VoiceStarted comes one Heard or VoiceEnded."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When an utterance begins and ends; all in seconds.

    `lead` of sound before the voice goes to the recogniser too, `step` is how much it is given
    at once. `stable` is how long an urgent phrase must stand, and one without a possible
    continuation before its silence counts; `settled` how long an urgent one that may go on.
    The silences are those of the list above, counted from where the voice detection sees none.
    """

    lead: float = 0.45
    step: float = 0.03
    stable: float = 0.1
    settled: float = 0.35
    silence_final: float = 0.15
    silence_complete: float = 0.3
    silence_other: float = 0.7
    longest: float = 6.0
    rest: float = 0.25


class _Utterance:
    """One utterance under way."""

    def __init__(self, time: float, origin: float) -> None:
        self.started = time
        self.origin = origin
        """Device time of the recogniser's zero."""
        self.voiced = time
        """End of the last block with voice."""
        self.words = ""
        self.since = time
        """When the words so far became what they are."""
        self.complete = self.open = self.urgent = False

    def become(self, words: str, now: float, table: Phrases) -> None:
        """Take in the words so far."""
        if words == self.words:
            return
        self.words, self.since = words, now
        self.complete = table.is_complete(words)
        self.open = table.can_continue(words)
        self.urgent = table.is_urgent(words)

    def stands(self, now: float) -> float:
        """For how long the words have been what they are."""
        return now - self.since + _SLACK

    def silence(self, now: float) -> float:
        """For how long there was no voice."""
        return now - self.voiced + _SLACK


class Listener:
    """Feeds one recogniser with what is spoken, and says what was heard when."""

    def __init__(self, hearing: Hearing, table: Phrases, timing: Timing | None = None) -> None:
        self._hearing = hearing
        self._table = table
        self._timing = timing or Timing()
        self._recent: deque[Samples] = deque(maxlen=round(self._timing.lead / _BLOCK_SECONDS))
        self._waiting: list[Samples] = []
        self._utterance: _Utterance | None = None
        self._resting: float | None = None
        """Until when silence must last before a voice counts again."""

    def feed(self, block: Block) -> list[Fact]:
        """Take in the next block; what it completes, in order."""
        now = block.time + _BLOCK_SECONDS
        if self._resting is not None:
            return self._rest(block, now)
        if self._utterance is None:
            if not block.voiced:
                self._recent.append(block.samples)
                return []
            self._begin(block)
            return [VoiceStarted(block.time), *self._listen(block, now)]
        return self._listen(block, now)

    def close(self, now: float) -> list[Fact]:
        """No more blocks will come: what was being said."""
        return [] if self._utterance is None else [self._end(self._utterance, now)]

    def _rest(self, block: Block, now: float) -> list[Fact]:
        """Let the rest of a breath pass."""
        assert self._resting is not None
        if block.voiced:
            self._resting = now + self._timing.rest
            self._recent.clear()
        else:
            self._recent.append(block.samples)
            if now + _SLACK >= self._resting:
                self._resting = None
        return []

    def _begin(self, block: Block) -> None:
        lead = len(self._recent) * _BLOCK_SECONDS
        origin = block.time - lead - self._hearing.taken
        self._utterance = _Utterance(block.time, origin)
        self._waiting = list(self._recent)
        self._recent.clear()

    def _listen(self, block: Block, now: float) -> list[Fact]:
        utterance = self._utterance
        assert utterance is not None
        if block.voiced:
            utterance.voiced = now
        self._waiting.append(block.samples)
        over = False
        if len(self._waiting) * _BLOCK_SECONDS + _SLACK >= self._timing.step:
            over = self._give()
            utterance.become(self._hearing.partial(), now, self._table)
        if self._is_urgent(utterance, now):
            return [self._decide(utterance, now)]
        if over or self._is_over(utterance, now):
            return [self._end(utterance, now)]
        return []

    def _give(self) -> bool:
        samples, self._waiting = np.concatenate(self._waiting), []
        return self._hearing.accept(samples)

    def _is_urgent(self, utterance: _Utterance, now: float) -> bool:
        if not utterance.urgent:
            return False
        hesitates = utterance.open and utterance.silence(now) < _BLOCK_SECONDS
        limit = self._timing.settled if hesitates else self._timing.stable
        return utterance.stands(now) >= limit

    def _is_over(self, utterance: _Utterance, now: float) -> bool:
        timing = self._timing
        if now - utterance.started + _SLACK >= timing.longest:
            return True
        limit = timing.silence_other
        if utterance.complete:
            limit = timing.silence_complete
            if not utterance.open and utterance.stands(now) >= timing.stable:
                limit = timing.silence_final
        return utterance.silence(now) >= limit

    def _decide(self, utterance: _Utterance, now: float) -> Fact:
        """Act on the urgent phrase that stands, whatever else was just begun."""
        fact = self._end(utterance, now)
        self._resting = now + self._timing.rest
        if not isinstance(fact, Heard):
            return Heard(utterance.words, utterance.started, now)
        if self._table.is_complete(fact.text):
            return fact
        return replace(fact, text=utterance.words)

    def _end(self, utterance: _Utterance, now: float) -> Fact:
        if self._waiting:
            self._give()
        choice = choose(self._hearing.finish(), self._table)
        self._utterance = None
        if choice is None:
            return VoiceEnded(now)
        words = choice.alternative.words
        return Heard(
            text=choice.alternative.text,
            start=utterance.origin + words[0].start,
            end=utterance.origin + words[-1].end,
            confidence=choice.confidence,
        )
