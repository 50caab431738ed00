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
from voiceacu.audio.gate import Gate
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
        self._gate_playing = Gate()
        self._aligner = Aligner()
        self._suppressor: Canceller | None = None
        self._linear: Canceller | None = None
        self._since_played = _TAIL + 1

    @property
    def delay(self) -> float | None:
        """From what is played to its echo, in seconds; None until it was found."""
        return self._aligner.delay

    @property
    def drift_ppm(self) -> float:
        """How much the loudspeaker's clock is off the microphone's, in millionths, as far as it
        is known; it is compensated."""
        return self._aligner.drift_ppm

    def process(self, frame: Frame) -> Block:
        """The block of this frame."""
        if frame.played.any():
            if self._since_played > _TAIL:
                self._aligner.rest(self._since_played - _TAIL)
            self._since_played = 0
        else:
            self._since_played += 1
        if self._echo is Echo.HEADPHONES or self._since_played > _TAIL:
            return Block(frame.mic, self._gate.feed(frame.mic), frame.time)
        if self._echo is Echo.HALF_DUPLEX:
            return Block(SILENCE, False, frame.time)
        return self._cancelled(frame)

    def _cancelled(self, frame: Frame) -> Block:
        if self._suppressor is None or self._linear is None:
            self._suppressor, self._linear = ResidualSuppressor(), LinearFilter()
        reference = self._aligner.feed(frame.mic, frame.played)
        residue = self._suppressor.process(frame.mic, reference)
        linear = self._linear.process(frame.mic, reference)
        return Block(linear, self._gate_playing.feed(residue), frame.time)
