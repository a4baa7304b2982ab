"""Write products with Gauss-Newton and empirical Fisher matrices of some parity cases.

Usage: python oracle/make_curvature_fixtures.py [--out FILE] [--against-curvlinops]

For each case of `CASES` the file has `<case>.<kind>.<parameter>`, the product of the
matrix with the case's vector, and `<case>.<kind>.block.<parameter>`, each diagonal
block's product with its part; kind is `gauss-newton` or `fisher`. Both matrices are
formed: the Jacobian of the logits and the gradient of every single prediction's loss
row by row, the Hessian in the logits by double backward. With `--against-curvlinops`
the products of the whole are compared with that library's, where it is installed.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from unittest.mock import patch

import torch
from torch import Tensor
from torch.nn import functional

from hessian import Blocks
from make_parity_fixtures import parity_cases
from parity_case import ParityCase, write_tensors

CASES = ("mlp_scaled", "gpt", "bert", "vgg")
DEFAULT_FILE = (
    Path(__file__).parent.parent / "test" / "fixtures" / "curvatures.safetensors"
)


def predictions(case: ParityCase) -> list[tuple[Tensor, Tensor]]:
    """Return logits and targets of each cross-entropy that the loss is the sum of."""
    seen: list[tuple[Tensor, Tensor]] = []

    def watched(logits: Tensor, targets: Tensor) -> Tensor:
        seen.append((logits, targets))
        return original(logits, targets)

    original = functional.cross_entropy
    batch = list(case.batch.values())
    if case.config["family"] == "gpt":
        batch = [part.view(-1, case.config["context"]) for part in batch]
    with patch.object(functional, "cross_entropy", watched):
        loss = case.model.loss(*batch)
    total = sum(original(logits, targets) for logits, targets in seen)
    assert torch.allclose(loss, total), "the loss is no sum of cross-entropies"
    return seen


def gradients(outputs: Tensor, parameters: list[Tensor]) -> Tensor:
    """Return the gradient of each element of `outputs`, flattened, as a row."""
    rows = []
    for output in outputs.flatten():
        parts = torch.autograd.grad(
            output, parameters, retain_graph=True, materialize_grads=True
        )
        rows.append(torch.cat([part.flatten() for part in parts]))
    return torch.stack(rows)


def gauss_newton(case: ParityCase) -> Tensor:
    """Return J^T H J, summed over the heads."""
    parameters = list(case.model.parameters())
    matrix = torch.zeros(())
    for logits, targets in predictions(case):
        jacobian = gradients(logits, parameters)
        bend = torch.autograd.functional.hessian(
            lambda z, t=targets: functional.cross_entropy(z, t), logits.detach()
        )
        count = logits.numel()
        matrix = matrix + jacobian.T @ bend.reshape(count, count) @ jacobian
    return matrix


def fisher(case: ParityCase) -> Tensor:
    """Return the mean outer product of the gradients of single predictions."""
    parameters = list(case.model.parameters())
    matrix = torch.zeros(())
    for logits, targets in predictions(case):
        losses = functional.cross_entropy(logits, targets, reduction="none")
        rows = gradients(losses, parameters)
        matrix = matrix + rows.T @ rows / len(losses)
    return matrix


def products(case: ParityCase, kind: str, matrix: Tensor) -> Blocks:
    """Return the file's tensors of one matrix."""
    flat = torch.cat([part.flatten() for part in case.vector.values()])
    whole = matrix @ flat
    tensors: Blocks = {}
    start = 0
    for name, vector in case.vector.items():
        place = slice(start, start + vector.numel())
        start = place.stop
        own = matrix[place, place] @ flat[place]
        tensors[f"{case.name}.{kind}.{name}"] = whole[place].view_as(vector)
        tensors[f"{case.name}.{kind}.block.{name}"] = own.view_as(vector)
    return tensors


def compare_with_curvlinops(case: ParityCase, kind: str, matrix: Tensor) -> None:
    """Print how far the library's product is from the matrix's, relative to it."""
    from curvlinops import EFLinearOperator, GGNLinearOperator

    operator = {"gauss-newton": GGNLinearOperator, "fisher": EFLinearOperator}[kind]
    [inputs, targets] = case.batch.values()
    parameters = list(case.model.parameters())
    library = operator(
        case.model,
        torch.nn.CrossEntropyLoss(),
        parameters,
        [(inputs, targets)],
        check_deterministic=False,
    )
    flat = torch.cat([part.flatten() for part in case.vector.values()])
    found = library @ flat
    expected = matrix @ flat
    difference = (found - expected).norm() / expected.norm()
    print(f"{case.name}, {kind}: curvlinops differs by {difference:.1e}")


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DEFAULT_FILE)
    parser.add_argument("--against-curvlinops", action="store_true")
    options = parser.parse_args()
    tensors: Blocks = {}
    for case in parity_cases():
        if case.name not in CASES:
            continue
        for kind, form in (("gauss-newton", gauss_newton), ("fisher", fisher)):
            matrix = form(case).detach()
            tensors |= products(case, kind, matrix)
            if options.against_curvlinops and case.config["family"] == "mlp":
                compare_with_curvlinops(case, kind, matrix)
    write_tensors(options.out, tensors, {"torch": torch.__version__})


if __name__ == "__main__":
    main()
