"""Trains the translator; run it again with the same arguments after a crash and it goes on from the last checkpoint."""

import argparse
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM
from transformers.utils import logging as transformers_logging

from batches import Batch, EncodedCorpus, batches
from corpus import read_recipe, read_split
from model import Llama, hugging_face_config, hugging_face_weights
from translate import Translator, bleu_by_direction, means, perplexity, translate_all


class Log:
    """Prints lines with the wall-clock minutes since the start and appends them to a file."""

    def __init__(self, path: Path):
        self.path = path
        self.start = time.monotonic()

    def __call__(self, text: str) -> None:
        line = f"{(time.monotonic() - self.start) / 60:6.2f} min  {text}"
        print(line, flush=True)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(line + "\n")


def phase_at(step: int, training: dict) -> dict:
    """The phase of the recipe that covers a step, counted from 1."""
    return next(phase for phase in training["phases"] if step <= phase["untilStep"])


def learning_rate(step: int, training: dict) -> float:
    """Linear warm-up times a cosine from 1 to the final fraction over the steps of the phase's schedule."""
    floor = training["finalLearningRateFraction"]
    cosine = 0.5 * (1 + math.cos(math.pi * (step - 1) / phase_at(step, training)["scheduleSteps"]))
    warmup = min(1.0, step / training["warmupSteps"])
    return training["learningRate"] * warmup * (floor + (1 - floor) * cosine)


@contextmanager
def weight_noise(model: Llama, deviation: float) -> Iterator[None]:
    """Perturbs the blocks' matrices inside the context: Gaussian noise of `deviation` times each row's own deviation.

    The gradient is then that of the perturbed weights, which leads to flatter minima: 0.1 is about the error of
    round-to-nearest at 4 bits per row.
    """
    if deviation == 0:
        yield
        return
    matrices = [p for p in model.blocks.parameters() if p.dim() > 1]
    with torch.no_grad():
        originals = [p.clone() for p in matrices]
        for p in matrices:
            p.add_(torch.randn_like(p) * (deviation * p.std(dim=1, keepdim=True)))
    yield
    with torch.no_grad():
        for p, original in zip(matrices, originals):
            p.copy_(original)


