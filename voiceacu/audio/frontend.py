"""From the device's frames to echo-free blocks that say whether somebody speaks.

While nothing is played, and for a moment after, the microphone passes as it is: an idle room
costs a level and, when it is loud, a voice detection. While something is played there are two
ways: AEC3's output decides whether somebody speaks, the linear filter's output is what the
recogniser gets.

A sound server that drops blocks moves the echo, and what the cancellers know is wrong at once. So
where the linear filter no longer fits they rest until the echo is found again, and only what is
louder than all of the echo is taken for somebody.

With every opening of the device all this begins anew: PulseAudio may give the loudspeaker's own
monitor for a microphone that has gone. Until the echo is found, or known to be none, nothing that
is heard while something is played is taken for somebody.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from voiceacu.audio.align import Aligner
from voiceacu.audio.cancel import Canceller, Fit, LinearFilter, ResidualSuppressor
from voiceacu.audio.gate import Gate, Leak, brightness_db
from voiceacu.audio.level import TalkerLevel
from voiceacu.audio.port import SILENCE, Frame
from voiceacu.pcm import BLOCK, RATE, Samples

_TAIL = round(0.8 * RATE / BLOCK)
"""Blocks after the last played one for which its echo may still be heard."""

_FITS = 0.7
"""The filter's fit for which what it leaves is believed to be somebody."""

_SUPPRESSED_DB = 10.0
"""By how much more than the linear filter the suppressor takes out where nobody else speaks."""

_HUSH = np.float32(0.25)
"""The gain of what can be nothing but a rest of the own voice: before a command it would be heard
as words."""

_WARM = 30
"""Blocks that the cancellers are given once more when the echo is found again."""

_AWAY = 0.1
"""Seconds without a frame after which something may have been played that nobody told of."""


class Echo(StrEnum):
    """What is to be done about the own voice in the microphone."""

    CANCEL = "cancel"
    HEADPHONES = "headphones"
    HALF_DUPLEX = "half-duplex"


@dataclass(frozen=True, slots=True)
class Block:
    """10 ms for the recogniser: `samples` without echo, whether somebody speaks (`voiced`), the
    device time of its first sample in seconds, and whether the own voice had to be taken out
    (`covered`)."""

    samples: Samples
    voiced: bool
    time: float
    covered: bool = False


class FrontEnd:
    """Feed it every frame, in order.

    With `Echo.HEADPHONES` nothing is cancelled, with `Echo.HALF_DUPLEX` nothing is heard while
    something is played.
    """

    def __init__(self, echo: Echo = Echo.CANCEL) -> None:
        self._echo = echo
        self._path = _Path(echo)
        self._last: Frame | None = None
        self._talker = TalkerLevel()

    @property
    def delay(self) -> float | None:
        """From what is played to its echo, in seconds; None until it was found."""
        return self._path.aligner.delay

    @property
    def drift_ppm(self) -> float:
        """How much the loudspeaker's clock is off the microphone's, in millionths, as far as it
        is known; it is compensated."""
        return self._path.aligner.drift_ppm

    @property
    def follow_db(self) -> float:
        """How much louder than normal to speak, in dB, to suit the talker: `Mixer.follow`."""
        return self._talker.follow_db

    def process(self, frame: Frame) -> Block:
        """The block of this frame."""
        last, self._last = self._last, frame
        if last is not None and frame.opening != last.opening:
            away = frame.time - last.time > _AWAY
            self._path = _Path(self._echo, 0 if away else self._path.since_played)
        block = self._path.process(frame)
        self._talker.feed(block.samples, block.voiced)
        return block


