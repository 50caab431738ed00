"""The network's products and their gradients."""

import torch

from training.product import product


def test_gradients_are_those_of_the_products_written_out() -> None:
    torch.manual_seed(1)
    x, weight = torch.randn(50, 24, requires_grad=True), torch.randn(16, 48, requires_grad=True)
    wanted = torch.cat([x[:-1], x[1:]], 1) @ weight.T
    weights = torch.randn(wanted.shape)
    exact = torch.autograd.grad((wanted * weights).sum(), (x, weight))
    got = product(x, weight, 2)
    found = torch.autograd.grad((got * weights).sum(), (x, weight))
    for one, other in zip((got, *found), (wanted, *exact), strict=True):
        # brain floats keep 8 bits of each factor
        assert (one - other).norm() < 0.01 * other.norm()


def test_without_gradients_it_is_exact() -> None:
    x, weight = torch.randn(50, 24), torch.randn(16, 24)
    with torch.no_grad():
        torch.testing.assert_close(product(x, weight), x @ weight.T)
