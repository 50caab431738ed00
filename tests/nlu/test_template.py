"""Templates: what they stand for, and what is said of a wrong one."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceacu.nlu.template import TemplateError, expand, parse

# A template built by hand: its text, and all it stands for.
Built = tuple[str, frozenset[str]]


def _joined(parts: list[Built]) -> Built:
    texts = frozenset(
        " ".join(filter(None, chosen)) for chosen in itertools.product(*(p[1] for p in parts))
    )
    return " ".join(p[0] for p in parts), texts


def _either(options: list[Built]) -> Built:
    return f"({'|'.join(o[0] for o in options)})", frozenset().union(*(o[1] for o in options))


def _maybe(options: list[Built]) -> Built:
    text = "|".join(o[0] for o in options)
    return f"[{text}]", frozenset([""]).union(*(o[1] for o in options))


WORD = st.sampled_from(["go", "next", "point", "i'm", "{point}", "twenty"]).map(
    lambda word: (word, frozenset([word]))
)
TEMPLATE = st.recursive(
    WORD,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(_joined),
        st.lists(inner, min_size=1, max_size=3).map(_either),
        st.lists(inner, min_size=1, max_size=2).map(_maybe),
    ),
    max_leaves=8,
)


@given(WORD, TEMPLATE)
def test_a_template_stands_for_exactly_what_it_was_built_from(word: Built, rest: Built) -> None:
    text, expected = _joined([word, rest])
    assert {" ".join(words) for words in expand(parse(text))} == expected


@given(st.text(alphabet="ab {}[]()|<>'-1é", max_size=20))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        phrases = list(expand(parse(text)))
    except TemplateError as error:
        assert text in str(error)
    else:
        assert any(phrases)


def test_a_rule_stands_for_its_template() -> None:
    rules = {"it": parse("(it|this)")}
    assert list(expand(parse("do <it>", rules))) == [("do", "it"), ("do", "this")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("go [to", "']' is missing"),
        ("go to)", "without its opening bracket"),
        ("go (to|)", "an alternative is empty"),
        ("go|stay", "put alternatives in round brackets"),
        ("[please]!", "'!' is no part of a phrase"),
        ("go to 2", "write words as they are spoken"),
        ("<nothing> here", "no rule is called 'nothing'"),
        ("", "no words"),
    ],
)
def test_a_wrong_template_is_told(text: str, reason: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(text)
    assert reason in str(caught.value)
