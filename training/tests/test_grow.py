"""A grown network begins as what it was."""

from pathlib import Path

import numpy as np
import torch

from training.features import NUM_CEPS
from training.grow import grow, measure, widened
from training.memory import Memory
from training.network import AcousticNet, Shape, load, one_recording, save
from training.stream import Piece, Stream
from training.tests.data import speech


def test_a_grown_network_computes_the_same_and_can_learn_more() -> None:
    torch.manual_seed(1)
    shape = Shape(front=16, width=24, rank=8, taps=("both", "left"))
    old = AcousticNet(shape, np.ones(NUM_CEPS)).eval()
    new = widened(old, Shape(front=16, width=40, rank=12, taps=shape.taps, memories=(1,)))
    sound = torch.randn(shape.left + shape.right + 1 + 3 * 59, NUM_CEPS)
    starts = one_recording(shape, 60)
    for before, after in zip(old(sound, starts), new(sound, starts), strict=True):
        assert torch.allclose(before, after, atol=1e-5)
    new(sound, starts)[0].square().sum().backward()
    assert new.head.weight.grad is not None
    assert new.head.weight.grad[:, 24:].abs().sum() > 0
    memory = new.blocks[1].memory
    assert isinstance(memory, Memory)
    assert memory.weight.grad is not None
    assert memory.weight.grad.abs().sum() > 0


def test_a_grown_network_can_trust_its_statistics_at_once(tmp_path: Path) -> None:
    """They are those of what reaches the units, also the new ones; products may be in 16 bits."""
    torch.manual_seed(1)
    data = speech(np.random.default_rng(1))

    def heard(shape: Shape) -> Piece:
        stream = Stream(data, data.recordings, shape, 600)
        return next(stream.epoch(np.random.default_rng(0)))

    old = AcousticNet(Shape(front=16, width=24, rank=8, taps=("both", "left")), np.ones(NUM_CEPS))
    measure(old, heard(old.shape), 0)
    save(old, data.mean, str(tmp_path / "old.pt"))
    grow(tmp_path / "old.pt", tmp_path / "new.pt", data, outputs=600, width=40)
    new = load(str(tmp_path / "new.pt"))[0]
    piece = heard(new.shape)
    sound, starts = torch.from_numpy(piece.features), torch.from_numpy(piece.starts)
    used = new.body(sound, starts)
    by_the_batch = new.train().body(sound, starts)
    assert torch.allclose(by_the_batch, used, atol=0.1)
