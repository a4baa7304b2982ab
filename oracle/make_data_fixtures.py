"""Write test/fixtures/data: Parquet files and pictures by the reference libraries.

Usage: python oracle/make_data_fixtures.py [--out DIRECTORY]

Value of picture i at channel c, row y, column x: (40 i + 80 c + 10 y + 3 x) mod 256.
JPEGs are smooth instead: 10 + 50 c + 4 y + 3 x, which their compression keeps to within
a few steps.

Needs `pip install pyarrow==26.0.1 pillow==13.0.0`.
"""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

DEFAULT_DIRECTORY = Path(__file__).parent.parent / "test" / "fixtures" / "data"

TEXTS = ["One.", "Two,\nin two lines.", "Drei: Ünïcödé 🐳", "Four.", "Five."]
HEIGHT, WIDTH = 4, 6


def values(picture: int, channels: int) -> np.ndarray:
    """Return the pixels of a picture, [rows, columns, channels]."""
    y, x, c = np.meshgrid(
        np.arange(HEIGHT), np.arange(WIDTH), np.arange(channels), indexing="ij"
    )
    return ((40 * picture + 80 * c + 10 * y + 3 * x) % 256).astype(np.uint8)


def encoded(pixels: np.ndarray, kind: str, **options: object) -> bytes:
    """Return pixels as a picture file; one channel makes a grey one."""
    flat = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels
    buffer = io.BytesIO()
    Image.fromarray(flat).save(buffer, kind, **options)
    return buffer.getvalue()


def write_text(directory: Path) -> None:
    """Write five documents in two row groups, compressed by Zstandard."""
    table = pa.table({"id": range(len(TEXTS)), "text": TEXTS})
    path = directory / "text.parquet"
    pq.write_table(table, path, row_group_size=3, compression="zstd")


def write_pictures(directory: Path) -> None:
    """Write pictures as Hugging Face's data sets hold them, in two files of a split."""
    names = ["cat", "dog", "emu", "fox"]
    features = {"label": {"names": names, "_type": "ClassLabel"}}
    description = json.dumps({"info": {"features": features}})
    labels = [2, 0, 1, 2, 0]
    pictures = [
        {"bytes": encoded(values(index, 3), "PNG"), "path": f"{index}.png"}
        for index in range(len(labels))
    ]
    table = pa.table({"img": pictures, "label": labels})
    table = table.replace_schema_metadata({"huggingface": description})
    folder = directory / "pictures"
    folder.mkdir(exist_ok=True)
    parts = {"train-00000-of-00002": (0, 2), "train-00001-of-00002": (2, 3)}
    for name, (start, count) in parts.items():
        path = folder / f"{name}.parquet"
        pq.write_table(table.slice(start, count), path, compression="snappy")
    test = pa.table({"image": [encoded(values(7, 1), "PNG")], "fine_label": [1]})
    pq.write_table(test, folder / "test-00000-of-00001.parquet")


def write_jpeg(directory: Path) -> None:
    """Write a smooth picture of 16 x 24 as JPEG."""
    y, x, c = np.meshgrid(np.arange(16), np.arange(24), np.arange(3), indexing="ij")
    smooth = (10 + 50 * c + 4 * y + 3 * x).astype(np.uint8)
    path = directory / "smooth.jpg"
    path.write_bytes(encoded(smooth, "JPEG", quality=95, subsampling=0))


def main() -> None:
    """Write all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DEFAULT_DIRECTORY)
    directory = parser.parse_args().out
    directory.mkdir(parents=True, exist_ok=True)
    write_text(directory)
    write_pictures(directory)
    write_jpeg(directory)
    for path in sorted(directory.rglob("*.*")):
        print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
