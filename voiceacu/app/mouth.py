"""The mouth that sounds: sentences, earcons and breath tones through the mixer."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from voiceacu.app.report import Report
from voiceacu.audio.mixer import Mixer
from voiceacu.dialogue import actions
from voiceacu.errors import UserError
from voiceacu.pcm import RATE, Samples
from voiceacu.tts.earcons import earcon

NORMAL_PACE = 150
"""Words a minute before anybody asks for faster or slower."""

NIGHT = -10.0
"""Decibels by which everything is quieter at night."""


class Renderer(Protocol):
    """Text to samples."""

    def warnings(self) -> tuple[str, ...]:
        """What went wrong without stopping the voice, each told once."""

    def render(self, text: str, words_per_minute: int) -> Samples:
        """The sentence as it sounds."""


class SpokenMouth:
    """Renders each sentence and lets the mixer play it.

    A voice that fails does not end the session: the sentence counts as finished, so the routine
    and its clock go on, and what is wrong is reported.
    """

    sounds = True

    def __init__(
        self,
        voice: Renderer,
        mixer: Mixer,
        report: Callable[[str], None] | None = None,
        night: bool = False,
    ) -> None:
        self._voice = voice
        self._mixer = mixer
        self._normal = NIGHT if night else 0.0
        self._mixer.volume_db = self._normal
        self._report = report or Report()
        self._pace = NORMAL_PACE
        self._current: actions.Say | None = None
        self._failed: list[int] = []

    def say(self, request: actions.Say) -> None:
        """Begin one sentence; whatever was being said is cut."""
        self._current = request
        try:
            samples = self._voice.render(request.text, self._pace)
        except UserError as error:
            self._report(str(error))
            self._failed.append(request.id)
            return
        for warning in self._voice.warnings():
            self._report(warning)
        silence = np.zeros(round(request.pause * RATE), dtype=np.float32)
        self._mixer.speak(request.id, np.concatenate([silence, samples]))

    def hush(self) -> None:
        """Cut the sentence being said."""
        self._current = None
        self._mixer.hush()

    def duck(self, on: bool) -> None:
        """Speak lower while somebody else seems to speak."""
        self._mixer.duck(on)

    def mute(self) -> None:
        """Be silent until nobody else seems to speak: `duck(False)`. Sentences go on unheard."""
        self._mixer.mute()

    def follow(self, decibels: float) -> None:
        """Shift the loudness slowly, to suit how loud the person speaks."""
        self._mixer.follow(decibels)

    def perform(self, request: actions.Action) -> None:
        """Earcons, breath tones, loudness and pace."""
        match request:
            case actions.Chime(kind):
                self._mixer.chime(earcon(kind))
            case actions.Breathe(inhale, exhale):
                self._mixer.breathe(inhale, exhale)
            case actions.StopBreathing():
                self._mixer.stop_breathing()
            case actions.SetVolume(decibels):
                self._mixer.volume_db = self._normal + decibels
            case actions.SetPace(words_per_minute):
                self._pace = words_per_minute

    def finished(self) -> list[int]:
        """Sentences spoken to their end since the last call."""
        done = self._failed + self._mixer.finished()
        self._failed = []
        if self._current is not None and self._current.id in done:
            self._current = None
        return done

    def speaking(self) -> str:
        """The sentence that sounds now, or an empty text."""
        return self._current.text if self._current is not None else ""
