"""One network of two whose training ran on from one another: the mean of their weights.

It lies in a flatter place than either, and hears unknown voices a little better (Izmailov et al.,
"Averaging weights leads to wider optima and better generalization", 2018).
"""

from __future__ import annotations

from pathlib import Path

import torch

from training.network import AcousticNet, load, save


def average(earlier: Path, later: Path, target: Path, share: float) -> None:
    """Write a checkpoint of two of the same shape; ``share`` (0..1) is the later one's part."""
    first, _ = load(str(earlier))
    second, mean = load(str(later))
    save(between(first, second, share), mean, str(target))


@torch.no_grad()
def between(first: AcousticNet, second: AcousticNet, share: float) -> AcousticNet:
    """The network at ``share`` of the way from the first to the second, which it becomes."""
    assert first.shape == second.shape
    start = first.state_dict()
    for name, values in second.state_dict().items():
        if values.dtype.is_floating_point:
            values.lerp_(start[name], 1 - share)
    return second
