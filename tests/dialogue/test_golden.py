"""Every golden dialogue goes as written, on the real points, phrases and replies."""

from pathlib import Path

import pytest

from voiceacu.replay import Knowing, replay_file

FILES = sorted((Path(__file__).parent.parent / "dialogues").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_golden_dialogue_goes_as_written(path: Path, knowledge: Knowing) -> None:
    differences = replay_file(path, knowledge)
    if differences:
        pytest.fail("\n".join(differences), pytrace=False)
