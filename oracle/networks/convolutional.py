"""Convolutional networks: each has the parts that made its original known, at a toy's size."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class LeNet(nn.Module):
    """Two convolutions, both kinds of pooling, three linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 5, padding=2)
        self.conv2 = nn.Conv2d(4, 6, 3)
        self.fc1 = nn.Linear(24, 20)
        self.fc2 = nn.Linear(20, 12)
        self.fc3 = nn.Linear(12, 5)

    def forward(self, images: Tensor) -> Tensor:
        x = F.max_pool2d(torch.relu(self.conv1(images)), 2)
        x = F.avg_pool2d(torch.tanh(self.conv2(x)), 2)
        x = torch.relu(self.fc1(torch.flatten(x, 1)))
        return self.fc3(torch.tanh(self.fc2(x)))


def conv_norm(width_in: int, width_out: int, size: int, **options: int) -> list[nn.Module]:
    """A convolution without bias and its BatchNorm."""
    convolution = nn.Conv2d(
        width_in, width_out, size, padding=size // 2, bias=False, **options
    )
    return [convolution, nn.BatchNorm2d(width_out)]


class InvertedResidual(nn.Module):
    """MobileNetV2's block: expand, depthwise, project; a shortcut where shapes agree."""

    def __init__(self, width_in: int, width_out: int, stride: int, expansion: int) -> None:
        super().__init__()
        hidden = width_in * expansion
        self.conv = nn.Sequential(
            *conv_norm(width_in, hidden, 1),
            nn.ReLU6(),
            *conv_norm(hidden, hidden, 3, stride=stride, groups=hidden),
            nn.ReLU6(),
            *conv_norm(hidden, width_out, 1),
        )
        self.shortcut = stride == 1 and width_in == width_out

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.shortcut else self.conv(x)


class MobileNetV2(nn.Module):
    """Stem, inverted residuals, dropout before the classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *conv_norm(3, 6, 3, stride=2),
            nn.ReLU6(),
            InvertedResidual(6, 6, 1, 2),
            InvertedResidual(6, 8, 2, 3),
        )
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(8, 5))

    def forward(self, images: Tensor) -> Tensor:
        x = F.adaptive_avg_pool2d(self.features(images), 1)
        return self.classifier(torch.flatten(x, 1))


class SqueezeExcite(nn.Module):
    """Scales channels by a gate of their means."""

    def __init__(self, width: int, reduced: int, activation: nn.Module, gate: nn.Module) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(width, reduced, 1)
        self.expand = nn.Conv2d(reduced, width, 1)
        self.activation = activation
        self.gate = gate

    def forward(self, x: Tensor) -> Tensor:
        mean = F.adaptive_avg_pool2d(x, 1)
        return x * self.gate(self.expand(self.activation(self.reduce(mean))))


class MobileNetV3(nn.Module):
    """Hard swish, squeeze-excite with a hard sigmoid, 5 x 5 depthwise convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(*conv_norm(3, 6, 3, stride=2), nn.Hardswish())
        self.expand = nn.Sequential(*conv_norm(6, 12, 1), nn.Hardswish())
        self.depthwise = nn.Sequential(*conv_norm(12, 12, 5, groups=12), nn.Hardswish())
        self.excite = SqueezeExcite(12, 4, nn.ReLU(), nn.Hardsigmoid())
        self.project = nn.Sequential(*conv_norm(12, 6, 1))
        self.head = nn.Sequential(nn.Linear(6, 10), nn.Hardswish(), nn.Linear(10, 5))

    def forward(self, images: Tensor) -> Tensor:
        x = self.stem(images)
        x = x + self.project(self.excite(self.depthwise(self.expand(x))))
        return self.head(x.mean([2, 3]))


class EfficientNet(nn.Module):
    """One MBConv: SiLU throughout, squeeze-excite with a sigmoid."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(*conv_norm(3, 6, 3, stride=2), nn.SiLU())
        self.expand = nn.Sequential(*conv_norm(6, 12, 1), nn.SiLU())
        self.depthwise = nn.Sequential(
            *conv_norm(12, 12, 3, stride=2, groups=12), nn.SiLU()
        )
        self.excite = SqueezeExcite(12, 3, nn.SiLU(), nn.Sigmoid())
        self.project = nn.Sequential(*conv_norm(12, 8, 1))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(8, 5))

    def forward(self, images: Tensor) -> Tensor:
        x = self.expand(self.stem(images))
        x = self.project(self.excite(self.depthwise(x)))
        return self.classifier(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class ConvNextBlock(nn.Module):
    """Depthwise 7 x 7, LayerNorm and a two-layer perceptron over channels, layer scale."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.pwconv1 = nn.Linear(width, 2 * width)
        self.pwconv2 = nn.Linear(2 * width, width)
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.dwconv(x).permute(0, 2, 3, 1))
        y = self.gamma * self.pwconv2(F.gelu(self.pwconv1(y)))
        return x + y.permute(0, 3, 1, 2)


