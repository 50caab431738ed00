"""What a data author gets wrong is told at once, each error with its line."""

from pathlib import Path

import pytest

from voiceacu.app.knowledge import load_knowledge
from voiceacu.content.files import data_folder
from voiceacu.content.loader import load_library
from voiceacu.errors import UserError
from voiceacu.settings import Settings

from ..conftest import Program


def spoiled(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    """A copy of the English folder with a file spoiled."""
    for path in data_folder().glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        for good, bad in changes if path.name == name else ():
            assert good in text
            text = text.replace(good, bad, 1)
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


def told(folder: Path) -> list[str]:
    """What the program says of a language's folder."""
    with pytest.raises(UserError) as error:
        load_knowledge(Settings(language=folder)).coach()
    return str(error.value).splitlines()


def test_a_name_that_is_no_template_is_told_with_the_other_errors(tmp_path: Path) -> None:
    changes = (
        ("knee (point|one)", "knee (point|one"),
        ("pressure: moderate", "pressure: hard"),
    )
    lines = told(spoiled(tmp_path, "points.yaml", *changes))
    assert [line.split(":")[2].strip() for line in lines] == [
        "points.0.names.2",
        "points.0.pressure",
    ]
    assert "')' is missing" in lines[0]


def test_a_wrong_entry_does_not_make_its_list_empty(tmp_path: Path) -> None:
    (tmp_path / "points.yaml").write_text("tips: [x]\npoints: [{}]\n", encoding="utf-8")
    with pytest.raises(UserError) as error:
        load_library(tmp_path / "points.yaml")
    assert "is empty" not in str(error.value)
    (tmp_path / "points.yaml").write_text("tips: []\n", encoding="utf-8")
    with pytest.raises(UserError, match="tips: is empty; give at least one"):
        load_library(tmp_path / "points.yaml")


def test_a_number_without_a_word_is_told(tmp_path: Path) -> None:
    (line,) = told(spoiled(tmp_path, "language.yaml", ("50: fifty, ", "")))
    assert "numbers.tens: has no word for 50; add it" in line


def test_a_reply_that_is_no_text_is_told(tmp_path: Path) -> None:
    lines = told(spoiled(tmp_path, "replies.yaml", ("welcome: You are welcome.", "welcome: 7")))
    assert all("replies.welcome" in line for line in lines)


@pytest.mark.parametrize(
    ("good", "bad", "place"),
    [
        ("last: [", "last: ['the (last', ", "ordinals.last.0"),
        ("  request: [can we", "  request: ['', can we", "lead_ins.request.0"),
    ],
)
def test_a_saying_that_nobody_can_say_is_told(
    tmp_path: Path, good: str, bad: str, place: str
) -> None:
    (line,) = told(spoiled(tmp_path, "language.yaml", (good, bad)))
    assert f": {place}: " in line


@pytest.mark.parametrize("name", ["commands.yaml", "replies.yaml", "language.yaml"])
def test_a_file_of_a_language_is_checked_with_its_folder(
    voiceacu: Program, tmp_path: Path, name: str
) -> None:
    spoiled(tmp_path, "")
    checked = voiceacu("check", str(tmp_path / name))
    assert checked.returncode in (0, 1), checked.stderr
    (tmp_path / name).write_text("nothing: of use\n", encoding="utf-8")
    checked = voiceacu("check", str(tmp_path / name))
    assert checked.returncode == 2
    assert name in checked.stderr
