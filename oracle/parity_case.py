"""One parity case: a small model, a batch, a vector and what PyTorch finds.

A case is one safetensors file, in float64 and int64, with the tensors

    param.<name>                 parameters
    batch.tokens, batch.targets  [B * T] int64 (GPT, Mamba)
    batch.images, batch.labels   [B, features] and [B] int64 (models of images)
    batch.tokens, batch.segments, batch.maskedRows, batch.maskedTargets,
    batch.nextLabels, perhaps batch.attentionMask (BERT; `Bert.loss` has the shapes)
    expected.loss                scalar
    expected.grad.<name>         gradient
    vector.<name>                a vector over all parameters
    expected.hvp.<name>          the whole Hessian's product with it
    expected.block_hvp.<name>    each diagonal block's product with its part

and, in `__metadata__`, a JSON text under "config" (see `test/fixtures/README.md`).
"""

from __future__ import annotations

import copy
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from hessian import Blocks, Curvature, check_products, norm
from models.gpt import LAYER_NORM_EPSILON, Gpt, GptConfig
from models.mlp import Mlp, MlpConfig


@dataclass
class ParityCase:
    """A model with its batch and the vector to multiply by.

    Attributes:
        name: the file's name without its ending.
        config: what is stored as JSON; enough to rebuild the model.
        model: the model, parameters already drawn.
        batch: the loss's arguments by the names they are stored under.
        vector: one tensor per parameter, standard normal.
        probe: a second such vector, for the check of symmetry only.
    """

    name: str
    config: dict[str, Any]
    model: nn.Module
    batch: dict[str, Tensor]
    vector: Blocks = field(default_factory=dict)
    probe: Blocks = field(default_factory=dict)

    def curvature(self, dtype: torch.dtype = torch.float64) -> Curvature:
        """Return the derivatives of the loss on this case's batch."""
        batch = list(self.batch.values())
        if isinstance(self.model, Gpt):
            batch = [part.view(-1, self.model.config.context) for part in batch]
        return Curvature(copy.deepcopy(self.model), batch, dtype)


def gpt_case(
    name: str,
    config: GptConfig,
    batch_size: int,
    seed: int,
    exact_in_float32: bool = False,
) -> ParityCase:
    """Draw a GPT and random tokens; `batch_size` counts sequences.

    With `exact_in_float32` all values are float32 numbers (stored as float64),
    so that a float32 program is compared on the very same problem.
    """
    generator = torch.Generator().manual_seed(seed)
    model = Gpt(config).double()
    count = batch_size * config.context
    batch = {
        "tokens": torch.randint(config.vocabulary, (count,), generator=generator),
        "targets": torch.randint(config.vocabulary, (count,), generator=generator),
    }
    described = {
        "family": "gpt",
        "layers": config.layers,
        "heads": config.heads,
        "width": config.width,
        "context": config.context,
        "vocabulary": config.vocabulary,
        "bias": config.bias,
        "gelu": config.gelu,
        "tied": config.tied,
        "layerNormEpsilon": LAYER_NORM_EPSILON,
        "batchSize": batch_size,
        "seed": seed,
    }
    # Cases from before there were these say nothing of them.
    if not config.norms:
        described["norms"] = False
    if config.hidden is not None:
        described["hidden"] = config.hidden
    case = ParityCase(name, described, model, batch)
    draw(case, generator, exact_in_float32)
    return case


def mlp_case(
    name: str,
    config: MlpConfig,
    batch_size: int,
    seed: int,
    exact_in_float32: bool = False,
) -> ParityCase:
    """Draw an MLP and random images; see `gpt_case`."""
    generator = torch.Generator().manual_seed(seed)
    model = Mlp(config).double()
    features, classes = config.sizes[0], config.sizes[-1]
    images = torch.randn(batch_size, features, generator=generator, dtype=torch.float64)
    batch = {
        "images": images.float().double() if exact_in_float32 else images,
        "labels": torch.randint(classes, (batch_size,), generator=generator),
    }
    described = {
        "family": "mlp",
        "sizes": list(config.sizes),
        "outputScale": config.output_scale,
        "scaleLogits": config.scale_logits,
        "batchSize": batch_size,
        "seed": seed,
    }
    case = ParityCase(name, described, model, batch)
    draw(case, generator, exact_in_float32)
    return case


