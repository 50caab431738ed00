"""The acoustic network in PyTorch, and its export to Kaldi's nnet3.

A small TDNN-F: a front layer at 10 ms, one that steps to 30 ms, then blocks of a low-rank pair
(``width -> rank -> width``) with a skip connection. Batch normalisation stands before each
ReLU, so that the export folds it into the affine layer. Some blocks have a memory beside: what
their low-rank part saw lately, each channel fading at a pace of its own (0.1 to 4 s at first), so
that they know the noise and the voice that they hear through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn

from training.features import NUM_CEPS, SUBSAMPLING
from training.memory import Memory
from training.nnet3 import Descriptor, Network, Node
from training.product import product
from training.units import NUM_PDFS

SKIP = 0.75
FARTHEST = 3.0
"""How far a batch's statistics may be from the running ones and still be taken for theirs."""
DELAY = 1
"""Outputs of 30 ms by which a word is found too early: in training a segment may begin that much
before its label (``Plan.tolerance``). The export makes up for it, so word times are true."""


@dataclass(frozen=True)
class Shape:
    """Sizes of the network. ``taps`` gives each block's time offsets in 30 ms steps:
    ``"both"`` looks one step back and one ahead, ``"left"`` only back; ``memories`` are the blocks
    that have one."""

    front: int = 128
    width: int = 320
    rank: int = 96
    taps: tuple[str, ...] = ("both",) * 6 + ("left",) * 3
    memories: tuple[int, ...] = ()

    @property
    def left(self) -> int:
        """Left context in 10 ms frames."""
        return 3 + SUBSAMPLING * len(self.taps)

    @property
    def right(self) -> int:
        """Right context in 10 ms frames."""
        return 3 + SUBSAMPLING * self.taps.count("both")

    def frames(self, outputs: int) -> int:
        """10 ms frames that so many outputs are computed from."""
        return self.left + (outputs - 1) * SUBSAMPLING + 1 + self.right

    @property
    def around(self) -> int:
        """Outputs that the blocks see before and after those that they give."""
        return len(self.taps) + self.taps.count("both")


class Spliced(nn.Module):
    """Affine map of frame ``t`` and the next ones; drops the frames that lack one."""

    def __init__(self, size_in: int, size_out: int, taps: int, step: int = 1):
        super().__init__()
        self.taps, self.step = taps, step
        bound = (3.0 / (size_in * taps)) ** 0.5
        self.weight = nn.Parameter(torch.empty(size_out, size_in * taps).uniform_(-bound, bound))

    def forward(self, x: Tensor) -> Tensor:
        """(time, …, in) to (time', …, out)."""
        if self.step > 1:
            length = (len(x) - self.taps) // self.step + 1
            last = (length - 1) * self.step + 1
            parts = [x[i : i + last : self.step] for i in range(self.taps)]
            return product(torch.cat(parts, -1), self.weight)
        return product(x, self.weight, self.taps)


class NormRelu(nn.Module):
    """Batch normalisation over all frames, then ReLU.

    Once ``settled`` it trains as it is used: the values are those of the running statistics, and
    only the gradient goes by the batch's own (batch renormalisation, Ioffe 2017). Those of one
    minute are a poor measure of rooms and noises that it will never hear together.
    """

    def __init__(self, size: int):
        super().__init__()
        self.norm = nn.BatchNorm1d(size, momentum=0.02)
        self.settled = False

    @torch.no_grad()
    def learn(self, sums: Tensor, known: int = 0) -> None:
        """Take the statistics of all units but the first ``known`` from sums (frames, units)."""
        norm = self.norm
        assert norm.running_mean is not None and norm.running_var is not None
        sums = sums.flatten(0, -2)
        norm.running_mean[known:] = sums.mean(0)[known:]
        norm.running_var[known:] = sums.var(0, correction=0)[known:]

    def forward(self, x: Tensor) -> Tensor:
        """Same shape in and out."""
        rows = x.flatten(0, -2)
        normal: Tensor = self._trusting(rows) if self.training and self.settled else self.norm(rows)
        return torch.relu(normal).view_as(x)

    def _trusting(self, x: Tensor) -> Tensor:
        norm = self.norm
        assert norm.running_mean is not None and norm.running_var is not None
        assert norm.momentum is not None
        mean = x.mean(0)
        centred = x - mean
        variance = (centred * centred).mean(0)
        spread = torch.sqrt(variance + norm.eps)
        with torch.no_grad():
            usual = torch.sqrt(norm.running_var + norm.eps)
            stretch = (spread / usual).clamp(1 / FARTHEST, FARTHEST)
            offset = ((mean - norm.running_mean) / usual).clamp(-FARTHEST, FARTHEST)
            norm.running_mean.lerp_(mean, norm.momentum)
            norm.running_var.lerp_(variance, norm.momentum)
        return centred * (norm.weight / spread * stretch) + (norm.bias + norm.weight * offset)


