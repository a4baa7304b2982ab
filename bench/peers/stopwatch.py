"""Time spent on exactly what counts, in total and part by part."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Adds up the time spent inside its `with` blocks.

    Attributes:
        elapsed_ms: the sum over all of them, in milliseconds.
        parts_ms: what of it was spent on each part that has a name, such as a block.
        setup_ms: time beside it for what a whole run does once, not at each step.
    """

    def __init__(self) -> None:
        self.elapsed_ms = 0.0
        self.setup_ms = 0.0
        self.parts_ms: dict[str, float] = {}

    @contextmanager
    def timing(self, part: str | None = None) -> Iterator[None]:
        """Time the body, under the name of a part where one is given."""
        started = time.perf_counter()
        yield
        elapsed_ms = 1e3 * (time.perf_counter() - started)
        self.elapsed_ms += elapsed_ms
        if part is not None:
            self.parts_ms[part] = self.parts_ms.get(part, 0.0) + elapsed_ms

    @contextmanager
    def setup(self) -> Iterator[None]:
        """Time a body that a whole run does once."""
        started = time.perf_counter()
        yield
        self.setup_ms += 1e3 * (time.perf_counter() - started)
