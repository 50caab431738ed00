"""Numbers and durations in words, and what is said of a wrong language or commands file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceacu.content.files import data_folder
from voiceacu.content.model import Library
from voiceacu.errors import UserError
from voiceacu.nlu.language import load_language
from voiceacu.nlu.normal import Normaliser
from voiceacu.nlu.phrases import PhraseTable, load_phrases
from voiceacu.nlu.types import Intent, Phase

LANGUAGE = load_language(data_folder() / "language.yaml")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "zero"),
        (19, "nineteen"),
        (20, "twenty"),
        (45, "forty five"),
        (100, "one hundred"),
        (120, "one hundred and twenty"),
        (999, "nine hundred and ninety nine"),
    ],
)
def test_numbers_are_spelled(number: int, said: str) -> None:
    assert LANGUAGE.numbers.spell(number)[0] == said


def test_spellings_are_never_shared_by_two_numbers() -> None:
    spellings = [s for n in range(1000) for s in LANGUAGE.numbers.spell(n)]
    assert len(spellings) == len(set(spellings))


@given(seconds=st.integers(1, 300))
def test_a_number_of_seconds_comes_back(seconds: int) -> None:
    table = _shared[0]
    expected = Intent("set_hold", {"seconds": seconds})
    for said in (str(seconds), *LANGUAGE.numbers.spell(seconds)):
        assert table.understand(f"hold it for {said} seconds").intent == expected


@given(minutes=st.integers(1, 5), seconds=st.integers(1, 59))
def test_minutes_and_seconds_come_back(minutes: int, seconds: int) -> None:
    said = f"{minutes} minutes and {seconds} seconds"
    expected = Intent("set_hold", {"seconds": minutes * 60 + seconds})
    assert _shared[0].understand(said).intent == expected


@given(
    st.lists(
        st.sampled_from(["um", "please", "I'm", "can't", "b", "l", "40", "UB-40", "wei", "zhong"])
    )
)
def test_normal_form_is_stable(words: list[str]) -> None:
    normal = Normaliser(LANGUAGE)
    once = normal.spelled(" ".join(words))
    assert normal.spelled(" ".join(once)) == once


def copied(folder: Path, name: str, old: str, new: str) -> Path:
    for file in ("commands.yaml", "language.yaml"):
        text = (data_folder() / file).read_text(encoding="utf-8")
        if file == name:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def line_of(folder: Path, name: str, part: str) -> int:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if part in line)


@pytest.mark.parametrize(
    ("name", "change", "at", "told"),
    [
        ("commands.yaml", ("say: next point", "says: next point"), "says:", "is no key here"),
        ("commands.yaml", ("onto the next one", "onto [the next"), "onto [", "']' is missing"),
        ("commands.yaml", ("      {seconds}\n", "      {minutes}\n"), "{minutes}", "no slot is"),
        ("commands.yaml", ("<routine>", "<rotine>"), "<rotine>", "no rule is called"),
        ("commands.yaml", ("intent: previous_point", "intent: next_point"), "", "stands above"),
        ("commands.yaml", ("kind: request", "kind: wish"), "kind: wish", "'request', 'question'"),
        ("commands.yaml", ("phases: [paused]", "phases: [pausing]"), "[pausing]", "'paused'"),
        ("language.yaml", ("say: half minute", 'say: "half ["'), "half [", "is missing"),
        ("language.yaml", ("middling:", "midling:"), "midling:", "is no key here"),
        ("language.yaml", ("  ones: [zero,", "  ones: [zero, ["), "", "not valid YAML"),
    ],
)
def test_a_wrong_file_is_told_with_the_line(
    tmp_path: Path, *, library: Library, name: str, change: tuple[str, str], at: str, told: str
) -> None:
    folder = copied(tmp_path, name, *change)
    with pytest.raises(UserError) as caught:
        load_phrases(folder, library)
    lines = str(caught.value).splitlines()
    if at:
        place = f"{name}:{line_of(folder, name, at)}: "
        assert any(line.startswith(place) and told in line for line in lines), lines
    else:
        assert any(line.startswith(f"{name}:") and told in line for line in lines), lines


def test_own_phrases_are_added(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("commands:\n  - intent: next_point\n    phrases: |\n      onwards James\n")
    table = load_phrases(data_folder(), library, path)
    assert table.understand("onwards james").intent == Intent("next_point")
    assert "onwards james" in table.grammar()


def test_an_own_phrase_wakes_too(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("commands:\n  - intent: wake_up\n    phrases: |\n      rise and shine\n")
    table = load_phrases(data_folder(), library, path)
    assert table.understand("rise and shine", Phase.ASLEEP).intent == Intent("wake_up")
    assert not table.understand("listen to me", Phase.ASLEEP).accepted


def test_own_phrases_for_no_intent_are_told(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("commands:\n  - intent: fly\n    phrases: |\n      up\n      (up\n")
    with pytest.raises(UserError) as caught:
        load_phrases(data_folder(), library, path)
    assert str(caught.value).splitlines() == [
        "mine.yaml:2: commands.0.intent: no intent is called 'fly'; see the commands",
        "mine.yaml:5: commands.0.phrases.1: '(up': ')' is missing",
    ]


_shared: list[PhraseTable] = []


@pytest.fixture(autouse=True)
def _share(table: PhraseTable) -> None:
    _shared[:] = [table]