class Block(nn.Module):
    """Low-rank pair with a skip connection, and a memory where ``index`` is one of those."""

    def __init__(self, shape: Shape, index: int):
        super().__init__()
        self.ahead = 1 if shape.taps[index] == "both" else 0
        self.squeeze = Spliced(shape.width, shape.rank, 2)
        self.expand = Spliced(shape.rank, shape.width, 1 + self.ahead)
        self.memory = Memory(shape.rank, shape.width) if index in shape.memories else None
        self.norm = NormRelu(shape.width)

    def forward(self, x: Tensor, starts: Tensor) -> Tensor:
        """Drops one frame at the start and ``ahead`` at the end."""
        inner = self.squeeze(x)
        sums = self.expand(inner)
        if self.memory is not None:
            sums = sums + self.memory(inner, starts[1:])[self.ahead :]
        out = self.norm(sums)
        return torch.add(out, x[1 : len(x) - self.ahead], alpha=SKIP)


class AcousticNet(nn.Module):
    """MFCCs (frames, 40) of one long stream to scores (frames at 30 ms, outputs); of several
    streams side by side, (frames, streams, 40) to (frames at 30 ms, streams, outputs).

    The first head is trained with LF-MMI and exported; the second one, cross-entropy, only
    steadies the training.
    """

    deviation: Tensor

    def __init__(self, shape: Shape, deviation: np.ndarray):
        super().__init__()
        self.shape = shape
        self.register_buffer("deviation", torch.tensor(deviation, dtype=torch.float32))
        self.front = Spliced(NUM_CEPS, shape.front, 5)
        self.front_norm = NormRelu(shape.front)
        self.down = Spliced(shape.front, shape.width, 3, step=SUBSAMPLING)
        self.down_norm = NormRelu(shape.width)
        self.blocks = nn.ModuleList([Block(shape, i) for i in range(len(shape.taps))])
        self.head = nn.Linear(shape.width, NUM_PDFS)
        self.ce_head = nn.Sequential(
            nn.Linear(shape.width, 128), nn.ReLU(), nn.Linear(128, NUM_PDFS)
        )

    def settle(self) -> None:
        """Trust the running statistics of the normalisations from now on."""
        for layer in self._norms():
            layer.settled = True

    def _norms(self) -> list[NormRelu]:
        return [module for module in self.modules() if isinstance(module, NormRelu)]

    @torch.no_grad()
    def meet_sums(
        self, x: Tensor, starts: Tensor, meet: Callable[[NormRelu, Tensor], None]
    ) -> None:
        """Let each normalisation in turn ``meet`` the sums (frames, units) that reach it, before
        it normalises them; ``x`` and ``starts`` are those of :meth:`body`."""

        def before(layer: nn.Module, inputs: tuple[Tensor]) -> None:
            assert isinstance(layer, NormRelu)
            meet(layer, inputs[0])

        hooks = [layer.register_forward_pre_hook(before) for layer in self._norms()]
        self.body(x, starts)
        for hook in hooks:
            hook.remove()

    def forward(self, x: Tensor, starts: Tensor) -> tuple[Tensor, Tensor]:
        """Both heads, of what :meth:`body` makes of the input."""
        x = self.body(x, starts)
        return self.head(x), self.ce_head(x)

    def body(self, x: Tensor, starts: Tensor) -> Tensor:
        """(outputs, width) of MFCCs with ``shape.left`` and ``shape.right`` extra frames.

        ``starts`` has one bool for each 30 ms that the blocks see, as :func:`one_recording` makes
        them: whether another recording begins there.
        """
        x = self.front_norm(self.front(x / self.deviation))
        x = self.down_norm(self.down(x))
        for block in self.blocks:
            assert isinstance(block, Block)
            x = block(x, starts)
            starts = starts[1 : len(starts) - block.ahead]
        return x


