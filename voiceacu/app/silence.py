"""A device without microphone and loudspeaker: it only keeps time."""

import threading
import time
from collections.abc import Callable

from voiceacu.audio.port import DeviceChange, Frame
from voiceacu.pcm import Samples


class NoSound:
    """Stands in for a sound card in typed conversations."""

    def __init__(self) -> None:
        self._never = threading.Event()

    def start(self, render: Callable[[], Samples]) -> None:
        """Nothing is rendered where nothing sounds."""

    def read(self, timeout: float) -> Frame | None:
        """Let `timeout` seconds pass."""
        self._never.wait(timeout)
        return None

    def now(self) -> float:
        """Seconds of the system's monotonic clock."""
        return time.monotonic()

    def changes(self) -> list[DeviceChange]:
        """Nothing here can come or go."""
        return []

    def stop(self) -> None:
        """Nothing is held."""
