"""Vosk behind a few calls: sound goes in, words come out.

`vosk` is imported when the first recogniser is made: its import takes a third of a second.
One recogniser belongs to one thread.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rapidfuzz import fuzz, process

from voiceacu.asr.models import check_model, vocabulary
from voiceacu.errors import UserError
from voiceacu.pcm import RATE, Samples, to_int16

UNKNOWN = "[unk]"
"""The word for speech outside the grammar."""

_NEAR = 60
"""Least likeness (rapidfuzz, 0..100) of a spelling that is worth a hint."""


class Phrases(Protocol):
    """What the ears need to know of the phrase table."""

    def grammar(self) -> tuple[str, ...]:
        """Every phrase that may be heard, lower case."""

    def is_complete(self, text: str) -> bool:
        """Whether the text is a whole phrase."""

    def can_continue(self, text: str) -> bool:
        """Whether a longer phrase begins with the text."""

    def is_urgent(self, text: str) -> bool:
        """Whether the text is to be acted on before the person has fallen silent."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `start` and `end` in seconds of sound given to the recogniser so far."""

    text: str
    start: float
    end: float
    confidence: float


class Recogniser:
    """Hears the phrases of one table with one model."""

    def __init__(self, model: Path, table: Phrases) -> None:
        """Load the model and the grammar; tens of milliseconds each.

        Raises UserError where the model is broken or lacks a word of the table.
        """
        check_model(model)
        import vosk  # noqa: PLC0415  (slow, and only who listens needs it)

        vosk.SetLogLevel(-1)
        try:
            self._model: Any = vosk.Model(str(model))
            phrases = _grammar(self._model, model, table)
            self._vosk: Any = vosk.KaldiRecognizer(self._model, RATE, json.dumps(phrases))
        except UserError:
            raise
        except Exception as error:  # vosk raises nothing more precise
            raise UserError(f"{model}: Vosk can't use this model ({error})") from error
        self._vosk.SetWords(True)
        self._taken = 0
        self._ended: list[Word] = []

    @property
    def taken(self) -> float:
        """Seconds of sound given so far: where `Word.start` of the next sound is."""
        return self._taken / RATE

    def accept(self, samples: Samples) -> bool:
        """Take in sound; True where the model's own rules see the end of the utterance."""
        self._taken += len(samples)
        if not self._vosk.AcceptWaveform(to_int16(samples).tobytes()):
            return False
        self._ended += _words(self._vosk.Result())
        return True

    def partial(self) -> str:
        """What the words are so far."""
        text: str = json.loads(self._vosk.PartialResult()).get("partial", "")
        return " ".join([*(word.text for word in self._ended), *text.split()])

    def finish(self) -> tuple[Word, ...]:
        """End the utterance: its words. The next sound begins a new one, with fresh features."""
        words = (*self._ended, *_words(self._vosk.FinalResult()))
        self._ended = []
        return words


def _words(result: str) -> list[Word]:
    found = json.loads(result).get("result", ())
    return [Word(w["word"], w["start"], w["end"], w["conf"]) for w in found]


def _grammar(loaded: Any, path: Path, table: Phrases) -> list[str]:
    """The phrases for Vosk; raises UserError where the model lacks a word.

    Vosk itself drops such a word with a line in its log.
    """
    phrases = [*table.grammar(), UNKNOWN]
    words = dict.fromkeys(word for phrase in phrases for word in phrase.split())
    missing = [word for word in words if loaded.vosk_model_find_word(word) < 0]
    if missing:
        raise UserError("\n".join(_missing(missing, phrases, path)))
    return phrases


def _missing(missing: Iterable[str], phrases: list[str], path: Path) -> Iterable[str]:
    known = vocabulary(path)
    for word in missing:
        phrase = next(phrase for phrase in phrases if word in phrase.split())
        near = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=_NEAR)
        hint = f'it knows "{near[0]}"' if near else "choose another word"
        yield f'{path}: the model lacks the word "{word}" of the phrase "{phrase}"; {hint}'