def one_recording(shape: Shape, outputs: int) -> Tensor:
    """``starts`` of a single recording of so many outputs."""
    return torch.zeros(outputs + shape.around, dtype=torch.bool)


def save(net: AcousticNet, mean: np.ndarray, path: str) -> None:
    """Checkpoint with everything the export needs."""
    torch.save({"shape": asdict(net.shape), "state": net.state_dict(), "mean": mean}, path)


def load(path: str) -> tuple[AcousticNet, np.ndarray]:
    """Network and global feature mean of a checkpoint."""
    saved = torch.load(path, weights_only=False)
    shape = Shape(**saved["shape"])
    net = AcousticNet(shape, np.ones(NUM_CEPS))
    net.load_state_dict(saved["state"])
    return net.eval(), saved["mean"]


def _folded(layer: Spliced | Memory, norm: nn.BatchNorm1d) -> tuple[np.ndarray, np.ndarray]:
    assert norm.running_var is not None and norm.running_mean is not None
    scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).double()
    weight = layer.weight.double() * scale[:, None]
    bias = norm.bias.double() - norm.running_mean.double() * scale
    return weight.detach().numpy(), bias.detach().numpy()


def _offsets(source: str, steps: list[int]) -> Descriptor:
    return ("append", *[("offset", source, s) if s else source for s in steps])


def export(net: AcousticNet) -> Network:
    """The MMI head as an nnet3 network without priors, its outputs ``DELAY`` steps later."""
    net = net.eval()
    nodes: list[Node] = []

    def layer(name: str, source: Descriptor, weight: np.ndarray, bias: np.ndarray) -> str:
        nodes.append(Node(f"{name}.affine", "affine", source, len(weight), weight, bias))
        nodes.append(Node(f"{name}.relu", "relu", f"{name}.affine", len(weight)))
        return f"{name}.relu"

    weight, bias = _folded(net.front, net.front_norm.norm)
    weight = weight / np.tile(net.deviation.double().numpy(), 5)
    around = [offset - DELAY * SUBSAMPLING for offset in range(-2, 3)]
    last = layer("front", _offsets("input", around), weight, bias)
    last = layer("down", _offsets(last, [-1, 0, 1]), *_folded(net.down, net.down_norm.norm))
    for index, block in enumerate(net.blocks):
        assert isinstance(block, Block)
        name, step = f"block{index}", SUBSAMPLING
        squeeze = block.squeeze.weight.detach().double().numpy()
        source = _offsets(last, [-step, 0])
        nodes.append(Node(f"{name}.squeeze", "linear", source, len(squeeze), squeeze))
        inner = f"{name}.squeeze"
        spliced = _offsets(inner, [0, step]) if block.ahead else inner
        weight, bias = _folded(block.expand, block.norm.norm)
        if block.memory is not None:
            keep = block.memory.keep().detach().double().numpy()
            nodes.append(Node(f"{name}.memory", "memory", inner, len(squeeze), keep))
            latest = ("offset", f"{name}.memory", step) if block.ahead else f"{name}.memory"
            spliced = ("append", *(spliced[1:] if block.ahead else (spliced,)), latest)
            weight = np.hstack([weight, _folded(block.memory, block.norm.norm)[0]])
        relu = layer(name, spliced, weight, bias)
        total = ("sum", relu, ("scale", SKIP, last))
        last = f"{name}.out"
        nodes.append(Node(last, "noop", total, net.shape.width))
    weight = net.head.weight.detach().double().numpy()
    bias = net.head.bias.detach().double().numpy()
    nodes.append(Node("output.affine", "affine", last, NUM_PDFS, weight, bias))
    return Network(nodes, NUM_CEPS, np.zeros(0))
