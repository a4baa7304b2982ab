"""Write values and derivatives of single operations to test/fixtures/ops.safetensors.

Usage: python oracle/make_op_fixtures.py [--out FILE]

For an operation y = f(x_1, ...) with a random cotangent g of y's shape and random
directions u_i of the inputs' shapes, each case holds

    <case>.<input>              inputs
    <case>.cotangent            g
    <case>.direction.<input>    u_i
    <case>.expected.output      y
    <case>.expected.vjp.<input>     d<g, y> / dx_i
    <case>.expected.jvp             sum_i (dy / dx_i) u_i
    <case>.expected.second.<input>  d(sum_j <vjp_j, u_j>) / dx_i, with g and u fixed

All in float64, labels in int64; the cases and their attributes are listed as JSON
in `__metadata__` under "cases".
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from parity_case import write_tensors

DEFAULT_FILE = Path(__file__).parent.parent / "test" / "fixtures" / "ops.safetensors"
LAYER_NORM_EPSILON = 1e-5


@dataclass(frozen=True)
class OpCase:
    """One operation at chosen inputs.

    Attributes:
        name: prefix of the case's tensors.
        attributes: the operation and its options, stored as JSON.
        function: takes the inputs in order and returns the output.
        inputs: differentiable inputs by name.
        constants: integer inputs, stored but already bound in `function`.
    """

    name: str
    attributes: dict[str, Any]
    function: Callable[..., Tensor]
    inputs: dict[str, Tensor]
    constants: dict[str, Tensor] = field(default_factory=dict)


def case_tensors(case: OpCase, generator: torch.Generator) -> dict[str, Tensor]:
    """Return the case's tensors, after checking <g, J u> = <J^T g, u>."""
    inputs = [value.clone().requires_grad_() for value in case.inputs.values()]
    output = case.function(*inputs)
    cotangent = _normal(output.shape, generator).requires_grad_()
    directions = [_normal(value.shape, generator) for value in inputs]

    vjp = torch.autograd.grad(output, inputs, cotangent, create_graph=True)
    terms = [(row * u).sum() for row, u in zip(vjp, directions, strict=True)]
    pairing = torch.stack(terms).sum()
    # The pairing is linear in the cotangent, and its gradient there is J u.
    jvp, *second = torch.autograd.grad(
        pairing, [cotangent, *inputs], materialize_grads=True
    )
    # Saturated softmax has J = 0 by cancellation: rounding is then of |g| |u|, not J u.
    lengths = torch.stack([u.norm() for u in directions])
    scale = cotangent.norm() * lengths.sum() + pairing.abs()
    gap = ((cotangent * jvp).sum() - pairing).abs()
    assert gap <= 1e-13 * scale, f"{case.name}: <g, J u> is off by {gap:.3g}"

    tensors = {**case.inputs, **case.constants, "cotangent": cotangent}
    tensors |= {"expected.output": output, "expected.jvp": jvp}
    columns = zip(case.inputs, directions, vjp, second, strict=True)
    for name, direction, first_derivative, second_derivative in columns:
        tensors[f"direction.{name}"] = direction
        tensors[f"expected.vjp.{name}"] = first_derivative
        tensors[f"expected.second.{name}"] = second_derivative
    for name, value in tensors.items():
        finite = torch.isfinite(value).all() or name in case.inputs
        assert finite, f"{case.name}.{name} is not finite"
    return {f"{case.name}.{name}": value for name, value in tensors.items()}


def elementwise_cases() -> list[OpCase]:
    """Return erf and both GELUs on grids whose points are exact in binary."""
    erf_points = torch.arange(-384, 385, dtype=torch.float64) / 64
    gelu_points = torch.arange(-160, 161, dtype=torch.float64) / 16
    _check_against_libm(erf_points, gelu_points)
    exact = partial(functional.gelu, approximate="none")
    tanh = partial(functional.gelu, approximate="tanh")
    return [
        OpCase("erf", {"op": "erf"}, torch.erf, {"x": erf_points}),
        OpCase(
            "gelu_exact",
            {"op": "gelu", "approximate": "none"},
            exact,
            {"x": gelu_points},
        ),
        OpCase(
            "gelu_tanh",
            {"op": "gelu", "approximate": "tanh"},
            tanh,
            {"x": gelu_points},
        ),
    ]


