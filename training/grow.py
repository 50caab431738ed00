"""A larger network that computes at first just what a trained one does.

A wider network's new units see all the old ones, but what they would add to old sums is weighted
with zero, as is what a new memory would; from there training goes on, so nothing that was
learned is lost (Chen et al., "Net2Net", 2016).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from training.network import AcousticNet, Block, NormRelu, Shape, Spliced, load, save
from training.stream import MEASURED, Data, Piece, Stream


def grow(
    source: Path, target: Path, data: Data, outputs: int = MEASURED, seed: int = 0, **sizes: Any
) -> None:
    """Write a checkpoint with these sizes of a :class:`Shape`, none less than the source's.

    On so many ``outputs`` of ``data``, where it has them, the normalisations learn what reaches
    the new units: without, the weights run away as soon as the statistics are trusted
    (``Plan.settled``).
    """
    torch.manual_seed(seed)
    old, mean = load(str(source))
    new = widened(old, replace(old.shape, **sizes))
    spoken = sum(data.length[recording.copies].mean() for recording in data.recordings)
    outputs = min(outputs, int(spoken) // 3)  # of an epoch, which leaves out most of the silence
    stream = Stream(data, data.recordings, new.shape, outputs)
    piece = next(stream.epoch(np.random.default_rng(seed)))
    measure(new, piece, old.shape.width)
    save(new, mean, str(target))


def measure(net: AcousticNet, piece: Piece, known: int) -> None:
    """Statistics of all units of the blocks but the first ``known``, on one piece."""
    sound, starts = torch.from_numpy(piece.features), torch.from_numpy(piece.starts)
    net.meet_sums(sound, starts, partial(NormRelu.learn, known=known))


@torch.no_grad()
def widened(old: AcousticNet, shape: Shape) -> AcousticNet:
    """The network in a new ``shape``, which differs in width, rank and new memories only."""
    assert old.shape.taps == shape.taps and old.shape.front == shape.front
    assert set(old.shape.memories) <= set(shape.memories)
    new = AcousticNet(shape, old.deviation.numpy()).eval()
    new.front.load_state_dict(old.front.state_dict())
    new.front_norm.load_state_dict(old.front_norm.state_dict())
    _widen(new.down, old.down)
    _widen_norm(new.down_norm, old.down_norm)
    for block, before in zip(new.blocks, old.blocks, strict=True):
        assert isinstance(block, Block) and isinstance(before, Block)
        _widen(block.squeeze, before.squeeze)
        _widen(block.expand, before.expand)
        _widen_norm(block.norm, before.norm)
        if block.memory is not None and before.memory is not None:
            block.memory.weight[: old.shape.width, : old.shape.rank] = before.memory.weight
            block.memory.pace[: old.shape.rank] = before.memory.pace
    for head, before in ((new.head, old.head), (new.ce_head[0], old.ce_head[0])):
        assert isinstance(head, nn.Linear) and isinstance(before, nn.Linear)
        head.weight.zero_()
        head.weight[:, : old.shape.width] = before.weight
        head.bias.copy_(before.bias)
    new.ce_head[2].load_state_dict(old.ce_head[2].state_dict())
    return new


def _widen(new: Spliced, old: Spliced) -> None:
    """Old sums keep their weights and take nothing from new units; new sums take from all."""
    taps = old.taps
    weight = new.weight.view(len(new.weight), taps, -1)
    before = old.weight.view(len(old.weight), taps, -1)
    weight[: len(before)] = 0
    weight[: len(before), :, : before.shape[2]] = before


def _widen_norm(new: NormRelu, old: NormRelu) -> None:
    for name, values in old.norm.state_dict().items():
        if values.dim():
            new.norm.state_dict()[name][: len(values)] = values
