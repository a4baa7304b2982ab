"""Answers the benchmark's requests, one JSON object a line on standard input.

Requests, by their key `do`: `start` with a number of threads, `open` a case,
`prepare`, `run` or `drop` a method, `check` a method's values against a file of
the other side's, measure the `rates` of matrix products, say the `memory`.
A request that fails is answered with `error`; the server goes on.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
import traceback
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import torch
from case import Case, load_case, set_threads
from agreement import differences
from method import Method
from registry import METHODS
from stopwatch import Stopwatch

Json = dict[str, Any]


class Server:
    """The open case and its prepared methods."""

    def __init__(self) -> None:
        self.case: Case | None = None
        self.prepared: dict[str, Method] = {}

    def answer(self, request: Json) -> Json:
        """Carry out one request."""
        actions = {
            "start": self.start,
            "open": self.open,
            "prepare": self.prepare,
            "run": self.run,
            "check": self.check,
            "drop": self.drop,
            "rates": self.rates,
            "memory": self.memory,
        }
        return actions[request["do"]](request)

    def start(self, request: Json) -> Json:
        """Set the number of threads and say what is installed."""
        set_threads(request["threads"])
        return {
            "versions": {name: installed(name) for name in request["packages"]}
            | {"python": sys.version.split()[0]},
            "threads": torch.get_num_threads(),
        }

    def open(self, request: Json) -> Json:
        """Load a case."""
        self.case = load_case(request["case"])
        with torch.no_grad():
            return {"loss": float(self.case.loss())}

    def prepare(self, request: Json) -> Json:
        """Do what a method does once, and say how long it took."""
        if self.case is None:
            raise RuntimeError("open a case first")
        name = request["method"]
        started = time.perf_counter()
        self.prepared[name] = METHODS[name](self.case)
        return {"setupMs": 1e3 * (time.perf_counter() - started)}

    def run(self, request: Json) -> Json:
        """Run a prepared method once and say how long it took."""
        watch = Stopwatch()
        self.prepared[request["method"]].run(watch)
        return timing(watch)

    def check(self, request: Json) -> Json:
        """Run a prepared method once and compare its values with the other side's."""
        watch = Stopwatch()
        values = self.prepared[request["method"]].run(watch)
        return timing(watch) | differences(values, request["path"])

    def drop(self, request: Json) -> Json:
        """Forget a prepared method with all that it keeps."""
        self.prepared.pop(request["method"], None)
        # Graphs that were kept hold reference cycles.
        gc.collect()
        return {}

    def rates(self, request: Json) -> Json:
        """Say the least time of a float32 product for each [m, k, n]."""
        return {
            "leastMs": [
                least_product_ms(*shape, request["seconds"])
                for shape in request["shapes"]
            ]
        }

    def memory(self, _request: Json) -> Json:
        """Say how much memory this process took at most."""
        peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {"peakBytes": peak}


def timing(watch: Stopwatch) -> Json:
    """Return a stopwatch's times for a reply."""
    return {
        "elapsedMs": watch.elapsed_ms,
        "partsMs": watch.parts_ms,
        "setupMs": watch.setup_ms,
    }


def installed(name: str) -> str | None:
    """Return the version of a package, or None where it is missing."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def least_product_ms(m: int, k: int, n: int, seconds: float) -> float:
    """Return the least time of [m, k] @ [k, n] over `seconds` of repeats."""
    left, right = torch.ones(m, k), torch.ones(k, n)
    product = torch.empty(m, n)
    least = float("inf")
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        started = time.perf_counter()
        torch.mm(left, right, out=product)
        least = min(least, 1e3 * (time.perf_counter() - started))
    return least


def main() -> None:
    """Read requests until the input ends; libraries' prints go to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    server = Server()
    for line in sys.stdin:
        try:
            answer = {"reply": server.answer(json.loads(line))}
        except Exception as error:  # A method that fails is a result, not the end.
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=replies, flush=True)


if __name__ == "__main__":
    main()
