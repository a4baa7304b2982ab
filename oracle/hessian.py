"""Loss, gradient, Hessian products and dense Hessians by double backward.

Vectors over the parameters are dictionaries from parameter name to a tensor of
the parameter's shape. Everything is float64 unless asked otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

Blocks = dict[str, Tensor]


class LossModel(Protocol):
    """A module that knows the loss of a batch, often (inputs, targets)."""

    def loss(self, *batch: Tensor) -> Tensor:
        """Return the mean loss of the batch as a scalar."""
        ...


class Curvature:
    """First and second derivatives of a model's loss on one batch.

    The gradient's graph is built once and kept, so that every product costs one
    backward pass.
    """

    def __init__(
        self,
        model: LossModel,
        batch: Sequence[Tensor],
        dtype: torch.dtype = torch.float64,
    ) -> None:
        if not isinstance(model, nn.Module):
            raise TypeError(f"model must be a torch Module, found {type(model)}")
        model.to(dtype)
        self.parameters: Blocks = dict(model.named_parameters())
        loss = model.loss(
            *(part.to(dtype) if part.is_floating_point() else part for part in batch)
        )
        gradients = torch.autograd.grad(
            loss,
            list(self.parameters.values()),
            create_graph=True,
            materialize_grads=True,
        )
        self.loss = loss.detach()
        self._gradients: Blocks = dict(zip(self.parameters, gradients, strict=True))

    @property
    def names(self) -> list[str]:
        """The parameters' names in the model's order."""
        return list(self.parameters)

    def gradient(self) -> Blocks:
        """Return the gradient of the loss for every parameter."""
        return {name: value.detach() for name, value in self._gradients.items()}

    def hvp(self, vector: Mapping[str, Tensor]) -> Blocks:
        """Return H v for the whole Hessian H and a vector over all parameters."""
        return self._product(vector, self.names)

    def block_hvp(self, name: str, vector: Tensor) -> Tensor:
        """Return H_bb v for one diagonal block b: v and the result live on b."""
        return self._product({name: vector}, [name])[name]

    def block_hvps(self, vector: Mapping[str, Tensor]) -> Blocks:
        """Return every diagonal block's product with its part of `vector`."""
        return {name: self.block_hvp(name, vector[name]) for name in self.names}

    def dense(self, names: Sequence[str] | None = None) -> Tensor:
        """Return the Hessian over the named parameters (all by default).

        The rows follow `names`, each parameter flattened in row-major order. The
        result [d, d] is checked for symmetry and then symmetrised.
        """
        names = self.names if names is None else list(names)
        chosen = [self.parameters[name] for name in names]
        entries = torch.cat([self._gradients[name].flatten() for name in names])
        rows = []
        for entry in entries:
            row = torch.autograd.grad(
                entry, chosen, retain_graph=True, materialize_grads=True
            )
            rows.append(torch.cat([part.flatten() for part in row]))
        matrix = torch.stack(rows)
        asymmetry = (matrix - matrix.T).abs().max()
        tolerance = _relative_tolerance(matrix.dtype) * matrix.abs().max()
        assert asymmetry <= tolerance, f"the Hessian is asymmetric by {asymmetry:.3g}"
        return (matrix + matrix.T) / 2

    def eigenvalues(self, names: Sequence[str] | None = None) -> Tensor:
        """Return the eigenvalues of `dense(names)` in ascending order."""
        return torch.linalg.eigvalsh(self.dense(names))

    def _product(self, vector: Mapping[str, Tensor], names: Sequence[str]) -> Blocks:
        """Return the rows `names` of H v, with v zero outside its own keys."""
        products = torch.autograd.grad(
            [self._gradients[name] for name in vector],
            [self.parameters[name] for name in names],
            grad_outputs=list(vector.values()),
            retain_graph=True,
            materialize_grads=True,
        )
        return dict(zip(names, products, strict=True))


def inner(left: Mapping[str, Tensor], right: Mapping[str, Tensor]) -> float:
    """Return the Euclidean inner product of two vectors over the parameters."""
    return float(sum((left[name] * right[name]).sum() for name in left))


def norm(vector: Mapping[str, Tensor]) -> float:
    """Return the Euclidean norm of a vector over the parameters."""
    return inner(vector, vector) ** 0.5


def check_products(
    curvature: Curvature, left: Mapping[str, Tensor], right: Mapping[str, Tensor]
) -> None:
    """Assert that H is symmetric and that its blocks belong to it.

    Checks <u, H v> = <H u, v> for the whole Hessian and for every block, and
    that a block's product is the block's part of H times the padded vector.

    Raises:
        AssertionError: a product disagrees by more than rounding allows.
    """
    tolerance = _relative_tolerance(curvature.loss.dtype)
    full_left, full_right = curvature.hvp(left), curvature.hvp(right)
    scale = norm(left) * norm(full_right) + norm(right) * norm(full_left)
    difference = abs(inner(left, full_right) - inner(full_left, right))
    assert difference <= tolerance * scale, f"H is asymmetric by {difference:.3g}"

    for name in curvature.names:
        block_left = curvature.block_hvp(name, left[name])
        block_right = curvature.block_hvp(name, right[name])
        gap = (
            (left[name] * block_right).sum() - (block_left * right[name]).sum()
        ).abs()
        assert gap <= tolerance * scale, f"{name} is asymmetric by {gap:.3g}"
        padded = {
            other: right[other] if other == name else torch.zeros_like(right[other])
            for other in curvature.names
        }
        gap = (curvature.hvp(padded)[name] - block_right).abs().max()
        assert gap <= tolerance * scale, f"{name} is not H's block, off by {gap:.3g}"


def _relative_tolerance(dtype: torch.dtype) -> float:
    """Return what rounding may cost a product of a few hundred sums."""
    return 1e3 * torch.finfo(dtype).eps
