"""Parity cases of the zoo: all families but those of `parity_case.py`."""

from __future__ import annotations

import dataclasses
from typing import Any

import torch
from torch import Tensor

from kinks import kink_margin
from models.bert import Bert, BertConfig
from models.mamba import Mamba, MambaConfig
from models.mixer import Mixer, MixerConfig
from models.resnet import Resnet, ResnetConfig
from models.vgg import Vgg, VggConfig
from models.vit import Vit, VitConfig
from parity_case import ParityCase, draw

# Values of order one, rounded to float32 in some ten layers, are off by a few 1e-6.
LEAST_KINK_MARGIN = 5e-5


def vit_case(name: str, config: VitConfig, batch_size: int, seed: int) -> ParityCase:
    """Draw a vision transformer and random images."""
    generator = torch.Generator().manual_seed(seed)
    batch = _images(config, batch_size, generator)
    model = Vit(config).double()
    return _case(name, "vit", config, model, batch, batch_size, generator)


def mixer_case(
    name: str, config: MixerConfig, batch_size: int, seed: int
) -> ParityCase:
    """Draw an MLP-Mixer, its head too, and random images."""
    generator = torch.Generator().manual_seed(seed)
    batch = _images(config, batch_size, generator)
    model = Mixer(config).double()
    return _case(name, "mixer", config, model, batch, batch_size, generator)


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
    model = Bert(config).double()
    return _case(name, "bert", config, model, batch, batch_size, generator)


def resnet_case(
    name: str, config: ResnetConfig, batch_size: int, seed: int
) -> ParityCase:
    """Draw a ResNet and random images, all values clear of kinks."""
    return _kinked_case(name, "resnet", config, Resnet(config), batch_size, seed)


def vgg_case(name: str, config: VggConfig, batch_size: int, seed: int) -> ParityCase:
    """Draw a VGG network and random images, all values clear of kinks."""
    return _kinked_case(name, "vgg", config, Vgg(config), batch_size, seed)


def mamba_case(
    name: str, config: MambaConfig, batch_size: int, seed: int
) -> ParityCase:
    """Draw a Mamba and random tokens; `batch_size` counts sequences."""
    generator = torch.Generator().manual_seed(seed)
    size = (batch_size * config.context,)
    batch = {
        "tokens": torch.randint(config.vocabulary, size, generator=generator),
        "targets": torch.randint(config.vocabulary, size, generator=generator),
    }
    model = Mamba(config).double()
    return _case(name, "mamba", config, model, batch, batch_size, generator)


def _kinked_case(
    name: str,
    family: str,
    config: ResnetConfig | VggConfig,
    model: torch.nn.Module,
    batch_size: int,
    seed: int,
) -> ParityCase:
    """Draw a network with ReLU and its images until no value is at a kink."""
    generator = torch.Generator().manual_seed(seed)
    model.double()
    while True:
        batch = _images(config, batch_size, generator)
        case = _case(name, family, config, model, batch, batch_size, generator)
        if kink_margin(model, batch["images"]) >= LEAST_KINK_MARGIN:
            return case


def _images(
    config: VitConfig | MixerConfig | ResnetConfig | VggConfig,
    batch_size: int,
    generator: torch.Generator,
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
    batch_size: int,
    generator: torch.Generator,
) -> ParityCase:
    """Return the case with its parameters and vectors drawn."""
    described = {
        "family": family,
        **{_camel(key): value for key, value in dataclasses.asdict(config).items()},
        "batchSize": batch_size,
        "seed": generator.initial_seed(),
    }
    case = ParityCase(name, described, model, batch)
    draw(case, generator, exact_in_float32=False)
    return case


def _camel(name: str) -> str:
    """Return `token_hidden` as `tokenHidden`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
