"""How the network normalises."""

import pytest
import torch

from training.network import NormRelu


@pytest.fixture
def norm() -> NormRelu:
    torch.manual_seed(2)
    norm = NormRelu(8)
    for _ in range(300):
        norm(3 + 2 * torch.randn(500, 8))
    return norm


def test_once_settled_it_trains_as_it_is_used(norm: NormRelu) -> None:
    louder = 4 + 3 * torch.randn(500, 8)
    used = norm.eval()(louder)
    norm.train()
    by_itself = norm(louder)
    norm.settled = True
    assert (norm(louder) - used).abs().max() < 0.2
    assert (by_itself - used).abs().max() > 0.5


def test_the_gradient_still_goes_by_the_batch(norm: NormRelu) -> None:
    norm.settled = True
    x = (3 + 2 * torch.randn(500, 8)).requires_grad_()
    (gradient,) = torch.autograd.grad((norm(x) * torch.rand(500, 8)).sum(), x)
    # moving or stretching all of a batch changes nothing of what comes out
    assert gradient.sum(0).abs().max() < 1e-3
    assert (gradient * (x - x.mean(0))).sum(0).abs().max() < 1e-2
