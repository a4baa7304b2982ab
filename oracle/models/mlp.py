"""The multilayer perceptron of the paper's MNIST experiment (Section D.3)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class MlpConfig:
    """Shape of an MLP.

    Attributes:
        sizes: features of the input, of every hidden layer and of the output;
            the paper's hidden widths are 300, 128 and 64 (D.3).
        output_scale: the constant c that multiplies every layer's output (D.3).
        scale_logits: whether the last layer's output is multiplied as well.
    """

    sizes: tuple[int, ...] = (784, 300, 128, 64, 10)
    output_scale: float = 1.0
    scale_logits: bool = True


class Mlp(nn.Module):
    """Linear layers `fc1`, `fc2`, ... with ReLU between them.

    Layer k computes c * (W x + b), with `fc<k>.weight` of shape
    [outputs, inputs] and `fc<k>.bias` of shape [outputs].
    """

    def __init__(self, config: MlpConfig) -> None:
        super().__init__()
        self.config = config
        self.layer_count = len(config.sizes) - 1
        for index in range(self.layer_count):
            layer = nn.Linear(config.sizes[index], config.sizes[index + 1])
            self.add_module(f"fc{index + 1}", layer)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits [B, classes] of flat images [B, features]."""
        hidden = images
        for index in range(self.layer_count):
            is_last = index == self.layer_count - 1
            hidden = self.get_submodule(f"fc{index + 1}")(hidden)
            if not is_last or self.config.scale_logits:
                hidden = self.config.output_scale * hidden
            if not is_last:
                hidden = torch.relu(hidden)
        return hidden

    def loss(self, images: Tensor, labels: Tensor) -> Tensor:
        """Return the mean cross-entropy over the batch (labels [B], int64)."""
        return functional.cross_entropy(self(images), labels)
