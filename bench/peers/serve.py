"""Answers the benchmark's requests, one JSON object a line on standard input.

Requests: `open` a case, `run` a method (prepared when first asked for), write
the `products` of a method, `drop` a prepared method, say `facts`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from importlib.metadata import version
from typing import Any

import torch
from case import Case, load_case, set_threads
from methods import METHODS, Method, Stopwatch, collect
from safetensors.torch import save_file

VERSIONED = ("torch", "curvlinops-for-pytorch", "hessian-eigenthings", "pyhessian")


class Server:
    """The open case and its prepared methods."""

    def __init__(self) -> None:
        self.case: Case | None = None
        self.prepared: dict[str, Method] = {}
        self.opened_bytes = 0

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request."""
        return getattr(self, request["do"])(request)

    def open(self, request: dict[str, Any]) -> dict[str, Any]:
        """Load a case; drops the one before."""
        set_threads_once(request["threads"])
        self.prepared.clear()
        collect()
        self.case = load_case(request["case"])
        self.opened_bytes = resident_bytes()
        with torch.no_grad():
            return {"loss": float(self.case.loss())}

    def run(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run a method once and say how long it took."""
        watch = Stopwatch()
        self._method(request["method"]).run(watch)
        return {"elapsedMs": watch.elapsed_ms}

    def products(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run a method once and write its products to a safetensors file."""
        watch = Stopwatch()
        products = self._method(request["method"]).run(watch)
        save_file(
            {name: product.detach().contiguous() for name, product in products.items()},
            request["path"],
        )
        return {"elapsedMs": watch.elapsed_ms}

    def drop(self, request: dict[str, Any]) -> dict[str, Any]:
        """Forget a prepared method with all that it keeps."""
        self.prepared.pop(request["method"], None)
        collect()
        return {}

    def facts(self, _request: dict[str, Any]) -> dict[str, Any]:
        """Say versions and memory."""
        return {
            "versions": {name: version(name) for name in VERSIONED}
            | {"python": sys.version.split()[0]},
            "openedBytes": self.opened_bytes,
            "peakBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }

    def _method(self, name: str) -> Method:
        if self.case is None:
            raise RuntimeError("open a case first")
        if name not in self.prepared:
            self.prepared[name] = METHODS[name](self.case)
        return self.prepared[name]


def resident_bytes() -> int:
    """Return the memory that this process holds at present."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def set_threads_once(threads: int) -> None:
    """Set the number of threads unless it is set; PyTorch refuses a second time."""
    if torch.get_num_threads() != threads or torch.get_num_interop_threads() != 1:
        set_threads(threads)


def main() -> None:
    """Read requests until the input ends; libraries' prints go to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    server = Server()
    for line in sys.stdin:
        try:
            reply = server.answer(json.loads(line))
        except Exception as error:  # A method that fails is a result, not the end.
            traceback.print_exc()
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=replies, flush=True)


if __name__ == "__main__":
    main()
