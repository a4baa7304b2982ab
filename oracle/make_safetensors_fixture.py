"""Writes test/fixtures/python.safetensors with the reference library, one tensor of each type read.

Run from the repository root: python oracle/make_safetensors_fixture.py
Needs: torch, safetensors (made with torch 2.13.0 and safetensors 0.8.0).
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

HALF_SPECIALS = [
    0.0,
    -0.0,
    1.0,
    -2.5,
    65504.0,
    2.0**-14,
    2.0**-24,
    3 * 2.0**-24,
    float("inf"),
    float("-inf"),
    float("nan"),
]

TENSORS = {
    "layer.weight": torch.tensor(
        [[1.5, -2.25, 3.0], [1e-38, 3.4028234663852886e38, 0.1]], dtype=torch.float32
    ),
    "double": torch.tensor([0.1, -1e300, 5e-324], dtype=torch.float64),
    "ids": torch.tensor([[1, -1], [2**62 + 1, -(2**63)]], dtype=torch.int64),
    "mask": torch.tensor([True, False, True], dtype=torch.bool),
    "half": torch.tensor(HALF_SPECIALS, dtype=torch.float16),
    "brain": torch.tensor(
        [1.0, -3.140625, 3.3895313892515355e38, 2.0**-133, float("inf"), float("nan")],
        dtype=torch.bfloat16,
    ),
    "scalar": torch.tensor(7.5, dtype=torch.float32),
    "empty": torch.zeros((0, 4), dtype=torch.float32),
    "small": torch.tensor([1, 2, 3], dtype=torch.int16),
}

if __name__ == "__main__":
    path = Path("test/fixtures/python.safetensors")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(
        TENSORS,
        path,
        metadata={"format": "pt", "made by": "oracle/make_safetensors_fixture.py"},
    )
    print(path, path.stat().st_size, "bytes")
