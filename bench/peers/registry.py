"""All methods by the names under which they are asked for."""

from __future__ import annotations

from collections.abc import Callable

from case import Case
from method import Method
from peers import Curvlinops, Eigenthings, EigenthingsBlocks, PyHessian
from products import Forward, Gradient, HvpForwardMode, HvpKept, HvpScratch
from steps import PaperStep, StepForwardMode, StepKept, StepLinearize
from training import TrainingStep

METHODS: dict[str, Callable[[Case], Method]] = {
    "forward": Forward,
    "gradient": Gradient,
    "gradient-graph": lambda case: Gradient(case, create_graph=True),
    "hvp-scratch": HvpScratch,
    "hvp-kept": HvpKept,
    "hvp-jvp": HvpForwardMode,
    "hvp-curvlinops": lambda case: Curvlinops(case, blockwise=False),
    "hvp-eigenthings": lambda case: Eigenthings(case, list(case.parameters)),
    "hvp-pyhessian": PyHessian,
    "step-paper": PaperStep,
    "step-kept": StepKept,
    "step-jvp": StepForwardMode,
    "step-linearize": StepLinearize,
    "step-curvlinops": lambda case: Curvlinops(case, blockwise=True),
    "step-eigenthings": EigenthingsBlocks,
    "train-sgd": lambda case: TrainingStep(case, "sgd"),
    "train-adamw": lambda case: TrainingStep(case, "adamw"),
}
