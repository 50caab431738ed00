"""The mouth that prints, where nothing can sound."""

from typing import TextIO

from voiceacu.dialogue import actions


class PrintedMouth:
    """Prints what would be said; a sentence is over once it is printed."""

    sounds = False

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._done: list[int] = []

    def say(self, request: actions.Say) -> None:
        """Print one sentence."""
        print(request.text, file=self._out, flush=True)
        self._done = [request.id]

    def hush(self) -> None:
        """Nothing sounds, so nothing is cut but the news of its end."""
        self._done = []

    def duck(self, on: bool) -> None:
        """Print covers nobody's voice."""

    def mute(self) -> None:
        """Nothing sounds."""

    def follow(self, decibels: float) -> None:
        """Print is never too loud."""

    def perform(self, request: actions.Action) -> None:
        """Show an earcon as its name; the rest has no printed form."""
        if isinstance(request, actions.Chime):
            print(f"♪ {request.earcon}", file=self._out, flush=True)

    def finished(self) -> list[int]:
        """Sentences printed since the last call."""
        done, self._done = self._done, []
        return done

    def speaking(self) -> str:
        """Print takes no time."""
        return ""
