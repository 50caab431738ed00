"""A memory: what it keeps, and what training makes of it."""

import torch

from training.memory import Memory, fade


def test_an_average_fades_and_starts_anew() -> None:
    x = torch.tensor([[8.0, 8.0], [0.0, 0.0], [0.0, 0.0], [8.0, 8.0]])
    keep = torch.tensor([0.5, 0.75])
    starts = torch.tensor([True, False, False, True])
    wanted = torch.tensor([[4.0, 2.0], [2.0, 1.5], [1.0, 1.125], [4.0, 2.0]])
    torch.testing.assert_close(fade(x, keep, starts), wanted)


def test_its_gradients_are_those_of_what_it_computes() -> None:
    torch.manual_seed(2)
    x = torch.randn(20, 3, dtype=torch.double, requires_grad=True)
    keep = torch.rand(3, dtype=torch.double, requires_grad=True)
    starts = torch.arange(20) % 7 == 4
    assert torch.autograd.gradcheck(lambda *given: fade(*given, starts), (x, keep))


def test_it_learns_what_lies_back_long() -> None:
    """Whether the recording began loud can be told a second later."""
    torch.manual_seed(3)
    memory = Memory(4, 1)
    memory.weight.data.normal_(0, 0.1)
    optimiser = torch.optim.Adam(memory.parameters(), 0.02)
    starts = torch.arange(1200) % 40 == 0
    loud = torch.randint(0, 2, (30,)).float() * 2 - 1
    x = torch.zeros(1200, 4)
    x[starts] = loud[:, None] * 10
    late = torch.arange(1200) % 40 == 33
    for _ in range(150):
        loss = (memory(x, starts)[late, 0] - loud).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.1


def test_streams_side_by_side_remember_as_each_alone() -> None:
    torch.manual_seed(4)
    x = torch.randn(37, 5, 3, dtype=torch.double, requires_grad=True)
    keep = torch.rand(3, dtype=torch.double, requires_grad=True)
    starts = torch.rand(37, 5) < 0.1
    together = fade(x, keep, starts)
    alone = torch.stack([fade(x[:, i], keep, starts[:, i]) for i in range(5)], 1)
    torch.testing.assert_close(together, alone)
    weights = torch.randn_like(together)
    gradients = (torch.autograd.grad((y * weights).sum(), (x, keep)) for y in (together, alone))
    torch.testing.assert_close(*gradients)
