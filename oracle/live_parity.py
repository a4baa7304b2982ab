"""Write fresh random parity cases for a live check of another implementation.

Usage: python oracle/live_parity.py make --out DIRECTORY [--seed S] [--cases N]
                                         [--no-large]

The files have the format of the committed fixtures (see `parity_case.py`), so one
reader serves both. Besides N small cases of random sizes and flags there are two
large ones, `large_gpt` and `large_mlp`. Their inputs are float32 numbers stored as
float64, so that a float32 program is judged on the very same problem, and their
config has "float32Errors": PyTorch's own relative errors in float32. The seed is
printed; the same seed gives the same cases.
"""

from __future__ import annotations

import argparse
import random
import secrets
from pathlib import Path

from models.bert import BertConfig
from models.gpt import GptConfig
from models.mamba import MambaConfig
from models.mixer import MixerConfig
from models.mlp import MlpConfig
from models.resnet import ResnetConfig
from models.vgg import VggConfig
from models.vit import VitConfig
from parity_case import (
    ParityCase,
    case_tensors,
    float32_errors,
    gpt_case,
    mlp_case,
    write_case,
)
from zoo_cases import (
    bert_case,
    mamba_case,
    mixer_case,
    resnet_case,
    vgg_case,
    vit_case,
)

DEFAULT_CASE_COUNT = 16


def random_mlp(name: str, draw: random.Random) -> ParityCase:
    """Draw an MLP of two to four layers with random widths and scale.

    The scale stays small enough for the softmax not to saturate, which would leave
    diagonal blocks of rounding noise.
    """
    hidden = [draw.randint(4, 12) for _ in range(draw.randint(1, 3))]
    config = MlpConfig(
        sizes=(draw.randint(3, 15), *hidden, draw.randint(2, 8)),
        output_scale=draw.choice([0.5, 1.0, 1.5, 2.0]),
        scale_logits=draw.random() < 0.5,
    )
    return mlp_case(name, config, draw.randint(4, 32), draw.randrange(2**31))


def random_gpt(name: str, draw: random.Random) -> ParityCase:
    """Draw a GPT of one to three layers with random sizes and flags."""
    heads = draw.randint(1, 3)
    config = GptConfig(
        layers=draw.randint(1, 3),
        heads=heads,
        # LayerNorm over two features gives +-1 whatever they are: stay above.
        width=heads * draw.randint(3, 5),
        context=draw.randint(1, 9),
        vocabulary=draw.randint(2, 20),
        bias=draw.random() < 0.5,
        gelu=draw.choice(["exact", "tanh"]),
        tied=draw.random() < 0.5,
        norms=draw.random() < 0.7,
        hidden=draw.choice([None, draw.randint(1, 6)]),
    )
    return gpt_case(name, config, draw.randint(1, 5), draw.randrange(2**31))


def random_image(draw: random.Random) -> dict[str, int]:
    """Draw the extents of images that patches tile, two patches at least."""
    patch = draw.randint(1, 3)
    return {
        "channels": draw.randint(1, 3),
        "height": patch * draw.randint(1, 3),
        "width": patch * draw.randint(2, 3),
        "patch": patch,
        "layers": draw.randint(1, 3),
        "classes": draw.randint(2, 6),
    }


def random_vit(name: str, draw: random.Random) -> ParityCase:
    """Draw a vision transformer of one to three layers."""
    heads = draw.randint(1, 3)
    config = VitConfig(
        **random_image(draw),
        heads=heads,
        features=heads * draw.randint(3, 5),
        hidden=draw.randint(4, 16),
        fused=draw.random() < 0.5,
    )
    return vit_case(name, config, draw.randint(2, 6), draw.randrange(2**31))


def random_mixer(name: str, draw: random.Random) -> ParityCase:
    """Draw an MLP-Mixer of one to three layers."""
    config = MixerConfig(
        **random_image(draw),
        features=draw.randint(3, 9),
        token_hidden=draw.randint(2, 8),
        channel_hidden=draw.randint(3, 12),
    )
    return mixer_case(name, config, draw.randint(2, 6), draw.randrange(2**31))


def random_bert(name: str, draw: random.Random) -> ParityCase:
    """Draw a BERT of one to three layers, its sequences padded or not."""
    heads = draw.randint(1, 3)
    config = BertConfig(
        layers=draw.randint(1, 3),
        heads=heads,
        width=heads * draw.randint(3, 5),
        hidden=draw.randint(4, 16),
        context=draw.randint(6, 10),
        vocabulary=draw.randint(4, 20),
        tied=draw.random() < 0.5,
    )
    seed, padded = draw.randrange(2**31), draw.random() < 0.5
    return bert_case(name, config, draw.randint(2, 4), seed, padded)


