"""The ears: echo removal and voice detection, then recognition."""

from voiceacu.asr.listener import Fact, Listener
from voiceacu.audio.frontend import FrontEnd
from voiceacu.audio.port import Frame


class DuplexEars:
    """Hears the person also while the assistant speaks.

    `echo` tells whether the own voice can reach the microphone at all.
    """

    def __init__(self, front_end: FrontEnd, listener: Listener, echo: bool = True) -> None:
        self._front_end = front_end
        self._listener = listener
        self._echo = echo

    def hear(self, frame: Frame) -> list[Fact]:
        """The facts that this block completes."""
        return self._listener.feed(self._front_end.process(frame))

    @property
    def settled(self) -> bool:
        """Whether the own voice can be told from others: its way to the microphone is known."""
        return not self._echo or self._front_end.delay is not None

    @property
    def follow_db(self) -> float:
        """How much louder than normal to speak, in dB, to suit how loud the person speaks."""
        return self._front_end.follow_db
