"""What is timed on PyTorch's side, one class for each way to get the numbers.

A method is prepared once (untimed: compiling, keeping a graph) and then run as
often as wanted. `run` gets a stopwatch and starts it around exactly what counts.
It returns the products by parameter name, or nothing where there is none.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

import torch
from case import Case, TokenCrossEntropy, Tensors
from torch import Tensor
from torch.func import functional_call, grad, jvp, linearize


class Stopwatch:
    """Adds up the time spent inside its `with` blocks, in milliseconds."""

    def __init__(self) -> None:
        self.elapsed_ms = 0.0
        self._started = 0.0

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.elapsed_ms += 1e3 * (time.perf_counter() - self._started)


class Method(Protocol):
    """One way to compute."""

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute once, timed by `watch`; return products by name."""
        ...


class Matmul:
    """A float32 product of two square matrices: the machine's own limit."""

    SIZE = 2048

    def __init__(self, _case: Case) -> None:
        self.left = torch.ones(self.SIZE, self.SIZE)
        self.right = torch.ones(self.SIZE, self.SIZE)

    def run(self, watch: Stopwatch) -> Tensors:
        """Multiply once."""
        with watch:
            self.left @ self.right
        return {}


class Forward:
    """The loss alone, without a graph."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute the loss."""
        with watch, torch.no_grad():
            self.case.loss()
        return {}


class Gradient:
    """Loss and gradient; with `create_graph`, ready to be differentiated again."""

    def __init__(self, case: Case, create_graph: bool = False) -> None:
        self.case = case
        self.create_graph = create_graph

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute the gradient in all parameters."""
        with watch:
            gradients = torch.autograd.grad(
                self.case.loss(),
                list(self.case.parameters.values()),
                create_graph=self.create_graph,
            )
        return dict(zip(self.case.parameters, gradients, strict=True))


class HvpScratch:
    """Double backward with nothing kept: forward, backward and backward again."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute H v."""
        parameters = list(self.case.parameters.values())
        vector = [self.case.vector[name] for name in self.case.parameters]
        with watch:
            gradients = torch.autograd.grad(
                self.case.loss(), parameters, create_graph=True
            )
            products = torch.autograd.grad(gradients, parameters, vector)
        return dict(zip(self.case.parameters, products, strict=True))


class KeptGraph:
    """A gradient whose graph is built once and kept for all products."""

    def __init__(self, case: Case) -> None:
        self.case = case
        gradients = torch.autograd.grad(
            case.loss(), list(case.parameters.values()), create_graph=True
        )
        self.gradients = dict(zip(case.parameters, gradients, strict=True))


class HvpKept(KeptGraph):
    """Double backward from a kept graph: one backward pass for each product."""

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute H v."""
        vector = [self.case.vector[name] for name in self.case.parameters]
        with watch:
            products = torch.autograd.grad(
                list(self.gradients.values()),
                list(self.case.parameters.values()),
                vector,
                retain_graph=True,
            )
        return dict(zip(self.case.parameters, products, strict=True))


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
        with watch:
            products = self.operator @ self.vector
        return dict(zip(self.names, products, strict=True))


class Eigenthings:
    """hessian-eigenthings' operator: double backward from scratch, flat vectors."""

    def __init__(self, case: Case, names: list[str]) -> None:
        self.case = case
        self.names = names
        self.operator = eigenthings_operator(case, names)
        self.vector = torch.cat([case.vector[name].flatten() for name in names])

    def run(self, watch: Stopwatch) -> Tensors:
        """Multiply one vector."""
        with watch:
            product = self.operator.matvec(self.vector)
        parameters = [self.case.parameters[name] for name in self.names]
        parts = product.split([parameter.numel() for parameter in parameters])
        return {
            name: part.view_as(parameter)
            for name, part, parameter in zip(
                self.names, parts, parameters, strict=True
            )
        }


def eigenthings_operator(case: Case, names: list[str]):
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
        # The parameters' own .grad would keep the graph alive for the methods after this one.
        case.model.zero_grad(set_to_none=True)

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute H v."""
        from pyhessian.utils import hessian_vector_product

        vector = [self.case.vector[name] for name in self.case.parameters]
        with watch:
            products = hessian_vector_product(
                self.computer.gradsH, self.computer.params, vector
            )
        return dict(zip(self.case.parameters, products, strict=True))


class PaperStep:
    """The procedure of the paper's code for one Lanczos step over all blocks.

    One backward pass with `create_graph` over all parameters, then for every
    block the derivative of <g_block, v_block> in all leaves of the model, of
    which the block's own part is used.
    """

    def __init__(self, case: Case) -> None:
        self.case = case

    def run(self, watch: Stopwatch) -> Tensors:
        """One product for every block."""
        case = self.case
        leaves = list(case.parameters.values())
        products: Tensors = {}
        with watch:
            gradients = dict(
                zip(
                    case.parameters,
                    torch.autograd.grad(case.loss(), leaves, create_graph=True),
                    strict=True,
                )
            )
            for name in case.blocks:
                inner = (gradients[name] * case.vector[name]).sum()
                everything = torch.autograd.grad(
                    inner, leaves, retain_graph=True, allow_unused=True
                )
                own = dict(zip(case.parameters, everything, strict=True))[name]
                products[name] = _zero_if_none(own, case.parameters[name])
        return products


class StepKept(KeptGraph):
    """The gradient's graph kept between steps, derivatives in the block only."""

    def run(self, watch: Stopwatch) -> Tensors:
        """One product for every block."""
        products: Tensors = {}
        for name in self.case.blocks:
            with watch:
                (product,) = torch.autograd.grad(
                    self.gradients[name],
                    self.case.parameters[name],
                    self.case.vector[name],
                    retain_graph=True,
                    allow_unused=True,
                )
            products[name] = _zero_if_none(product, self.case.parameters[name])
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
            with watch:
                _, products[name] = jvp(gradient, (primal,), (self.case.vector[name],))
        return products


class StepLinearize:
    """torch.func.linearize of the block's gradient; only its application is timed.

    Linearised anew for each block and dropped after it, because the residuals of
    all blocks together do not fit into memory.
    """

    def __init__(self, case: Case) -> None:
        self.case = case

    def run(self, watch: Stopwatch) -> Tensors:
        """One product for every block, the second application of each timed."""
        products: Tensors = {}
        for name in self.case.blocks:
            primal = self.case.parameters[name].detach()
            vector = self.case.vector[name]
            _, apply = linearize(block_gradient(self.case, name), primal)
            apply(vector)
            with watch:
                products[name] = apply(vector)
            del apply
        return products


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


def _zero_if_none(product: Tensor | None, parameter: Tensor) -> Tensor:
    return torch.zeros_like(parameter) if product is None else product


METHODS: dict[str, Callable[[Case], Method]] = {
    "matmul": Matmul,
    "forward": Forward,
    "gradient": Gradient,
    "gradient-graph": lambda case: Gradient(case, create_graph=True),
    "hvp-scratch": HvpScratch,
    "hvp-kept": HvpKept,
    "hvp-curvlinops": lambda case: Curvlinops(case, blockwise=False),
    "hvp-eigenthings": lambda case: Eigenthings(case, list(case.parameters)),
    "hvp-pyhessian": PyHessian,
    "step-paper": PaperStep,
    "step-kept": StepKept,
    "step-jvp": StepForwardMode,
    "step-linearize": StepLinearize,
    "step-curvlinops": lambda case: Curvlinops(case, blockwise=True),
    "step-eigenthings": EigenthingsBlocks,
}


def collect() -> None:
    """Free what dropped graphs hold in reference cycles."""
    gc.collect()
