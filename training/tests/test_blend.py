"""The mean of two exported networks."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.blend import blend
from training.context import OUTPUTS
from training.features import NUM_CEPS
from training.network import AcousticNet, Shape, export
from training.nnet3 import Network, read_model, write_model
from training.units import NUM_STATES

SHAPE = Shape(front=16, width=24, rank=8, taps=("both", "left"))


def exported(shape: Shape = SHAPE) -> Network:
    return export(AcousticNet(shape, np.ones(NUM_CEPS)).eval())


def without_contexts(network: Network) -> Network:
    *nodes, last = network.nodes
    assert last.weight is not None and last.bias is not None
    some = slice(NUM_STATES)
    last = replace(last, dim=NUM_STATES, weight=last.weight[some], bias=last.bias[some])
    return replace(network, nodes=[*nodes, last])


def test_a_blend_lies_between_two_networks(tmp_path: Path) -> None:
    first, second = exported(), exported()
    write_model(blend(first, second, 0.25), tmp_path / "final.mdl")
    for node, before, after in zip(
        read_model(tmp_path / "final.mdl").nodes, first.nodes, second.nodes, strict=True
    ):
        assert (node.name, node.kind, node.source) == (before.name, before.kind, before.source)
        if node.weight is not None and before.weight is not None and after.weight is not None:
            wanted = 0.75 * before.weight + 0.25 * after.weight
            np.testing.assert_allclose(node.weight, wanted, atol=np.ptp(wanted) / 250)


def test_a_network_without_contexts_says_in_each_what_it_said() -> None:
    alone = without_contexts(exported())
    sound = np.random.default_rng(6).standard_normal((90, NUM_CEPS)).astype(np.float32)
    said, again = alone.evaluate(sound), blend(exported(), alone, 1.0).evaluate(sound)
    np.testing.assert_allclose(
        again[:, OUTPUTS],
        np.broadcast_to(said[..., None], again[:, OUTPUTS].shape),
        rtol=1e-4,
        atol=1e-4,
    )


def test_networks_of_other_layers_do_not_blend() -> None:
    with pytest.raises(ValueError, match="different layers"):
        blend(exported(), exported(Shape(front=16, width=32, rank=8, taps=("both", "left"))), 0.5)