def case_tensors(case: ParityCase) -> dict[str, Tensor]:
    """Return all tensors of the case's file, after checking the products."""
    curvature = case.curvature()
    check_products(curvature, case.probe, case.vector)
    tensors = {f"batch.{name}": value for name, value in case.batch.items()}
    tensors["expected.loss"] = curvature.loss
    groups = {
        "param": {name: value.detach() for name, value in curvature.parameters.items()},
        "vector": case.vector,
        "expected.grad": curvature.gradient(),
        "expected.hvp": curvature.hvp(case.vector),
        "expected.block_hvp": curvature.block_hvps(case.vector),
    }
    for prefix, blocks in groups.items():
        tensors |= {f"{prefix}.{name}": value for name, value in blocks.items()}
    return tensors


def float32_errors(case: ParityCase) -> dict[str, float]:
    """Return PyTorch's own relative errors when it computes the case in float32.

    They tell a reader what rounding alone costs: |f32 - f64| / |f64| of the loss,
    and of gradient and Hessian product in the Euclidean norm over all parameters.
    """
    exact = case.curvature()
    loss, gradient = float(exact.loss), exact.gradient()
    product = exact.hvp(case.vector)
    rounded = case.curvature(torch.float32)
    vector = {name: value.float() for name, value in case.vector.items()}
    return {
        "loss": abs(float(rounded.loss) - loss) / abs(loss),
        "gradient": _relative_difference(rounded.gradient(), gradient),
        "hvp": _relative_difference(rounded.hvp(vector), product),
    }


def write_case(case: ParityCase, tensors: dict[str, Tensor], directory: Path) -> Path:
    """Write `<name>.safetensors` into `directory` and print its size."""
    path = directory / f"{case.name}.safetensors"
    config = {
        "case": case.name,
        **case.config,
        "parameters": [name for name, _ in case.model.named_parameters()],
        "torch": torch.__version__,
    }
    write_tensors(path, tensors, {"config": json.dumps(config)})
    return path


def write_tensors(
    path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]
) -> None:
    """Write one safetensors file, in its own memory layout, and print its size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    owned = {
        name: value.detach().contiguous().clone() for name, value in tensors.items()
    }
    save_file(owned, path, metadata)
    print(f"{path}: {path.stat().st_size / 1000:.1f} kB, {len(tensors)} tensors")


def draw(case: ParityCase, generator: torch.Generator, exact_in_float32: bool) -> None:
    """Draw parameters and vectors; nothing is left at a trivial value."""

    def normal(like: Tensor, deviation: float) -> Tensor:
        drawn = torch.randn(like.shape, generator=generator, dtype=torch.float64)
        scaled = drawn * deviation
        return scaled.float().double() if exact_in_float32 else scaled

    with torch.no_grad():
        for name, parameter in case.model.named_parameters():
            if parameter.dim() == 1 and name.endswith("weight"):
                # Only normalisation layers have weights of one axis.
                # Far enough from 1 that a forgotten weight shows.
                centred = 1 + normal(parameter, 0.2)
                parameter.copy_(centred.float() if exact_in_float32 else centred)
            elif parameter.dim() in (1, 3) or _is_table(name):
                parameter.copy_(normal(parameter, 0.3))
            else:
                # Keeps the features of each layer at about the size of its input's.
                fan_in = parameter[0].numel()
                parameter.copy_(normal(parameter, 1 / math.sqrt(fan_in)))
    for vector in (case.vector, case.probe):
        for name, parameter in case.model.named_parameters():
            vector[name] = normal(parameter, 1.0)


def _is_table(name: str) -> bool:
    """Return whether a parameter is an embedding of words, positions or segments."""
    return any(part in name for part in ("transformer.w", "_embeddings.", ".embedding."))


def _relative_difference(found: Blocks, expected: Blocks) -> float:
    """Return |found - expected| / |expected| over all parameters."""
    difference = {name: found[name].double() - expected[name] for name in expected}
    return norm(difference) / norm(expected)
