"""Write small arrays of each kind with numpy, to be read by hesscope.

`arrays.npz` holds, under the name of its element type, the array
[[0, 1, 2], [3, 4, 5]] minus 2 (bools: whether each is odd); `fortran.npy` the same
in column-major order, `scalar.npy` the number 2.5, `text.npy` two words.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

OUT = Path("test/fixtures/numpy")
TYPES = ("float16", "float32", "float64", "int8", "int16", "int32", "int64", ">f4", ">i8")


def main() -> None:
    """Write all files."""
    OUT.mkdir(parents=True, exist_ok=True)
    base = np.arange(6).reshape(2, 3) - 2
    arrays = {name: base.astype(name) for name in TYPES}
    arrays["uint8"] = (base + 2).astype(np.uint8)
    arrays["bool"] = base % 2 == 1
    np.savez_compressed(OUT / "arrays.npz", **arrays)
    np.save(OUT / "fortran.npy", np.asfortranarray(base.astype(np.float32)))
    np.save(OUT / "scalar.npy", np.float64(2.5))
    np.save(OUT / "text.npy", np.array(["two", "words"]))


if __name__ == "__main__":
    main()
