"""A decoder-only Transformer in nanoGPT's layout, with separate projections.

Query, key and value are three parameters, as the paper's blocks need them, and
attention is written out naively because fused kernels have no second
derivative (Section D.1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

LAYER_NORM_EPSILON = 1e-5


@dataclass(frozen=True)
class GptConfig:
    """Shape of a GPT.

    Attributes:
        layers: number of Transformer layers.
        heads: attention heads in a layer; divides `width`.
        width: features C of the residual stream.
        context: number T of positions.
        vocabulary: number V of tokens.
        bias: whether linear layers and LayerNorms carry a bias (never the output).
        gelu: "exact" (with erf, nanoGPT) or "tanh" (GPT-2).
        tied: whether the output layer is the token embedding.
        norms: whether there are LayerNorms.
        hidden: features of the MLPs, 4C unless given.
    """

    layers: int
    heads: int
    width: int
    context: int
    vocabulary: int
    bias: bool = False
    gelu: str = "exact"
    tied: bool = True
    norms: bool = True
    hidden: int | None = None

    def __post_init__(self) -> None:
        if self.width % self.heads != 0:
            raise ValueError(
                f"width must be a multiple of heads, found width {self.width} "
                f"and heads {self.heads}: change one of them"
            )
        if self.gelu not in ("exact", "tanh"):
            raise ValueError(f'gelu must be "exact" or "tanh", found "{self.gelu}"')


class Attention(nn.Module):
    """Causal multi-head self-attention, scores scaled by 1/sqrt(C / heads)."""

    def __init__(self, config: GptConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.query = nn.Linear(config.width, config.width, bias=config.bias)
        self.key = nn.Linear(config.width, config.width, bias=config.bias)
        self.value = nn.Linear(config.width, config.width, bias=config.bias)
        self.proj = nn.Linear(config.width, config.width, bias=config.bias)

    def split_heads(self, features: Tensor) -> Tensor:
        """Turn [B, T, C] into [B, heads, T, C / heads]."""
        batch, positions, width = features.shape
        split = features.view(batch, positions, self.heads, width // self.heads)
        return split.transpose(1, 2)

    def forward(self, hidden: Tensor) -> Tensor:
        """Mix positions of `hidden` [B, T, C]; each sees itself and the past."""
        query = self.split_heads(self.query(hidden))
        key = self.split_heads(self.key(hidden))
        value = self.split_heads(self.value(hidden))
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
        positions = hidden.shape[1]
        future = torch.ones(positions, positions, dtype=torch.bool).triu(diagonal=1)
        weights = scores.masked_fill(future, -math.inf).softmax(dim=-1)
        mixed = (weights @ value).transpose(1, 2).reshape(hidden.shape)
        return self.proj(mixed)


class FeedForward(nn.Module):
    """The two linear layers C -> hidden -> C with GELU between them."""

    def __init__(self, config: GptConfig) -> None:
        super().__init__()
        self.approximate = "none" if config.gelu == "exact" else "tanh"
        hidden = 4 * config.width if config.hidden is None else config.hidden
        self.fc = nn.Linear(config.width, hidden, bias=config.bias)
        self.proj = nn.Linear(hidden, config.width, bias=config.bias)

    def forward(self, hidden: Tensor) -> Tensor:
        """Transform every position of `hidden` [B, T, C] by itself."""
        activated = functional.gelu(self.fc(hidden), approximate=self.approximate)
        return self.proj(activated)


class Layer(nn.Module):
    """One pre-LayerNorm Transformer layer."""

    def __init__(self, config: GptConfig) -> None:
        super().__init__()
        self.ln_1 = layer_norm(config)
        self.attn = Attention(config)
        self.ln_2 = layer_norm(config)
        self.mlp = FeedForward(config)

    def forward(self, hidden: Tensor) -> Tensor:
        """Add attention and then the MLP to the residual stream [B, T, C]."""
        hidden = hidden + self.attn(self.ln_1(hidden))
        return hidden + self.mlp(self.ln_2(hidden))


class Gpt(nn.Module):
    """Token and position embeddings, layers, a last LayerNorm and the output."""

    def __init__(self, config: GptConfig) -> None:
        super().__init__()
        self.config = config
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(config.vocabulary, config.width),
                "wpe": nn.Embedding(config.context, config.width),
                "h": nn.ModuleList(Layer(config) for _ in range(config.layers)),
                "ln_f": layer_norm(config),
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
        embedding = self.transformer["wte"]
        positions = torch.arange(tokens.shape[1])
        hidden = embedding(tokens) + self.transformer["wpe"](positions)
        for layer in self.transformer["h"].children():
            hidden = layer(hidden)
        hidden = self.transformer["ln_f"](hidden)
        if self.lm_head is None:
            return hidden @ embedding.weight.T
        return self.lm_head(hidden)

    def loss(self, tokens: Tensor, targets: Tensor) -> Tensor:
        """Return the mean cross-entropy over all B * T positions."""
        logits = self(tokens)
        return functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


def layer_norm(config: GptConfig) -> nn.Module:
    """Return a LayerNorm over C features, with a bias if the model has biases."""
    if not config.norms:
        return nn.Identity()
    return nn.LayerNorm(config.width, eps=LAYER_NORM_EPSILON, bias=config.bias)
