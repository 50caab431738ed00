"""What an author is told of a points file that is not right."""

from pathlib import Path

import pytest

from voiceacu.content.files import data_folder
from voiceacu.content.loader import load_library
from voiceacu.errors import UserError

SHIPPED = (data_folder() / "points.yaml").read_text(encoding="utf-8")


def last_line_with(text: str, part: str) -> int:
    return max(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def complaint(folder: Path, text: str) -> str:
    path = folder / "points.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_library(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "at", "told"),
    [
        ("plain: the knee point", "plane: the knee point", "plane:", "is no key here"),
        ("    pressure: moderate\n", "", "id: BL-40", "is missing; add it"),
        ("shortest: 30, longest: 120", "shortest: 30, longest: 5", "longest: 5", "is outside"),
        (
            "Let your feet rest on the bed.",
            "Let " + "really " * 20 + "long sentences be two.",
            "long sentences be two.",
            "too long for the ear",
        ),
        (
            "Each spot is two finger widths from the middle of your back.",
            "Each spot is 2 finger widths from the middle.",
            "Each spot is 2",
            "no spoken form for '2'",
        ),
        ("code: B L forty", "code: BL-40", "code: BL-40", "no spoken form for 'BL-40'"),
        ("[GB-41, BL-60]", "[GB-41, BL-61]", "BL-61", "no point has the id 'BL-61'"),
        ("- id: GB-41", "- id: BL-40", "- id: BL-40", "already names points.0"),
        ("[the] kunlun [point]", "weizhong", '- "weizhong"', "'weizhong' already names"),
        ("sides: both", "sides: left", "sides: left", "'each' or 'both'"),
        (
            "source: B, says: the midpoint",
            "source: C, says: the midpoint",
            "source: C",
            "no source",
        ),
    ],
)
def test_an_error_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, at: str, told: str
) -> None:
    assert old in SHIPPED
    text = SHIPPED.replace(old, new, 1)
    told_lines = complaint(tmp_path, text).splitlines()
    place = f"points.yaml:{last_line_with(text, at)}: "
    assert [line for line in told_lines if line.startswith(place) and told in line], told_lines


def test_all_errors_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        SHIPPED.replace("language: en", "tongue: en")
        .replace("[GB-41, BL-60]", "[GB-41, BL-61]")
        .replace("region: knee", "region: elbow")
        .replace("default: 120", "default: soon", 1)
    )
    lines = complaint(tmp_path, text).splitlines()
    numbers = [int(line.split(":")[1]) for line in lines]
    assert len(lines) == 5
    assert numbers == sorted(numbers)


def test_malformed_yaml_is_one_clear_line(tmp_path: Path) -> None:
    text = SHIPPED.replace("sessions_a_week: [3, 4]", "sessions_a_week: [3, 4")
    told = complaint(tmp_path, text)
    assert "\n" not in told
    assert told.startswith("points.yaml:") and "not valid YAML" in told


def test_a_doubled_key_is_told(tmp_path: Path) -> None:
    text = SHIPPED.replace("language: en", "language: en\nlanguage: de")
    assert complaint(tmp_path, text).startswith("points.yaml:4: not valid YAML")


@pytest.mark.parametrize("text", ["", "- a list", "just words", "points: 3"])
def test_something_else_than_a_points_file(tmp_path: Path, text: str) -> None:
    assert complaint(tmp_path, text).startswith("points.yaml:1:")


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.yaml: cannot be read .*; check the path"):
        load_library(tmp_path / "none.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"language: \xe9\xe8")
    with pytest.raises(UserError, match="is not UTF-8 text"):
        load_library(path)
