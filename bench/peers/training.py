"""A training step with PyTorch alone: forward, backward, optimizer."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import torch
from case import Case, Tensors
from stopwatch import Stopwatch


class TrainingStep:
    """One step on the case's batch, again and again; the first one's change is what is compared."""

    def __init__(self, case: Case, optimizer: str) -> None:
        # A model of its own: other methods need the parameters as they are.
        self.case = replace(case, model=deepcopy(case.model))
        self.before = {
            name: value.detach().clone()
            for name, value in self.case.parameters.items()
        }
        parameters = list(self.case.parameters.values())
        self.optimizer: torch.optim.Optimizer = (
            torch.optim.SGD(parameters, lr=0.01, momentum=0.9)
            if optimizer == "sgd"
            else torch.optim.AdamW(parameters, lr=0.001, weight_decay=0.0)
        )

    def run(self, watch: Stopwatch) -> Tensors:
        """Take a step and return what has been added to each parameter since the start."""
        with watch.timing():
            self.optimizer.zero_grad()
            self.case.loss().backward()
            self.optimizer.step()
        return {
            name: value.detach() - self.before[name]
            for name, value in self.case.parameters.items()
        }
