"""One Lanczos step over all blocks with PyTorch alone: a product for each block."""

from __future__ import annotations

from collections.abc import Callable

import torch
from case import Case, Tensors
from products import KeptGraph
from stopwatch import Stopwatch
from torch import Tensor
from torch.func import functional_call, grad, jvp, linearize


class PaperStep:
    """The procedure of the paper's code for one Lanczos step over all blocks.

    One backward pass with `create_graph` over all parameters, then for every
    block the derivative of <g_block, v_block> in all leaves of the model, of
    which the block's own part is used.
    """

    def __init__(self, case: Case) -> None:
        self.case = case

    def run(self, watch: Stopwatch) -> Tensors:
        """One product for every block; the shared backward pass counts for none."""
        case = self.case
        leaves = list(case.parameters.values())
        products: Tensors = {}
        with watch.timing():
            gradients = case.gradients()
        for name in case.blocks:
            with watch.timing(name):
                inner = (gradients[name] * case.vector[name]).sum()
                everything = torch.autograd.grad(
                    inner, leaves, retain_graph=True, materialize_grads=True
                )
            products[name] = case.named(everything)[name]
        return products


class StepKept(KeptGraph):
    """The gradient's graph kept between steps, derivatives in the block only."""

    def run(self, watch: Stopwatch) -> Tensors:
        """One product for every block."""
        products: Tensors = {}
        for name in self.case.blocks:
            with watch.timing(name):
                (products[name],) = torch.autograd.grad(
                    self.gradients[name],
                    self.case.parameters[name],
                    self.case.vector[name],
                    retain_graph=True,
                    materialize_grads=True,
                )
        return products


class StepForwardMode:
    """torch.func: the jvp of the gradient, both restricted to the block."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def run(self, watch: Stopwatch) -> Tensors:
        """One product for every block."""
        products: Tensors = {}
        for name in self.case.blocks:
            gradient = block_gradient(self.case, name)
            primal = self.case.parameters[name].detach()
            with watch.timing(name):
                _, products[name] = jvp(gradient, (primal,), (self.case.vector[name],))
        return products


class StepLinearize:
    """torch.func.linearize of each block's gradient; only its application is timed.

    Linearised anew for each block and dropped after it, because the residuals of
    all blocks together do not fit into memory. The first application warms up.
    Of a large model only some blocks are linearised: each takes minutes.
    """

    LARGE = 2_000_000
    SAMPLE = 4

    def __init__(self, case: Case) -> None:
        self.case = case
        total = sum(parameter.numel() for parameter in case.parameters.values())
        self.blocks = (
            case.blocks if total < self.LARGE else evenly(case.blocks, self.SAMPLE)
        )

    def run(self, watch: Stopwatch) -> Tensors:
        """One product for every block that is covered."""
        products: Tensors = {}
        for name in self.blocks:
            primal = self.case.parameters[name].detach()
            vector = self.case.vector[name]
            with watch.setup():
                _, apply = linearize(block_gradient(self.case, name), primal)
            apply(vector)
            with watch.timing(name):
                products[name] = apply(vector)
            del apply
        return products


def evenly(names: list[str], count: int) -> list[str]:
    """Return `count` of the names in equal distances, first and last included."""
    if len(names) <= count:
        return names
    last = len(names) - 1
    return [names[round(index * last / (count - 1))] for index in range(count)]


def block_gradient(case: Case, name: str) -> Callable[[Tensor], Tensor]:
    """Return the gradient of the loss in one parameter, as a function of it."""
    others = {
        other: parameter.detach()
        for other, parameter in case.parameters.items()
        if other != name
    }

    def loss(parameter: Tensor) -> Tensor:
        weights = {**others, name: parameter}
        logits = functional_call(case.model, weights, (case.inputs,))
        return case.criterion(logits, case.targets)

    return grad(loss)
