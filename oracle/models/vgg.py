"""VGG networks under torchvision's names, without dropout (Section D.1)."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class VggConfig:
    """Shape of a VGG network.

    Attributes:
        channels, height, width: extents of an image.
        stages: channels of the convolutions of each stage; max pooling follows each.
        pooled_side: side to which the image is averaged.
        hidden: widths of the linear layers before the last one.
        classes: number of classes.
        norm: "none", or whose statistics BatchNorm takes, "batch" or "running" ones,
            which are mean 0 and variance 1.
    """

    channels: int
    height: int
    width: int
    stages: tuple[tuple[int, ...], ...]
    pooled_side: int
    hidden: tuple[int, ...]
    classes: int
    norm: str


class Vgg(nn.Module):
    """Stages of convolutions, average pooling and linear layers."""

    def __init__(self, config: VggConfig) -> None:
        super().__init__()
        self.config = config
        self.features = nn.Sequential(*_convolutions(config))
        self.avgpool = nn.AdaptiveAvgPool2d(config.pooled_side)
        inputs = config.stages[-1][-1] * config.pooled_side**2
        layers: list[nn.Module] = []
        for width in config.hidden:
            # torchvision has dropout in the place of the identity.
            layers += [nn.Linear(inputs, width), nn.ReLU(), nn.Identity()]
            inputs = width
        last = nn.Linear(inputs, config.classes)
        self.classifier = nn.Sequential(*layers, last) if layers else last
        self.train(config.norm == "batch")

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits [B, classes] of flat images [B, C * H * W]."""
        shape = (-1, self.config.channels, self.config.height, self.config.width)
        pooled = self.avgpool(self.features(images.view(shape)))
        return self.classifier(pooled.flatten(1))

    def loss(self, images: Tensor, labels: Tensor) -> Tensor:
        """Return the mean cross-entropy over the batch (labels [B], int64)."""
        return functional.cross_entropy(self(images), labels)


def _convolutions(config: VggConfig) -> list[nn.Module]:
    """Return the layers before the average pooling, one after the other."""
    layers: list[nn.Module] = []
    inputs = config.channels
    for stage in config.stages:
        for outputs in stage:
            layers.append(nn.Conv2d(inputs, outputs, 3, padding=1))
            if config.norm != "none":
                layers.append(nn.BatchNorm2d(outputs))
            layers.append(nn.ReLU())
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    return layers
