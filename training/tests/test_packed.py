"""Utterances packed and unpacked."""

from pathlib import Path

import numpy as np

from training.features import SUBSAMPLING
from training.melpower import mel_power
from training.packed import STEP, pack, read, write
from training.stream import Recording
from training.tests.data import speech
from training.units import SIL_PDF


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    packed = pack(speech(np.random.default_rng(0)), 2)
    write(packed, tmp_path / "packed.npz")
    found = read(tmp_path / "packed.npz")
    for name, array in vars(packed).items():
        np.testing.assert_array_equal(getattr(found, name), array, name)


def test_half_a_step_is_the_most_that_is_lost() -> None:
    data = speech(np.random.default_rng(1))
    data.labels[:] = np.maximum(data.labels, 1)
    packed = pack(data, 0)
    exact = np.log(mel_power(data.features))
    assert np.abs(packed.steps * STEP - exact).max() <= STEP / 2 + 1e-4


def test_long_silence_around_what_is_said_stays_behind() -> None:
    data = speech(np.random.default_rng(2))
    data.labels[:] = SIL_PDF
    data.labels[130:150] = 5  # in the second utterance, outputs 30 to 50
    packed = pack(data, 0)
    assert packed.outputs[1] == 20 + 19 + 20
    assert packed.outputs[0] == 100, "where nobody speaks nothing is cut"
    assert len(packed.steps) == SUBSAMPLING * packed.outputs.sum()


def test_parts_hold_all_and_judge_by_the_same() -> None:
    data = speech(np.random.default_rng(3))
    data.recordings = [Recording(f"{i}", copies=[2 * i, 2 * i + 1]) for i in range(10)]
    whole, parts = pack(data, 4), [pack(data, 4, part, 3) for part in range(3)]
    assert sum(part.held_out.sum() for part in parts) == whole.held_out.sum() == 4
    assert sum(part.outputs.sum() for part in parts) == whole.outputs.sum()
