"""Write the committed parity cases into test/fixtures/parity.

Usage: python oracle/make_parity_fixtures.py [--out DIRECTORY]

The `*_spectrum` cases also hold the eigenvalues, ascending, of the dense Hessian
(`expected.eigenvalues.full`) and of every diagonal block
(`expected.eigenvalues.<name>`).
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from models.bert import BertConfig
from models.gpt import GptConfig
from models.mamba import MambaConfig
from models.mixer import MixerConfig
from models.mlp import MlpConfig
from models.resnet import ResnetConfig
from models.vgg import VggConfig
from models.vit import VitConfig
from parity_case import ParityCase, case_tensors, gpt_case, mlp_case, write_case
from zoo_cases import (
    bert_case,
    mamba_case,
    mixer_case,
    resnet_case,
    vgg_case,
    vit_case,
)

DEFAULT_DIRECTORY = Path(__file__).parent.parent / "test" / "fixtures" / "parity"


def parity_cases() -> list[ParityCase]:
    """Return the cases checked for loss, gradient and products."""
    sizes = (10, 7, 6, 5, 4)
    base = GptConfig(layers=2, heads=2, width=8, context=6, vocabulary=11)
    tanh = replace(base, bias=True, gelu="tanh")
    return [
        mlp_case("mlp", MlpConfig(sizes), batch_size=16, seed=1),
        mlp_case(
            "mlp_scaled", MlpConfig(sizes, output_scale=3.0), batch_size=16, seed=2
        ),
        gpt_case("gpt", base, batch_size=3, seed=3),
        gpt_case("gpt_bias_tanh", tanh, batch_size=3, seed=4),
        gpt_case("gpt_untied", replace(base, tied=False), batch_size=3, seed=5),
        *zoo_cases(),
        *convolution_cases(),
        *state_space_cases(),
    ]


def zoo_cases() -> list[ParityCase]:
    """Return vision transformers, an MLP-Mixer and BERTs; no two extents agree."""
    image = {"channels": 3, "height": 4, "width": 6, "patch": 2, "layers": 2}
    vit = VitConfig(**image, heads=2, features=8, hidden=10, classes=5, fused=False)
    mixer = MixerConfig(
        **image, features=8, token_hidden=5, channel_hidden=9, classes=4
    )
    bert = BertConfig(
        layers=2, heads=2, width=8, hidden=10, context=7, vocabulary=11
    )
    untied = replace(bert, tied=False)
    return [
        vit_case("vit", vit, batch_size=4, seed=8),
        vit_case("vit_fused", replace(vit, fused=True), batch_size=4, seed=9),
        mixer_case("mixer", mixer, batch_size=4, seed=10),
        bert_case("bert", bert, batch_size=3, seed=11),
        bert_case("bert_untied_padded", untied, batch_size=3, seed=12, padded=True),
    ]


def convolution_cases() -> list[ParityCase]:
    """Return ResNets and VGG networks, with and without BatchNorm."""
    large = ResnetConfig(
        channels=2,
        height=17,
        width=13,
        widths=(3, 4, 5),
        blocks=(1, 2, 1),
        stem="large",
        classes=4,
        norm="batch",
    )
    small = replace(large, height=6, width=5, stem="small", norm="running")
    # 3 x 2 places are averaged to 2 x 2.
    vgg = VggConfig(
        channels=2,
        height=13,
        width=10,
        stages=((3, 4), (5,)),
        pooled_side=2,
        hidden=(7, 6),
        classes=4,
        norm="none",
    )
    normed = replace(vgg, pooled_side=1, hidden=(), norm="batch")
    return [
        resnet_case("resnet", large, batch_size=5, seed=13),
        resnet_case("resnet_small_running", small, batch_size=4, seed=14),
        vgg_case("vgg", vgg, batch_size=4, seed=15),
        vgg_case("vgg_norm", normed, batch_size=4, seed=16),
        vgg_case(
            "vgg_norm_running", replace(vgg, norm="running"), batch_size=4, seed=17
        ),
    ]


def state_space_cases() -> list[ParityCase]:
    """Return Mambas whose time steps have rank 1 and 2."""
    mamba = MambaConfig(
        layers=2, width=6, expansion=3, state=4, kernel=3, context=7, vocabulary=11
    )
    wide = replace(mamba, layers=1, width=17, expansion=2, context=5, tied=False)
    return [
        mamba_case("mamba", mamba, batch_size=3, seed=18),
        mamba_case("mamba_untied", wide, batch_size=3, seed=19),
    ]


def mlp_spectrum_case() -> ParityCase:
    """Return the MLP of 94 parameters whose dense Hessian is decomposed."""
    return mlp_case("mlp_spectrum", MlpConfig((6, 5, 4, 4, 3)), batch_size=24, seed=6)


def gpt_spectrum_case() -> ParityCase:
    """Return the GPT of 280 parameters whose dense Hessian is decomposed."""
    config = GptConfig(layers=1, heads=2, width=4, context=6, vocabulary=13)
    return gpt_case("gpt_spectrum", config, batch_size=4, seed=7)


def eigenvalue_tensors(case: ParityCase) -> dict[str, Tensor]:
    """Return the eigenvalues of the whole Hessian and of each diagonal block.

    Each list is checked against the trace and the Frobenius norm of its matrix,
    which are sums over entries and not over eigenvalues.
    """
    curvature = case.curvature()
    tensors = {}
    for label, names in [("full", None), *((name, [name]) for name in curvature.names)]:
        matrix = curvature.dense(names)
        values = torch.linalg.eigvalsh(matrix)
        scale = matrix.norm()
        assert abs(values.sum() - matrix.trace()) <= 1e-12 * scale * len(values), label
        assert abs(values.norm() - scale) <= 1e-12 * scale, label
        tensors[f"expected.eigenvalues.{label}"] = values
    return tensors


def main() -> None:
    """Write all committed cases."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DEFAULT_DIRECTORY)
    directory = parser.parse_args().out
    for case in parity_cases():
        write_case(case, case_tensors(case), directory)
    for case in (mlp_spectrum_case(), gpt_spectrum_case()):
        write_case(case, case_tensors(case) | eigenvalue_tensors(case), directory)


if __name__ == "__main__":
    main()
