"""Hessian products with PyTorch on one device: writes times and values for the benchmark of devices.

Usage: python torch_device.py <case.json> <device> <repeats> <values.safetensors>
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors.torch import save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers"))

from case import load_case  # noqa: E402
from products import HvpKept, HvpScratch  # noqa: E402
from steps import PaperStep, StepKept  # noqa: E402
from stopwatch import Stopwatch  # noqa: E402

METHODS = {
    "scratch": ("product", HvpScratch),
    "kept graph": ("product", HvpKept),
    "the paper's procedure": ("step", PaperStep),
    "kept graph, restricted": ("step", StepKept),
}


class DeviceStopwatch(Stopwatch):
    """A stopwatch that waits for the device before it looks at the clock."""

    @contextmanager
    def timing(self, part: str | None = None) -> Iterator[None]:
        """Time the body and the device's work that it started."""
        torch.cuda.synchronize()
        with super().timing(part):
            yield
            torch.cuda.synchronize()


def main() -> None:
    """Time every method and print a JSON list of what each took."""
    path, device, repeats, values = sys.argv[1:]
    # The models make their positions and masks where tensors are made by default.
    torch.set_default_device(device)
    case = load_case(json.loads(Path(path).read_text()), device)
    report = []
    for name, (quantity, method) in METHODS.items():
        prepared = method(case)
        # The first run loads kernels.
        products = prepared.run(DeviceStopwatch())
        elapsed_ms = []
        for _ in range(int(repeats)):
            watch = DeviceStopwatch()
            prepared.run(watch)
            elapsed_ms.append(watch.elapsed_ms)
        report.append({"name": name, "quantity": quantity, "elapsedMs": elapsed_ms})
        if name == "scratch":
            host = {key: value.contiguous().cpu() for key, value in products.items()}
            save_file(host, values)
        del prepared, products
    print(
        json.dumps(
            {
                "engine": f"PyTorch {torch.__version__}",
                "device": torch.cuda.get_device_name(),
                "peakBytes": torch.cuda.max_memory_allocated(),
                "methods": report,
            }
        )
    )


if __name__ == "__main__":
    main()
