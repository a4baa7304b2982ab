"""How far two sides' values are from each other."""

from __future__ import annotations

from typing import Any

from case import Tensors
from safetensors import safe_open


def differences(values: Tensors, path: str) -> dict[str, Any]:
    """Compare values with those of the same names in a safetensors file.

    The file may hold more, as for a method that covers only some of the blocks.

    Returns:
        `difference`: |theirs - ours| / |ours| in the Euclidean norm over all values
        together, and `worst`: the largest over single tensors, each relative to
        the larger of its own norm and a thousandth of all together (a block
        without curvature holds nothing but rounding), with its name.

    Raises:
        RuntimeError: the file lacks a name.
    """
    squares: dict[str, tuple[float, float]] = {}
    with safe_open(path, framework="pt") as file:
        missing = set(values) - set(file.keys())
        if missing or not values:
            raise RuntimeError(f"expected values in {path}, found none of {missing}")
        for name, value in values.items():
            ours = file.get_tensor(name).double().flatten()
            error = value.detach().double().flatten() - ours
            squares[name] = (float(error.dot(error)), float(ours.dot(ours)))
    all_errors = sum(error for error, _ in squares.values()) ** 0.5
    whole = sum(size for _, size in squares.values()) ** 0.5
    single = {
        name: error**0.5 / max(size**0.5, whole / 1000)
        for name, (error, size) in squares.items()
    }
    worst = max(single, key=single.__getitem__)
    return {
        "difference": all_errors / whole,
        "worst": single[worst],
        "worstName": worst,
    }
