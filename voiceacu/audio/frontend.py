"""From the device's frames to echo-free blocks that say whether somebody speaks.

While nothing is played, and for a moment after, the microphone passes as it is: an idle room
costs a level and, when it is loud, a voice detection. While something is played there are two
ways: AEC3's output decides whether somebody speaks, the linear filter's output is what the
recogniser gets.
"""

from dataclasses import dataclass
from enum import StrEnum

from voiceacu.audio.align import Aligner
from voiceacu.audio.cancel import Canceller, LinearFilter, ResidualSuppressor
from voiceacu.audio.gate import Gate, Leak, brightness_db
from voiceacu.audio.level import TalkerLevel
from voiceacu.audio.port import SILENCE, Frame
from voiceacu.pcm import BLOCK, RATE, Samples

_TAIL = round(0.8 * RATE / BLOCK)
"""Blocks after the last played one for which its echo may still be heard."""


class Echo(StrEnum):
    """What is to be done about the own voice in the microphone."""

    CANCEL = "cancel"
    HEADPHONES = "headphones"
    HALF_DUPLEX = "half-duplex"


@dataclass(frozen=True, slots=True)
class Block:
    """10 ms for the recogniser: `samples` without echo, whether somebody speaks (`voiced`),
    and the device time of its first sample in seconds."""

    samples: Samples
    voiced: bool
    time: float


class FrontEnd:
    """Feed it every frame, in order.

    With `Echo.HEADPHONES` nothing is cancelled, with `Echo.HALF_DUPLEX` nothing is heard while
    something is played.
    """

    def __init__(self, echo: Echo = Echo.CANCEL) -> None:
        self._echo = echo
        self._gate = Gate()
        self._opening_gate, self._holding_gate = Gate(), Gate()
        self._open = False
        self._leak = Leak()
        self._aligner = Aligner()
        self._suppressor: Canceller | None = None
        self._linear: Canceller | None = None
        self._jumps = 0
        self._since_played = _TAIL + 1
        self._talker = TalkerLevel()

    @property
    def delay(self) -> float | None:
        """From what is played to its echo, in seconds; None until it was found."""
        return self._aligner.delay

    @property
    def drift_ppm(self) -> float:
        """How much the loudspeaker's clock is off the microphone's, in millionths, as far as it
        is known; it is compensated."""
        return self._aligner.drift_ppm

    @property
    def follow_db(self) -> float:
        """How much louder than normal to speak, in dB, to suit the talker: `Mixer.follow`."""
        return self._talker.follow_db

    def process(self, frame: Frame) -> Block:
        """The block of this frame."""
        block = self._block(frame)
        self._talker.feed(block.samples, block.voiced)
        return block

    def _block(self, frame: Frame) -> Block:
        if frame.played.any():
            if self._since_played > _TAIL:
                self._aligner.rest(self._since_played - _TAIL)
            self._since_played = 0
        else:
            self._since_played += 1
        if self._echo is Echo.HEADPHONES or self._since_played > _TAIL:
            return self._plain(frame)
        if self._echo is Echo.HALF_DUPLEX:
            return Block(SILENCE, False, frame.time)
        return self._cancelled(frame)

    def _plain(self, frame: Frame) -> Block:
        return Block(frame.mic, self._gate.feed(frame.mic), frame.time)

    def _cancelled(self, frame: Frame) -> Block:
        reference = self._aligner.feed(frame.mic, frame.played)
        if not self._aligner.hears_echo:
            return self._plain(frame)
        if self._suppressor is None:
            self._suppressor = ResidualSuppressor()
        if self._linear is None or self._jumps != self._aligner.jumps:
            self._linear, self._jumps = LinearFilter(), self._aligner.jumps
            self._leak.relearn()
        residue = self._suppressor.process(frame.mic, reference)
        linear = self._linear.process(frame.mic, reference)
        level = brightness_db(linear)
        possible = self._leak.exceeded(level, brightness_db(reference)) and self._aligner.sure
        opens = self._opening_gate.feed(residue, possible)
        # The suppressor takes bites out of a talker: once open, what is left whole holds open.
        holds = self._holding_gate.feed(linear, possible)
        self._open = opens or (self._open and holds)
        if not self._open:
            self._leak.learn(level)
        return Block(linear, self._open, frame.time)
