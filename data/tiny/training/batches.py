"""Turns the corpus into an endless, seeded and resumable stream of training batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from corpus import DIRECTIONS, LANGUAGES, scaffold_after, scaffold_before

PAD, BEGIN, END = 0, 1, 2


class EncodedCorpus:
    """Token ids of every sentence, each with its leading space, in one flat array."""

    def __init__(self, tokenizer: Tokenizer, meanings: list[dict[str, str]]):
        lengths, pieces = [], []
        for start in range(0, len(meanings), 10_000):
            texts = [" " + m[language] for m in meanings[start : start + 10_000] for language in LANGUAGES]
            for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False):
                lengths.append(len(encoding.ids))
                pieces.append(np.array(encoding.ids, dtype=np.int16))
        self.ids = np.concatenate(pieces)
        self.offsets = np.concatenate([[0], np.cumsum(lengths)])
        self.meanings = len(meanings)

    def sentence(self, meaning: int, language: str) -> np.ndarray:
        row = meaning * len(LANGUAGES) + LANGUAGES.index(language)
        return self.ids[self.offsets[row] : self.offsets[row + 1]]


@dataclass
class Batch:
    tokens: Tensor  # [B, T], padded at the right
    positions: Tensor  # where a target token is predicted, in the flattened [B * T]
    targets: Tensor  # the target tokens and `</s>`, one for each position
    examples: int


def scaffold_ids(tokenizer: Tokenizer) -> dict[tuple[str, str], tuple[list[int], int]]:
    """For each direction the ids before the source sentence, `<s>` first, and the id after it."""
    return {
        (source, target): (
            [BEGIN] + [tokenizer.token_to_id(piece) for piece in scaffold_before(source, target)],
            tokenizer.token_to_id(scaffold_after(target)),
        )
        for source, target in DIRECTIONS
    }


def pack(examples: list[tuple[np.ndarray, np.ndarray]]) -> Batch:
    """Packs (prompt, target) pairs; the last token of a pair is only ever predicted, never read."""
    length = max(len(prompt) + len(target) for prompt, target in examples) - 1
    tokens = np.full((len(examples), length), PAD, dtype=np.int64)
    positions = []
    for row, (prompt, target) in enumerate(examples):
        end = len(prompt) + len(target) - 1
        tokens[row, :end] = np.concatenate([prompt, target[:-1]])
        positions.append(row * length + np.arange(len(prompt) - 1, end))
    targets = np.concatenate([target for _, target in examples]).astype(np.int64)
    return Batch(
        torch.from_numpy(tokens),
        torch.from_numpy(np.concatenate(positions)),
        torch.from_numpy(targets),
        len(examples),
    )


def batches(
    corpus: EncodedCorpus, tokenizer: Tokenizer, tokens_per_batch: int, pool: int, seed: int, skip: int = 0
) -> Iterator[Batch]:
    """Endless batches of about `tokens_per_batch` tokens, without the first `skip`.

    A pool of random (meaning, direction) pairs is sorted by length, so that a batch needs little padding, cut into
    batches, and these are shuffled.
    """
    random = np.random.default_rng(seed)
    scaffolds = scaffold_ids(tokenizer)
    while True:
        examples = []
        for meaning, index in zip(
            random.integers(0, corpus.meanings, pool), random.integers(0, len(DIRECTIONS), pool)
        ):
            source, target = DIRECTIONS[index]
            before, after = scaffolds[source, target]
            prompt = np.concatenate([before, corpus.sentence(meaning, source), [after]])
            examples.append((prompt, np.append(corpus.sentence(meaning, target), END)))
        examples.sort(key=lambda example: (len(example[0]) + len(example[1]), len(example[0])))
        cut, current = [], []
        for example in examples:
            if current and (len(example[0]) + len(example[1])) * (len(current) + 1) > tokens_per_batch:
                cut.append(current)
                current = []
            current.append(example)
        cut.append(current)
        for index in random.permutation(len(cut)):
            if skip > 0:
                skip -= 1
            else:
                yield pack(cut[index])
