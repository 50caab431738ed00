"""A grown network begins as what it was."""

import numpy as np
import torch

from training.features import NUM_CEPS
from training.grow import widened
from training.memory import Memory
from training.network import AcousticNet, Shape, one_recording


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
