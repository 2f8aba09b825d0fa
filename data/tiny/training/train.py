"""Trains the translator; run it again with the same arguments after a crash and it goes on from the last checkpoint."""

import argparse
import math
import os
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM
from transformers.utils import logging as transformers_logging

from batches import EncodedCorpus, batches
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


def learning_rate(step: int, training: dict) -> float:
    """Linear warm-up times a cosine from 1 to the final fraction over all steps."""
    floor = training["finalLearningRateFraction"]
    cosine = 0.5 * (1 + math.cos(math.pi * step / training["steps"]))
    warmup = min(1.0, (step + 1) / training["warmupSteps"])
    return training["learningRate"] * warmup * (floor + (1 - floor) * cosine)


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


def train(arguments: argparse.Namespace) -> None:
    recipe = read_recipe(arguments.recipe)
    training, monitor_options = recipe["training"], recipe["monitor"]
    arguments.work.mkdir(parents=True, exist_ok=True)
    log = Log(arguments.work / "log.txt")
    torch.set_num_threads(1)
    torch.manual_seed(recipe["seed"])
    tokenizer = Tokenizer.from_file(str(arguments.tokenizer / "tokenizer.json"))
    corpus = EncodedCorpus(tokenizer, read_split(arguments.train))
    log(f"{corpus.meanings} meanings, {len(corpus.ids)} tokens in six languages, torch {torch.__version__}")
    model = Llama(recipe["model"], tokenizer.get_vocab_size())
    optimizer = make_optimizer(model, training)
    log(f"{sum(p.numel() for p in model.parameters())} parameters; {training}")
    monitor = Monitor(
        arguments.tokenizer, read_split(arguments.dev, monitor_options["sentencesPerDirection"]), recipe["decoding"]
    )
    checkpoint_path = arguments.work / "checkpoint.pt"
    done = examples = 0
    if checkpoint_path.exists():
        state = torch.load(checkpoint_path)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        done, examples = state["step"], state["examples"]
        log(f"resumed after step {done}")

    def checkpoint(step: int) -> None:
        save_checkpoint(
            checkpoint_path,
            {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "examples": examples},
        )

    def loss_function(inputs: Tensor, positions: Tensor, targets: Tensor) -> Tensor:
        return F.cross_entropy(model(inputs, positions).float(), targets)

    if training["compile"]:
        loss_function = torch.compile(loss_function, dynamic=True)
    stream = batches(
        corpus, tokenizer, training["tokensPerBatch"], training["poolExamples"], recipe["seed"], skip=done
    )
    mean_loss, tokens = None, 0
    report_time = checkpoint_time = evaluate_time = time.monotonic()
    for step in range(done + 1, training["steps"] + 1):
        batch = next(stream)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step - 1, training)
        with torch.autocast("cpu", torch.bfloat16, enabled=training["autocast"] == "bfloat16"):
            loss = loss_function(batch.tokens, batch.positions, batch.targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), training["gradientClip"])
        optimizer.step()
        examples += batch.examples
        tokens += batch.tokens.numel()
        mean_loss = loss.item() if mean_loss is None else 0.98 * mean_loss + 0.02 * loss.item()
        now = time.monotonic()
        if step % 250 == 0 or step == done + 50:
            log(
                f"step {step} examples {examples} loss {mean_loss:.4f} rate {learning_rate(step, training):.2e} "
                f"{tokens / (now - report_time):.0f} tokens/s"
            )
            report_time, tokens = time.monotonic(), 0
        if now - checkpoint_time > 60 * monitor_options["checkpointMinutes"]:
            checkpoint(step)
            checkpoint_time = time.monotonic()
        if now - evaluate_time > 60 * monitor_options["evaluateMinutes"]:
            log(f"step {step} {monitor(model)}")
            evaluate_time = time.monotonic()
    checkpoint(training["steps"])
    log(f"finished step {training['steps']} examples {examples} {monitor(model)}")


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
