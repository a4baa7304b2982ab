"""Networks with attention."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class EncoderLayer(nn.Module):
    """DistilBERT's layer: separate projections, padding masked out, LayerNorm after each part."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_lin = nn.Linear(width, width)
        self.k_lin = nn.Linear(width, width)
        self.v_lin = nn.Linear(width, width)
        self.out_lin = nn.Linear(width, width)
        self.sa_layer_norm = nn.LayerNorm(width, eps=1e-12)
        self.lin1 = nn.Linear(width, 2 * width)
        self.lin2 = nn.Linear(2 * width, width)
        self.output_layer_norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, width = x.shape
        size = width // self.heads

        def split(y: Tensor) -> Tensor:
            return y.view(batch, length, self.heads, size).transpose(1, 2)

        query = split(self.q_lin(x)) / math.sqrt(size)
        scores = query @ split(self.k_lin(x)).transpose(2, 3)
        hidden = (mask == 0).view(batch, 1, 1, length).expand_as(scores)
        scores = scores.masked_fill(hidden, torch.finfo(torch.float32).min)
        mixed = torch.softmax(scores, dim=-1) @ split(self.v_lin(x))
        mixed = mixed.transpose(1, 2).contiguous().view(batch, length, width)
        x = self.sa_layer_norm(self.out_lin(mixed) + x)
        return self.output_layer_norm(self.lin2(F.gelu(self.lin1(x))) + x)


class DistilEncoder(nn.Module):
    """Word and position embeddings, two layers, masked-token logits [batch, length, vocabulary]."""

    def __init__(self, vocabulary: int = 11, length: int = 6, width: int = 8) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(vocabulary, width)
        self.position_embeddings = nn.Embedding(length, width)
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(0.1)
        self.layer = nn.ModuleList(EncoderLayer(width, 2) for _ in range(2))
        self.vocab_projector = nn.Linear(width, vocabulary)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        positions = torch.arange(input_ids.shape[1]).unsqueeze(0).expand_as(input_ids)
        x = self.word_embeddings(input_ids) + self.position_embeddings(positions)
        x = self.dropout(self.norm(x))
        for layer in self.layer:
            x = layer(x, attention_mask)
        return self.vocab_projector(x)


