"""The mean of two exported networks: ``python -m training.blend FIRST.mdl SECOND.mdl TARGET.mdl``.

As :mod:`training.average`, but for weights of which no checkpoint is left. A network whose states
have one output each is brought into contexts first: each of them says what the one said.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from training.context import OUTPUTS
from training.nnet3 import Network, Node, read_model, write_model
from training.units import NUM_OUTPUTS, NUM_STATES


def blend(first: Network, second: Network, share: float) -> Network:
    """The network at ``share`` (0..1) of the way from the first to the second.

    Raises ValueError where the two do not have the same layers.
    """
    first, second = spread(first), spread(second)
    if [_sizes(node) for node in first.nodes] != [_sizes(node) for node in second.nodes]:
        raise ValueError("these networks have different layers: name two that one training led to")
    nodes = [
        replace(
            node,
            weight=_between(node.weight, other.weight, share),
            bias=_between(node.bias, other.bias, share),
        )
        for node, other in zip(first.nodes, second.nodes, strict=True)
    ]
    return replace(first, nodes=nodes)


def _sizes(node: Node) -> tuple[object, ...]:
    return node.name, node.dim, None if node.weight is None else node.weight.shape


def _between(x: np.ndarray | None, y: np.ndarray | None, share: float) -> np.ndarray | None:
    return None if x is None or y is None else np.asarray((1 - share) * x + share * y, np.float32)


def spread(network: Network) -> Network:
    """The network with an output for each state in each context; one that has them is as it was."""
    if network.nodes[-1].dim != NUM_STATES:
        return network
    rows = np.empty(NUM_OUTPUTS, int)
    rows[OUTPUTS] = np.arange(NUM_STATES)[:, None]
    nodes = [
        replace(
            node,
            dim=NUM_OUTPUTS,
            weight=None if node.weight is None else node.weight[rows],
            bias=None if node.bias is None else node.bias[rows],
        )
        if node.dim == NUM_STATES
        else node
        for node in network.nodes
    ]
    return replace(network, nodes=nodes)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m training.blend", description=__doc__)
    for name in ("first", "second", "target"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the second, 0..1")
    args = parser.parse_args()
    write_model(blend(read_model(args.first), read_model(args.second), args.share), args.target)


if __name__ == "__main__":
    main()
