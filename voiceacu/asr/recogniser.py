"""Vosk behind a few calls: sound goes in, words come out.

Sound is heard with a bigram model of all phrases, in which their words recombine, and where that
leaves a doubt once more with a graph of the sentences as they are. Scores of both compare. Both
can hear a sound at another pace as well: what the network makes of it is then another guess.

`vosk` is imported when the first recogniser is made, for only who listens needs it. One
recogniser belongs to one thread.
"""

import importlib
import json
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from rapidfuzz import fuzz, process

from voiceacu.asr.alternative import UNKNOWN, Alternative, Word
from voiceacu.asr.models import check_model, pronunciations, vocabulary, with_grammar
from voiceacu.asr.sentences import Sentences, sentence_graph
from voiceacu.asr.sounds import Sounds
from voiceacu.errors import UserError
from voiceacu.pcm import RATE, Samples, resample, to_int16
from voiceacu.quiet import hush_cerr

_TALK = " ".join([UNKNOWN] * 20)
_TALK_SHARE = 10
"""How many unknown words the grammar has for each word of a phrase. By these shares Vosk's bigram
model goes from any word to any other: they make it dear to leave a phrase for a word of another,
and cheap to leave it for what is no phrase at all."""

_ALTERNATIVES = 10
_NEAR = 60
"""Least likeness (rapidfuzz, 0..100) of a spelling that is worth a hint."""


class Missing(Protocol):
    """A word that a model lacks, a phrase it stands in, and a spelling that the model has."""

    @property
    def word(self) -> str: ...
    @property
    def phrase(self) -> str: ...
    @property
    def spelling(self) -> str | None: ...


class Grammar(Protocol):
    """What the recogniser needs of the phrase table."""

    def missing_words(self, has_word: Callable[[str], bool]) -> Sequence[Missing]:
        """Words that a model lacks."""

    def grammar(self, has_word: Callable[[str], bool]) -> tuple[str, ...]:
        """Phrases in words that the model has, lower case, the often said ones repeated."""

    def sentences(self, has_word: Callable[[str], bool]) -> Sentences:
        """All that may be said, in words that the model has."""


class Recogniser:
    """Hears the phrases of one table with one model."""

    def __init__(self, model: Path, table: Grammar) -> None:
        """Load the model and the grammars; tens of milliseconds each.

        Raises UserError where the model is broken or lacks a word of the table.
        """
        check_model(model)
        words = vocabulary(model)
        phrases = _phrases(model, words, table)
        graph = sentence_graph(table.sentences(words.__contains__), words)
        vosk = _import_vosk()
        try:
            with with_grammar(model, graph) as path:
                loaded = vosk.Model(str(path))
            self._by_sentence: Callable[[], Any] = lambda: vosk.KaldiRecognizer(loaded, RATE)
            self._vosk = _with_alternatives(
                vosk.KaldiRecognizer(loaded, RATE, json.dumps(with_talk(phrases)))
            )
        except UserError:
            raise
        except Exception as error:  # vosk raises nothing more precise
            raise UserError(f"{model}: Vosk can't use this model ({error})") from error
        self.sounds = Sounds(pronunciations(model))
        self._taken = self._paced = 0
        """Samples that were given, and those that Vosk was given beside at another pace."""
        self._ended: tuple[Alternative, ...] | None = None

    @property
    def taken(self) -> float:
        """Seconds of sound given so far: where `Word.start` of the next sound is."""
        return self._taken / RATE

    def accept(self, samples: Samples) -> bool:
        """Take in sound; True where the model's own rules see the end of the utterance."""
        self._taken += len(samples)
        if not self._vosk.AcceptWaveform(to_int16(samples).tobytes()):
            return False
        self._ended = _alternatives(self._vosk.Result(), -self._paced / RATE)
        return True

    def partial(self) -> str:
        """What the words are so far; empty after an end."""
        text: str = json.loads(self._vosk.PartialResult()).get("partial", "")
        return text

    def finish(self) -> tuple[Alternative, ...]:
        """End the utterance: what it may have been, the likeliest first.

        The next sound begins a new utterance, with fresh features.
        """
        rest = _alternatives(self._vosk.FinalResult(), -self._paced / RATE)
        ended, self._ended = self._ended, None
        return rest if ended is None else ended

    def again(self, samples: Samples) -> tuple[Alternative, ...]:
        """What the sound taken last may have been, if it was a sentence to the letter."""
        began = (self._taken - len(samples)) / RATE
        return self._as_sentence(to_int16(samples).tobytes(), began)

    def paced(
        self, samples: Samples, pace: float
    ) -> tuple[tuple[Alternative, ...], tuple[Alternative, ...]]:
        """What the sound taken last may have been, heard so much faster and higher than it is, as
        a tape is: what `finish` says of it then, after which it may be called, and `again`."""
        sound = to_int16(resample(samples, round(RATE * pace), RATE))
        self._vosk.AcceptWaveform(sound.tobytes())
        zero = pace * (self._taken + self._paced) / RATE
        self._paced += len(sound)
        began = (self._taken - len(samples)) / RATE
        first = _alternatives(self._vosk.FinalResult(), began - zero, pace)
        return first, self._as_sentence(sound.tobytes(), began, pace)

    def _as_sentence(
        self, sound: bytes, began: float, pace: float = 1.0
    ) -> tuple[Alternative, ...]:
        # Made anew in half a millisecond, for one that stays keeps all that it ever searched.
        second = _with_alternatives(self._by_sentence())
        second.AcceptWaveform(sound)
        return _alternatives(second.FinalResult(), began, pace)