class ConvNext(nn.Module):
    """Patches, a block, a downsampling layer, a block, the head."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 2, stride=2)
        self.block1 = ConvNextBlock(8)
        self.downsample = nn.Conv2d(8, 10, 2, stride=2)
        self.block2 = ConvNextBlock(10)
        self.norm = nn.LayerNorm(10, eps=1e-6)
        self.head = nn.Linear(10, 5)

    def forward(self, images: Tensor) -> Tensor:
        x = self.block2(self.downsample(self.block1(self.stem(images))))
        return self.head(self.norm(x.mean((-2, -1))))


class DenseNet(nn.Module):
    """Two dense layers whose outputs are appended to their inputs, and a transition."""

    def __init__(self, growth: int = 4) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1, bias=False)
        self.layers = nn.ModuleList()
        width = 6
        for _ in range(2):
            self.layers.append(
                nn.Sequential(
                    nn.BatchNorm2d(width),
                    nn.ReLU(),
                    nn.Conv2d(width, growth, 3, padding=1, bias=False),
                )
            )
            width += growth
        self.transition = nn.Sequential(
            nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, 8, 1), nn.AvgPool2d(2)
        )
        self.norm = nn.BatchNorm2d(8)
        self.classifier = nn.Linear(8, 5)

    def forward(self, images: Tensor) -> Tensor:
        x = self.stem(images)
        for layer in self.layers:
            x = torch.cat([x, layer(x)], 1)
        x = torch.relu(self.norm(self.transition(x)))
        return self.classifier(F.adaptive_avg_pool2d(x, 1).flatten(1))


class UNet(nn.Module):
    """Down, down, up by bilinear interpolation, up by repetition, with skips; a class for each pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.down1 = nn.Conv2d(1, 4, 3, padding=1)
        self.down2 = nn.Conv2d(4, 6, 3, padding=1)
        self.middle = nn.Conv2d(6, 8, 3, padding=1)
        self.up2 = nn.Conv2d(14, 6, 3, padding=1)
        self.up1 = nn.Conv2d(10, 4, 3, padding=1)
        self.out = nn.Conv2d(4, 3, 1)

    def forward(self, images: Tensor) -> Tensor:
        first = F.silu(self.down1(images))
        second = F.silu(self.down2(F.max_pool2d(first, 2)))
        x = F.silu(self.middle(F.max_pool2d(second, 2)))
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        x = F.silu(self.up2(torch.cat([x, second], 1)))
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        return self.out(F.silu(self.up1(torch.cat([x, first], 1))))


class GroupNormResNet(nn.Module):
    """A residual block with a strided shortcut and one without, normalised by groups of channels."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.norm0 = nn.GroupNorm(2, 8)
        self.conv1 = nn.Conv2d(8, 12, 3, stride=2, padding=1, bias=False)
        self.norm1 = nn.GroupNorm(3, 12)
        self.conv2 = nn.Conv2d(12, 12, 3, padding=1, bias=False)
        self.norm2 = nn.GroupNorm(4, 12)
        self.shortcut = nn.Conv2d(8, 12, 1, stride=2, bias=False)
        self.fc = nn.Linear(12, 5)

    def forward(self, images: Tensor) -> Tensor:
        x = torch.relu(self.norm0(self.stem(images)))
        y = torch.relu(self.norm1(self.conv1(x)))
        x = torch.relu(self.norm2(self.conv2(y)) + self.shortcut(x))
        return self.fc(x.mean((2, 3)))


class AutoEncoder(nn.Module):
    """Strided convolutions down, transposed convolutions up, PReLU and ELU between."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 6, 3, stride=2, padding=1),
            nn.PReLU(6),
            nn.Conv2d(6, 4, 3, stride=2, padding=1),
            nn.ELU(),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1),
            nn.LeakyReLU(0.125),
            nn.ConvTranspose2d(6, 1, 2, stride=2),
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.decoder(self.encoder(images))


class WaveNet(nn.Module):
    """Gated dilated causal convolutions over time with residuals and skips; a class for each step."""

    def __init__(self, width: int = 6, classes: int = 7) -> None:
        super().__init__()
        self.embed = nn.Embedding(classes, width)
        self.dilations = [1, 2, 4]
        self.filters = nn.ModuleList(
            nn.Conv1d(width, width, 2, dilation=d) for d in self.dilations
        )
        self.gates = nn.ModuleList(
            nn.Conv1d(width, width, 2, dilation=d) for d in self.dilations
        )
        self.residuals = nn.ModuleList(nn.Conv1d(width, width, 1) for _ in self.dilations)
        self.head = nn.Conv1d(width, classes, 1)

    def forward(self, samples: Tensor) -> Tensor:
        x = self.embed(samples).transpose(1, 2)
        skips = torch.zeros_like(x)
        for dilation, tanh, gate, mix in zip(
            self.dilations, self.filters, self.gates, self.residuals
        ):
            padded = F.pad(x, (dilation, 0))
            y = torch.tanh(tanh(padded)) * torch.sigmoid(gate(padded))
            skips = skips + y
            x = x + mix(y)
        return self.head(F.softplus(skips))
