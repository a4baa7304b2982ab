"""The peers' own operators.

Each peer is imported when it is first used, so that one which is missing spoils
only its own results.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from case import Case, Tensors, TokenCrossEntropy
from stopwatch import Stopwatch

if TYPE_CHECKING:
    from hessian_eigenthings.operators.hessian import HessianOperator


class Curvlinops:
    """curvlinops' HessianLinearOperator, whole or block-diagonal."""

    def __init__(self, case: Case, blockwise: bool) -> None:
        from curvlinops import HessianLinearOperator

        self.names = case.blocks if blockwise else list(case.parameters)
        parameters = [case.parameters[name] for name in self.names]
        self.operator = HessianLinearOperator(
            case.model,
            TokenCrossEntropy(),
            parameters,
            [(case.inputs, case.targets)],
            check_deterministic=False,
            block_sizes=[1] * len(parameters) if blockwise else None,
        )
        self.vector = [case.vector[name] for name in self.names]

    def run(self, watch: Stopwatch) -> Tensors:
        """Multiply one vector; blockwise, every block with its part."""
        with watch.timing():
            products = self.operator @ self.vector
        return dict(zip(self.names, products, strict=True))


class PyHessian:
    """PyHessian on a single batch: its kept gradient and hessian_vector_product."""

    def __init__(self, case: Case) -> None:
        from pyhessian import hessian

        self.case = case
        self.computer = hessian(
            case.model,
            case.criterion,
            data=(case.inputs, case.targets),
            cuda=False,
        )
        # A .grad of the parameters would keep the graph alive for later methods.
        case.model.zero_grad(set_to_none=True)

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute H v."""
        from pyhessian.utils import hessian_vector_product

        vector = [self.case.vector[name] for name in self.case.parameters]
        with watch.timing():
            products = hessian_vector_product(
                self.computer.gradsH, self.computer.params, vector
            )
        return self.case.named(products)


class Eigenthings:
    """hessian-eigenthings' operator: double backward from scratch, flat vectors."""

    def __init__(self, case: Case, names: list[str]) -> None:
        self.case = case
        self.names = names
        self.operator = eigenthings_operator(case, names)
        self.vector = torch.cat([case.vector[name].flatten() for name in names])

    def run(self, watch: Stopwatch) -> Tensors:
        """Multiply one vector."""
        with watch.timing(self.names[0] if len(self.names) == 1 else None):
            product = self.operator.matvec(self.vector)
        parameters = [self.case.parameters[name] for name in self.names]
        parts = product.split([parameter.numel() for parameter in parameters])
        return {
            name: part.view_as(parameter)
            for name, part, parameter in zip(self.names, parts, parameters, strict=True)
        }


class EigenthingsBlocks:
    """hessian-eigenthings with a parameter filter, one operator for each block."""

    def __init__(self, case: Case) -> None:
        self.operators = [Eigenthings(case, [name]) for name in case.blocks]

    def run(self, watch: Stopwatch) -> Tensors:
        """One product for every block."""
        products: Tensors = {}
        for operator in self.operators:
            products |= operator.run(watch)
        return products


def eigenthings_operator(case: Case, names: list[str]) -> HessianOperator:
    """Return hessian-eigenthings' HessianOperator over the named parameters."""
    from hessian_eigenthings.loss_fns.standard import supervised_loss
    from hessian_eigenthings.operators.hessian import HessianOperator

    chosen = set(names)
    return HessianOperator(
        case.model,
        [(case.inputs, case.targets)],
        supervised_loss(case.criterion),
        param_filter=lambda name, _: name in chosen,
    )
