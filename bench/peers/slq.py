"""A whole stochastic Lanczos quadrature with PyTorch, from start to result.

    python slq.py CASE.json METHOD STEPS THREADS

`CASE.json` describes a case as `case.load_case` takes it. One probe of STEPS
Lanczos steps for each operator that METHOD covers:

    paper             every block and the whole Hessian as the paper's code does
    kept              the same operators from one kept graph, blocks restricted
    eigenthings       hessian-eigenthings' spectral_density, whole and blocks
    kept-full         the kept graph, whole Hessian only
    eigenthings-full  hessian-eigenthings, whole Hessian only
    pyhessian-full    PyHessian's density, whole Hessian only

The first three start from the case's probes, the peers from their own. Prints a
JSON object with the largest Ritz value of each operator and the milliseconds
that the work took after imports and reading the case.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from case import Case, Tensors, load_case, set_threads
from peers import eigenthings_operator
from torch import Tensor

FULL = "full"
Product = Callable[[Tensor], Tensor]
Values = dict[str, float]
Operators = dict[str, list[str]]


class LanczosState:
    """A Lanczos iteration between two steps, without reorthogonalisation."""

    def __init__(self, probe: Tensor, steps: int) -> None:
        self.steps = min(steps, len(probe))
        self.current = probe / probe.norm()
        self.previous = torch.zeros_like(probe)
        self.alphas: list[float] = []
        self.betas: list[float] = []
        self.finished = False

    def advance(self, product: Product) -> None:
        """Take one step; it ends early where the next vector is rounding only."""
        residual = product(self.current)
        alpha = float(residual.dot(self.current))
        beta = self.betas[-1] if self.betas else 0.0
        residual = residual - alpha * self.current - beta * self.previous
        self.alphas.append(alpha)
        self.betas.append(float(residual.norm()))
        broken = self.betas[-1] <= 1e-5 * max(map(abs, self.alphas))
        self.finished = broken or len(self.alphas) == self.steps
        if not self.finished:
            self.previous = self.current
            self.current = residual / self.betas[-1]

    def largest(self) -> float:
        """Return the largest Ritz value."""
        off = torch.tensor(self.betas[:-1], dtype=torch.float64)
        matrix = torch.diag(torch.tensor(self.alphas, dtype=torch.float64))
        nodes, _weights = torch.linalg.eigh(
            matrix + torch.diag(off, 1) + torch.diag(off, -1)
        )
        return float(nodes[-1])


def operators_of(case: Case) -> Operators:
    """Return the parameters of each operator: every block, then the whole."""
    return {name: [name] for name in case.blocks} | {FULL: list(case.parameters)}


def product_of(
    case: Case, names: list[str], gradients: Tensors, leaves: list[str]
) -> Product:
    """Return v -> the rows `names` of H v, differentiating in all `leaves`."""
    parameters = [case.parameters[name] for name in names]
    sizes = [parameter.numel() for parameter in parameters]

    def product(vector: Tensor) -> Tensor:
        parts = [
            part.view_as(parameter)
            for part, parameter in zip(vector.split(sizes), parameters, strict=True)
        ]
        derivatives = torch.autograd.grad(
            [gradients[name] for name in names],
            [case.parameters[leaf] for leaf in leaves],
            parts,
            retain_graph=True,
            materialize_grads=True,
        )
        by_name = dict(zip(leaves, derivatives, strict=True))
        return torch.cat([by_name[name].flatten() for name in names])

    return product


def run_paper(case: Case, steps: int) -> Values:
    """All operators advance together; each step differentiates anew for all."""
    chosen = operators_of(case)
    everything = list(case.parameters)
    states = {name: LanczosState(case.probes[name], steps) for name in chosen}
    for _ in range(steps):
        gradients = case.gradients()
        for name, state in states.items():
            if not state.finished:
                state.advance(product_of(case, chosen[name], gradients, everything))
    return {name: state.largest() for name, state in states.items()}


def run_kept(case: Case, steps: int, operators: Operators) -> Values:
    """One kept graph; a block's derivative is taken in the block only."""
    gradients = case.gradients()
    result: Values = {}
    for name, names in operators.items():
        state = LanczosState(case.probes[name], steps)
        product = product_of(case, names, gradients, names)
        while not state.finished:
            state.advance(product)
        result[name] = state.largest()
    return result


def run_eigenthings(case: Case, steps: int, operators: Operators) -> Values:
    """hessian-eigenthings' density; it reorthogonalises."""
    from hessian_eigenthings.algorithms.spectral_density import spectral_density

    result: Values = {}
    for name, names in operators.items():
        operator = eigenthings_operator(case, names)
        density = spectral_density(
            operator, num_runs=1, lanczos_steps=min(steps, operator.size), seed=0
        )
        result[name] = float(density.raw_eigenvalues[0].nan_to_num(-math.inf).max())
    return result


def run_pyhessian(case: Case, steps: int) -> Values:
    """PyHessian's density; it reorthogonalises.

    It calls torch.eig, which PyTorch has removed; torch.linalg.eigh takes its place.
    """
    from pyhessian import hessian

    def eig(matrix: Tensor, eigenvectors: bool = False) -> tuple[Tensor, Tensor]:
        assert eigenvectors
        values, vectors = torch.linalg.eigh(matrix)
        return torch.stack([values, torch.zeros_like(values)], dim=1), vectors

    torch.eig = eig
    computer = hessian(
        case.model, case.criterion, data=(case.inputs, case.targets), cuda=False
    )
    nodes, _weights = computer.density(iter=steps, n_v=1)
    return {FULL: float(max(nodes[0]))}


def whole_only(case: Case) -> Operators:
    """Return the whole Hessian as the only operator."""
    return {FULL: list(case.parameters)}


METHODS: dict[str, Callable[[Case, int], Values]] = {
    "paper": run_paper,
    "kept": lambda case, steps: run_kept(case, steps, operators_of(case)),
    "eigenthings": lambda case, steps: run_eigenthings(case, steps, operators_of(case)),
    "kept-full": lambda case, steps: run_kept(case, steps, whole_only(case)),
    "eigenthings-full": lambda case, steps: run_eigenthings(
        case, steps, whole_only(case)
    ),
    "pyhessian-full": run_pyhessian,
}


def main() -> None:
    """Run one method on one case."""
    description, method, steps, threads = sys.argv[1:]
    set_threads(int(threads))
    torch.manual_seed(0)
    case = load_case(json.loads(Path(description).read_text(encoding="utf-8")))
    started = time.perf_counter()
    largest = METHODS[method](case, int(steps))
    elapsed_ms = 1e3 * (time.perf_counter() - started)
    print(json.dumps({"largest": largest, "elapsedMs": elapsed_ms}))


if __name__ == "__main__":
    main()
