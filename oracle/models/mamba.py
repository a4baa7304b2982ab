"""Mamba, with the selective scan as a loop over time.

The layout and the names are those of the reference implementation of Gu and Dao
(2023); its scan is a fused kernel, which has no second derivative.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

RMS_NORM_EPSILON = 1e-5


@dataclass(frozen=True)
class MambaConfig:
    """Shape of a Mamba.

    Attributes:
        layers: number of layers.
        width: features C of the residual stream.
        expansion: channels D of the state space, in widths.
        state: numbers N in the state of one channel.
        kernel: positions that the convolution sees.
        context: number T of positions.
        vocabulary: number V of tokens.
        tied: whether the output layer is the token embedding.
    """

    layers: int
    width: int
    expansion: int
    state: int
    kernel: int
    context: int
    vocabulary: int
    tied: bool = True

    @property
    def inner(self) -> int:
        """Channels of the state space."""
        return self.expansion * self.width

    @property
    def rank(self) -> int:
        """Features that the time steps are made of."""
        return math.ceil(self.width / 16)


class Mixer(nn.Module):
    """A gated selective state space."""

    def __init__(self, config: MambaConfig) -> None:
        super().__init__()
        self.config = config
        inner, state = config.inner, config.state
        self.A_log = nn.Parameter(torch.zeros(inner, state))
        self.D = nn.Parameter(torch.zeros(inner))
        self.in_proj = nn.Linear(config.width, 2 * inner, bias=False)
        self.conv1d = nn.Conv1d(
            inner, inner, config.kernel, groups=inner, padding=config.kernel - 1
        )
        self.x_proj = nn.Linear(inner, config.rank + 2 * state, bias=False)
        self.dt_proj = nn.Linear(config.rank, inner)
        self.out_proj = nn.Linear(inner, config.width, bias=False)

    def forward(self, hidden: Tensor) -> Tensor:
        """Mix positions of `hidden` [B, T, C]; each sees itself and the past."""
        x, gate = self.in_proj(hidden).chunk(2, dim=-1)
        convolved = self.conv1d(x.transpose(1, 2))[..., : hidden.shape[1]]
        x = functional.silu(convolved.transpose(1, 2))
        return self.out_proj(self.state_space(x) * functional.silu(gate))

    def state_space(self, x: Tensor) -> Tensor:
        """Run every channel of `x` [B, T, D] through its state space."""
        config = self.config
        sizes = [config.rank, config.state, config.state]
        low_rank, inward, outward = self.x_proj(x).split(sizes, dim=-1)
        step = functional.softplus(self.dt_proj(low_rank))
        rate = -self.A_log.exp()
        state = x.new_zeros(x.shape[0], config.inner, config.state)
        read = []
        for t in range(x.shape[1]):
            decay = (step[:, t, :, None] * rate).exp()
            driven = (step[:, t] * x[:, t])[:, :, None] * inward[:, t, None, :]
            state = decay * state + driven
            read.append((state * outward[:, t, None, :]).sum(dim=-1))
        return torch.stack(read, dim=1) + self.D * x


class RmsNorm(nn.Module):
    """x / sqrt(mean(x^2) + epsilon), times a weight."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last axis."""
        square = x.square().mean(dim=-1, keepdim=True)
        return x / (square + RMS_NORM_EPSILON).sqrt() * self.weight


class Layer(nn.Module):
    """A normalised mixer added to its input."""

    def __init__(self, config: MambaConfig) -> None:
        super().__init__()
        self.norm = RmsNorm(config.width)
        self.mixer = Mixer(config)

    def forward(self, hidden: Tensor) -> Tensor:
        """Add the mixer to the residual stream [B, T, C]."""
        return hidden + self.mixer(self.norm(hidden))


class Mamba(nn.Module):
    """Token embedding, layers, a last norm and the output."""

    def __init__(self, config: MambaConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = nn.ModuleDict(
            {
                "embedding": nn.Embedding(config.vocabulary, config.width),
                "layers": nn.ModuleList(Layer(config) for _ in range(config.layers)),
                "norm_f": RmsNorm(config.width),
            }
        )
        # A tied model has no parameter of its own for the output, so that the
        # Hessian of the embedding holds both of its uses.
        self.lm_head = (
            None
            if config.tied
            else nn.Linear(config.width, config.vocabulary, bias=False)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the logits [B, T, V] of `tokens` [B, T] (int64)."""
        embedding = self.backbone["embedding"]
        hidden = embedding(tokens)
        for layer in self.backbone["layers"].children():
            hidden = layer(hidden)
        hidden = self.backbone["norm_f"](hidden)
        if self.lm_head is None:
            return hidden @ embedding.weight.T
        return self.lm_head(hidden)

    def loss(self, tokens: Tensor, targets: Tensor) -> Tensor:
        """Return the mean cross-entropy over all positions of flat [B * T] tokens."""
        logits = self(tokens.view(-1, self.config.context))
        return functional.cross_entropy(logits.flatten(0, 1), targets)
