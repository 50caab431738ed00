"""Spoken words for the ears: rendered by whatever test talker the machine has."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from voiceacu.asr.models import find_model
from voiceacu.asr.recogniser import Missing, Recogniser
from voiceacu.audio.frontend import Block, FrontEnd
from voiceacu.audio.port import frames
from voiceacu.audio.wav import read_wav
from voiceacu.nlu.grammar import Sentences
from voiceacu.nlu.types import Intent, Understanding
from voiceacu.pcm import RATE, Samples


class Phrases:
    """A small phrase table, so that these tests do not hang on the words of the product."""

    urgent = ("stop", "pause", "it hurts")
    phrases = (
        *urgent,
        "next point",
        "next",
        "how long",
        "where is it",
        "start routine",
        "repeat",
        "go to b l forty",
        "start over",
        "i am ready",
    )

    def missing_words(self, has_word: Callable[[str], bool]) -> tuple[Missing, ...]:
        return ()

    def grammar(self, has_word: Callable[[str], bool]) -> tuple[str, ...]:
        return self.phrases

    def sentences(self, has_word: Callable[[str], bool]) -> Sentences:
        return Sentences(tuple(tuple(phrase.split()) for phrase in self.phrases), {})

    def understand(self, text: str) -> Understanding:
        intent = Intent(text) if text in self.phrases else None
        return Understanding(text, intent, 100.0 if intent else 0.0, intent is not None)

    def is_complete(self, text: str) -> bool:
        return text in self.phrases

    def can_continue(self, text: str) -> bool:
        return any(phrase.startswith(f"{text} ") for phrase in self.phrases)

    def is_urgent(self, text: str) -> bool:
        return text in self.urgent

    def is_suggested(self, text: str) -> bool:
        return text in self.urgent

    def unheard(self, text: str) -> str | None:
        return None


@pytest.fixture(scope="session")
def table() -> Phrases:
    return Phrases()


@pytest.fixture(scope="session")
def recogniser(table: Phrases) -> Recogniser:
    """The real recogniser with the model of the repository."""
    return Recogniser(find_model(), table)


@pytest.fixture(scope="session")
def say(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Samples]:
    """Renders a text as speech, without silence around it."""
    folder = tmp_path_factory.mktemp("speech")

    def render(text: str) -> Samples:
        file = folder / f"{text}.wav"
        if not file.exists():
            subprocess.run([*_talker(), file, text], check=True, capture_output=True)
        samples = read_wav(file)
        loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
        return samples[loud[0] : loud[-1] + 1]

    return render


def _talker() -> list[str]:
    if shutil.which("flite"):
        return ["sh", "-c", 'flite -voice slt -t "$2" -o "$1"', "flite"]
    if shutil.which("espeak-ng"):
        return ["espeak-ng", "-v", "en-us", "-w"]
    pytest.skip("no test talker: install flite or espeak-ng")


@pytest.fixture
def room() -> Callable[..., list[Block]]:
    """Sounds one after another in a quiet room, as the front end hands them on.

    A number is that many seconds of silence.
    """

    def blocks(*sounds: float | Samples) -> list[Block]:
        parts = [
            np.zeros(round(sound * RATE)) if isinstance(sound, float | int) else sound
            for sound in sounds
        ]
        samples = np.concatenate(parts).astype(np.float32)
        hiss = np.random.default_rng(7).normal(0, 3e-4, len(samples)).astype(np.float32)
        front = FrontEnd()
        return [front.process(frame) for frame in frames(samples + hiss)]

    return blocks


@pytest.fixture
def model_copy(tmp_path: Path) -> Path:
    """A copy of the repository's model, to be damaged."""
    return Path(shutil.copytree(find_model(), tmp_path / "model"))
