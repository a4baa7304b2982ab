"""A vision transformer under timm's names, attention written out (Section D.1).

Query, key and value are one projection, as in timm, or three.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class VitConfig:
    """Shape of a vision transformer.

    Attributes:
        channels, height, width: extents of an image.
        patch: side of a patch in pixels; divides height and width.
        layers: number of Transformer layers.
        heads: attention heads in a layer; divides `features`.
        features: width of the residual stream.
        hidden: width of the MLP's hidden layer.
        classes: number of classes.
        fused: whether query, key and value are one projection.
        epsilon: added to the variance in LayerNorm.
    """

    channels: int
    height: int
    width: int
    patch: int
    layers: int
    heads: int
    features: int
    hidden: int
    classes: int
    fused: bool
    epsilon: float = 1e-6


class Attention(nn.Module):
    """Multi-head self-attention in which every position sees all others."""

    def __init__(self, config: VitConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.fused = config.fused
        size = config.features
        if config.fused:
            self.qkv = nn.Linear(size, 3 * size)
        else:
            self.query = nn.Linear(size, size)
            self.key = nn.Linear(size, size)
            self.value = nn.Linear(size, size)
        self.proj = nn.Linear(size, size)

    def forward(self, hidden: Tensor) -> Tensor:
        """Mix the positions of `hidden` [B, N, C]."""
        batch, positions, size = hidden.shape
        if self.fused:
            parts = self.qkv(hidden).chunk(3, dim=-1)
        else:
            parts = (self.query(hidden), self.key(hidden), self.value(hidden))
        shape = (batch, positions, self.heads, size // self.heads)
        query, key, value = (part.view(shape).transpose(1, 2) for part in parts)
        scores = query @ key.transpose(-2, -1) / math.sqrt(shape[-1])
        mixed = (scores.softmax(dim=-1) @ value).transpose(1, 2)
        return self.proj(mixed.reshape(batch, positions, size))


class Perceptron(nn.Module):
    """Two linear layers with exact GELU between them."""

    def __init__(self, size: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(size, hidden)
        self.fc2 = nn.Linear(hidden, size)

    def forward(self, features: Tensor) -> Tensor:
        """Transform the last axis."""
        return self.fc2(functional.gelu(self.fc1(features)))


class Layer(nn.Module):
    """One pre-LayerNorm layer."""

    def __init__(self, config: VitConfig) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(config.features, eps=config.epsilon)
        self.attn = Attention(config)
        self.norm2 = nn.LayerNorm(config.features, eps=config.epsilon)
        self.mlp = Perceptron(config.features, config.hidden)

    def forward(self, hidden: Tensor) -> Tensor:
        """Add attention and then the MLP to the residual stream [B, N, C]."""
        hidden = hidden + self.attn(self.norm1(hidden))
        return hidden + self.mlp(self.norm2(hidden))


class Vit(nn.Module):
    """Patches, class token and positions, layers, a last LayerNorm and the head."""

    def __init__(self, config: VitConfig) -> None:
        super().__init__()
        self.config = config
        size, patch = config.features, config.patch
        count = (config.height // patch) * (config.width // patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, size))
        self.pos_embed = nn.Parameter(torch.zeros(1, count + 1, size))
        convolution = nn.Conv2d(config.channels, size, patch, stride=patch)
        self.patch_embed = nn.ModuleDict({"proj": convolution})
        self.blocks = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(size, eps=config.epsilon)
        self.head = nn.Linear(size, config.classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits [B, classes] of flat images [B, C * H * W]."""
        shape = (-1, self.config.channels, self.config.height, self.config.width)
        patches = self.patch_embed["proj"](images.view(shape))
        patches = patches.flatten(2).transpose(1, 2)
        token = self.cls_token.expand(patches.shape[0], -1, -1)
        hidden = torch.cat([token, patches], dim=1) + self.pos_embed
        for layer in self.blocks.children():
            hidden = layer(hidden)
        return self.head(self.norm(hidden)[:, 0])

    def loss(self, images: Tensor, labels: Tensor) -> Tensor:
        """Return the mean cross-entropy over the batch (labels [B], int64)."""
        return functional.cross_entropy(self(images), labels)
