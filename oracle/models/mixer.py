"""An MLP-Mixer under timm's names."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from models.vit import Perceptron


@dataclass(frozen=True)
class MixerConfig:
    """Shape of an MLP-Mixer.

    Attributes:
        channels, height, width: extents of an image.
        patch: side of a patch in pixels; divides height and width.
        layers: number of layers.
        features: features of a patch.
        token_hidden: hidden width of the perceptron over patches.
        channel_hidden: hidden width of the perceptron over features.
        classes: number of classes.
        epsilon: added to the variance in LayerNorm.
    """

    channels: int
    height: int
    width: int
    patch: int
    layers: int
    features: int
    token_hidden: int
    channel_hidden: int
    classes: int
    epsilon: float = 1e-6


class Layer(nn.Module):
    """Mixes patches, then features, each with a residual connection."""

    def __init__(self, config: MixerConfig, patches: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(config.features, eps=config.epsilon)
        self.mlp_tokens = Perceptron(patches, config.token_hidden)
        self.norm2 = nn.LayerNorm(config.features, eps=config.epsilon)
        self.mlp_channels = Perceptron(config.features, config.channel_hidden)

    def forward(self, hidden: Tensor) -> Tensor:
        """Transform [B, N, C]."""
        across = self.mlp_tokens(self.norm1(hidden).transpose(1, 2)).transpose(1, 2)
        hidden = hidden + across
        return hidden + self.mlp_channels(self.norm2(hidden))


class Mixer(nn.Module):
    """Patches, layers, a last LayerNorm, the mean over patches and the head."""

    def __init__(self, config: MixerConfig) -> None:
        super().__init__()
        self.config = config
        patch = config.patch
        count = (config.height // patch) * (config.width // patch)
        convolution = nn.Conv2d(config.channels, config.features, patch, stride=patch)
        self.stem = nn.ModuleDict({"proj": convolution})
        self.blocks = nn.ModuleList(Layer(config, count) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.features, eps=config.epsilon)
        self.head = nn.Linear(config.features, config.classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits [B, classes] of flat images [B, C * H * W]."""
        shape = (-1, self.config.channels, self.config.height, self.config.width)
        hidden = self.stem["proj"](images.view(shape)).flatten(2).transpose(1, 2)
        for layer in self.blocks.children():
            hidden = layer(hidden)
        return self.head(self.norm(hidden).mean(dim=1))

    def loss(self, images: Tensor, labels: Tensor) -> Tensor:
        """Return the mean cross-entropy over the batch (labels [B], int64)."""
        return functional.cross_entropy(self(images), labels)
