"""Lanes side by side, and training on them; here on the CPU."""

from pathlib import Path

import numpy as np
import pytest
import torch

from training.accelerated import PIECES, Rush, judge, lanes_of, rush
from training.bulk import Flat
from training.features import NUM_CEPS
from training.mmi import Denominator, phone_sequence, trigrams
from training.network import AcousticNet, Shape, load, save
from training.packed import pack
from training.tests.data import speech
from training.train import PIECE

SMALL = Shape(front=8, width=16, rank=8, taps=("both", "left"), memories=(0,))


def _net() -> AcousticNet:
    torch.manual_seed(0)
    return AcousticNet(SMALL, np.full(NUM_CEPS, 9.0)).eval()


def test_lanes_are_heard_as_the_one_stream_that_they_are_cut_from() -> None:
    net, outputs = _net(), 1000
    features = torch.randn(3 * outputs, NUM_CEPS)
    starts = torch.zeros(outputs, dtype=torch.bool)
    flat = Flat(features, torch.arange(outputs), starts)
    lanes = lanes_of(flat, SMALL, 0)
    with torch.no_grad():
        scores = net(lanes.features, lanes.starts)[0]
        seen = len(lanes.starts)
        alone = net(features[: 3 * seen + 6], starts[:seen])[0][: PIECE * PIECES]
    torch.testing.assert_close(scores[:, 0], alone, atol=1e-5, rtol=1e-4)
    before = SMALL.left // 3
    assert lanes.labels[0].tolist() == [before + i * PIECE * PIECES for i in range(4)]


def test_a_loss_that_is_no_number_ends_the_training() -> None:
    labels = torch.arange(1000) % 80
    features = torch.full((3 * len(labels), NUM_CEPS), torch.inf)
    flat = Flat(features, labels, torch.zeros(len(labels), dtype=torch.bool))
    denominator = Denominator(trigrams(phone_sequence(labels.numpy())))
    with pytest.raises(FloatingPointError, match="held-out"):
        judge(_net(), lanes_of(flat, SMALL, 0), denominator, 2)


def test_it_learns(tmp_path: Path) -> None:
    """Even noise has labels that are more frequent than others."""
    data = speech(np.random.default_rng(0))
    data.labels[:] = 1 + data.labels % 2
    for recording in data.recordings[:3]:
        recording.name = f"noise/{recording.name}"
    save(_net(), data.mean, str(tmp_path / "start.pt"))
    plan = Rush(seconds=600, steps=150, rate=1e-2, lanes=2, hours=0.01)
    rush([pack(data, 4)], plan, tmp_path / "start.pt", tmp_path / "end.pt")
    net = load(str(tmp_path / "end.pt"))[0]
    starts = torch.zeros(40 + SMALL.around, dtype=torch.bool)
    features = torch.zeros(SMALL.left + 39 * 3 + 1 + SMALL.right, NUM_CEPS)
    with torch.no_grad():
        said = net(features, starts)[1].argmax(1)
    assert set(said.tolist()) <= {1, 2}
