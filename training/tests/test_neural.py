"""Neural voices: who speaks, and that something is said."""

import random
from pathlib import Path

import numpy as np
import pytest

from training.corpus import read_utterances
from training.features import SAMPLE_RATE, load_audio
from training.neural import HELD_OUT, STYLE, Kokoro, Speaker, installed, neural_part

pytestmark = pytest.mark.skipif(not installed(), reason="no neural voices installed")
VOICES = ("af_first", "bm_second", "zf_third", *HELD_OUT)


@pytest.fixture(scope="module")
def styles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Voices nobody has: each style is a little noise."""
    folder = tmp_path_factory.mktemp("styles")
    rng = np.random.default_rng(1)
    for name in VOICES:
        style = 0.1 * rng.standard_normal((510, STYLE)).astype(np.float32)
        style.tofile(folder / f"{name}.bin")
    return folder


def test_no_training_hears_a_held_out_voice(styles: Path) -> None:
    kokoro = Kokoro(styles)
    drawn = [kokoro.draw(random.Random(seed)) for seed in range(200)]
    heard = {speaker.voice for speaker in drawn} | {speaker.other for speaker in drawn}
    assert heard == set(VOICES) - set(HELD_OUT)
    assert set(Kokoro(styles, held_out=True).styles) == set(HELD_OUT)


def test_no_is_not_said_as_the_short_form_of_number(styles: Path) -> None:
    kokoro = Kokoro(styles, held_out=True)
    speakers = [Speaker(name, name, 0.0) for name in HELD_OUT]
    said = {kokoro.phonemes("no", speaker) for speaker in speakers}
    assert said == {"nˈO", "nˈQ"}


def test_a_part_is_recorded_once(styles: Path, tmp_path: Path) -> None:
    texts = ["start the routine", "where is weizhong"]
    for _ in range(2):
        neural_part(styles, texts, tmp_path / "part0", "5")
        found = read_utterances(tmp_path / "part0.jsonl")
        assert [one.text for one in found] == texts
        for one in found:
            samples = load_audio(one.path)
            assert 0.5 < len(samples) / SAMPLE_RATE < 6
            assert np.abs(samples).max() == pytest.approx(0.5, abs=0.01)
        stamps = [Path(one.path).stat().st_mtime_ns for one in found]
    assert stamps == [path.stat().st_mtime_ns for path in sorted((tmp_path / "part0").iterdir())]
    assert len(stamps) == len(texts)
