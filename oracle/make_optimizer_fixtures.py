"""Write twenty steps of every optimizer on a small problem, in float64.

torch.optim takes the steps of SGD, Adam, AdamW and RMSprop. What it does not have
(the paper's Algorithm 3, Adam-mini, SGD with a rate for each block, and AdamW with
epsilon inside the root as Algorithm 2 prints it) is written here from its formulas.

The problem: two parameters, w of 3 x 4 and b of 5 elements; the gradient of a step
is `scale * value + noise`, with scales a thousandfold apart and noise from a file,
so that a wrong step changes every later one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file

OUT = Path("test/fixtures/optimizers.safetensors")
STEPS = 20
RATE = 0.05
SHAPES = {"w": (3, 4), "b": (5,)}
FACTORS = {"w": 0.1, "b": 3.0}

Tensors = dict[str, torch.Tensor]
Step = Callable[[Tensors, Tensors, int], None]


def make_problem() -> tuple[Tensors, Tensors, Tensors]:
    """Return starts, scales and the noise of all steps."""
    random = torch.Generator().manual_seed(7)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=random, dtype=torch.float64)

    starts = {name: draw(*shape) for name, shape in SHAPES.items()}
    scales = {
        name: torch.logspace(-2, 1, shape.numel(), dtype=torch.float64).reshape(shape)
        for name, shape in ((name, torch.Size(shape)) for name, shape in SHAPES.items())
    }
    noise = {name: 0.1 * draw(STEPS, *shape) for name, shape in SHAPES.items()}
    # A coordinate without any gradient: nothing may divide by its zero.
    scales["b"][2] = 0
    noise["b"][:, 2] = 0
    return starts, scales, noise


def by_torch(make: Callable[[list[torch.Tensor]], torch.optim.Optimizer]) -> Step:
    """Return a step by one of torch's optimizers, made at the first."""
    kept: list[torch.optim.Optimizer] = []

    def step(values: Tensors, gradients: Tensors, _index: int) -> None:
        if not kept:
            kept.append(make(list(values.values())))
        for name, value in values.items():
            value.grad = gradients[name]
        kept[0].step()

    return step


def adamw_inside(values: Tensors, gradients: Tensors, index: int, state: Tensors) -> None:
    """Algorithm 2 as printed, with the time indices mended."""
    for name, value in values.items():
        g = gradients[name]
        value.mul_(1 - RATE * 0.1)
        m = 0.9 * state.get(f"m{name}", torch.zeros_like(g)) + 0.1 * g
        v = 0.999 * state.get(f"v{name}", torch.zeros_like(g)) + 0.001 * g * g
        state[f"m{name}"], state[f"v{name}"] = m, v
        m_hat, v_hat = m / (1 - 0.9**index), v / (1 - 0.999**index)
        value.sub_(RATE * m_hat / torch.sqrt(v_hat + 1e-3))


def algorithm_3(values: Tensors, gradients: Tensors, index: int, state: Tensors) -> None:
    """Adam without bias correction, beta_2 = 0.99 and epsilon = 0."""
    for name, value in values.items():
        g = gradients[name]
        if index == 1:
            state[f"m{name}"], state[f"v{name}"] = g.clone(), g * g
        m = 0.9 * state[f"m{name}"] + 0.1 * g
        v = 0.99 * state[f"v{name}"] + 0.01 * g * g
        state[f"m{name}"], state[f"v{name}"] = m, v
        value.sub_(RATE * torch.where(v > 0, m / torch.sqrt(v).clamp_min(1e-300), 0.0))


def adam_mini(values: Tensors, gradients: Tensors, index: int, state: Tensors) -> None:
    """One second moment for each parameter tensor."""
    for name, value in values.items():
        g = gradients[name]
        m = 0.9 * state.get(f"m{name}", torch.zeros_like(g)) + 0.1 * g
        v = 0.999 * state.get(f"v{name}", torch.zeros(())) + 0.001 * (g * g).mean()
        state[f"m{name}"], state[f"v{name}"] = m, v
        scale = torch.sqrt(v / (1 - 0.999**index)) + 1e-8
        value.sub_(RATE * m / (1 - 0.9**index) / scale)


def blockwise_sgd(values: Tensors, gradients: Tensors, _index: int, state: Tensors) -> None:
    """Momentum of 0.9, a rate for each parameter tensor."""
    for name, value in values.items():
        m = 0.9 * state.get(name, torch.zeros_like(value)) + gradients[name]
        state[name] = m
        value.sub_(RATE * FACTORS[name] * m)


def by_hand(step: Callable[[Tensors, Tensors, int, Tensors], None]) -> Step:
    """Give a step a state of its own."""
    state: Tensors = {}
    return lambda values, gradients, index: step(values, gradients, index, state)


OPTIMIZERS: dict[str, Callable[[], Step]] = {
    "sgd": lambda: by_torch(lambda p: torch.optim.SGD(p, lr=RATE, momentum=0.9)),
    "sgd-plain": lambda: by_torch(lambda p: torch.optim.SGD(p, lr=RATE)),
    "adam": lambda: by_torch(lambda p: torch.optim.Adam(p, lr=RATE)),
    "adamw": lambda: by_torch(
        lambda p: torch.optim.AdamW(p, lr=RATE, betas=(0.9, 0.95), weight_decay=0.1)
    ),
    "rmsprop": lambda: by_torch(lambda p: torch.optim.RMSprop(p, lr=RATE)),
    "rmsprop-momentum": lambda: by_torch(
        lambda p: torch.optim.RMSprop(p, lr=RATE, alpha=0.9, momentum=0.5)
    ),
    "adamw-inside": lambda: by_hand(adamw_inside),
    "adam-without-correction": lambda: by_hand(algorithm_3),
    "adam-mini": lambda: by_hand(adam_mini),
    "blockwise-sgd": lambda: by_hand(blockwise_sgd),
}


def main() -> None:
    """Run all optimizers and write where each was after every step."""
    starts, scales, noise = make_problem()
    tensors: Tensors = {}
    for name in SHAPES:
        tensors[f"start.{name}"] = starts[name]
        tensors[f"scale.{name}"] = scales[name]
        tensors[f"noise.{name}"] = noise[name]
    for optimizer, make in OPTIMIZERS.items():
        step = make()
        values = {name: start.clone() for name, start in starts.items()}
        path: dict[str, list[torch.Tensor]] = {name: [] for name in SHAPES}
        for index in range(STEPS):
            gradients = {
                name: (scales[name] * value + noise[name][index]).detach()
                for name, value in values.items()
            }
            step(values, gradients, index + 1)
            for name, value in values.items():
                path[name].append(value.detach().clone())
        for name, places in path.items():
            tensors[f"{optimizer}.{name}"] = torch.stack(places)
    save_file(tensors, OUT)


if __name__ == "__main__":
    main()
