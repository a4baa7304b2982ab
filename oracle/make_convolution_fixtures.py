"""Write what PyTorch finds for the operations of convolutional networks and scans.

Usage: python oracle/make_convolution_fixtures.py [--out FILE]

The cases have the tensors and meaning of `make_op_fixtures.py`: value, first and
second derivatives in float64, the attributes as JSON in `__metadata__` under "cases".
"""

from __future__ import annotations

import argparse
import json
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from make_op_fixtures import OpCase, case_tensors
from parity_case import write_tensors

FIXTURES = Path(__file__).parent.parent / "test" / "fixtures"
DEFAULT_FILE = FIXTURES / "convolution.safetensors"
EPSILON = 1e-5

Shape = tuple[int, ...]


class Draw:
    """Seeded standard normal tensors."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def __call__(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self.generator, dtype=torch.float64)


def convolution_cases(draw: Draw) -> list[OpCase]:
    """Return convolutions over one to three axes; padding is (low, high) by axis."""
    table: list[tuple[str, Shape, Shape, dict[str, Any]]] = [
        ("plain", (2, 3, 6, 5), (4, 3, 3, 3), {}),
        ("same", (2, 3, 6, 5), (4, 3, 3, 3), {"padding": [[1, 1], [1, 1]]}),
        (
            "strided",
            (2, 3, 7, 9),
            (4, 3, 3, 2),
            {"stride": [2, 3], "padding": [[1, 0], [0, 2]]},
        ),
        (
            "dilated",
            (1, 2, 8, 7),
            (3, 2, 2, 3),
            {"dilation": [3, 2], "padding": [[2, 1], [0, 3]]},
        ),
        (
            "grouped",
            (2, 6, 5, 6),
            (9, 2, 3, 3),
            {"groups": 3, "stride": [1, 2], "padding": [[1, 1], [1, 1]]},
        ),
        (
            "depthwise",
            (2, 4, 6, 6),
            (4, 1, 3, 3),
            {"groups": 4, "stride": [2, 2], "padding": [[1, 1], [1, 1]]},
        ),
        ("pointwise", (2, 5, 4, 4), (3, 5, 1, 1), {}),
        ("line", (2, 4, 11), (6, 2, 3), {"groups": 2, "padding": [[2, 1]]}),
        (
            "volume",
            (1, 2, 4, 5, 4),
            (3, 2, 2, 3, 2),
            {"stride": [2, 1, 2], "padding": [[1, 1], [1, 0], [0, 0]]},
        ),
    ]
    return [
        OpCase(
            f"conv_{name}",
            {"op": "conv", **options},
            partial(_convolve, options=options),
            {"x": draw(*x), "weight": draw(*weight)},
        )
        for name, x, weight, options in table
    ]


def transposed_cases(draw: Draw) -> list[OpCase]:
    """Return transposed convolutions, as U-Nets have them."""
    doubling = {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2}
    spread = {"stride": (3, 2), "padding": (0, 1), "dilation": (1, 2)}
    return [
        OpCase(
            "conv_transpose_doubling",
            {
                "op": "conv_transpose",
                "extents": [8, 6],
                "stride": [2, 2],
                "padding": [[1, 1], [1, 1]],
                "groups": 2,
            },
            partial(functional.conv_transpose2d, **doubling),
            {"x": draw(2, 4, 4, 3), "weight": draw(4, 3, 3, 3)},
        ),
        OpCase(
            "conv_transpose_spread",
            {
                "op": "conv_transpose",
                "extents": [8, 7],
                "stride": [3, 2],
                "padding": [[0, 0], [1, 1]],
                "dilation": [1, 2],
            },
            partial(functional.conv_transpose2d, **spread),
            {"x": draw(1, 3, 3, 3), "weight": draw(3, 2, 2, 3)},
        ),
    ]


def pooling_cases(draw: Draw) -> list[OpCase]:
    """Return max pooling, with ties too, and average pooling."""
    resnet = {"kernel_size": 3, "stride": 2, "padding": 1}
    ceil = {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}
    tied = torch.round(draw(2, 2, 6, 6))
    cases = [
        _pooling("max_pool_halving", draw(2, 3, 6, 4), {"kernel_size": 2}),
        _pooling("max_pool_overlapping", draw(2, 2, 8, 7), resnet),
        _pooling("max_pool_ties", tied, resnet),
        _pooling("max_pool_ceil", draw(1, 2, 6, 8), ceil),
        _pooling("avg_pool_halving", draw(2, 3, 6, 4), {"kernel_size": 2}),
        _pooling("avg_pool_padded", draw(2, 2, 7, 8), resnet),
        _pooling("avg_pool_ceil", draw(1, 2, 6, 8), ceil),
        _pooling(
            "avg_pool_image_only",
            draw(1, 2, 6, 8),
            {**ceil, "count_include_pad": False},
        ),
    ]
    for name, extents, outputs in (
        ("even", (6, 4), (3, 2)),
        ("uneven", (7, 5), (3, 4)),
        ("growing", (1, 2), (3, 3)),
        ("whole", (4, 5), (1, 1)),
    ):
        cases.append(
            OpCase(
                f"adaptive_avg_pool_{name}",
                {"op": "adaptive_avg_pool", "outputs": list(outputs)},
                partial(functional.adaptive_avg_pool2d, output_size=outputs),
                {"x": draw(2, 2, *extents)},
            )
        )
    return cases


def resizing_cases(draw: Draw) -> list[OpCase]:
    """Return nearest and bilinear resizing, by whole numbers and others."""
    cases = []
    for label, outputs in (("doubled", (6, 8)), ("odd", (5, 7)), ("smaller", (2, 3))):
        for name, options in (
            ("nearest", {"mode": "nearest"}),
            ("linear", {"mode": "bilinear", "align_corners": False}),
            ("linear_corners", {"mode": "bilinear", "align_corners": True}),
        ):
            cases.append(
                OpCase(
                    f"resize_{name}_{label}",
                    {"op": f"resize_{name}", "outputs": list(outputs)},
                    partial(functional.interpolate, size=outputs, **options),
                    {"x": draw(2, 2, 3, 4)},
                )
            )
    return cases


def normalisation_cases(draw: Draw) -> list[OpCase]:
    """Return batch, group, instance and RMS normalisation with their parameters."""

    def parameters(channels: int) -> dict[str, Tensor]:
        return {"weight": 1 + 0.3 * draw(channels), "bias": 0.3 * draw(channels)}

    def batch(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return functional.batch_norm(
            x, None, None, weight, bias, training=True, eps=EPSILON
        )

    mean, variance = draw(3), draw(3) ** 2 + 0.1

    def running(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return functional.batch_norm(x, mean, variance, weight, bias, eps=EPSILON)

    def group(groups: int, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return functional.group_norm(x, groups, weight, bias, EPSILON)

    def rms(x: Tensor, weight: Tensor) -> Tensor:
        return functional.rms_norm(x, weight.shape, weight, EPSILON)

    return [
        OpCase(
            "batch_norm",
            {"op": "batch_norm"},
            batch,
            {"x": draw(4, 3, 3, 2), **parameters(3)},
        ),
        OpCase(
            "batch_norm_offset",
            {"op": "batch_norm"},
            batch,
            {"x": draw(4, 3, 3, 2) + 1000, **parameters(3)},
        ),
        OpCase(
            "batch_norm_running",
            {"op": "batch_norm_running"},
            running,
            {"x": draw(4, 3, 3, 2), **parameters(3)},
            {"mean": mean, "variance": variance},
        ),
        OpCase(
            "group_norm",
            {"op": "group_norm", "groups": 2},
            partial(group, 2),
            {"x": draw(2, 4, 3, 2), **parameters(4)},
        ),
        OpCase(
            "instance_norm",
            {"op": "group_norm", "groups": 3},
            partial(group, 3),
            {"x": draw(2, 3, 3, 2), **parameters(3)},
        ),
        OpCase(
            "rms_norm",
            {"op": "rms_norm"},
            rms,
            {"x": draw(4, 6), "weight": 1 + 0.3 * draw(6)},
        ),
    ]


def activation_cases() -> list[OpCase]:
    """Return functions of one variable on a grid that has their corners."""
    points = torch.arange(-64, 65, dtype=torch.float64) / 8
    wide = torch.arange(-40, 16, dtype=torch.float64)

    # PyTorch's own functions of these names have no second derivative.
    def hard_sigmoid(x: Tensor) -> Tensor:
        return functional.relu6(x + 3) / 6

    def hard_swish(x: Tensor) -> Tensor:
        return x * hard_sigmoid(x)

    functions = {
        "silu": functional.silu,
        "relu6": functional.relu6,
        "leaky_relu": functional.leaky_relu,
        "hard_sigmoid": hard_sigmoid,
        "hard_swish": hard_swish,
        "sin": torch.sin,
        "cos": torch.cos,
    }
    cases = [
        OpCase(name, {"op": name}, function, {"x": points})
        for name, function in functions.items()
    ]
    # At 0 PyTorch takes the slope from the left and its derivative from the right.
    cases.append(OpCase("elu", {"op": "elu"}, functional.elu, {"x": points + 1 / 32}))
    # Above its threshold PyTorch returns x itself, which is 2e-9 off.
    cases.append(
        OpCase("softplus", {"op": "softplus"}, functional.softplus, {"x": wide})
    )
    return cases


def scan_cases(draw: Draw) -> list[OpCase]:
    """Return running sums and linear recurrences along an axis."""

    def recurrence(a: Tensor, x: Tensor) -> Tensor:
        state = torch.zeros_like(x[:, 0])
        states = []
        for t in range(x.shape[1]):
            state = a[:, t] * state + x[:, t]
            states.append(state)
        return torch.stack(states, 1)

    def backward_sum(x: Tensor) -> Tensor:
        return x.flip(1).cumsum(1).flip(1)

    decay = torch.sigmoid(draw(2, 13, 3))
    return [
        OpCase(
            "cumulative_sum",
            {"op": "cumulative_sum", "axis": 1, "reverse": False},
            partial(torch.cumsum, dim=1),
            {"x": draw(2, 7, 3)},
        ),
        OpCase(
            "cumulative_sum_reverse",
            {"op": "cumulative_sum", "axis": 1, "reverse": True},
            backward_sum,
            {"x": draw(2, 7, 3)},
        ),
        OpCase(
            "linear_scan",
            {"op": "linear_scan", "axis": 1},
            recurrence,
            {"weight": decay, "x": draw(2, 13, 3)},
        ),
    ]


def _convolve(x: Tensor, weight: Tensor, options: dict[str, Any]) -> Tensor:
    axes = x.dim() - 2
    padding = options.get("padding", [[0, 0]] * axes)
    # functional.pad takes the last axis first.
    widths = [width for pair in reversed(padding) for width in pair]
    convolve = [functional.conv1d, functional.conv2d, functional.conv3d][axes - 1]
    return convolve(
        functional.pad(x, widths),
        weight,
        stride=options.get("stride", 1),
        dilation=options.get("dilation", 1),
        groups=options.get("groups", 1),
    )


def _pooling(name: str, x: Tensor, options: dict[str, Any]) -> OpCase:
    op = name[:8]
    pool = {"max_pool": functional.max_pool2d, "avg_pool": functional.avg_pool2d}[op]
    return OpCase(name, {"op": op, **options}, partial(pool, **options), {"x": x})


def main() -> None:
    """Write all cases to one file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DEFAULT_FILE)
    path = parser.parse_args().out
    draw = Draw(12)
    cases = [
        *convolution_cases(draw),
        *transposed_cases(draw),
        *pooling_cases(draw),
        *resizing_cases(draw),
        *normalisation_cases(draw),
        *activation_cases(),
        *scan_cases(draw),
    ]
    tensors: dict[str, Tensor] = {}
    for case in cases:
        tensors |= case_tensors(case, draw.generator)
    described = {case.name: case.attributes for case in cases}
    write_tensors(path, tensors, {"cases": json.dumps(described)})


if __name__ == "__main__":
    main()
