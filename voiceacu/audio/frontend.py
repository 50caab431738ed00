"""From the device's frames to echo-free blocks that say whether somebody speaks."""

from dataclasses import dataclass

from voiceacu.audio.gate import Gate
from voiceacu.audio.port import Frame
from voiceacu.pcm import Samples


@dataclass(frozen=True, slots=True)
class Block:
    """10 ms for the recogniser: `samples` without echo, whether somebody speaks (`voiced`),
    and the device time of its first sample in seconds."""

    samples: Samples
    voiced: bool
    time: float


class FrontEnd:
    """Feed it every frame, in order."""

    def __init__(self) -> None:
        self._gate = Gate()

    def process(self, frame: Frame) -> Block:
        """The block of this frame."""
        return Block(frame.mic, self._gate.feed(frame.mic), frame.time)
