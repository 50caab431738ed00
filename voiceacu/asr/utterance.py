"""One utterance under way: its sound, the words so far, and what it is taken for.

The recogniser's words lag behind the sound until it is told that no more will come, and then
it cannot go on. So at each pause the utterance is judged as if it were over; should the voice
come back, the recogniser is given the whole sound once more. At a few hundredths of real time
that is cheap, and it saves the quarter of a second by which words lag.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol, Self

import numpy as np

from voiceacu.asr.alternative import Alternative
from voiceacu.asr.choice import Choice, averaged, beginning, choose, pooled
from voiceacu.asr.unheard import Ends, completed
from voiceacu.asr.votes import Likeness
from voiceacu.nlu.types import Heard
from voiceacu.pcm import BLOCK, RATE, Samples, level_db

BLOCK_SECONDS = BLOCK / RATE
CERTAIN = 0.8
"""The confidence of what needs no second hearing, and of a command that counts amid talk."""

_CERTAIN_TALK = 0.95
"""The same of talk: who is taken to be talking to somebody else waits for an answer in vain."""

PACES = (0.93, 1.08)
"""How fast, beside as it is, an utterance is heard that is in doubt. The network takes a sound in
steps of 30 ms, and a voice of another height or a step that begins elsewhere may tip what it is
taken for; what is heard at each pace is likelier said."""

SURE = 0.3
"""The share of the votes for urgent words that are acted on in the middle of speech."""

_FADED_DB = 15.0
_FADED = round(0.05 / BLOCK_SECONDS)
"""Blocks so far below the loudest one after which a word may have ended."""

STILL_DB = 25.0
"""What lies so far below the loudest block hides no voice."""

_STILL = round(0.08 / BLOCK_SECONDS)
"""Blocks without anything that could hide one after which the voice is over."""

SLACK = 1e-6
"""Seconds by which sums of block times may miss a limit."""


class Hearing(Protocol):
    """What an utterance needs of a recogniser."""

    @property
    def sounds(self) -> Likeness: ...
    @property
    def taken(self) -> float: ...
    def accept(self, samples: Samples) -> bool: ...
    def partial(self) -> str: ...
    def finish(self) -> tuple[Alternative, ...]: ...
    def again(self, samples: Samples) -> tuple[Alternative, ...]: ...
    def paced(
        self, samples: Samples, pace: float
    ) -> tuple[tuple[Alternative, ...], tuple[Alternative, ...]]: ...


class Phrases(Ends, Protocol):
    """What an utterance needs of the phrase table."""

    def is_complete(self, text: str) -> bool:
        """Whether the text is a whole phrase."""

    def can_continue(self, text: str) -> bool:
        """Whether a longer phrase begins with the text."""

    def is_urgent(self, text: str) -> bool:
        """Whether the text is a command that must not wait for a longer silence."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words and what the phrase table says of them; `since` is when they became these.

    Of the urgent phrases only the suggested ones are `interrupting`, acted on before the person
    falls silent: every word more is a word of other people's talk.
    """

    text: str = ""
    since: float = 0.0
    complete: bool = False
    open: bool = False
    urgent: bool = False
    interrupting: bool = False

    @classmethod
    def of(cls, text: str, since: float, table: Phrases) -> Self:
        """What the table says of these words."""
        urgent = table.is_urgent(text)
        return cls(
            text,
            since,
            complete=table.is_complete(text),
            open=table.can_continue(text),
            urgent=urgent,
            interrupting=urgent and table.is_suggested(text),
        )


class Utterance:
    """From its first voice, or a little before, to its end."""

    def __init__(
        self, hearing: Hearing, table: Phrases, lead: Sequence[Samples], started: float
    ) -> None:
        """`lead` is the sound just before `started`, when the voice began."""
        self._hearing = hearing
        self._table = table
        self.started = started
        self.voiced = started
        """End of the last block with voice."""
        self.words = Words(since=started)
        self._sound = list(lead)
        self._begins = started - len(lead) * BLOCK_SECONDS
        self._given = 0
        """Blocks of the sound that the recogniser has."""
        self._origin = self._begins - hearing.taken
        """Device time of the recogniser's zero."""
        self.judged = False
        self.urged = False
        """Whether it was told that it sounds urgent."""
        self._alternatives: tuple[Alternative, ...] = ()
        self._choice: Choice | None = None
        self._denied = ""
        """Words that stood in the middle of speech, and were not meant."""
        self._loudest = -inf
        self._faint = 0
        """Blocks since one that was anything like the loudest."""
        self._quiet = 0
        """Blocks since one that could hide a voice."""

    def silence(self, now: float) -> float:
        """For how long there was no voice."""
        return now - self.voiced + SLACK

    def silent_end(self, now: float) -> Sequence[Samples]:
        """Its last blocks, those since there was a voice."""
        return self._sound[len(self._sound) - round((now - self.voiced) / BLOCK_SECONDS) :]

    def lasts(self, now: float) -> float:
        """For how long it has been going on."""
        return now - self.started + SLACK

    def stands(self, now: float) -> float:
        """For how long the words have been what they are."""
        return now - self.words.since + SLACK

    def add(self, samples: Samples, voiced: bool, now: float) -> None:
        """Take in a block; a voice makes void what the utterance was taken for."""
        self._sound.append(samples)
        level = level_db(samples)
        self._loudest = max(self._loudest, level)
        self._faint = self._faint + 1 if level < self._loudest - _FADED_DB else 0
        self._quiet = self._quiet + 1 if level < self._loudest - STILL_DB else 0
        if voiced:
            self.voiced = now
            if self.judged:
                self._go_on()

    def hear(self, least: float, now: float) -> bool:
        """Give the recogniser what it lacks, if that is `least` seconds; True where it ends."""
        if self.judged or (len(self._sound) - self._given) * BLOCK_SECONDS + SLACK < least:
            return False
        ends = self._give()
        self._become(self._hearing.partial(), now)
        return ends

    def judge(self, now: float) -> None:
        """Take it for what it is, as if it were over."""
        if self.judged:
            return
        if self._given < len(self._sound):
            self._give()
        self._choice = self._choose()
        self._become(self._choice.alternative.text if self._choice else "", now)
        self.judged = True

    def urges(self, now: float) -> Heard | None:
        """The urgent words that stand, if the sound so far is taken to begin with them.

        Words so far are the likeliest ones only; judged, all that it may be has its say. Words of
        a longer phrase may stand while the next one is being said.
        """
        text = self.words.text
        if text == self._denied:
            return None
        self.judge(now)
        share = beginning(self._alternatives, text)
        goes_on = self.words.open and self.words.text != text
        if share < SURE or goes_on:
            self._denied = text
            return None
        whole = self.heard()
        if whole is not None and self.words.complete:
            return whole
        return Heard(text, self.started, now, share)

    @property
    def fades(self) -> bool:
        """Whether it has just become so faint that a word may have ended: long before the voice
        detection is sure of that."""
        return self._faint == _FADED

    @property
    def still(self) -> bool:
        """Whether it is too quiet for a voice to be hidden."""
        return self._quiet >= _STILL

    @property
    def certain(self) -> bool:
        """Whether what it was taken for is beyond doubt."""
        return self._choice is not None and self._choice.confidence >= CERTAIN

    def seems(self, now: float) -> Words:
        """What it would be if it were over, as far as that is told soon; what it is stays open."""
        if self._given < len(self._sound):
            self._give()
        choice = self._choose(paces=())
        self._go_on()
        return Words.of(choice.alternative.text if choice else "", now, self._table)

    def heard(self) -> Heard | None:
        """What it was taken for; None for nothing."""
        if self._choice is None:
            return None
        words = self._choice.alternative.words
        return Heard(
            text=self._choice.alternative.text,
            start=max(self._begins, self._origin + words[0].start),
            end=self._origin + words[-1].end,
            confidence=self._choice.confidence,
        )

    def _choose(self, paces: Sequence[float] = PACES) -> Choice | None:
        """What it is taken for: by the first hearing, where that leaves a doubt by the second one
        as well, and then by both at other paces. Where all of them make out no command, one whose
        beginning was not heard."""
        self._alternatives = self._hearing.finish()
        choice = self._chosen()
        if choice is None or self._is_clear(choice):
            return choice
        sound = np.concatenate(self._sound)
        again = self._hearing.again(sound)
        self._alternatives = pooled(self._alternatives, again)
        choice = self._chosen(again)
        if not paces or (choice is not None and self._is_clear(choice)):
            return choice
        found = [self._alternatives]
        for pace in paces:
            first, second = self._hearing.paced(sound, pace)
            found.append(pooled(first, second))
            again += second
        self._alternatives = averaged(found)
        choice = self._chosen(again)
        if choice is not None and self._is_told(choice):
            return choice
        return completed(self._alternatives, self._table) or choice

    def _chosen(self, again: Sequence[Alternative] = ()) -> Choice | None:
        return choose(self._alternatives, self._table, self._hearing.sounds, again)

    def _is_clear(self, choice: Choice) -> bool:
        """Whether a second hearing would say the same: a command, or talk, without doubt."""
        if not choice.alternative.all_known:
            return choice.confidence >= _CERTAIN_TALK
        return self._is_told(choice) and choice.confidence >= CERTAIN

    def _is_told(self, choice: Choice) -> bool:
        """Whether it is a command."""
        return self._table.understand(choice.alternative.text).accepted

    def _go_on(self) -> None:
        """Once ended, the recogniser is given the whole sound anew."""
        self.judged = False
        self._given = 0
        self._origin = self._begins - self._hearing.taken

    def _give(self) -> bool:
        new = np.concatenate(self._sound[self._given :])
        self._given = len(self._sound)
        return self._hearing.accept(new)

    def _become(self, text: str, now: float) -> None:
        if text != self.words.text:
            self.words = Words.of(text, now, self._table)
