"""A benchmark case as PyTorch sees it: the same weights, batch and vectors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracle"))

from models.gpt import Gpt, GptConfig  # noqa: E402
from models.mlp import Mlp, MlpConfig  # noqa: E402
from models.resnet import Resnet, ResnetConfig  # noqa: E402
from models.vit import Vit, VitConfig  # noqa: E402

Tensors = dict[str, Tensor]
Config = dict[str, Any]


class TokenCrossEntropy(nn.CrossEntropyLoss):
    """Mean cross-entropy over all positions of logits [B, T, V] or [B, V]."""

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the mean over every target, a scalar."""
        return functional.cross_entropy(
            logits.reshape(-1, logits.shape[-1]), targets.reshape(-1)
        )


@dataclass
class Case:
    """A model with one batch.

    Attributes:
        model: the module, parameters loaded, float32.
        inputs: tokens [B, T] or images [B, features].
        targets: tokens [B, T] or labels [B].
        vector: one float32 tensor per parameter.
        probes: the first Lanczos vector of each operator, flat, by its name.
        blocks: names of the parameters that are blocks, in the model's order.
    """

    model: nn.Module
    inputs: Tensor
    targets: Tensor
    vector: Tensors
    probes: Tensors
    blocks: list[str]

    def __post_init__(self) -> None:
        self.criterion = TokenCrossEntropy()
        self.parameters: dict[str, nn.Parameter] = dict(self.model.named_parameters())

    def loss(self) -> Tensor:
        """Return the mean loss of the batch."""
        return self.criterion(self.model(self.inputs), self.targets)

    def gradients(self) -> Tensors:
        """Return the gradient in all parameters, ready to be differentiated again."""
        values = list(self.parameters.values())
        return self.named(torch.autograd.grad(self.loss(), values, create_graph=True))

    def named(self, values: Iterable[Tensor]) -> Tensors:
        """Name values that stand in the order of the parameters."""
        return dict(zip(self.parameters, values, strict=True))


def load_case(description: dict[str, Any], device: str = "cpu") -> Case:
    """Build a case from its description and the tensors in its file.

    Args:
        device: where model, batch and vectors go.
        description: `family`, `config`, `blocks` and the `path` of a safetensors
            file with `param.<name>`, `batch.<name>`, `vector.<name>` and, where a
            whole run is compared, `probe.<operator>`.

    Raises:
        RuntimeError: the file's parameters are not those of the model.
    """
    tensors = load_file(description["path"], device=device)
    model = MODELS[description["family"]](description["config"]).to(device)
    model.load_state_dict(_under(tensors, "param."), strict=True)
    batch = _under(tensors, "batch.")
    if description["family"] == "gpt":
        shape = (-1, description["config"]["contextLength"])
        inputs, targets = batch["tokens"].view(shape), batch["targets"].view(shape)
    else:
        inputs, targets = batch["images"], batch["labels"]
    return Case(
        model=model,
        inputs=inputs,
        targets=targets,
        vector=_under(tensors, "vector."),
        probes=_under(tensors, "probe."),
        blocks=description["blocks"],
    )


def _mlp(config: Config) -> nn.Module:
    return Mlp(
        MlpConfig(
            sizes=tuple(config["sizes"]),
            output_scale=config["outputScale"],
            scale_logits=config["scaleLogits"],
        )
    )


def _gpt(config: Config) -> nn.Module:
    return Gpt(
        GptConfig(
            layers=config["layers"],
            heads=config["heads"],
            width=config["width"],
            context=config["contextLength"],
            vocabulary=config["vocabularySize"],
            bias=config["bias"],
            gelu="tanh" if config["gelu"] == "tanh" else "exact",
            tied=config["tied"],
        )
    )


def _vit(config: Config) -> nn.Module:
    return Vit(
        VitConfig(
            channels=config["image"]["channels"],
            height=config["image"]["height"],
            width=config["image"]["width"],
            patch=config["patch"],
            layers=config["layers"],
            heads=config["heads"],
            features=config["width"],
            hidden=config["hiddenWidth"],
            classes=config["classes"],
            fused=config["qkv"] == "fused",
            epsilon=config["epsilon"],
        )
    )


def _resnet(config: Config) -> nn.Module:
    model = Resnet(
        ResnetConfig(
            channels=config["image"]["channels"],
            height=config["image"]["height"],
            width=config["image"]["width"],
            widths=tuple(stage["width"] for stage in config["stages"]),
            blocks=tuple(stage["blocks"] for stage in config["stages"]),
            stem=config["stem"],
            classes=config["classes"],
            norm=config["norm"],
        )
    )
    if config["norm"] == "batch":
        _forget_running_statistics(model)
    return model


def _forget_running_statistics(model: nn.Module) -> None:
    """Leave nothing that a forward pass would change, which torch.func refuses."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.track_running_stats = False
            module.running_mean = None
            module.running_var = None
            module.num_batches_tracked = None


MODELS: dict[str, Callable[[Config], nn.Module]] = {
    "mlp": _mlp,
    "gpt": _gpt,
    "vit": _vit,
    "resnet": _resnet,
}


def _under(tensors: Tensors, prefix: str) -> Tensors:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


def set_threads(threads: int) -> None:
    """Let PyTorch compute with the given number of threads."""
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