def make_optimizer(model: Llama, training: dict) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019); norm weights are not decayed."""
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() < 2]
    return torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": training["weightDecay"]},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=training["learningRate"],
        betas=tuple(training["betas"]),
        fused=True,
    )


class Monitor:
    """Greedy BLEU and perplexity on a few dev sentences, through transformers as in the final evaluation."""

    def __init__(self, folder: Path, meanings: list[dict[str, str]], decoding: dict):
        self.tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
        self.meanings = meanings
        self.decoding = decoding

    def __call__(self, model: Llama) -> str:
        config = LlamaConfig(**hugging_face_config(model.shape, model.head.out_features))
        config.torch_dtype = "float32"
        twin = LlamaForCausalLM(config)
        twin.load_state_dict(hugging_face_weights(model))
        translator = Translator(twin, self.tokenizer, self.decoding["maxNewTokens"], self.decoding["batchSize"])
        scores = bleu_by_direction(translate_all(translator, self.meanings, beams=1), self.meanings)
        mean = means(scores)
        return (
            f"dev BLEU {mean['all']:.2f} en-x {mean['en-x']:.2f} x-en {mean['x-en']:.2f} "
            f"perplexity {perplexity(translator, self.meanings):.4f} | "
            + " ".join(f"{direction} {score:.1f}" for direction, score in scores.items())
        )


def save_checkpoint(path: Path, state: dict) -> None:
    """Writes beside and renames, so that a crash leaves the old checkpoint whole."""
    temporary = path.with_suffix(".partial")
    torch.save(state, temporary)
    os.replace(temporary, path)


class Training:
    """Model, optimizer and their place in the recipe; everything a checkpoint holds."""

    def __init__(self, recipe: dict, vocabulary_size: int, checkpoint: Path):
        self.recipe = recipe["training"]
        self.model = Llama(recipe["model"], vocabulary_size)
        self.optimizer = make_optimizer(self.model, self.recipe)
        self.checkpoint = checkpoint
        self.step = self.examples = 0
        # One compiled function for all batch shapes; without it a step takes about half as long again.
        self.loss = torch.compile(self.loss_of, dynamic=True) if self.recipe["compile"] else self.loss_of

    def loss_of(self, tokens: Tensor, positions: Tensor, targets: Tensor) -> Tensor:
        return F.cross_entropy(self.model(tokens, positions).float(), targets)

    def load(self) -> None:
        state = torch.load(self.checkpoint)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.examples = state["step"], state["examples"]

    def save(self) -> None:
        state = {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
        save_checkpoint(self.checkpoint, {**state, "step": self.step, "examples": self.examples})

    def advance(self, batch: Batch) -> float:
        """One step; returns its loss."""
        self.step += 1
        rate, noise = learning_rate(self.step, self.recipe), phase_at(self.step, self.recipe)["weightNoise"]
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        with weight_noise(self.model, noise):
            with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe["autocast"] == "bfloat16"):
                loss = self.loss(batch.tokens, batch.positions, batch.targets)
            loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe["gradientClip"])
        self.optimizer.step()
        self.examples += batch.examples
        return loss.item()


class Every:
    """True once in so many minutes."""

    def __init__(self, minutes: float):
        self.seconds = 60 * minutes
        self.last = time.monotonic()

    def due(self) -> bool:
        if time.monotonic() - self.last < self.seconds:
            return False
        self.last = time.monotonic()
        return True


def run(training: Training, stream: Iterator[Batch], monitor: Monitor, log: Log, options: dict) -> None:
    """Trains to the recipe's last step with checkpoints, dev scores and a line every 250 steps."""
    checkpoint, evaluate = Every(options["checkpointMinutes"]), Every(options["evaluateMinutes"])
    last_step = training.recipe["phases"][-1]["untilStep"]
    mean_loss, tokens, since = None, 0, time.monotonic()
    while training.step < last_step:
        batch = next(stream)
        loss = training.advance(batch)
        mean_loss = loss if mean_loss is None else 0.98 * mean_loss + 0.02 * loss
        tokens += batch.tokens.numel()
        if training.step % 250 == 0:
            rate, speed = learning_rate(training.step, training.recipe), tokens / (time.monotonic() - since)
            log(
                f"step {training.step} examples {training.examples} loss {mean_loss:.4f} rate {rate:.2e} "
                f"{speed:.0f} tokens/s"
            )
            tokens, since = 0, time.monotonic()
        if checkpoint.due():
            training.save()
        if evaluate.due():
            log(f"step {training.step} {monitor(training.model)}")
    training.save()
    log(f"finished step {training.step} examples {training.examples} {monitor(training.model)}")


def train(arguments: argparse.Namespace) -> None:
    recipe = read_recipe(arguments.recipe)
    options, monitor_options = recipe["training"], recipe["monitor"]
    arguments.work.mkdir(parents=True, exist_ok=True)
    log = Log(arguments.work / "log.txt")
    torch.set_num_threads(1)
    torch.manual_seed(recipe["seed"])
    tokenizer = Tokenizer.from_file(str(arguments.tokenizer / "tokenizer.json"))
    corpus = EncodedCorpus(tokenizer, read_split(arguments.train))
    log(f"{corpus.meanings} meanings, {len(corpus.ids)} tokens in six languages, torch {torch.__version__}")
    training = Training(recipe, tokenizer.get_vocab_size(), arguments.work / "checkpoint.pt")
    log(f"{sum(p.numel() for p in training.model.parameters())} parameters; {options}")
    sample = read_split(arguments.dev, monitor_options["sentencesPerDirection"])
    monitor = Monitor(arguments.tokenizer, sample, recipe["decoding"])
    if training.checkpoint.exists():
        training.load()
        log(f"resumed after step {training.step}")
    stream = batches(
        corpus, tokenizer, options["tokensPerBatch"], options["poolExamples"], recipe["seed"], skip=training.step
    )
    run(training, stream, monitor, log, monitor_options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True, help="train.tsv")
    parser.add_argument("--dev", type=Path, required=True, help="dev.tsv")
    parser.add_argument("--tokenizer", type=Path, required=True, help="folder with tokenizer.json")
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoint.pt and log.txt")
    parser.add_argument("--recipe", type=Path)
    transformers_logging.set_verbosity_error()
    train(parser.parse_args())


if __name__ == "__main__":
    main()
