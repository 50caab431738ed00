"""A checkpoint out of a model directory computes what the model does."""

from pathlib import Path

import numpy as np
import torch

from training.features import NUM_CEPS
from training.memory import Memory
from training.network import AcousticNet, Block, Shape, export, load, one_recording
from training.nnet3 import write_cmvn, write_model
from training.recover import recover, scale, shape_of
from training.tests.data import speech


def blocks(net: AcousticNet) -> list[Block]:
    return [block for block in net.blocks if isinstance(block, Block)]


def test_what_was_recovered_scores_as_the_model_did(tmp_path: Path) -> None:
    torch.manual_seed(4)
    rng = np.random.default_rng(4)
    shape = Shape(front=16, width=24, rank=8, taps=("both", "both", "left"), memories=(0, 2))
    net = AcousticNet(shape, rng.uniform(1, 9, NUM_CEPS)).eval()
    for block in net.blocks:
        if isinstance(block.memory, Memory):
            torch.nn.init.normal_(block.memory.weight)
    network = export(net)
    assert shape_of(network) == shape
    write_model(network, tmp_path / "am" / "final.mdl")
    write_cmvn(np.ones(NUM_CEPS), tmp_path / "am" / "global_cmvn.stats")
    recover(tmp_path, speech(rng), tmp_path / "recovered.pt", outputs=600)
    again, mean = load(str(tmp_path / "recovered.pt"))
    sound = torch.randn(shape.left + shape.right + 301, NUM_CEPS) * 5
    starts = one_recording(shape, 101)
    with torch.no_grad():
        before, after = (n(sound, starts)[0] for n in (net, again))
    assert torch.allclose(before, after, atol=1e-2 * float(before.std()))
    np.testing.assert_allclose(mean, 1.0)


def test_weights_are_recovered_at_the_scale_of_training(tmp_path: Path) -> None:
    """The export makes those before a normalisation small, and steps of training make small ones
    run away."""
    rng = np.random.default_rng(5)
    shape = Shape(front=16, width=24, rank=8, taps=("both", "left"))
    net = AcousticNet(shape, np.ones(NUM_CEPS)).eval()
    for block in blocks(net):
        block.norm.norm.weight.data.fill_(0.2)
    write_model(export(net), tmp_path / "am" / "final.mdl")
    write_cmvn(np.zeros(NUM_CEPS), tmp_path / "am" / "global_cmvn.stats")
    recover(tmp_path, speech(rng), tmp_path / "recovered.pt", outputs=600)
    again = load(str(tmp_path / "recovered.pt"))[0]
    sizes = [scale(b.expand.weight) / scale(b.squeeze.weight) for b in blocks(again)]
    assert all(0.5 < size < 2 for size in sizes)
