"""Write test/fixtures/huggingface: small checkpoints and tokenizers by Hugging Face's libraries.

Usage: python oracle/make_huggingface_fixtures.py [--out DIRECTORY]

Each model's folder is what `save_pretrained` writes, one of them in shards, with
`expected.safetensors` beside it: a batch and the loss that the library finds in
float64. All parameters are drawn, those of LayerNorms too, so that none may be taken
for another. Each tokenizer's folder has `tokenizer.json`, trained on a few lines, and
`expected.json`: texts with their token ids.

Needs `pip install transformers==5.24.0` besides oracle/requirements.txt; torch stays
the version that is there.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from torch import Tensor
from torch.nn import functional
from transformers import (
    BertConfig,
    BertForPreTraining,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
    ViTConfig,
    ViTForImageClassification,
)

DEFAULT_DIRECTORY = Path(__file__).parent.parent / "test" / "fixtures" / "huggingface"

LINES = [
    "Call me Ishmael. Some years ago, never mind how long precisely,",
    "having little or no money in my purse, and nothing to interest me on shore,",
    "I thought I'd sail about a little and see the watery part of the world.",
    "It's a way I have of driving off the spleen; naïve café, 1851 x 2!",
]

TEXTS = [
    "Call me Ishmael.",
    "  two  spaces\nand\n\nlines, don't you see?",
    "Naïve CAFÉ in 1851 -- watery.",
    "[CLS] and <|endoftext|> are ordinary",
    "unbeknownst Zürich 東京 🐳",
]


def draw_parameters(model: PreTrainedModel) -> None:
    """Draw every parameter anew; float32 numbers, as they are saved."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            centre = 1.0 if name.endswith("weight") and parameter.dim() == 1 else 0.0
            parameter.copy_(centre + 0.2 * torch.randn_like(parameter))


def save(
    model: PreTrainedModel,
    directory: Path,
    batch: dict[str, Tensor],
    losses_of: Callable[[PreTrainedModel, dict[str, Tensor]], dict[str, Tensor]],
    shard_size: str = "1GB",
) -> None:
    """Save a model as it is, a batch, and the losses that both have in float64."""
    draw_parameters(model)
    model.eval().save_pretrained(directory, max_shard_size=shard_size)
    (directory / "generation_config.json").unlink(missing_ok=True)
    wide = {
        name: value.double() if value.is_floating_point() else value
        for name, value in batch.items()
    }
    with torch.no_grad():
        losses = losses_of(model.double(), wide)
    save_file(wide | losses, directory / "expected.safetensors")
    print(directory, {name: float(loss) for name, loss in losses.items()})


def own_loss(model: PreTrainedModel, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the loss as the library's class defines it."""
    return {"loss": model(**batch).loss}


def next_token_losses(
    model: PreTrainedModel, batch: dict[str, Tensor]
) -> dict[str, Tensor]:
    """Return the means over all positions, and over the first three of them.

    The library's own loss has no target for the last position.
    """
    tokens = batch["tokens"]

    def loss_of(length: int) -> Tensor:
        logits = model(tokens[:, :length]).logits
        targets = tokens[:, 1 : length + 1]
        return functional.cross_entropy(logits.flatten(0, 1), targets.flatten())

    return {"loss": loss_of(tokens.shape[1] - 1), "loss_of_three": loss_of(3)}


def write_gpt2(directory: Path, shard_size: str = "1GB", **settings: object) -> None:
    """Save a GPT-2 and two sequences of its length, with the token that follows."""
    config = GPT2Config(
        n_layer=2,
        n_head=2,
        n_embd=8,
        n_positions=6,
        vocab_size=11,
        bos_token_id=None,
        eos_token_id=None,
        attn_implementation="eager",
        **settings,
    )
    batch = {"tokens": torch.randint(11, (2, 7))}
    save(GPT2LMHeadModel(config), directory, batch, next_token_losses, shard_size)


def write_bert(directory: Path) -> None:
    """Save a BERT with both heads; labels of -100 count for nothing."""
    config = BertConfig(
        vocab_size=13,
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=10,
        max_position_embeddings=6,
        attn_implementation="eager",
    )
    tokens = torch.randint(13, (3, 6))
    labels = torch.full((3, 6), -100)
    labels[0, 1], labels[1, 4], labels[2, 2], labels[2, 5] = 3, 12, 0, 7
    batch = {
        "input_ids": tokens,
        "token_type_ids": torch.tensor([[0, 0, 0, 1, 1, 1]]).repeat(3, 1),
        "labels": labels,
        "next_sentence_label": torch.tensor([0, 1, 1]),
    }
    save(BertForPreTraining(config), directory, batch, own_loss)


def write_vit(directory: Path) -> None:
    """Save a vision transformer; its preprocessor has other numbers for each channel."""
    config = ViTConfig(
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=10,
        image_size=6,
        patch_size=2,
        num_channels=3,
        num_labels=5,
        # The one written out rounds its weights to float32.
        attn_implementation="sdpa",
    )
    batch = {
        "pixel_values": torch.randn(4, 3, 6, 6),
        "labels": torch.tensor([0, 4, 2, 2]),
    }
    save(ViTForImageClassification(config), directory, batch, own_loss)
    preprocessor = {"image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.25, 0.125]}
    path = directory / "preprocessor_config.json"
    path.write_text(json.dumps(preprocessor) + "\n")


def word_pieces() -> Tokenizer:
    """Return a tokenizer like BERT's, with its frame, truncation and padding."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=120, special_tokens=special)
    tokenizer.train_from_iterator(LINES, trainer)
    frame = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=frame
    )
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    return tokenizer


def byte_pairs() -> Tokenizer:
    """Return a tokenizer like GPT-2's."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=330,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(LINES, trainer)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def write_tokenizer(tokenizer: Tokenizer, directory: Path) -> None:
    """Save a tokenizer and the ids of the texts, special tokens taken as text."""
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(directory / "tokenizer.json"))
    description = json.loads(tokenizer.to_str())
    description |= {"added_tokens": [], "truncation": None, "padding": None}
    ordinary = Tokenizer.from_str(json.dumps(description))
    ids = [ordinary.encode(text, add_special_tokens=False).ids for text in TEXTS]
    expected = {"vocabularySize": tokenizer.get_vocab_size(), "texts": TEXTS, "ids": ids}
    path = directory / "expected.json"
    path.write_text(json.dumps(expected, ensure_ascii=False) + "\n")
    print(directory, tokenizer.get_vocab_size(), "tokens")


def main() -> None:
    """Write all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DEFAULT_DIRECTORY)
    directory = parser.parse_args().out
    torch.manual_seed(20)
    write_gpt2(directory / "gpt2")
    write_gpt2(
        directory / "gpt2-sharded",
        shard_size="3KB",
        tie_word_embeddings=False,
        activation_function="gelu",
    )
    write_bert(directory / "bert")
    write_vit(directory / "vit")
    write_tokenizer(word_pieces(), directory / "word-pieces")
    write_tokenizer(byte_pairs(), directory / "byte-pairs")


if __name__ == "__main__":
    main()