class RmsNorm(nn.Module):
    """x over its root mean square, scaled."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5))


def rotate_half(x: Tensor) -> Tensor:
    """The second half of the last axis, negated, before the first."""
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), dim=-1)


class LlamaLayer(nn.Module):
    """Grouped-query attention with rotary positions, then a gated perceptron."""

    def __init__(self, width: int, heads: int, groups: int) -> None:
        super().__init__()
        self.heads, self.groups, self.size = heads, groups, width // heads
        self.input_layernorm = RmsNorm(width)
        self.q_proj = nn.Linear(width, width, bias=False)
        self.k_proj = nn.Linear(width, groups * self.size, bias=False)
        self.v_proj = nn.Linear(width, groups * self.size, bias=False)
        self.o_proj = nn.Linear(width, width, bias=False)
        self.post_attention_layernorm = RmsNorm(width)
        self.gate_proj = nn.Linear(width, 2 * width, bias=False)
        self.up_proj = nn.Linear(width, 2 * width, bias=False)
        self.down_proj = nn.Linear(2 * width, width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, length, width = x.shape
        y = self.input_layernorm(x)

        def split(z: Tensor, heads: int) -> Tensor:
            return z.view(batch, length, heads, self.size).transpose(1, 2)

        query = split(self.q_proj(y), self.heads)
        key = split(self.k_proj(y), self.groups)
        value = split(self.v_proj(y), self.groups)
        query = query * cos + rotate_half(query) * sin
        key = key * cos + rotate_half(key) * sin
        repeats = self.heads // self.groups
        key = key.repeat_interleave(repeats, dim=1)
        value = value.repeat_interleave(repeats, dim=1)
        # A scale whose root is exact: exporters round it to float32.
        mixed = F.scaled_dot_product_attention(
            query, key, value, is_causal=True, scale=0.25
        )
        x = x + self.o_proj(mixed.transpose(1, 2).reshape(batch, length, width))
        y = self.post_attention_layernorm(x)
        return x + self.down_proj(F.silu(self.gate_proj(y)) * self.up_proj(y))


class LlamaDecoder(nn.Module):
    """Embedding, two layers, a final RMSNorm, an untied head."""

    def __init__(self, vocabulary: int = 9, width: int = 16, length: int = 5) -> None:
        super().__init__()
        heads = 4
        self.embed_tokens = nn.Embedding(vocabulary, width)
        self.layers = nn.ModuleList(LlamaLayer(width, heads, 2) for _ in range(2))
        self.norm = RmsNorm(width)
        self.lm_head = nn.Linear(width, vocabulary, bias=False)
        size = width // heads
        frequencies = 1.0 / 10000 ** (torch.arange(0, size, 2) / size)
        angles = torch.outer(torch.arange(length), frequencies)
        angles = torch.cat((angles, angles), dim=-1)
        self.register_buffer("rotary_cos", angles.cos())
        self.register_buffer("rotary_sin", angles.sin())

    def forward(self, input_ids: Tensor) -> Tensor:
        x = self.embed_tokens(input_ids)
        for layer in self.layers:
            x = layer(x, self.rotary_cos, self.rotary_sin)
        return self.lm_head(self.norm(x))


class CrossDecoder(nn.Module):
    """A decoder layer of `nn.MultiheadAttention`: causal over itself, then over a memory."""

    def __init__(self, vocabulary: int = 10, width: int = 16) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.self_attn = nn.MultiheadAttention(width, 1, batch_first=True)
        self.cross_attn = nn.MultiheadAttention(width, 1, batch_first=True)
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)
        self.norm3 = nn.LayerNorm(width)
        self.linear1 = nn.Linear(width, 12)
        self.linear2 = nn.Linear(12, width)
        self.out = nn.Linear(width, vocabulary)

    def forward(self, tokens: Tensor, memory: Tensor) -> Tensor:
        x = self.embedding(tokens)
        length = tokens.shape[1]
        mask = torch.triu(torch.full((length, length), float("-inf")), diagonal=1)
        mask = mask.to(x.dtype)
        attended, _ = self.self_attn(x, x, x, attn_mask=mask, need_weights=False)
        x = self.norm1(x + attended)
        attended, _ = self.cross_attn(x, memory, memory, need_weights=False)
        x = self.norm2(x + attended)
        return self.out(self.norm3(x + self.linear2(F.relu(self.linear1(x)))))


class TorchEncoder(nn.Module):
    """`nn.TransformerEncoder` as it comes, over patches of an image with a class token."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.patch_embed = nn.Conv2d(1, width, 4, stride=4)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 5, width))
        layer = nn.TransformerEncoderLayer(
            width, 1, 20, activation="gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(width, 4)

    def forward(self, images: Tensor) -> Tensor:
        x = self.patch_embed(images).flatten(2).transpose(1, 2)
        x = torch.cat((self.cls_token.expand(x.shape[0], -1, -1), x), dim=1)
        return self.head(self.encoder(x + self.pos_embed)[:, 0])


class WindowAttention(nn.Module):
    """Swin's attention within 2 x 2 windows, shifted or not, with learned relative biases."""

    def __init__(self, width: int, side: int, window: int, shift: int) -> None:
        super().__init__()
        self.side, self.window, self.shift = side, window, shift
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.heads = 2
        self.bias_table = nn.Parameter(torch.zeros((2 * window - 1) ** 2, self.heads))
        places = torch.stack(
            torch.meshgrid(torch.arange(window), torch.arange(window), indexing="ij")
        ).flatten(1)
        relative = places[:, :, None] - places[:, None, :] + window - 1
        self.register_buffer("bias_index", relative[0] * (2 * window - 1) + relative[1])
        regions = torch.zeros(1, side, side, 1)
        if shift:
            cuts = (slice(0, -window), slice(-window, -shift), slice(-shift, None))
            for number, (rows, columns) in enumerate((r, c) for r in cuts for c in cuts):
                regions[:, rows, columns] = number
        parts = self.windows(regions).squeeze(-1)
        apart = parts[:, None, :] != parts[:, :, None]
        self.register_buffer("attn_mask", apart.float() * -100.0)

    def windows(self, x: Tensor) -> Tensor:
        batch, height, width, channels = x.shape
        w = self.window
        x = x.view(batch, height // w, w, width // w, w, channels)
        return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, w * w, channels)

    def forward(self, x: Tensor) -> Tensor:
        batch, height, width, channels = x.shape
        w, size = self.window, channels // self.heads
        y = torch.roll(self.norm(x), (-self.shift, -self.shift), (1, 2))
        y = self.qkv(self.windows(y))
        y = y.view(-1, w * w, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        query, key, value = y.unbind(0)
        scores = (query * size**-0.5) @ key.transpose(-2, -1)
        bias = self.bias_table[self.bias_index.view(-1)].view(w * w, w * w, -1)
        scores = scores + bias.permute(2, 0, 1).unsqueeze(0)
        count = self.attn_mask.shape[0]
        scores = scores.view(-1, count, self.heads, w * w, w * w)
        scores = scores + self.attn_mask.unsqueeze(1).unsqueeze(0)
        weights = scores.view(-1, self.heads, w * w, w * w).softmax(-1)
        y = self.proj((weights @ value).transpose(1, 2).reshape(-1, w * w, channels))
        y = y.view(batch, height // w, width // w, w, w, channels)
        y = y.permute(0, 1, 3, 2, 4, 5).reshape(batch, height, width, channels)
        return x + torch.roll(y, (self.shift, self.shift), (1, 2))


class SwinStage(nn.Module):
    """Patches, window attention, shifted window attention, patch merging, a classifier."""

    def __init__(self, width: int = 8, side: int = 4) -> None:
        super().__init__()
        self.patches = nn.Conv2d(1, width, 2, stride=2)
        self.block0 = WindowAttention(width, side, 2, 0)
        self.block1 = WindowAttention(width, side, 2, 1)
        self.reduction = nn.Linear(4 * width, 10, bias=False)
        self.norm = nn.LayerNorm(10)
        self.head = nn.Linear(10, 4)

    def forward(self, images: Tensor) -> Tensor:
        x = self.patches(images).permute(0, 2, 3, 1)
        x = self.block1(self.block0(x))
        corners = [x[:, row::2, column::2] for column in (0, 1) for row in (0, 1)]
        x = self.norm(self.reduction(torch.cat(corners, -1)))
        return self.head(x.mean((1, 2)))


class EinsumMixer(nn.Module):
    """Attention and mixing written with `torch.einsum`, as research code often is."""

    def __init__(self, width: int = 8, length: int = 5) -> None:
        super().__init__()
        self.to_query = nn.Parameter(torch.zeros(width, 2, 4))
        self.to_key = nn.Parameter(torch.zeros(width, 2, 4))
        self.to_value = nn.Parameter(torch.zeros(width, 2, 4))
        self.to_out = nn.Parameter(torch.zeros(2, 4, width))
        self.positions = nn.Parameter(torch.zeros(2, length, length))
        self.scale = nn.Parameter(torch.ones(width))
        self.readout = nn.Linear(width, 4)

    def forward(self, x: Tensor) -> Tensor:
        query = torch.einsum("bld,dhk->bhlk", x, self.to_query)
        key = torch.einsum("bld,dhk->bhlk", x, self.to_key)
        value = torch.einsum("bld,dhk->bhlk", x, self.to_value)
        scores = torch.einsum("bhik,bhjk->bhij", query, key) * 0.5
        weights = torch.softmax(scores + self.positions, dim=-1)
        mixed = torch.einsum("bhij,bhjk,hkd->bid", weights, value, self.to_out)
        pooled = torch.einsum("bid,d->bd", torch.tanh(x + mixed), self.scale)
        return self.readout(F.normalize(pooled, dim=-1))
