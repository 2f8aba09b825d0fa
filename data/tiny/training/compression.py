"""The plain compressions whose effect the sensitivity report measures, on a weight matrix [outputs, inputs]."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import LlamaForCausalLM


def round_to_nearest(weight: Tensor, bits: int, group: int | None) -> Tensor:
    """Asymmetric min-max quantisation, the range widened to hold 0, one scale a row or a group of inputs."""
    rows, columns = weight.shape
    x = weight.view(rows, -1, group or columns)
    low = x.amin(-1, keepdim=True).clamp(max=0)
    high = x.amax(-1, keepdim=True).clamp(min=0)
    levels = 2**bits - 1
    scale = ((high - low) / levels).clamp(min=1e-12)
    zero = (-low / scale).round()
    codes = ((x / scale).round() + zero).clamp(0, levels)
    return ((codes - zero) * scale).view(rows, columns)


def prune_by_magnitude(weight: Tensor, sparsity: float) -> Tensor:
    """Zeroes the fraction `sparsity` of smallest absolute values, one threshold for the matrix."""
    count = int(weight.numel() * sparsity)
    smallest = weight.abs().flatten().argsort(stable=True)[:count]
    pruned = weight.flatten().clone()
    pruned[smallest] = 0
    return pruned.view_as(weight)


@dataclass(frozen=True)
class Variant:
    name: str
    apply: Callable[[Tensor], Tensor]


def variants() -> list[Variant]:
    """The baseline first, then round-to-nearest from many bits to few, then pruning."""
    quantised = [
        Variant(
            f"{bits}-bit, {'groups of 128' if group else 'per row'}",
            lambda weight, bits=bits, group=group: round_to_nearest(weight, bits, group),
        )
        for group in (None, 128)
        for bits in (8, 4, 3, 2)
    ]
    pruned = [
        Variant(f"magnitude {sparsity:.0%}", lambda weight, s=sparsity: prune_by_magnitude(weight, s))
        for sparsity in (0.4, 0.5)
    ]
    return [Variant("float16", lambda weight: weight), *quantised, *pruned]


def block_matrices(model: LlamaForCausalLM) -> dict[str, torch.nn.Linear]:
    """The linear layers inside the blocks; embeddings and output head stay as they are."""
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and name != "lm_head"
    }
