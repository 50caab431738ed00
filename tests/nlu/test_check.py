"""What `voiceacu check` tells a data author."""

from pathlib import Path

import pytest

from voiceacu.content.files import data_folder
from voiceacu.errors import UserError
from voiceacu.nlu.check import check_author_file, commands_within
from voiceacu.nlu.phrases import PhraseTable

POINTS = data_folder() / "points.yaml"


def changed(folder: Path, old: str, new: str) -> Path:
    text = POINTS.read_text(encoding="utf-8")
    assert old in text
    path = folder / "points.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_shipped_points_leave_nothing_to_say() -> None:
    assert check_author_file(POINTS, data_folder()) == ()


def test_a_sentence_with_a_command_is_told(tmp_path: Path) -> None:
    path = changed(tmp_path, "Keep it gentle and steady.", "Then go on to the next point.")
    lines = check_author_file(path, data_folder())
    line = path.read_text().splitlines().index("      - Then go on to the next point.") + 1
    assert any(
        told.startswith(f"points.yaml:{line}: ") and "'the next point'" in told for told in lines
    )


def test_names_that_sound_alike_are_told(tmp_path: Path) -> None:
    path = changed(tmp_path, '      - "[the] kunlun [point]"\n', "      - knees point\n")
    (line,) = check_author_file(path, data_folder())
    assert "'knees point' is near 'knee point' of another point" in line


def test_words_that_the_model_lacks_are_told() -> None:
    lines = check_author_file(POINTS, data_folder(), lambda w: w not in ("kunlun", "towel"))
    assert any("'kunlun'" in line and "it listens for 'kun lun'" in line for line in lines)
    assert any("'towel'" in line and "use another word" in line for line in lines)


def test_errors_are_raised(tmp_path: Path) -> None:
    path = changed(tmp_path, "Keep it gentle and steady.", "Hold it for 2 minutes.")
    with pytest.raises(UserError, match="no spoken form for '2'"):
        check_author_file(path, data_folder())


def test_own_phrases_that_mean_something_else_are_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "commands:\n  - intent: next_point\n    phrases: |\n      gee up\n      go back\n"
    )
    (line,) = check_author_file(path, data_folder())
    assert line.startswith("mine.yaml:5: ")
    assert "'go back' already means previous_point" in line


def test_any_other_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text("replies: {}")
    with pytest.raises(UserError, match="neither 'points' nor 'commands'"):
        check_author_file(path, data_folder())


def test_commands_within_a_sentence(table: PhraseTable) -> None:
    assert "stop" in commands_within("You can stop at any time.", table)
    assert "next point" in commands_within("Say next point to move.", table)
    assert commands_within("Let your shoulders sink into the bed.", table) == ()
    assert commands_within("Say {say[stop]} whenever you like.", table) == ()
