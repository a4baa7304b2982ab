"""Parity cases of vision transformers, MLP-Mixers and BERT."""

from __future__ import annotations

import dataclasses
from typing import Any

import torch
from torch import Tensor

from models.bert import Bert, BertConfig
from models.mixer import Mixer, MixerConfig
from models.vit import Vit, VitConfig
from parity_case import ParityCase, draw


def vit_case(name: str, config: VitConfig, batch_size: int, seed: int) -> ParityCase:
    """Draw a vision transformer and random images."""
    generator = torch.Generator().manual_seed(seed)
    batch = _images(config, batch_size, generator)
    return _case(name, "vit", config, Vit(config).double(), batch, generator)


def mixer_case(
    name: str, config: MixerConfig, batch_size: int, seed: int
) -> ParityCase:
    """Draw an MLP-Mixer, its head too, and random images."""
    generator = torch.Generator().manual_seed(seed)
    batch = _images(config, batch_size, generator)
    return _case(name, "mixer", config, Mixer(config).double(), batch, generator)


def bert_case(
    name: str, config: BertConfig, batch_size: int, seed: int, padded: bool = False
) -> ParityCase:
    """Draw a BERT and random sequences, two tokens of each to be found.

    With `padded` each sequence ends one position later than the one before it, and
    what comes after its end is not attended to.
    """
    generator = torch.Generator().manual_seed(seed)
    count, context = batch_size, config.context

    def integers(below: int, size: int) -> Tensor:
        return torch.randint(below, (size,), generator=generator)

    lengths = [context - (count - 1 - row if padded else 0) for row in range(count)]
    places = [
        torch.randperm(length, generator=generator)[:2].sort().values + row * context
        for row, length in enumerate(lengths)
    ]
    batch = {
        "tokens": integers(config.vocabulary, count * context),
        "segments": (torch.arange(context) >= context // 2).long().repeat(count),
        "maskedRows": torch.cat(places),
        "maskedTargets": integers(config.vocabulary, 2 * count),
        "nextLabels": integers(2, count),
    }
    if padded:
        kept = torch.arange(context)[None, :] < torch.tensor(lengths)[:, None]
        batch["attentionMask"] = kept.long().flatten()
    return _case(name, "bert", config, Bert(config).double(), batch, generator)


def _images(
    config: VitConfig | MixerConfig, batch_size: int, generator: torch.Generator
) -> dict[str, Tensor]:
    """Draw flat images and labels."""
    values = config.channels * config.height * config.width
    images = torch.randn(batch_size, values, generator=generator, dtype=torch.float64)
    labels = torch.randint(config.classes, (batch_size,), generator=generator)
    return {"images": images, "labels": labels}


def _case(
    name: str,
    family: str,
    config: Any,
    model: torch.nn.Module,
    batch: dict[str, Tensor],
    generator: torch.Generator,
) -> ParityCase:
    """Return the case with its parameters and vectors drawn."""
    labels = batch.get("labels", batch.get("nextLabels"))
    described = {
        "family": family,
        **{_camel(key): value for key, value in dataclasses.asdict(config).items()},
        "batchSize": len(labels),
        "seed": generator.initial_seed(),
    }
    case = ParityCase(name, described, model, batch)
    draw(case, generator, exact_in_float32=False)
    return case


def _camel(name: str) -> str:
    """Return `token_hidden` as `tokenHidden`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
