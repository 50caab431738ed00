"""Phrase templates: `[please] (go|move) to {point}` and what they stand for.

`[…]` is optional, `(a|b)` one of several, `{slot}` stays as it is and is filled later,
`<rule>` stands for a template kept under that name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Words: TypeAlias = tuple[str, ...]

_TOKEN = re.compile(r"[\[\]()|]|\{[a-z]+\}|<[a-z_]+>|[^\W\d_]+(?:['’-][^\W\d_]+)*|\S")
_SIGNS = frozenset("[]()|")
_CLOSING = {"[": "]", "(": ")"}


class TemplateError(ValueError):
    """A template that cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """One of several sequences; an empty one makes the whole optional."""

    options: tuple["Sequence", ...]


Sequence: TypeAlias = tuple["str | Alternatives", ...]


def parse(text: str, rules: Mapping[str, Sequence] | None = None) -> Sequence:
    """The tree of one template.

    Raises:
        TemplateError: a bracket without its partner, a character that is no word, an unknown
            rule, or an alternative without words.
    """
    return _Parser(text, rules or {}).whole()


def flaw(text: str, rules: Mapping[str, Sequence] | None = None) -> str | None:
    """What is wrong with a template, None where nothing is."""
    try:
        parse(text, rules)
    except TemplateError as error:
        return str(error)
    return None


def expand(sequence: Sequence) -> list[Words]:
    """Every sequence of words the template stands for, slots as `{slot}`."""
    begun: list[Words] = [()]
    for item in sequence:
        if isinstance(item, str):
            begun = [(*words, item) for words in begun]
        else:
            ends = [words for option in item.options for words in expand(option)]
            begun = [words + end for words in begun for end in ends]
    return begun


def required(sequence: Sequence) -> Sequence:
    """The sequence without its optional parts."""
    return tuple(
        item if isinstance(item, str) else Alternatives(tuple(map(required, item.options)))
        for item in sequence
        if isinstance(item, str) or () not in item.options
    )


def optional(sequence: Sequence) -> frozenset[str]:
    """The words of the optional parts of a sequence."""
    words: frozenset[str] = frozenset()
    for item in sequence:
        if not isinstance(item, str):
            inner = _words if () in item.options else optional
            words = words.union(*map(inner, item.options))
    return words


def _words(sequence: Sequence) -> frozenset[str]:
    words: frozenset[str] = frozenset()
    for item in sequence:
        words |= {item} if isinstance(item, str) else words.union(*map(_words, item.options))
    return words


def is_slot(word: str) -> bool:
    """Whether this word of an expansion is a slot."""
    return word.startswith("{")


class _Parser:
    """Recursive descent over one template."""

    def __init__(self, text: str, rules: Mapping[str, Sequence]) -> None:
        self._text = text
        self._rules = rules
        self._tokens = self._split()
        self._at = 0

    def whole(self) -> Sequence:
        options = self._options(None)
        if len(options) > 1:
            raise TemplateError(f"'{self._text}': put alternatives in round brackets")
        if not _words(options[0]):
            raise TemplateError(f"'{self._text}': no words")
        return options[0]

    def _split(self) -> list[str]:
        tokens = _TOKEN.findall(self._text.lower())
        for token in tokens:
            if len(token) == 1 and not (token in _SIGNS or token.isalpha()):
                raise TemplateError(
                    f"'{self._text}': '{token}' is no part of a phrase;"
                    " write words as they are spoken"
                )
        return tokens

    def _options(self, closing: str | None) -> tuple[Sequence, ...]:
        """What stands between brackets, up to and with the closing one."""
        options: list[list[str | Alternatives]] = [[]]
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token == closing:
                return self._checked(options)
            if token == "|":
                options.append([])
            elif token in _CLOSING:
                inner = self._options(_CLOSING[token])
                options[-1].append(Alternatives((*inner, ()) if token == "[" else inner))
            elif token in "])":
                raise TemplateError(f"'{self._text}': '{token}' without its opening bracket")
            elif token.startswith("<"):
                options[-1].append(Alternatives((self._rule(token[1:-1]),)))
            else:
                options[-1].append(token)
        if closing is not None:
            raise TemplateError(f"'{self._text}': '{closing}' is missing")
        return self._checked(options)

    def _checked(self, options: list[list[str | Alternatives]]) -> tuple[Sequence, ...]:
        if len(options) > 1 and not all(options):
            raise TemplateError(f"'{self._text}': an alternative is empty; use [ ] for optional")
        return tuple(tuple(option) for option in options)

    def _rule(self, name: str) -> Sequence:
        if name not in self._rules:
            raise TemplateError(f"'{self._text}': no rule is called '{name}'")
        return self._rules[name]
