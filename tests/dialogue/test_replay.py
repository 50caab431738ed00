"""Golden dialogues tell what went differently, and what is wrong with their file."""

from pathlib import Path

import pytest

from voiceacu.app.knowledge import Knowledge
from voiceacu.errors import UserError
from voiceacu.replay import replay_file

HOLD = """\
dialogues:
  - title: in a hold
    begin: holding
    steps:
"""


def differences(tmp_path: Path, knowledge: Knowledge, steps: str) -> list[str]:
    """What differs in a dialogue with these steps, in a hold."""
    path = tmp_path / "golden.yaml"
    path.write_text(HOLD + steps, encoding="utf-8")
    return replay_file(path, knowledge)


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (
            "      - user: how long\n      - says: goodbye\n",
            "golden.yaml:6: dialogues.0.steps.1: in a hold: expected 'goodbye', "
            "it said 'Fifty seconds left.'",
        ),
        ("      - chime: hold_end\n        at: 30\n", "expected 'chime hold_end' at 30 s"),
        ("      - user: pause\n      - left: 10\n", "expected 10 s left, it is 50.0"),
        ("      - phase: ready\n", "expected phase ready, it is holding"),
        ("      - until: finished\n        within: 5\n", "expected phase finished within 5 s"),
        ("      - user: how long\n      - quiet: 3\n", "expected quiet for 3 s, it said"),
        ("      - record: ended\n        within: 9\n", "expected 'record ended' within 9 s"),
        (
            "      - user: stop\n      - record: ended\n        outcome: completed\n",
            "with outcome completed",
        ),
        ("      - user: louder\n      - volume: 9\n", "expected volume 9 dB, it is 3"),
        ("      - user: slower\n      - pace: 9\n", "expected pace 9, it is 135"),
        ("      - says: goodbye\n        within: 1\n", "expected 'goodbye' within 1 s"),
    ],
)
def test_a_difference_is_told_with_its_line_and_what_was_said(
    tmp_path: Path, knowledge: Knowledge, steps: str, told: str
) -> None:
    (difference,) = differences(tmp_path, knowledge, steps)
    assert told in difference
    assert len(difference.splitlines()) > 2, "the conversation so far is shown"


def test_each_dialogue_is_told_apart(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "golden.yaml"
    bad = "  - title: {}\n    steps:\n      - says: goodbye\n"
    path.write_text("dialogues:\n" + bad.format("one") + bad.format("two"), encoding="utf-8")
    assert len(replay_file(path, knowledge)) == 2


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("      - usr: how long\n", "golden.yaml:5: dialogues.0.steps.0.usr"),
        ("      - user: stop\n        says: stopped\n", "says user and says; give exactly one"),
        ("      - at: 5\n", "says nothing; give exactly one of user"),
        ("      - says: time_lft\n", "'time_lft' is no key of the replies"),
        ("      - until: lunch\n", "golden.yaml:5: dialogues.0.steps.0.until"),
        ("      - [\n", "not valid YAML"),
    ],
)
def test_a_bad_file_is_told_with_its_line(
    tmp_path: Path, knowledge: Knowledge, steps: str, told: str
) -> None:
    with pytest.raises(UserError) as error:
        differences(tmp_path, knowledge, steps)
    assert told in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path, knowledge: Knowledge) -> None:
    with pytest.raises(UserError, match="nowhere"):
        replay_file(tmp_path / "nowhere.yaml", knowledge)