def random_resnet(name: str, draw: random.Random) -> ParityCase:
    """Draw a ResNet of one to three stages, large enough for batch statistics."""
    stages = draw.randint(1, 3)
    stem = draw.choice(["large", "small"])
    side = 13 if stem == "large" else 5
    config = ResnetConfig(
        channels=draw.randint(1, 3),
        height=side + draw.randint(0, 4),
        width=side + draw.randint(0, 4),
        widths=tuple(draw.randint(2, 5) for _ in range(stages)),
        blocks=tuple(draw.randint(1, 2) for _ in range(stages)),
        stem=stem,
        classes=draw.randint(2, 6),
        norm=draw.choice(["batch", "running"]),
    )
    return resnet_case(name, config, draw.randint(5, 8), draw.randrange(2**31))


def random_vgg(name: str, draw: random.Random) -> ParityCase:
    """Draw a VGG network of one or two stages.

    Not with batch statistics: a bias before them has no curvature, and what rounding
    leaves in its place has no scale to compare with.
    """
    stages = draw.randint(1, 2)
    config = VggConfig(
        channels=draw.randint(1, 3),
        height=draw.randint(8, 12),
        width=draw.randint(8, 12),
        stages=tuple(
            tuple(draw.randint(2, 5) for _ in range(draw.randint(1, 2)))
            for _ in range(stages)
        ),
        pooled_side=draw.randint(1, 2),
        hidden=tuple(draw.randint(3, 8) for _ in range(draw.randint(0, 2))),
        classes=draw.randint(2, 6),
        norm=draw.choice(["none", "running"]),
    )
    return vgg_case(name, config, draw.randint(4, 6), draw.randrange(2**31))


def random_mamba(name: str, draw: random.Random) -> ParityCase:
    """Draw a Mamba of one or two layers."""
    config = MambaConfig(
        layers=draw.randint(1, 2),
        width=draw.randint(4, 18),
        expansion=draw.randint(1, 2),
        state=draw.randint(1, 5),
        kernel=draw.randint(1, 4),
        context=draw.randint(1, 9),
        vocabulary=draw.randint(4, 20),
        tied=draw.random() < 0.5,
    )
    return mamba_case(name, config, draw.randint(2, 4), draw.randrange(2**31))


FAMILIES = {
    "gpt": random_gpt,
    "mlp": random_mlp,
    "vit": random_vit,
    "mixer": random_mixer,
    "bert": random_bert,
    "resnet": random_resnet,
    "vgg": random_vgg,
    "mamba": random_mamba,
}


def large_cases(draw: random.Random) -> list[ParityCase]:
    """Return the GPT of width 64 and the paper's MLP at full size."""
    config = GptConfig(layers=4, heads=4, width=64, context=64, vocabulary=65)
    seeds = [draw.randrange(2**31) for _ in range(2)]
    return [
        gpt_case("large_gpt", config, 4, seeds[0], exact_in_float32=True),
        mlp_case("large_mlp", MlpConfig(), 64, seeds[1], exact_in_float32=True),
    ]


def make(seed: int, directory: Path, case_count: int, with_large: bool) -> None:
    """Write the cases that follow from `seed` into `directory`."""
    draw = random.Random(seed)
    for index in range(case_count):
        label = list(FAMILIES)[index % len(FAMILIES)]
        case = FAMILIES[label](f"live_{index}_{label}", draw)
        case.config["liveSeed"] = seed
        write_case(case, case_tensors(case), directory)
    for case in large_cases(draw) if with_large else []:
        case.config["liveSeed"] = seed
        case.config["float32Errors"] = float32_errors(case)
        write_case(case, case_tensors(case), directory)


def main() -> None:
    """Read the command line, print the seed and write the cases."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("make", help="write fresh cases into a directory")
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--seed", type=int, help="drawn and printed when left out")
    command.add_argument("--cases", type=int, default=DEFAULT_CASE_COUNT)
    command.add_argument("--no-large", action="store_true")
    arguments = parser.parse_args()
    seed = secrets.randbits(31) if arguments.seed is None else arguments.seed
    print(f"seed {seed}")
    make(seed, arguments.out, arguments.cases, not arguments.no_large)


if __name__ == "__main__":
    main()