class _Later(ModuleType):
    """Stands for a module until something of it is used."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


def _import_vosk() -> Any:
    """The package, without the web client that it imports only to download models: that takes
    three times as long as all the rest."""
    sys.modules.setdefault("requests", _Later("requests"))
    import vosk  # noqa: PLC0415

    if isinstance(sys.modules["requests"], _Later):
        del sys.modules["requests"]
    vosk.SetLogLevel(-1)
    hush_cerr()  # Vosk's own log level leaves warnings as they are
    return vosk


def _with_alternatives(recogniser: Any) -> Any:
    recogniser.SetWords(True)
    recogniser.SetMaxAlternatives(_ALTERNATIVES)
    return recogniser


def _alternatives(result: str, later: float, pace: float = 1.0) -> tuple[Alternative, ...]:
    """What Vosk says; its times are those of a sound at this pace, which began so much later."""
    return tuple(
        Alternative(
            tuple(
                Word(w["word"], w["start"] * pace + later, w["end"] * pace + later)
                for w in found.get("result", ())
            ),
            found["confidence"],
        )
        for found in json.loads(result).get("alternatives", ())
    )


def _phrases(model: Path, words: Collection[str], table: Grammar) -> Sequence[str]:
    """The phrases for Vosk; raises UserError where the model lacks a word.

    Vosk itself drops such a word with a line in its log.
    """
    missing = [m for m in table.missing_words(words.__contains__) if m.spelling is None]
    if missing:
        raise UserError("\n".join(_hints(missing, model, words)))
    if UNKNOWN not in words:
        raise UserError(f"{model}: the model lacks {UNKNOWN}, so noise would be taken for words")
    return table.grammar(words.__contains__)


def with_talk(phrases: Sequence[str]) -> list[str]:
    """A grammar of phrases for Vosk, with talk that is none of them beside."""
    words = sum(len(phrase.split()) for phrase in phrases)
    return [*phrases, UNKNOWN, *[_TALK] * (words * _TALK_SHARE // len(_TALK.split()))]


def _hints(missing: Iterable[Missing], model: Path, words: Collection[str]) -> Iterable[str]:
    for one in missing:
        near = process.extractOne(one.word, list(words), scorer=fuzz.ratio, score_cutoff=_NEAR)
        hint = f'it knows "{near[0]}"' if near else "choose another word"
        yield f'{model}: the model lacks the word "{one.word}" of "{one.phrase}"; {hint}'
