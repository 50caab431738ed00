"""Two recognisers behind one call: Vosk with a model directory, and PocketSphinx."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from voiceacu.asr.recogniser import with_talk

RATE = 16000
BLOCK = 1600


@dataclass
class Heard:
    """What one recogniser made of one utterance: hypotheses, best first."""

    texts: list[str]

    @property
    def best(self) -> str:
        """The first hypothesis; empty if there is none."""
        return self.texts[0] if self.texts else ""


class Recogniser(Protocol):
    """A recogniser with one grammar."""

    name: str
    seconds_of_audio: float
    seconds_of_work: float

    def utterances(self, samples: np.ndarray) -> list[Heard]:
        """All utterances in int16 samples at 16 kHz, as the recogniser cuts them."""
        ...


@dataclass
class Vosk:
    """Vosk with phrases as its run-time grammar, and other talk beside as in the product."""

    model: object
    phrases: list[str]
    alternatives: int = 0
    name: str = "voiceacu-en"
    seconds_of_audio: float = 0.0
    seconds_of_work: float = 0.0
    _recogniser: Any = field(init=False)

    def __post_init__(self) -> None:
        import vosk

        grammar = json.dumps(with_talk(self.phrases))
        self._recogniser = vosk.KaldiRecognizer(self.model, RATE, grammar)
        self._recogniser.SetMaxAlternatives(self.alternatives)

    def utterances(self, samples: np.ndarray) -> list[Heard]:
        """Feed 100 ms blocks, as an application would.

        After ``FinalResult`` Vosk starts with fresh features, so recordings do not mix.
        """
        begun = time.process_time()
        recogniser, found = self._recogniser, []
        for start in range(0, len(samples), BLOCK):
            if recogniser.AcceptWaveform(samples[start : start + BLOCK].tobytes()):
                found.append(self._read(recogniser.Result()))
        found.append(self._read(recogniser.FinalResult()))
        self.seconds_of_work += time.process_time() - begun
        self.seconds_of_audio += len(samples) / RATE
        return [heard for heard in found if heard.best]

    @staticmethod
    def _read(result: str) -> Heard:
        value = json.loads(result)
        if "alternatives" in value:
            return Heard([row["text"].strip() for row in value["alternatives"]])
        return Heard([value["text"]])


def load_vosk(path: Path) -> tuple[object, float]:
    """A Vosk model and how many seconds it took to load."""
    import vosk

    vosk.SetLogLevel(-1)
    begun = time.perf_counter()
    model = vosk.Model(str(path))
    return model, time.perf_counter() - begun


@dataclass
class PocketSphinx:
    """PocketSphinx 5.1.1 with its own English model and a JSGF grammar."""

    jsgf: str
    name: str = "PocketSphinx 5.1.1"
    seconds_of_audio: float = 0.0
    seconds_of_work: float = 0.0
    _decoder: Any = field(init=False)

    def __post_init__(self) -> None:
        from pocketsphinx import Decoder

        decoder = Decoder(lm=None, loglevel="FATAL")
        for word, phones in _missing_words(self.jsgf, decoder.lookup_word):
            decoder.add_word(word, phones, True)
        decoder.add_jsgf_string("grammar", self.jsgf)
        decoder.activate_search("grammar")
        self._decoder = decoder

    def utterances(self, samples: np.ndarray) -> list[Heard]:
        """The whole recording as one utterance."""
        begun = time.process_time()
        decoder = self._decoder
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), no_search=False, full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        self.seconds_of_work += time.process_time() - begun
        self.seconds_of_audio += len(samples) / RATE
        return [Heard([best.hypstr])] if best and best.hypstr else []


def _missing_words(jsgf: str, look_up: Callable[[str], str | None]) -> Iterable[tuple[str, str]]:
    """Words of a grammar that CMUdict lacks, with our pronunciation (the same for both)."""
    from training.lexicon import load_lexicon, pronunciations

    lexicon = load_lexicon()
    body = jsgf.split("=", 1)[-1]
    for word in sorted(set(re.findall(r"[a-z][a-z']*", body))):
        if look_up(word) is None:
            for phones in pronunciations(word, lexicon)[:1]:
                yield word, " ".join(phones)


def jsgf_of(phrases: list[str]) -> str:
    """A JSGF grammar that accepts exactly the phrases."""
    return "#JSGF V1.0;\ngrammar g;\npublic <g> = " + " | ".join(phrases) + ";\n"
