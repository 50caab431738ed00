"""What commands are taken for in noise."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from training.augment import Augmenter
from training.corpus import Utterance
from training.misheard import commands, mishear, read_misheard
from training.synth import synthesise

pytest.importorskip("vosk")
pytestmark = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="needs espeak-ng")
SHIPPED = Path(__file__).resolve().parents[2] / "models" / "voiceacu-en"


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> list[Utterance]:
    """Each by three speakers, for one of them may leave no doubt."""
    texts = ["start the routine", "how long is left", "the weather is fine"] * 3
    return synthesise(texts, tmp_path_factory.mktemp("spoken"), held_out=False, seed=1)


def test_only_commands_are_heard(spoken: list[Utterance]) -> None:
    assert [one.text for one in commands(spoken)] == ["start the routine", "how long is left"] * 3


def test_a_command_has_other_readings_and_never_itself(
    spoken: list[Utterance], tmp_path: Path
) -> None:
    augmenter = Augmenter([], np.zeros((0, 1), np.float32), [])
    for part, one in enumerate(commands(spoken)):
        mishear([one], SHIPPED, augmenter, tmp_path / "misheard" / f"{part}.json")
    found = read_misheard(tmp_path / "misheard")
    assert set(found) == {"start the routine", "how long is left"}
    for text, readings in found.items():
        assert len(readings) >= 3
        assert text not in readings
        assert not any("[unk]" in reading or not reading for reading in readings)
