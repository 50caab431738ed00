"""The texts of a language: what a data author gets wrong is told, all at once, with its line."""

from pathlib import Path

import pytest

from voiceacu.app.knowledge import Knowledge
from voiceacu.content.files import data_folder
from voiceacu.dialogue.coach import Coach
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.replies import load_replies
from voiceacu.errors import UserError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A language's folder to spoil."""
    for name in ("replies.yaml", "language.yaml"):
        (tmp_path / name).write_text((data_folder() / name).read_text(encoding="utf-8"))
    return tmp_path


def spoil(folder: Path, good: str, bad: str) -> str:
    """What loading says when a text is replaced."""
    path = folder / "replies.yaml"
    text = path.read_text(encoding="utf-8")
    assert good in text
    path.write_text(text.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(UserError) as error:
        load_replies(folder)
    return str(error.value)


def test_a_missing_text_is_named(folder: Path) -> None:
    told = spoil(folder, "  good_evening: Good evening.\n", "")
    assert "replies: good_evening has no text; add it" in told


def test_an_unknown_text_is_named_with_its_line(folder: Path) -> None:
    told = spoil(folder, "  good_evening:", "  good_evning: Hm\n  good_evening:")
    line = (
        (folder / "replies.yaml")
        .read_text(encoding="utf-8")
        .splitlines()
        .index("  good_evning: Hm")
    )
    assert f"replies.yaml:{line + 1}: replies.good_evning: is no key here; correct" in told


def test_a_slot_that_a_text_does_not_have_is_named(folder: Path) -> None:
    told = spoil(folder, "side_now: We are on {side}.", "side_now: We are on {sight}.")
    assert "replies.side_now: has no slot 'sight'; use side" in told


def test_a_text_too_long_for_the_ear_is_refused(folder: Path) -> None:
    told = spoil(folder, "goodbye: Until", "goodbye: " + "on and " * 10 + "until")
    assert "longer than 20 words" in told


def test_braces_that_do_not_match_are_told(folder: Path) -> None:
    assert "braces do not match" in spoil(folder, "We are on {side}.", "'We are on {side.'")


def test_all_errors_come_at_once(folder: Path) -> None:
    spoil(folder, "  good_evening: Good evening.\n", "")
    told = spoil(folder, "  good_day: Hello.\n", "")
    assert "good_evening" in told
    assert "good_day" in told


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"replies\.yaml"):
        load_replies(tmp_path)


def test_suggesting_what_the_phrase_table_lacks_is_an_error(
    folder: Path, knowledge: Knowledge
) -> None:
    path = folder / "replies.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{say[help]}", "{say[sing]}"), encoding="utf-8")
    with pytest.raises(UserError, match=r"say\[sing\]"):
        Coach(knowledge.library, knowledge.table, load_replies(folder))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "one second"),
        (7.4, "seven seconds"),
        (22.0, "twenty seconds"),
        (43.0, "forty five seconds"),
        (58.0, "one minute"),
        (90.0, "one minute and thirty seconds"),
        (120.0, "two minutes"),
        (300.0, "five minutes"),
    ],
)
def test_a_time_is_said_as_one_says_it(knowledge: Knowledge, seconds: float, said: str) -> None:
    assert knowledge.replies.duration(seconds) == said


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(0, 0, "twelve o'clock"), (9, 5, "nine oh five"), (13, 30, "one thirty")],
)
def test_a_clock_is_read_as_one_reads_it(
    knowledge: Knowledge, hour: int, minute: int, said: str
) -> None:
    assert knowledge.replies.clock(hour, minute) == said


def test_wordings_take_turns(knowledge: Knowledge) -> None:
    said = [knowledge.replies.text(Key.HALF_TIME, {}, {}, n) for n in range(4)]
    assert said[0] != said[1]
    assert said[:2] == said[2:]
