"""What the app needs of a sound device, and what every device here gives it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np

from voiceacu.errors import UserError
from voiceacu.pcm import BLOCK, RATE, Samples

Render: TypeAlias = Callable[[], Samples]
"""Gives the next 10 ms to play; called once per block, in the device's own thread or inline."""

SILENCE: Samples = np.zeros(BLOCK, dtype=np.float32)
"""One block of nothing, shared by all and read-only."""
SILENCE.flags.writeable = False


@dataclass(frozen=True, slots=True)
class Frame:
    """10 ms both ways: what the microphone heard and what the loudspeaker was given with it.

    Both have `BLOCK` samples. `time` is that of the block's first sample, in seconds on the
    device's monotonic clock. `opening` counts how often the device was opened: with each, sound
    may take another way from the loudspeaker to the microphone.
    """

    mic: Samples
    played: Samples
    time: float
    opening: int = 0


@dataclass(frozen=True, slots=True)
class DeviceChange:
    """The microphone or the loudspeaker went away (`lost`) or came back."""

    device: Literal["microphone", "loudspeaker"]
    lost: bool


class Device(Protocol):
    """A microphone, a loudspeaker, or both on one clock."""

    def start(self, render: Render) -> None:
        """Open the device; from now on it calls `render` for each block of output.

        Raises NoMicrophone, NoLoudspeaker or another UserError where it cannot be opened.
        """

    def read(self, timeout: float) -> Frame | None:
        """The next frame, or None where none came within `timeout` seconds."""

    def now(self) -> float:
        """Seconds on the device's monotonic clock."""

    def changes(self) -> list[DeviceChange]:
        """What was lost and what came back since the last call, in order."""

    def stop(self) -> None:
        """Close the device; may be called more than once."""


class NoMicrophone(UserError):  # noqa: N818 - a fact of the machine, not a fault
    """There is no microphone that can be opened."""


class NoLoudspeaker(UserError):  # noqa: N818
    """There is no loudspeaker that can be opened."""


def frames(samples: Samples, tail: float = 0.0) -> Iterator[Frame]:
    """A recording as frames with nothing played, from time 0.

    The last block is filled up with silence; `tail` seconds of silence follow, so that a
    listener sees the end of the last utterance.
    """
    blocks = -(-(len(samples) + round(tail * RATE)) // BLOCK)
    padded = np.zeros(blocks * BLOCK, dtype=np.float32)
    padded[: len(samples)] = samples
    for i, block in enumerate(padded.reshape(blocks, BLOCK)):
        yield Frame(block, SILENCE, i * BLOCK / RATE)
