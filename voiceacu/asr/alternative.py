"""What a recogniser makes of a sound."""

from dataclasses import dataclass

UNKNOWN = "[unk]"
"""The word for speech outside the grammar."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `start` and `end` in seconds of sound given to the recogniser so far."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to read an utterance; `score` is its log-likelihood, to compare within one
    utterance only. No words: silence."""

    words: tuple[Word, ...]
    score: float

    @property
    def text(self) -> str:
        """The words with a space between them."""
        return " ".join(word.text for word in self.words)

    @property
    def known(self) -> int:
        """How many of the words are of the grammar."""
        return sum(word.text != UNKNOWN for word in self.words)

    @property
    def all_known(self) -> bool:
        """Whether none of the words is speech outside the grammar."""
        return self.known == len(self.words)
