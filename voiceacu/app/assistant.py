"""The one loop: facts from the devices go to the dialogue, its actions go back to them.

One thread owns the conversation. It is paced by the microphone's blocks, or by a short wait
where there is none, and it is the only reader of a clock: the device's. Speech is rendered in
the loop, a few milliseconds a sentence, while the device goes on pulling from the mixer.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from math import inf
from typing import Protocol

from voiceacu.app.report import Report
from voiceacu.asr.listener import Fact, Urged, VoiceStarted
from voiceacu.audio.port import Device, Frame
from voiceacu.dialogue import actions, events
from voiceacu.dialogue.coach import Coach
from voiceacu.errors import UserError
from voiceacu.nlu.phrases import PhraseTable
from voiceacu.nlu.types import Heard, Phase

POLL = 0.02
"""Seconds to wait for a block before the clock is looked at again."""

IDLE_POLL = 0.2
"""The same while nobody speaks: each waking costs more than all the blocks it finds. Whoever
begins to speak is noticed that much later, and caught up with long before the word ends."""

ALONE = 1.0
"""Seconds of silence before what is said to somebody asleep: a call stands between silences, and
no words out of a conversation are one."""


class Ears(Protocol):
    """From blocks of both directions to what was said."""

    def hear(self, frame: Frame) -> Iterable[Fact]:
        """The facts that this block completes."""

    @property
    def settled(self) -> bool:
        """Whether the own voice can be told from others: its way to the microphone is known."""

    @property
    def follow_db(self) -> float:
        """How much louder than normal to speak, in dB, to suit how loud the person speaks."""


class Mouth(Protocol):
    """Everything that sounds, or is printed instead."""

    @property
    def sounds(self) -> bool:
        """Whether it can be heard; else it can be read."""

    def say(self, request: actions.Say) -> None:
        """Begin one sentence; whatever was being said is cut."""

    def hush(self) -> None:
        """Cut the sentence being said."""

    def duck(self, on: bool) -> None:
        """Speak lower while somebody else seems to speak."""

    def mute(self) -> None:
        """Be silent until nobody else seems to speak: `duck(False)`. Sentences go on unheard."""

    def follow(self, decibels: float) -> None:
        """Shift the loudness slowly, to suit how loud the person speaks."""

    def perform(self, request: actions.Action) -> None:
        """Do a request about sound that is neither a sentence nor silence."""

    def finished(self) -> list[int]:
        """Sentences spoken to their end since the last call."""

    def speaking(self) -> str:
        """The sentence that sounds now, or an empty text."""


class Typed(Protocol):
    """Lines from a keyboard or a pipe."""

    def take(self) -> list[str]:
        """Lines that came since the last call."""

    @property
    def ended(self) -> bool:
        """No further line can come."""


class Observer(Protocol):
    """Somebody who watches the conversation: the terminal, a transcript."""

    def note(self, now: float, what: object) -> None:
        """An event, an action or something heard, at a moment of device time."""


class Diary(Protocol):
    """Where sessions are recorded."""

    def record(self, action: actions.Record, wall: datetime) -> None:
        """Note one fact of the session."""


class Assistant:
    """One conversation between a person and the coach."""

    def __init__(
        self,
        coach: Coach,
        table: PhraseTable,
        device: Device,
        *,
        ears: Ears | None,
        mouth: Mouth,
        typed: Typed | None = None,
        diary: Diary | None = None,
        observer: Observer | None = None,
        report: Callable[[str], None] | None = None,
        wall: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._coach = coach
        self._table = table
        self._device = device
        self._ears = ears
        self._mouth = mouth
        self._typed = typed
        self._diary = diary
        self._observer = observer
        self._report = report or Report()
        self._wall = wall
        self._state = coach.begin()
        self._leaving = False
        self._spoken_over = ""
        self._somebody_speaks = False
        self._fell_silent = -inf
        self._amid_talk = False
        self._unsettled = False

    @property
    def phase(self) -> Phase:
        """Where the conversation is."""
        return self._state.phase

    def greet(self, started: events.Started) -> None:
        """Open the conversation."""
        self._tell(started)

    def run(self) -> None:
        """Converse until somebody leaves, by voice or at the end of typed lines."""
        while not self.over:
            self.turn()

    def turn(self) -> None:
        """Take in what one block, or one short wait, brings."""
        frame = self._device.read(self._patience())
        if frame is not None and self._ears is not None:
            for fact in self._ears.hear(frame):
                self._listen(fact)
        for change in self._device.changes():
            lost = events.DeviceLost if change.lost else events.DeviceReturned
            self._tell(lost(change.device))
        # Print takes no time: all that is to be said is said before the next line is taken.
        while finished := self._mouth.finished():
            for utterance in finished:
                self._tell(events.SpeechFinished(utterance))
        if self._typed is not None:
            for line in self._typed.take():
                self._attend(line)
        self._keep_time()

    @property
    def over(self) -> bool:
        """Whether the conversation has come to its end."""
        if self._leaving and not self._mouth.speaking():
            return True
        typed_all = self._ears is None and self._typed is not None and self._typed.ended
        return typed_all and self._state.speech.silent

    def _patience(self) -> float:
        """How long the next block may be waited for."""
        if self._ears is None or self._somebody_speaks or self._mouth.speaking():
            return POLL
        due = self._coach.deadline(self._state)
        left = IDLE_POLL if due is None else due - self._device.now()
        return min(max(left, POLL), IDLE_POLL)

    def _keep_time(self) -> None:
        """Let the dialogue act on every moment that has come."""
        due = self._coach.deadline(self._state)
        while due is not None and due <= self._device.now():
            self._tell(events.TimePassed())
            due = self._coach.deadline(self._state)

    def _listen(self, fact: Fact) -> None:
        self._note(fact)
        if isinstance(fact, Urged):
            self._mouth.mute()
            return
        self._somebody_speaks = isinstance(fact, VoiceStarted)
        if isinstance(fact, VoiceStarted):
            self._amid_talk = fact.time - self._fell_silent < ALONE
            self._spoken_over = self._mouth.speaking()
            self._unsettled = self._ears is not None and not self._ears.settled
            self._mouth.duck(True)
            return
        self._fell_silent = fact.end if isinstance(fact, Heard) else fact.time
        if isinstance(fact, Heard) and self._is_meant(fact.text):
            if self._ears is not None:
                self._mouth.follow(self._ears.follow_db)
            self._attend(fact.text)
        self._mouth.duck(False)

    def _is_meant(self, text: str) -> bool:
        """Is this said to us?"""
        no_call = self.phase is Phase.ASLEEP and self._amid_talk
        return not self._is_own_voice(text) and (not no_call or self._table.is_urgent(text))

    def _is_own_voice(self, text: str) -> bool:
        """Are these words of the sentence that was being said?

        The second net, for as long as the way of the echo is not known: afterwards the canceller
        is trusted, since "say ready" is just when a person says "ready". What is urgent passes
        then; no sentence of ours contains it. Where the way was found just while this was heard,
        as where headphones are unplugged, it was the echo that was heard.
        """
        if self._ears is None:
            return False
        if self._ears.settled:
            return self._unsettled and bool(self._spoken_over)
        if self._table.is_urgent(text):
            return False
        return f" {plain(text)} " in f" {plain(self._spoken_over)} "

    def _attend(self, text: str) -> None:
        """Understand one utterance and tell the dialogue what was meant."""
        reading = self._table.understand(text, self._state.phase)
        self._note(reading)
        if reading.accepted and reading.intent is not None:
            self._tell(events.Understood(reading.intent))
        elif reading.candidates:
            self._tell(events.Misheard(reading.candidates))

    def _tell(self, event: events.Event) -> None:
        self._note(event)
        self._state, requests = self._coach.step(self._state, event, self._device.now())
        for request in requests:
            self._do(request)

    def _do(self, request: actions.Action) -> None:
        self._note(request)
        match request:
            case actions.Say():
                self._mouth.say(request)
            case actions.Hush():
                self._mouth.hush()
            case actions.Record():
                self._write_down(request)
            case actions.Leave():
                self._leaving = True
            case _:
                self._mouth.perform(request)

    def _write_down(self, request: actions.Record) -> None:
        """A journal that cannot be written must not end a session in the dark."""
        if self._diary is None:
            return
        try:
            self._diary.record(request, self._wall())
        except UserError as error:
            self._report(str(error))

    def _note(self, what: object) -> None:
        if self._observer is not None:
            self._observer.note(self._device.now(), what)


def plain(text: str) -> str:
    """Words only, in lower case, with single spaces between them."""
    return " ".join(re.findall(r"[\w']+", text.lower()))
