"""The guide as its reader sees it."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from voiceacu.content.files import data_folder
from voiceacu.content.model import Library
from voiceacu.errors import UserError
from voiceacu.guide.drawing import Drawing
from voiceacu.guide.looks import DARK, LIGHT, PENS
from voiceacu.guide.page import as_page, hold_time
from voiceacu.guide.words import Words
from voiceacu.guide.write import write_guide
from voiceacu.nlu.phrases import PhraseTable


@pytest.fixture(scope="module")
def page(library: Library, table: PhraseTable, words: Words, drawings: tuple[Drawing, ...]) -> str:
    return as_page(library, table, words, drawings)


class Reader(HTMLParser):
    """What a reader meets: headings, words, pictures with their descriptions."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = [(name, value or "") for name, value in attrs]
        self.tags.append((tag, dict(given)))
        self.ids += [value for name, value in given if name == "id"]
        if tag not in ("meta", "br"):
            self._open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.texts.append(data)


def test_it_needs_nothing_from_anywhere(page: str) -> None:
    for forbidden in ("http:", "https:", "//", "url(", "@import", "<script", "src=", "href="):
        assert forbidden not in page.replace("<!DOCTYPE", ""), forbidden
    assert "default-src 'none'" in page


def test_it_is_built_for_screen_readers(page: str) -> None:
    reader = Reader(page)
    assert len(reader.ids) == len(set(reader.ids))
    assert reader.headings[0] == 1 and reader.headings.count(1) == 1
    steps = [b - a for a, b in zip(reader.headings, reader.headings[1:], strict=False)]
    assert max(steps) <= 1
    pictures = [attrs for tag, attrs in reader.tags if tag == "svg"]
    assert len(pictures) == 5
    for picture in pictures:
        assert picture["role"] == "img"
        assert set(picture["aria-labelledby"].split()) <= set(reader.ids)
    assert ("html", {"lang": "en"}) in reader.tags
    assert all("scope" in attrs for tag, attrs in reader.tags if tag == "th")


def test_every_phrase_on_the_card_is_understood(
    words: Words, table: PhraseTable, page: str
) -> None:
    for group in words.say.groups:
        for intent in group.intents:
            phrase = table.suggestion(intent)
            assert phrase in page
            reading = table.understand(phrase)
            assert reading.accepted and reading.intent is not None
            assert reading.intent.name == intent


def test_it_shows_each_point_with_its_number_names_and_times(
    page: str, library: Library, words: Words
) -> None:
    text = " ".join(Reader(page).texts)
    for point in library.points:
        for fact in (point.id, point.name, *point.where, *point.how, *point.feel):
            assert fact in text
    seconds = sum(hold_time(library.point(p)) for p in library.routines[0].points)
    assert seconds == 660  # 2 minutes each for knee, foot, ankle; 2, 1 and 2 for the back
    assert "11 min" in text
    assert "30 s to 5 min" in text
    assert "3 to 4 times a week" in text


def test_safety_comes_before_everything_else(page: str, words: Words) -> None:
    assert page.index(words.safety.title) < page.index(words.say.title)
    assert "the ankle point (BL-60)" in page
    assert "“it hurts” or “stop”" in page
    for flag in words.safety.flags.items:
        assert flag in page


def test_without_a_point_to_avoid_the_pregnancy_line_is_left_out(
    library: Library, table: PhraseTable, words: Words, drawings: tuple[Drawing, ...]
) -> None:
    others = tuple(p for p in library.points if not p.avoid_in_pregnancy)
    routine = library.routines[0].model_copy(update={"points": tuple(p.id for p in others)})
    fewer = library.model_copy(update={"points": others, "routines": (routine,)})
    page = as_page(fewer, table, words, drawings)
    assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert "pregnant" not in page
    assert page.count("<svg") == 4
    assert "BL-60" not in page.replace("(BL-60)", "") or "ankle-title" not in page


@pytest.mark.parametrize(
    ("seconds", "written"), [(20, "20 s"), (60, "1 min"), (90, "1 min 30 s"), (600, "10 min")]
)
def test_times_are_written_plainly(words: Words, seconds: int, written: str) -> None:
    assert words.times.duration(seconds) == written


WRITING = (
    *("ink/paper", "ink/card", "ink/care"),
    *("soft/paper", "soft/card", "soft/care", "soft/frame", "soft/skin", "soft/edge"),
    *("calm/card", "accent/frame", "accent/skin", "on-accent/accent", "card/calm"),
)
"""Colour of the letters, colour below them."""


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", WRITING)
def test_all_writing_has_the_contrast_of_wcag_aa(palette: dict[str, str], pair: str) -> None:
    text, ground = (luminance(palette[name]) for name in pair.split("/"))
    contrast = (max(text, ground) + 0.05) / (min(text, ground) + 0.05)
    assert contrast >= 4.5, f"{pair}: {contrast:.2f}"


def test_both_palettes_know_every_colour() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert {c for pen in PENS.values() for c in (pen.fill, pen.stroke) if c} <= LIGHT.keys()


def test_three_files_are_written(library: Library, table: PhraseTable, tmp_path: Path) -> None:
    written = write_guide(library, table, tmp_path / "new" / "guide")
    assert [p.name for p in written] == ["guide.html", "body-maps.png", "what-to-say.png"]
    assert written[0].read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    for picture in written[1:]:
        content = picture.read_bytes()
        assert content.startswith(b"\x89PNG")
        width, height = (int.from_bytes(content[i : i + 4]) for i in (16, 20))
        assert 800 < width < 3000 and 800 < height < 4000


def test_a_folder_that_cannot_be_written_is_said_clearly(
    library: Library, table: PhraseTable, tmp_path: Path
) -> None:
    (tmp_path / "guide").write_text("in the way")
    with pytest.raises(UserError, match="--out"):
        write_guide(library, table, tmp_path / "guide")


def test_an_unknown_intent_on_the_card_is_said_clearly(
    library: Library, table: PhraseTable, tmp_path: Path
) -> None:
    for name in ("guide.yaml", "drawings.yaml"):
        shutil.copy(data_folder() / name, tmp_path)
    file = tmp_path / "guide.yaml"
    file.write_text(file.read_text().replace("resume, stop]", "resume, stopp]"))
    with pytest.raises(UserError, match="stopp"):
        write_guide(library, table, tmp_path / "out", data=tmp_path)
