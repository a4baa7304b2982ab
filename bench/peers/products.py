"""Loss, gradient and full Hessian-vector products with PyTorch alone."""

from __future__ import annotations

import torch
from case import Case, Tensors
from stopwatch import Stopwatch
from torch import Tensor
from torch.func import functional_call, grad, jvp


class Forward:
    """The loss alone, without a graph."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute the loss."""
        with watch.timing(), torch.no_grad():
            loss = self.case.loss()
        return {"loss": loss}


class Gradient:
    """Loss and gradient; with `create_graph`, ready to be differentiated again."""

    def __init__(self, case: Case, create_graph: bool = False) -> None:
        self.case = case
        self.create_graph = create_graph

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute the gradient in all parameters."""
        with watch.timing():
            gradients = torch.autograd.grad(
                self.case.loss(),
                list(self.case.parameters.values()),
                create_graph=self.create_graph,
            )
        return self.case.named(gradients)


class HvpScratch:
    """Double backward with nothing kept: forward, backward and backward again."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute H v."""
        parameters = list(self.case.parameters.values())
        vector = [self.case.vector[name] for name in self.case.parameters]
        with watch.timing():
            gradients = torch.autograd.grad(
                self.case.loss(), parameters, create_graph=True
            )
            products = torch.autograd.grad(gradients, parameters, vector)
        return self.case.named(products)


class KeptGraph:
    """A gradient whose graph is built once and kept for all products."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.gradients = case.gradients()


class HvpKept(KeptGraph):
    """Double backward from a kept graph: one backward pass for each product."""

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute H v."""
        vector = [self.case.vector[name] for name in self.case.parameters]
        with watch.timing():
            products = torch.autograd.grad(
                list(self.gradients.values()),
                list(self.case.parameters.values()),
                vector,
                retain_graph=True,
            )
        return self.case.named(products)


class HvpForwardMode:
    """torch.func: the jvp of the gradient in all parameters."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute H v."""
        case = self.case
        primals = {name: value.detach() for name, value in case.parameters.items()}

        def loss(parameters: dict[str, Tensor]) -> Tensor:
            logits = functional_call(case.model, parameters, (case.inputs,))
            return case.criterion(logits, case.targets)

        with watch.timing():
            _, products = jvp(
                grad(loss), (primals,), ({name: case.vector[name] for name in primals},)
            )
        return products
