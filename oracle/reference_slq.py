"""Stochastic Lanczos quadrature in float64, and its fixture.

Usage: python oracle/reference_slq.py [--out FILE]

The default file is test/fixtures/slq.safetensors.

Runs the paper's Algorithms 4 and 5, with full reorthogonalisation, on the
committed case `gpt_spectrum`: on its whole Hessian (operator `full`) and on a few
diagonal blocks (operators named after their parameter). For probe i of an operator:

    <operator>.<i>.probe     start vector, length d, unit norm
    <operator>.<i>.alphas    diagonal of the Jacobi matrix, one entry a step
    <operator>.<i>.betas     betas[j] couples steps j and j + 1; the last entry is
                             the coupling that was cut off, 0 after a breakdown
    <operator>.<i>.nodes     Ritz values, ascending
    <operator>.<i>.weights   squared first components, sum 1

and for each operator

    <operator>.eigenvalues       exact, ascending
    <operator>.density.points    where the density is taken
    <operator>.density.sigma     width of the Gaussian, in the eigenvalues' unit
    <operator>.density.values    mean over the probes of q(t), Algorithm 5
    <operator>.matrix            the dense block [d, d] (blocks only)

Operators over several parameters order their entries as the case's "parameters".
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from make_parity_fixtures import gpt_spectrum_case
from parity_case import write_tensors

DEFAULT_FILE = Path(__file__).parent.parent / "test" / "fixtures" / "slq.safetensors"
PROBE_COUNT = 3
STEPS = 60
GRID_POINTS = 201
# Width of the Gaussian as a share of the spectrum's range.
SIGMA_SHARE = 0.02
BLOCKS = (
    "transformer.wte.weight",
    "transformer.h.0.attn.value.weight",
    "transformer.h.0.mlp.fc.weight",
)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Quadrature:
    """The Jacobi matrix of one probe and its Gauss quadrature."""

    alphas: Array
    betas: Array
    nodes: Array
    weights: Array


def lanczos(
    product: Callable[[Array], Array], start: Array, steps: int
) -> tuple[Array, Array]:
    """Run Algorithm 4 with full reorthogonalisation.

    Args:
        product: maps v [d] to A v [d] for a symmetric A.
        start: unit vector [d].
        steps: the most steps to take; never more than d are taken.

    Returns:
        alphas [m] and betas [m], where the last beta is the norm of the residual
        that step m leaves. On breakdown (a residual of rounding size) the run
        stops there and that beta is 0.
    """
    basis = [start]
    alphas: list[float] = []
    betas: list[float] = []
    for _ in range(min(steps, len(start))):
        residual = product(basis[-1])
        alphas.append(float(residual @ basis[-1]))
        # Twice is enough: the second pass removes what the first one's rounding left.
        for _ in range(2):
            span = np.stack(basis)
            residual = residual - span.T @ (span @ residual)
        beta = float(np.linalg.norm(residual))
        # |A| is at least the largest entry seen of its projection.
        scale = max(np.abs(alphas).max(), max(betas, default=0.0))
        if len(basis) == len(start) or beta <= len(start) * np.finfo(float).eps * scale:
            betas.append(0.0)
            break
        betas.append(beta)
        basis.append(residual / beta)
    return np.array(alphas), np.array(betas)


def quadrature(alphas: Array, betas: Array) -> Quadrature:
    """Return nodes and weights of the Jacobi matrix (Algorithm 5, lines 4 and 5)."""
    jacobi = np.diag(alphas) + np.diag(betas[:-1], 1) + np.diag(betas[:-1], -1)
    nodes, vectors = np.linalg.eigh(jacobi)
    return Quadrature(alphas, betas, nodes, vectors[0] ** 2)


def density(rules: list[Quadrature], points: Array, sigma: float) -> Array:
    """Return the mean over probes of the Gaussian-blurred measures at `points`."""
    per_probe = []
    for rule in rules:
        offsets = (points[:, None] - rule.nodes[None, :]) / sigma
        bumps = np.exp(-(offsets**2) / 2) / (sigma * np.sqrt(2 * np.pi))
        per_probe.append(bumps @ rule.weights)
    return np.mean(per_probe, axis=0)


def check_quadrature(rule: Quadrature, matrix: Array, probe: Array) -> None:
    """Assert what Theorems 3 and 4 say of the rule.

    It integrates polynomials of degree up to 2m - 1 exactly: v^T A^k v for the first
    powers k, and 1 for k = 0.
    """
    scale = np.abs(np.linalg.eigvalsh(matrix)).max()
    power = probe
    for degree in range(min(2 * len(rule.alphas), 12)):
        expected = float(probe @ power) / scale**degree
        found = float(rule.weights @ (rule.nodes / scale) ** degree)
        assert abs(found - expected) <= 1e-12, f"degree {degree}: {found} {expected}"
        power = matrix @ power


def operator_tensors(
    name: str, matrix: Array, generator: np.random.Generator
) -> dict[str, Array]:
    """Return the fixture's entries for one operator."""
    eigenvalues = np.linalg.eigvalsh(matrix)
    tensors = {f"{name}.eigenvalues": eigenvalues}
    rules = []
    for index in range(PROBE_COUNT):
        drawn = generator.standard_normal(len(matrix))
        probe = drawn / np.linalg.norm(drawn)
        rule = quadrature(*lanczos(lambda v: matrix @ v, probe, STEPS))
        check_quadrature(rule, matrix, probe)
        rules.append(rule)
        tensors[f"{name}.{index}.probe"] = probe
        tensors |= {f"{name}.{index}.{key}": value for key, value in vars(rule).items()}
    span = eigenvalues[-1] - eigenvalues[0]
    sigma = SIGMA_SHARE * span
    points = np.linspace(
        eigenvalues[0] - 5 * sigma, eigenvalues[-1] + 5 * sigma, GRID_POINTS
    )
    values = density(rules, points, sigma)
    # The trapezoidal rule is exact to far below 1e-5 here; 5 sigma cuts off 6e-7.
    assert abs(float(np.trapezoid(values, points)) - 1) <= 1e-5
    tensors[f"{name}.density.points"] = points
    tensors[f"{name}.density.sigma"] = np.array(sigma)
    tensors[f"{name}.density.values"] = values
    return tensors


def main() -> None:
    """Write the fixture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DEFAULT_FILE)
    path = parser.parse_args().out
    case = gpt_spectrum_case()
    curvature = case.curvature()
    generator = np.random.default_rng(12)
    tensors = operator_tensors("full", curvature.dense().numpy(), generator)
    for name in BLOCKS:
        matrix = curvature.dense([name]).numpy()
        tensors |= operator_tensors(name, matrix, generator)
        tensors[f"{name}.matrix"] = matrix
    config = {
        "case": case.name,
        "operators": ["full", *BLOCKS],
        "probes": PROBE_COUNT,
        "steps": STEPS,
        "parameters": curvature.names,
    }
    stored = {name: torch.tensor(value) for name, value in tensors.items()}
    write_tensors(path, stored, {"config": json.dumps(config)})


if __name__ == "__main__":
    main()
