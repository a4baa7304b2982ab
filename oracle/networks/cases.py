"""The networks to export: each with its inputs, targets and loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from networks import attention, convolutional, sequential

Draw = Callable[[torch.Generator], dict[str, Tensor]]


@dataclass(frozen=True)
class Case:
    """A network with what it is measured on.

    Attributes:
        name: the fixtures' name.
        build: makes the module; its parameters are drawn afterwards.
        draw: draws the inputs in the order of `forward` and, under "targets",
            what the loss compares with (left out when the module has the loss).
        loss: the loss as hesscope's `--loss` names it.
        dynamic_batch: whether the first axis of the inputs stays open in the file.
        training: whether the module is exported in training mode; it is always
            measured in evaluation mode.
        fresh: whether parameters stay as PyTorch starts them, many of them equal; the
            vector is then one of ones, which knows no order.
        folds: whether the exporters fold constants, which turns a table of
            relative biases into a constant without a name.
    """

    name: str
    build: Callable[[], nn.Module]
    draw: Draw
    loss: str
    dynamic_batch: bool = True
    training: bool = False
    folds: bool = True
    fresh: bool = False


def loss_of(kind: str, output: Tensor, targets: Tensor | None) -> Tensor:
    """The loss that hesscope knows by the name `kind`."""
    if kind == "none":
        return output
    assert targets is not None
    if kind == "cross-entropy":
        classes_last = output.dim() == targets.dim() + 1 and (
            output.shape[:-1] == targets.shape and output.dim() != 4
        )
        logits = output.movedim(-1, 1) if classes_last else output
        return F.cross_entropy(logits, targets)
    if kind == "nll":
        return F.nll_loss(output, targets)
    if kind == "mse":
        return F.mse_loss(output, targets)
    if kind == "bce-with-logits":
        return F.binary_cross_entropy_with_logits(output, targets)
    raise ValueError(f"unknown loss {kind}")


def images(count: int, channels: int, side: int, classes: int) -> Draw:
    """Random images and a class for each."""

    def draw(generator: torch.Generator) -> dict[str, Tensor]:
        return {
            "images": torch.randn(count, channels, side, side, generator=generator),
            "targets": torch.randint(classes, (count,), generator=generator),
        }

    return draw


def pixels(generator: torch.Generator) -> dict[str, Tensor]:
    """Images and a class for each pixel, a tenth of them not to be counted."""
    targets = torch.randint(3, (2, 8, 8), generator=generator)
    hidden = torch.rand(2, 8, 8, generator=generator) < 0.1
    return {
        "images": torch.randn(2, 1, 8, 8, generator=generator),
        "targets": targets.masked_fill(hidden, -100),
    }


def reconstruction(generator: torch.Generator) -> dict[str, Tensor]:
    """Images that are their own targets."""
    drawn = torch.randn(3, 1, 12, 12, generator=generator)
    return {"images": drawn, "targets": drawn.clone()}


def features(count: int, width: int, classes: int) -> Draw:
    """Random features and a class for each row."""

    def draw(generator: torch.Generator) -> dict[str, Tensor]:
        return {
            "features": torch.randn(count, width, generator=generator),
            "targets": torch.randint(classes, (count,), generator=generator),
        }

    return draw


def regression(generator: torch.Generator) -> dict[str, Tensor]:
    """Features and wanted outputs, both inputs of the module."""
    return {
        "features": torch.randn(7, 6, generator=generator),
        "wanted": torch.randn(7, 3, generator=generator),
    }


def symbols(name: str, shape: tuple[int, int], vocabulary: int, classes: int) -> Draw:
    """Symbols and a class for each sequence."""

    def draw(generator: torch.Generator) -> dict[str, Tensor]:
        return {
            name: torch.randint(vocabulary, shape, generator=generator),
            "targets": torch.randint(classes, shape[:1], generator=generator),
        }

    return draw


def tokens(name: str, shape: tuple[int, int], vocabulary: int) -> Draw:
    """Tokens and the token wanted at each place."""

    def draw(generator: torch.Generator) -> dict[str, Tensor]:
        return {
            name: torch.randint(vocabulary, shape, generator=generator),
            "targets": torch.randint(vocabulary, shape, generator=generator),
        }

    return draw


def masked_tokens(generator: torch.Generator) -> dict[str, Tensor]:
    """Padded sequences in which a third of the tokens is to be found."""
    tokens = torch.randint(11, (3, 6), generator=generator)
    mask = torch.ones(3, 6, dtype=torch.int64)
    mask[1, 4:] = 0
    hidden = (torch.rand(3, 6, generator=generator) < 0.4) & (mask == 1)
    targets = torch.where(hidden, tokens, torch.tensor(-100))
    return {"input_ids": tokens, "attention_mask": mask, "targets": targets}


def steps(generator: torch.Generator) -> dict[str, Tensor]:
    """Real-valued sequences and yes or no for each."""
    return {
        "steps": torch.randn(5, 4, 3, generator=generator),
        "targets": torch.randint(2, (5,), generator=generator).float(),
    }


def translation(generator: torch.Generator) -> dict[str, Tensor]:
    """Tokens, a memory to look at, and the token wanted at each place."""
    return {
        "tokens": torch.randint(10, (3, 5), generator=generator),
        "memory": torch.randn(3, 4, 16, generator=generator),
        "targets": torch.randint(10, (3, 5), generator=generator),
    }


def vectors(generator: torch.Generator) -> dict[str, Tensor]:
    """Sequences of vectors and a class for each."""
    return {
        "x": torch.randn(4, 5, 8, generator=generator),
        "targets": torch.randint(4, (4,), generator=generator),
    }


def training_dropout() -> nn.Module:
    """A perceptron whose dropout is switched on, as a careless export leaves it."""
    return nn.Sequential(
        nn.Linear(6, 9), nn.Tanh(), nn.Dropout(0.5), nn.Linear(9, 4)
    )


def fresh_encoder() -> nn.Module:
    """`nn.TransformerEncoder`, whose layers start as copies of one another."""
    layer = nn.TransformerEncoderLayer(16, 1, 10, batch_first=True)
    # The newer exporter leaves out biases of matrix products that are zero.
    nn.init.constant_(layer.self_attn.out_proj.bias, 0.25)
    return nn.Sequential(
        nn.Linear(5, 16),
        nn.TransformerEncoder(layer, 2, enable_nested_tensor=False),
        nn.Flatten(),
        nn.Linear(48, 4),
    )


def short_sequences(generator: torch.Generator) -> dict[str, Tensor]:
    """Sequences of three vectors and a class for each."""
    return {
        "x": torch.randn(6, 3, 5, generator=generator),
        "targets": torch.randint(4, (6,), generator=generator),
    }


CASES: tuple[Case, ...] = (
    Case("mlp_plain", sequential.PlainMlp, features(6, 10, 4), "nll"),
    Case("mlp_batch_norm", sequential.BatchNormMlp, features(8, 12, 4), "cross-entropy"),
    Case("loss_inside", sequential.LossInside, regression, "none", dynamic_batch=False),
    Case("lenet", convolutional.LeNet, images(3, 1, 12, 5), "cross-entropy"),
    Case("mobilenet_v2", convolutional.MobileNetV2, images(3, 3, 12, 5), "cross-entropy"),
    Case("mobilenet_v3", convolutional.MobileNetV3, images(3, 3, 12, 5), "cross-entropy"),
    Case("efficientnet", convolutional.EfficientNet, images(3, 3, 12, 5), "cross-entropy"),
    Case("convnext", convolutional.ConvNext, images(2, 3, 16, 5), "cross-entropy"),
    Case("densenet", convolutional.DenseNet, images(3, 3, 8, 5), "cross-entropy"),
    Case("unet", convolutional.UNet, pixels, "cross-entropy"),
    Case("group_norm_resnet", convolutional.GroupNormResNet, images(3, 3, 8, 5), "cross-entropy"),
    Case("autoencoder", convolutional.AutoEncoder, reconstruction, "mse"),
    Case("wavenet", convolutional.WaveNet, tokens("samples", (3, 9), 7), "cross-entropy"),
    Case(
        "lstm_classifier",
        sequential.LstmClassifier,
        symbols("symbols", (4, 5), 9, 3),
        "cross-entropy",
        dynamic_batch=False,
    ),
    Case(
        "gru_classifier",
        sequential.GruClassifier,
        steps,
        "bce-with-logits",
        dynamic_batch=False,
    ),
    Case("distil_encoder", attention.DistilEncoder, masked_tokens, "cross-entropy"),
    Case("llama_decoder", attention.LlamaDecoder, tokens("input_ids", (3, 5), 9), "cross-entropy"),
    Case("cross_decoder", attention.CrossDecoder, translation, "cross-entropy"),
    Case("torch_encoder", attention.TorchEncoder, images(3, 1, 8, 4), "cross-entropy"),
    Case(
        "swin", attention.SwinStage, images(2, 1, 8, 4), "cross-entropy", folds=False
    ),
    Case("einsum_mixer", attention.EinsumMixer, vectors, "cross-entropy"),
    Case("fresh_encoder", fresh_encoder, short_sequences, "cross-entropy", fresh=True),
    Case(
        "dropout_left_on",
        training_dropout,
        features(5, 6, 4),
        "cross-entropy",
        training=True,
    ),
)