def softmax_cases(generator: torch.Generator) -> list[OpCase]:
    """Return softmax, log-softmax and cross-entropy over the last axis."""
    ordinary = _normal((5, 7), generator)
    large = _normal((5, 7), generator) * 1000
    # A row of ties, a row won by far, and rows shifted to where exp overflows.
    extreme = torch.stack(
        [
            torch.zeros(7),
            torch.tensor([800.0, 0, 0, 0, 0, 0, -800.0]),
            torch.arange(7.0) + 1000,
            torch.arange(7.0) - 1000,
        ]
    ).double()
    masked = _normal((6, 6), generator)
    masked = masked.masked_fill(torch.ones(6, 6).triu(1).bool(), -math.inf)
    labels = torch.randint(7, (5,), generator=generator)

    rows = {"random": ordinary, "large": large, "extreme": extreme}
    softmax = partial(functional.softmax, dim=-1)
    log_softmax = partial(functional.log_softmax, dim=-1)
    mean_loss = partial(functional.cross_entropy, target=labels)
    cases = [OpCase("softmax_masked", {"op": "softmax"}, softmax, {"x": masked})]
    for label, x in rows.items():
        cases.append(OpCase(f"softmax_{label}", {"op": "softmax"}, softmax, {"x": x}))
        cases.append(
            OpCase(f"log_softmax_{label}", {"op": "log_softmax"}, log_softmax, {"x": x})
        )
    for label, x in (("random", ordinary), ("large", large)):
        cases.append(
            OpCase(
                f"cross_entropy_{label}",
                {"op": "cross_entropy", "reduction": "mean"},
                mean_loss,
                {"x": x},
                {"labels": labels},
            )
        )
    return cases


def layer_norm_cases(generator: torch.Generator) -> list[OpCase]:
    """Return LayerNorm over the last axis, with weight and bias.

    `offset` has a mean far above its deviation, which costs digits to whoever
    forms E[x^2] - E[x]^2; in `flat` the variance is below epsilon.
    """
    x = _normal((4, 8), generator)
    points = {"random": x, "offset": x + 1000, "flat": 1e-4 * x, "large": 1e4 * x}

    def normalise(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return functional.layer_norm(x, (8,), weight, bias, LAYER_NORM_EPSILON)

    attributes = {"op": "layer_norm", "epsilon": LAYER_NORM_EPSILON, "axis": -1}
    return [
        OpCase(
            f"layer_norm_{label}",
            attributes,
            normalise,
            {
                "x": value,
                "weight": 1 + 0.3 * _normal((8,), generator),
                "bias": 0.3 * _normal((8,), generator),
            },
        )
        for label, value in points.items()
    ]


def _check_against_libm(erf_points: Tensor, gelu_points: Tensor) -> None:
    """Assert that PyTorch's erf and GELU agree with the C library's erf and erfc."""
    erf = torch.tensor([math.erf(x) for x in erf_points.tolist()], dtype=torch.float64)
    assert (torch.erf(erf_points) - erf).abs().max() <= 4e-16
    gelu = torch.tensor(
        [0.5 * x * math.erfc(-x / math.sqrt(2)) for x in gelu_points.tolist()],
        dtype=torch.float64,
    )
    error = (functional.gelu(gelu_points) - gelu).abs()
    assert (error <= 4e-16 * gelu_points.abs().clamp(min=1)).all()


def _normal(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def main() -> None:
    """Write all operations' cases to one file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DEFAULT_FILE)
    path = parser.parse_args().out
    generator = torch.Generator().manual_seed(11)
    cases = [
        *elementwise_cases(),
        *softmax_cases(generator),
        *layer_norm_cases(generator),
    ]
    tensors: dict[str, Tensor] = {}
    for case in cases:
        tensors |= case_tensors(case, generator)
    described = {case.name: case.attributes for case in cases}
    write_tensors(path, tensors, {"cases": json.dumps(described)})


if __name__ == "__main__":
    main()
