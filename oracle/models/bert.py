"""BERT with both of its heads, under the names of Hugging Face's BertForPreTraining.

Attention is written out, because fused kernels have no second derivative (Section
D.1). The loss is that of the masked tokens plus that of the next sentence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

SEGMENTS = 2


@dataclass(frozen=True)
class BertConfig:
    """Shape of a BERT.

    Attributes:
        layers: number of layers.
        heads: attention heads in a layer; divides `width`.
        width: features of a position.
        hidden: width of the hidden layer of the MLP.
        context: number T of positions.
        vocabulary: number of tokens.
        tied: whether masked tokens are decoded by the word embedding.
        epsilon: added to the variance in LayerNorm.
    """

    layers: int
    heads: int
    width: int
    hidden: int
    context: int
    vocabulary: int
    tied: bool = True
    epsilon: float = 1e-12


class SelfAttention(nn.Module):
    """Query, key and value, and the mixing of positions."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.query = nn.Linear(config.width, config.width)
        self.key = nn.Linear(config.width, config.width)
        self.value = nn.Linear(config.width, config.width)

    def forward(self, hidden: Tensor, kept: Tensor) -> Tensor:
        """Mix positions of `hidden` [B, T, C] among those `kept` [B, T] (bool)."""
        batch, positions, width = hidden.shape
        shape = (batch, positions, self.heads, width // self.heads)
        query, key, value = (
            layer(hidden).view(shape).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        scores = query @ key.transpose(-2, -1) / math.sqrt(shape[-1])
        scores = scores.masked_fill(~kept[:, None, None, :], -math.inf)
        mixed = scores.softmax(dim=-1) @ value
        return mixed.transpose(1, 2).reshape(batch, positions, width)


class Output(nn.Module):
    """A projection that is added to its layer's input and normalised."""

    def __init__(self, size: int, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(size, config.width)
        self.LayerNorm = nn.LayerNorm(config.width, eps=config.epsilon)

    def forward(self, branch: Tensor, residual: Tensor) -> Tensor:
        """Return the normalised sum [B, T, C]."""
        return self.LayerNorm(residual + self.dense(branch))


class Layer(nn.Module):
    """One post-LayerNorm layer."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.attention = nn.ModuleDict(
            {"self": SelfAttention(config), "output": Output(config.width, config)}
        )
        self.intermediate = nn.ModuleDict(
            {"dense": nn.Linear(config.width, config.hidden)}
        )
        self.output = Output(config.hidden, config)

    def forward(self, hidden: Tensor, kept: Tensor) -> Tensor:
        """Transform `hidden` [B, T, C]."""
        mixed = self.attention["self"](hidden, kept)
        hidden = self.attention["output"](mixed, hidden)
        wide = functional.gelu(self.intermediate["dense"](hidden))
        return self.output(wide, hidden)


class Embeddings(nn.Module):
    """The normalised sum of word, position and segment embeddings."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(config.vocabulary, config.width)
        self.position_embeddings = nn.Embedding(config.context, config.width)
        self.token_type_embeddings = nn.Embedding(SEGMENTS, config.width)
        self.LayerNorm = nn.LayerNorm(config.width, eps=config.epsilon)

    def forward(self, tokens: Tensor, segments: Tensor) -> Tensor:
        """Embed `tokens` and `segments` [B, T]."""
        words = self.word_embeddings(tokens) + self.token_type_embeddings(segments)
        return self.LayerNorm(words + self.position_embeddings.weight)


class Transform(nn.Module):
    """What stands before the decoder of masked tokens."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.width, config.width)
        self.LayerNorm = nn.LayerNorm(config.width, eps=config.epsilon)

    def forward(self, hidden: Tensor) -> Tensor:
        """Transform [N, C]."""
        return self.LayerNorm(functional.gelu(self.dense(hidden)))


class Predictions(nn.Module):
    """Scores of all tokens, decoded by the word embedding or a matrix of its own."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(config.vocabulary))
        self.transform = Transform(config)
        self.decoder = (
            None
            if config.tied
            else nn.Linear(config.width, config.vocabulary, bias=False)
        )

    def forward(self, hidden: Tensor, embedding: Tensor) -> Tensor:
        """Return the scores [N, V] of `hidden` [N, C]."""
        table = embedding if self.decoder is None else self.decoder.weight
        return self.transform(hidden) @ table.T + self.bias


class Bert(nn.Module):
    """The encoder, the pooler and both heads."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.bert = nn.ModuleDict(
            {
                "embeddings": Embeddings(config),
                "encoder": nn.ModuleDict({"layer": layers}),
                "pooler": nn.ModuleDict(
                    {"dense": nn.Linear(config.width, config.width)}
                ),
            }
        )
        self.cls = nn.ModuleDict(
            {
                "predictions": Predictions(config),
                "seq_relationship": nn.Linear(config.width, 2),
            }
        )

    def encode(self, tokens: Tensor, segments: Tensor, kept: Tensor) -> Tensor:
        """Return the features [B, T, C] of all positions."""
        hidden = self.bert["embeddings"](tokens, segments)
        for layer in self.bert["encoder"]["layer"].children():
            hidden = layer(hidden, kept)
        return hidden

    def loss(
        self,
        tokens: Tensor,
        segments: Tensor,
        masked_rows: Tensor,
        masked_targets: Tensor,
        next_labels: Tensor,
        attention_mask: Tensor | None = None,
    ) -> Tensor:
        """Return the two mean cross-entropies' sum.

        All are int64: `tokens`, `segments` and `attention_mask` [B * T],
        `masked_rows` (among the B * T) and `masked_targets` [M], `next_labels` [B].
        """
        shape = (-1, self.config.context)
        kept = torch.ones_like(tokens) if attention_mask is None else attention_mask
        hidden = self.encode(
            tokens.view(shape), segments.view(shape), kept.view(shape).bool()
        )
        picked = hidden.flatten(0, 1)[masked_rows]
        embedding = self.bert["embeddings"].word_embeddings.weight
        scores = self.cls["predictions"](picked, embedding)
        pooled = torch.tanh(self.bert["pooler"]["dense"](hidden[:, 0]))
        relation = self.cls["seq_relationship"](pooled)
        masked = functional.cross_entropy(scores, masked_targets)
        return masked + functional.cross_entropy(relation, next_labels)
