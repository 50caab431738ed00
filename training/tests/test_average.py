"""Between two networks."""

import numpy as np
import torch

from training.average import between
from training.features import NUM_CEPS
from training.network import AcousticNet, Shape


def test_the_average_lies_between_two_networks() -> None:
    shape = Shape(front=16, width=24, rank=8, taps=("both", "left"))
    first, second, third = (AcousticNet(shape, np.ones(NUM_CEPS)).eval() for _ in range(3))
    third.load_state_dict(second.state_dict())
    mean = between(first, third, 0.6).state_dict()
    for name, values in first.state_dict().items():
        if values.dtype.is_floating_point:
            wanted = 0.4 * values + 0.6 * second.state_dict()[name]
            assert torch.allclose(mean[name], wanted, atol=1e-6), name
