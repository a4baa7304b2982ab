"""What every way to compute has in common."""

from __future__ import annotations

from typing import Protocol

from case import Tensors
from stopwatch import Stopwatch


class Method(Protocol):
    """One way to compute, prepared by its constructor.

    The constructor does what a whole run does once, such as keeping a graph; its
    time is reported apart. `run` computes once, as often as wanted, and starts
    the stopwatch around exactly what a Lanczos step would repeat.
    """

    def run(self, watch: Stopwatch) -> Tensors:
        """Compute once and return the values by name, to be compared."""
        ...