class _Path:
    """How sound comes from one loudspeaker to one microphone, and what it hides."""

    def __init__(self, echo: Echo, since_played: int = _TAIL + 1) -> None:
        self._echo = echo
        self._gate = Gate()
        self._opening_gate, self._holding_gate = Gate(), Gate()
        self._open = False
        self._leak, self._whole = Leak(), Leak()
        self._fit = Fit()
        self.aligner = Aligner()
        self._suppressor: Canceller | None = None
        self._linear: Canceller | None = None
        self._jumps = 0
        self.since_played = since_played
        """Blocks since something was played."""

    def process(self, frame: Frame) -> Block:
        """The block of this frame."""
        if frame.played.any():
            if self.since_played > _TAIL:
                self.aligner.rest(self.since_played - _TAIL)
            self.since_played = 0
        else:
            self.since_played += 1
        if self._echo is Echo.HEADPHONES or self.since_played > _TAIL:
            return self._plain(frame)
        if self._echo is Echo.HALF_DUPLEX:
            return Block(SILENCE, False, frame.time)
        return self._cancelled(frame)

    def _plain(self, frame: Frame) -> Block:
        return Block(frame.mic, self._gate.feed(frame.mic), frame.time)

    def _cancelled(self, frame: Frame) -> Block:
        was_sure = self.aligner.sure
        reference = self.aligner.feed(frame.mic, frame.played)
        if not self.aligner.hears_echo:
            self._linear = None
            return self._plain(frame)
        if self._suppressor is None:
            self._suppressor = ResidualSuppressor()
        if self._linear is None or self._jumps != self.aligner.jumps:
            self._linear, self._jumps = LinearFilter(), self.aligner.jumps
            self._leak, self._whole = Leak(), Leak()
            self._close()
        elif self.aligner.delay is not None and not self.aligner.sure:
            return self._astray(frame, reference)
        elif self.aligner.sure and not was_sure:
            self._resume(self._suppressor, self._linear)
        residue = self._suppressor.process(frame.mic, reference)
        linear = self._linear.process(frame.mic, reference)
        self._fit.feed(frame.mic, linear)
        if self._fit.lost:
            self.aligner.doubt()
            return self._astray(frame, reference)
        if not self._judge(frame, reference, residue, linear):
            linear = _HUSH * linear
        return Block(linear, self._open, frame.time, covered=True)

    def _judge(self, frame: Frame, reference: Samples, residue: Samples, linear: Samples) -> bool:
        """Open or close; whether somebody may be heard in this block."""
        level = brightness_db(linear)
        possible = self._leak.exceeded(level, brightness_db(reference)) and self.aligner.sure
        louder = self._is_louder(frame, reference)
        opens = self._opening_gate.feed(residue, possible and (louder or self._fit.share > _FITS))
        # The suppressor takes bites out of a talker: once open, what is left whole holds open.
        holds = self._holding_gate.feed(linear, possible)
        self._open = opens or (self._open and holds)
        if self._open:
            self._leak.forget()
            self._whole.forget()
        else:
            alone = brightness_db(residue) < level - _SUPPRESSED_DB
            self._leak.learn(level, alone)
            self._whole.learn(brightness_db(frame.mic))
        return self._open or possible

    def _astray(self, frame: Frame, reference: Samples) -> Block:
        """The echo is being looked for: the own voice, as it is, would be heard as words."""
        voiced = self._gate.feed(frame.mic, self._is_louder(frame, reference))
        return Block(frame.mic if voiced else SILENCE, voiced, frame.time, covered=True)

    def _is_louder(self, frame: Frame, reference: Samples) -> bool:
        """Whether more is heard than the echo, which may be earlier or later than it was."""
        played = max(brightness_db(frame.played), brightness_db(reference))
        return self._whole.exceeded(brightness_db(frame.mic), played)

    def _resume(self, *cancellers: Canceller) -> None:
        """The echo was found again, and the reference is as far from it as before: what the
        cancellers know holds on."""
        for mic, reference in self.aligner.recent(_WARM):
            for canceller in cancellers:
                canceller.process(mic, reference)
        self._close()

    def _close(self) -> None:
        """What was heard last says nothing any more."""
        self._fit.restart()
        self._open = False
        for gate in (self._gate, self._opening_gate, self._holding_gate):
            gate.reset()
