"""A network to go on training from, out of a model directory: for who has no checkpoint left.

The export folded the batch normalisation into the weights, so the sums that it normalises are
measured anew on speech, and given back with just what the export made of them. Only the
cross-entropy head, which no model carries, begins anew.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from training.network import AcousticNet, Block, NormRelu, Shape, Spliced, save
from training.nnet3 import Network, Node, read_cmvn, read_model
from training.stream import MEASURED, Data, Piece, Stream

HEAD_PIECES = 12
"""Of that length, that the cross-entropy head is fitted on."""
HEAD_BATCH = 512
HEAD_RATE = 2e-3


def shape_of(network: Network) -> Shape:
    """Sizes of a network that :func:`training.network.export` wrote."""
    nodes = {node.name: node for node in network.nodes}
    names = [name for name in nodes if name.endswith(".squeeze")]
    blocks = [f"block{index}" for index in range(len(names))]
    return Shape(
        front=nodes["front.affine"].dim,
        width=nodes["down.affine"].dim,
        rank=nodes["block0.squeeze"].dim,
        taps=tuple("both" if _looks_ahead(nodes[f"{b}.affine"]) else "left" for b in blocks),
        memories=tuple(i for i, b in enumerate(blocks) if f"{b}.memory" in nodes),
    )


def _looks_ahead(affine: Node) -> bool:
    return sum("squeeze" in str(part) for part in affine.source) > 1


def recover(model: Path, data: Data, target: Path, outputs: int = MEASURED) -> None:
    """Write a checkpoint of a model directory's network; ``data`` is what it was trained on, or
    like it, and ``outputs`` of it are measured."""
    network = read_model(model / "am" / "final.mdl")
    shape = shape_of(network)
    pieces = Stream(data, data.recordings, shape, outputs).epoch(np.random.default_rng(0))
    first = next(pieces)
    net = AcousticNet(shape, first.features.std(0)).eval()
    _take_over(net, {node.name: node for node in network.nodes})
    net.meet_sums(torch.from_numpy(first.features), torch.from_numpy(first.starts), _measure)
    _rescale(net)
    _fit_head(net, itertools.chain([first], pieces))
    save(net, read_cmvn(model / "am" / "global_cmvn.stats"), str(target))


@torch.no_grad()
def _take_over(net: AcousticNet, nodes: dict[str, Node]) -> None:
    """The weights of the export; each bias waits in its normalisation."""

    def part(name: str) -> tuple[Tensor, Tensor]:
        node = nodes[name]
        assert node.weight is not None
        bias = np.zeros(node.dim) if node.bias is None else node.bias
        return torch.from_numpy(node.weight.copy()), torch.from_numpy(bias.copy())

    def affine(name: str, layer: Spliced, norm: NormRelu) -> Tensor:
        weight, bias = part(name)
        layer.weight.copy_(weight[:, : layer.weight.shape[1]])
        norm.norm.bias.copy_(bias)
        return weight[:, layer.weight.shape[1] :]

    affine("front.affine", net.front, net.front_norm)
    net.front.weight.mul_(net.deviation.tile(net.front.taps))
    affine("down.affine", net.down, net.down_norm)
    for index, block in enumerate(net.blocks):
        assert isinstance(block, Block)
        block.squeeze.weight.copy_(part(f"block{index}.squeeze")[0])
        rest = affine(f"block{index}.affine", block.expand, block.norm)
        if block.memory is not None:
            block.memory.weight.copy_(rest)
            block.memory.pace.copy_(torch.logit(part(f"block{index}.memory")[0]))
    weight, bias = part("output.affine")
    net.head.weight.copy_(weight)
    net.head.bias.copy_(bias)


def _measure(layer: NormRelu, sums: Tensor) -> None:
    """Let a normalisation know the sums that reach it, and leave them as they are."""
    layer.learn(sums)
    norm = layer.norm
    assert norm.running_mean is not None and norm.running_var is not None
    norm.weight.copy_(torch.sqrt(norm.running_var + norm.eps))
    norm.bias.add_(norm.running_mean)


@torch.no_grad()
def _rescale(net: AcousticNet) -> None:
    """Make the weights before each normalisation as large as those that have none after them.

    The export made them small, and the normalisation makes up for any scale; but in steps of the
    training's size small weights run away.
    """
    blocks = [block for block in net.blocks if isinstance(block, Block)]
    usual = float(np.mean([scale(block.squeeze.weight) for block in blocks]))
    layers = [([net.front.weight], net.front_norm.norm), ([net.down.weight], net.down_norm.norm)]
    for block in blocks:
        memory = [] if block.memory is None else [block.memory.weight]
        layers.append(([block.expand.weight, *memory], block.norm.norm))
    for weights, norm in layers:
        assert norm.running_mean is not None and norm.running_var is not None
        larger = usual / scale(weights[0])
        for values, factor in ((norm.running_mean, larger), (norm.running_var, larger**2)):
            values.mul_(factor)
        for weight in weights:
            weight.mul_(larger)


def scale(weight: Tensor) -> float:
    """1 for weights that give outputs as large as their inputs."""
    return math.sqrt(float(weight.detach().square().mean()) * weight.shape[1])


def _fit_head(net: AcousticNet, pieces: Iterable[Piece]) -> None:
    """Train the cross-entropy head alone."""
    optimiser = torch.optim.Adam(net.ce_head.parameters(), HEAD_RATE)
    for piece in tqdm(itertools.islice(pieces, HEAD_PIECES), total=HEAD_PIECES, desc="head"):
        with torch.no_grad():
            body = net.body(torch.from_numpy(piece.features), torch.from_numpy(piece.starts))
        labels = torch.from_numpy(piece.labels)
        for rows in torch.chunk(torch.randperm(len(labels)), len(labels) // HEAD_BATCH):
            loss = nn.functional.cross_entropy(net.ce_head(body[rows]), labels[rows])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
