"""From blocks of sound to utterances: when to listen, and when enough was heard.

The recogniser runs only while somebody speaks. What came just before is given to it first, for
a voice is noticed only after it has begun. An utterance ends, whichever comes first,

- at once, where one of a few phrases has stood still for a moment in the middle of speech: "stop"
  must not wait. Where a longer phrase begins with it, the moment is longer;
- as soon as the voice falls silent, where it is an urgent phrase; where a longer one begins with it
  and it was told that it sounds urgent, after a short silence;
- after a short silence, where it is a whole phrase that no other phrase continues;
- after a longer silence, where it is a whole phrase;
- after a long silence, where it is the beginning of a phrase, or none at all;
- where the model's own rules say so;
- after six seconds: a television never ends.

Noise may hide the end of a voice, and is heard as words. So in noise a whole phrase is waited for
longer, an urgent one too where it is in doubt, and less of what was before the voice is given.

Silence is noticed late, for a voice detection waits whether the voice comes back. So where a short
utterance grows faint, and would be an urgent phrase if it were over, that is told at once: whoever
is speaking can fall silent. What it is remains to be heard: "pause" may be the beginning of "pause
for thirty seconds".

After an urgent phrase the rest of that breath is let pass, so that nothing acts twice.

Who talks to somebody else says a command's words now and then. So where a voice has just said
more than a moment's worth that is no command, only what is certain counts, and a single word
only where it is urgent. In one breath with a command, too, only what is certain or urgent counts as
another: the rest is its own last words, or a clatter.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol, TypeAlias

import numpy as np

from voiceacu.asr.utterance import (
    BLOCK_SECONDS,
    CERTAIN,
    SLACK,
    STILL_DB,
    Hearing,
    Phrases,
    Utterance,
)
from voiceacu.nlu.types import Heard
from voiceacu.pcm import BLOCK, Samples, level_db

_HUSH = 10
"""Blocks of silence after the last sound: how a word ends is told by what follows it."""


class Block(Protocol):
    """10 ms of the microphone without echo; `time` is that of its first sample."""

    @property
    def samples(self) -> Samples: ...
    @property
    def voiced(self) -> bool: ...
    @property
    def covered(self) -> bool:
        """Whether the own voice was in it, which lets another one be noticed late."""

    @property
    def time(self) -> float: ...


@dataclass(frozen=True, slots=True)
class VoiceStarted:
    """Somebody began to speak, in seconds of device time."""

    time: float


@dataclass(frozen=True, slots=True)
class Urged:
    """What they say sounds urgent, and may go on yet."""

    time: float


@dataclass(frozen=True, slots=True)
class VoiceEnded:
    """They fell silent, and nothing was made out."""

    time: float


Fact: TypeAlias = VoiceStarted | Urged | Heard | VoiceEnded
"""After each VoiceStarted comes one Heard or VoiceEnded, and before that perhaps one Urged."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When an utterance begins and ends; all in seconds.

    `lead` of sound before the voice goes to the recogniser too, `noisy_lead` in noise; `step` is
    how much it is given at once. `stable` is how long an urgent phrase must stand, `settled` how
    long one that may go on, `patient` the same where it was told that it sounds urgent, as it is
    told up to `short`. The silences are those of the list above, counted from where the voice
    detection sees none; the `noisy` ones are those in noise. Up to `brief` an utterance is judged
    at its first silence. For `talk` after `some_talk` that was no command, a command must be
    certain; so must one within a `breath` of the last.
    """

    lead: float = 0.45
    noisy_lead: float = 0.23
    step: float = 0.03
    stable: float = 0.06
    settled: float = 0.25
    patient: float = 0.5
    short: float = 1.5
    silence_final: float = 0.05
    silence_complete: float = 0.12
    noisy_final: float = 0.2
    noisy_complete: float = 0.3
    silence_none: float = 0.3
    silence_open: float = 0.6
    brief: float = 3.0
    talk: float = 2.5
    some_talk: float = 1.0
    breath: float = 0.5
    longest: float = 6.0
    rest: float = 0.25


class Listener:
    """Feeds one recogniser with what is spoken, and says what was heard when."""

    def __init__(self, hearing: Hearing, table: Phrases, timing: Timing | None = None) -> None:
        self._hearing = hearing
        self._table = table
        self._timing = timing or Timing()
        self._recent: deque[Samples] = deque(maxlen=round(self._timing.lead / BLOCK_SECONDS))
        self._utterance: Utterance | None = None
        self._resting: float | None = None
        """Until when silence must last before a voice counts again."""
        self._talked = -inf
        """When the last talk ended that was no command."""
        self._told = -inf
        """When the last command ended."""

    def feed(self, block: Block) -> list[Fact]:
        """Take in the next block; what it completes, in order."""
        now = block.time + BLOCK_SECONDS
        if self._resting is not None:
            self._rest(block, now)
            return []
        if self._utterance is not None:
            return self._listen(self._utterance, block, now)
        if not block.voiced:
            self._recent.append(block.samples)
            return []
        self._utterance = Utterance(self._hearing, self._table, self._lead(block), block.time)
        self._recent.clear()
        return [VoiceStarted(block.time), *self._listen(self._utterance, block, now)]

    def close(self, now: float) -> list[Fact]:
        """No more blocks will come: what was being said."""
        if self._utterance is None:
            return []
        for _ in range(_HUSH):
            now += BLOCK_SECONDS
            self._utterance.add(np.zeros(BLOCK, np.float32), False, now)
        self._utterance.judge(now)
        return [self._end(self._utterance, now)]

    def _lead(self, block: Block) -> Sequence[Samples]:
        """The sound before a voice; no more of a noise than the voice may have begun in."""
        recent = [*self._recent]
        if block.covered:
            return recent
        near = round(self._timing.noisy_lead / BLOCK_SECONDS)
        levels = [level_db(samples) for samples in recent]
        loudest = max([*levels, level_db(block.samples)])
        hides = max(levels[:-near], default=-inf) > loudest - STILL_DB
        return recent[-near:] if hides else recent

    def _rest(self, block: Block, now: float) -> None:
        """Let the rest of a breath pass."""
        if block.voiced:
            self._resting = now + self._timing.rest
            self._recent.clear()
            return
        self._recent.append(block.samples)
        if self._resting is not None and now + SLACK >= self._resting:
            self._resting = None

    def _listen(self, utterance: Utterance, block: Block, now: float) -> list[Fact]:
        utterance.add(block.samples, block.voiced, now)
        ends = utterance.hear(self._timing.step, now)
        alert = not self._amid_talk(utterance.started)
        if alert and self._interrupts(utterance, now) and (urgent := utterance.urges(now)):
            self._utterance, self._resting = None, now + self._timing.rest
            return [urgent]
        if utterance.silence(now) >= BLOCK_SECONDS and utterance.lasts(now) <= self._timing.brief:
            utterance.judge(now)
        if ends or self._is_over(utterance, now):
            utterance.judge(now)
            return [self._end(utterance, now)]
        if alert and self._seems_urgent(utterance, now):
            utterance.urged = True
            return [Urged(now)]
        return []

    def _seems_urgent(self, utterance: Utterance, now: float) -> bool:
        """Whether it first sounds urgent now."""
        if utterance.urged or utterance.judged or utterance.lasts(now) > self._timing.short:
            return False
        return utterance.fades and utterance.seems(now).interrupting

    def _interrupts(self, utterance: Utterance, now: float) -> bool:
        """Whether to act in the middle of speech."""
        if utterance.judged or not utterance.words.interrupting:
            return False
        timing, limit = self._timing, self._timing.stable
        if utterance.words.open:
            limit = timing.patient if utterance.urged else timing.settled
        return utterance.stands(now) >= limit

    def _is_over(self, utterance: Utterance, now: float) -> bool:
        timing, words = self._timing, utterance.words
        if utterance.lasts(now) >= timing.longest:
            return True
        if not utterance.judged:
            return utterance.silence(now) >= timing.silence_none
        if words.complete and utterance.still:
            limit = timing.silence_complete if words.open else timing.silence_final
        elif words.complete:
            limit = timing.noisy_complete if words.open else timing.noisy_final
        else:
            limit = timing.silence_open if words.open else timing.silence_none
        sure = utterance.still or utterance.certain
        hurries = words.urgent and sure and not (words.open and utterance.urged)
        return hurries or utterance.silence(now) >= limit

    def _end(self, utterance: Utterance, now: float) -> Fact:
        self._utterance = None
        # A voice may have begun in it unnoticed.
        self._recent.extend(utterance.silent_end(now))
        heard = utterance.heard()
        if heard is None:
            return VoiceEnded(now)
        if not self._table.understand(heard.text).accepted:
            if heard.end - heard.start >= self._timing.some_talk:
                self._talked = heard.end
            return heard
        if self._amid_talk(heard.start) and not self._stands_out(heard):
            self._talked = heard.end
            return VoiceEnded(now)
        if self._in_one_breath(heard):
            return VoiceEnded(now)
        self._told = heard.end
        return heard

    def _amid_talk(self, started: float) -> bool:
        return started - self._talked < self._timing.talk

    def _in_one_breath(self, heard: Heard) -> bool:
        """Whether it only seems to be another command, and one that may be missed."""
        soon = heard.start - self._told < self._timing.breath
        return soon and heard.confidence < CERTAIN and not self._table.is_urgent(heard.text)

    def _stands_out(self, heard: Heard) -> bool:
        """Whether a command amid talk is meant as one."""
        told = len(heard.text.split()) > 1 or self._table.is_urgent(heard.text)
        return told and heard.confidence >= CERTAIN
