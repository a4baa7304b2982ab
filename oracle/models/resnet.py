"""ResNets of basic blocks under torchvision's names."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class ResnetConfig:
    """Shape of a ResNet.

    Attributes:
        channels, height, width: extents of an image.
        widths: channels of each stage; every stage but the first halves the extents.
        blocks: residual blocks of each stage.
        stem: "large" (7 x 7, stride 2, max pooling) or "small" (3 x 3).
        classes: number of classes.
        norm: whose statistics BatchNorm takes, "batch" or "running" ones, which are
            mean 0 and variance 1.
    """

    channels: int
    height: int
    width: int
    widths: tuple[int, ...]
    blocks: tuple[int, ...]
    stem: str
    classes: int
    norm: str


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.relu2 = nn.ReLU()
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                nn.BatchNorm2d(outputs),
            )

    def forward(self, x: Tensor) -> Tensor:
        """Transform images [B, inputs, H, W]."""
        hidden = self.relu1(self.bn1(self.conv1(x)))
        branch = self.bn2(self.conv2(hidden))
        shortcut = x if self.downsample is None else self.downsample(x)
        return self.relu2(branch + shortcut)


class Resnet(nn.Module):
    """Stem, stages, the mean over the image and a linear layer."""

    def __init__(self, config: ResnetConfig) -> None:
        super().__init__()
        self.config = config
        inputs, is_large = config.widths[0], config.stem == "large"
        self.conv1 = nn.Conv2d(
            config.channels,
            inputs,
            7 if is_large else 3,
            stride=2 if is_large else 1,
            padding=3 if is_large else 1,
            bias=False,
        )
        self.bn1 = nn.BatchNorm2d(inputs)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, padding=1) if is_large else nn.Identity()
        stages = zip(config.widths, config.blocks, strict=True)
        for stage, (width, count) in enumerate(stages):
            layers = []
            for index in range(count):
                stride = 2 if index == 0 and stage > 0 else 1
                layers.append(BasicBlock(inputs, width, stride))
                inputs = width
            self.add_module(f"layer{stage + 1}", nn.Sequential(*layers))
        self.fc = nn.Linear(inputs, config.classes)
        self.train(config.norm == "batch")

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits [B, classes] of flat images [B, C * H * W]."""
        shape = (-1, self.config.channels, self.config.height, self.config.width)
        x = self.maxpool(self.relu(self.bn1(self.conv1(images.view(shape)))))
        for stage in range(len(self.config.widths)):
            x = self.get_submodule(f"layer{stage + 1}")(x)
        return self.fc(x.mean(dim=(2, 3)))

    def loss(self, images: Tensor, labels: Tensor) -> Tensor:
        """Return the mean cross-entropy over the batch (labels [B], int64)."""
        return functional.cross_entropy(self(images), labels)
