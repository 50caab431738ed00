"""The ears: echo removal and voice detection, then recognition."""

from voiceacu.asr.listener import Listener, VoiceEnded, VoiceStarted
from voiceacu.audio.frontend import FrontEnd
from voiceacu.audio.port import Frame
from voiceacu.nlu.types import Heard


class DuplexEars:
    """Hears the person also while the assistant speaks."""

    def __init__(self, front_end: FrontEnd, listener: Listener) -> None:
        self._front_end = front_end
        self._listener = listener

    def hear(self, frame: Frame) -> list[VoiceStarted | Heard | VoiceEnded]:
        """The facts that this block completes."""
        return self._listener.feed(self._front_end.process(frame))
