"""Makes fixtures.json: what Hugging Face `generate()` gives on the embedded model, and how narrowly.

Every sentence is decoded alone (no padding, no batch), in float32 on one thread. Beside the tokens and scores each
case has its *margin*: the smallest difference between two scores that decided something on the way. Where it is
tiny, another rounding may rightly give another result. See README.md for the command.
"""

import argparse
import hashlib
import json
import math
import platform
import time
from pathlib import Path

import tokenizers
import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

HERE = Path(__file__).resolve().parent
TINY = HERE.parents[2] / "data" / "tiny"
NAMES = {"en": "English", "de": "German", "cs": "Czech", "is": "Icelandic", "zh": "Chinese", "ru": "Russian"}
DIRECTIONS = ["en-cs", "en-de", "en-is", "en-ru", "en-zh", "cs-en", "de-en", "is-en", "ru-en", "zh-en"]
PLAIN = {
    "beams": 5,
    "maxNewTokens": 80,
    "earlyStopping": False,
    "lengthPenalty": 1.0,
    "returnSequences": 1,
    "eosTokens": ["</s>"],
}
# name, sentences a direction, what differs from PLAIN
SETS = [
    ("beam 5", 40, {}),
    ("early stopping true", 4, {"earlyStopping": True}),
    ("early stopping never", 4, {"earlyStopping": "never"}),
    ("length penalty 0.6", 4, {"lengthPenalty": 0.6}),
    ("length penalty 2", 4, {"lengthPenalty": 2.0}),
    ("never, length penalty 2", 3, {"earlyStopping": "never", "lengthPenalty": 2.0, "maxNewTokens": 40}),
    ("five sequences", 4, {"returnSequences": 5}),
    ("at most 6 tokens", 3, {"maxNewTokens": 6}),
    ("two end tokens", 3, {"eosTokens": ["</s>", "."]}),
    ("greedy", 6, {"beams": 1}),
]


class MarginRecorder:
    """Wraps the model's beam-search steps (batch of one prompt) and keeps the narrowest deciding gap."""

    def __init__(self, model, beams, eos_ids, penalty, early_stopping, returned):
        self.beams, self.eos_ids, self.penalty = beams, eos_ids, penalty
        self.early_stopping, self.returned = early_stopping, returned
        self.margin = float("inf")
        self.model = model
        self.final = None

    def __enter__(self):
        for name in ("_get_top_k_continuations", "_update_finished_beams", "_check_early_stop_heuristic"):
            setattr(self.model, name, self._wrap(name, getattr(self.model, name)))
        return self

    def __exit__(self, *_):
        for name in ("_get_top_k_continuations", "_update_finished_beams", "_check_early_stop_heuristic"):
            delattr(self.model, name)  # the class's own method shows again
        scores = sorted(self.final, reverse=True)
        for better, worse in zip(scores[: self.returned], scores[1:]):
            self._gap(better - worse)

    def _wrap(self, name, method):
        def wrapped(**arguments):
            result = method(**arguments)
            getattr(self, "see" + name)(arguments, result)
            return result

        return wrapped

    def _gap(self, difference):
        self.margin = min(self.margin, abs(float(difference)))

    def _cut(self, scores, kept):
        if len(scores) > kept:
            self._gap(scores[kept - 1] - scores[kept])

    def see_get_top_k_continuations(self, arguments, _):
        """Which B continuations are first, and which B run on."""
        scores = arguments["accumulated_log_probs"][0]
        top = torch.topk(scores, (2 + len(self.eos_ids)) * self.beams)
        values = top.values.tolist()
        ends = [i % (len(scores) // self.beams) in self.eos_ids for i in top.indices.tolist()]
        last = arguments["cur_len"] + 1 == self.max_length
        if last:
            self._cut(values, self.beams)
            return
        self._cut([value for value, end in zip(values, ends) if not end], self.beams)
        for rank, (value, end) in enumerate(zip(values, ends)):
            if end:
                self._gap(value - values[self.beams if rank < self.beams else self.beams - 1])

    def see_update_finished_beams(self, arguments, result):
        """Which finished hypotheses are kept."""
        length = arguments["cur_len"] + 1 - arguments["decoder_prompt_len"]
        hits = arguments["next_token_hits_stopping_criteria"][0][: self.beams]
        new = arguments["topk_log_probs"][0][: self.beams][hits] / length**self.penalty
        old = arguments["beam_scores"][0][arguments["is_sent_finished"][0]]
        self._cut(sorted(old.tolist() + new.tolist(), reverse=True), self.beams)
        self.final = result[1][0].tolist()

    def see_check_early_stop_heuristic(self, arguments, _):
        """Whether running hypotheses may still win."""
        if not bool(arguments["is_sent_finished"].all()) or self.early_stopping is True:
            return
        length = arguments["cur_len"] - arguments["decoder_prompt_len"]
        if self.early_stopping == "never" and self.penalty > 0:
            length = arguments["max_length"] - arguments["decoder_prompt_len"]
        hope = float(arguments["running_beam_scores"][0, 0]) / length**self.penalty
        if hope > -1e8:  # nothing runs on after the last step
            self._gap(hope - float(arguments["beam_scores"][0].min()))


def new_tokens(sequence, prompt_length, eos_ids):
    """Generated ids before the end token, and whether there was one."""
    ids = sequence[prompt_length:].tolist()
    end = next((i for i, token in enumerate(ids) if token in eos_ids), None)
    return (ids, False) if end is None else (ids[:end], True)


@torch.no_grad()
def decode(model, prompt_ids, options, eos_ids):
    """Runs generate(); returns the returned hypotheses and the margin."""
    ids = torch.tensor([prompt_ids])
    beams = options["beams"]
    arguments = {
        "attention_mask": torch.ones_like(ids),
        "num_beams": beams,
        "do_sample": False,
        "max_new_tokens": options["maxNewTokens"],
        "eos_token_id": eos_ids,
        "pad_token_id": 0,
        "return_dict_in_generate": True,
        "output_scores": True,
    }
    if beams == 1:
        return greedy(model, ids, arguments, eos_ids)
    recorder = MarginRecorder(
        model, beams, eos_ids, options["lengthPenalty"], options["earlyStopping"], options["returnSequences"]
    )
    recorder.max_length = ids.shape[1] + options["maxNewTokens"]
    with recorder:
        result = model.generate(
            ids,
            early_stopping=options["earlyStopping"],
            length_penalty=options["lengthPenalty"],
            num_return_sequences=options["returnSequences"],
            **arguments,
        )
    outputs = []
    for sequence, score in zip(result.sequences, result.sequences_scores.tolist()):
        tokens, finished = new_tokens(sequence, ids.shape[1], eos_ids)
        outputs.append({"ids": tokens, "finished": finished, "score": score})
    return outputs, recorder.margin


def greedy(model, ids, arguments, eos_ids):
    """Greedy has no scores in transformers: the mean log-probability of the generated tokens is ours."""
    result = model.generate(ids, **arguments)
    generated = result.sequences[0, ids.shape[1] :]
    margin, total = float("inf"), 0.0
    for step, token in zip(result.scores, generated):
        log_probabilities = torch.log_softmax(step[0].double(), dim=-1)
        first, second = torch.topk(log_probabilities, 2).values.tolist()
        margin = min(margin, first - second)
        total += float(log_probabilities[token])
    tokens, finished = new_tokens(result.sequences[0], ids.shape[1], eos_ids)
    return [{"ids": tokens, "finished": finished, "score": total / len(generated)}], margin


def sentences(table, direction, count, language=None):
    """`count` lines in a direction's source language; the directions take different lines while there are enough."""
    header, lines = table[0], table[1:]
    column = header.index(language or direction.split("-")[0])
    first = DIRECTIONS.index(direction)
    return [lines[(first + len(DIRECTIONS) * k) % len(lines)][column] for k in range(count)]


def prompt_text(direction, sentence):
    source, target = (NAMES[language] for language in direction.split("-"))
    return f"Translate this from {source} to {target}:\n{source}: {sentence}\n{target}:"


@torch.no_grad()
def perplexity(model, tokenizer, table, direction, count=10):
    """Perplexity per token of references, each scored alone, the end token included."""
    source, target = direction.split("-")
    sources, references = (sentences(table, direction, count, language) for language in (source, target))
    total, tokens = 0.0, 0
    for sentence, reference in zip(sources, references):
        before = tokenizer(prompt_text(direction, sentence)).input_ids
        after = tokenizer(" " + reference, add_special_tokens=False).input_ids + [tokenizer.eos_token_id]
        logits = model(torch.tensor([before + after])).logits[0, len(before) - 1 : -1]
        log_probabilities = torch.log_softmax(logits.double(), dim=-1)
        total += float(log_probabilities.gather(1, torch.tensor(after)[:, None]).sum())
        tokens += len(after)
    value = math.exp(-total / tokens)
    return {"direction": direction, "sources": sources, "references": references, "value": value}


def make_set(model, tokenizer, table, name, count, changes):
    options = PLAIN | changes
    eos_ids = [tokenizer.convert_tokens_to_ids(token) for token in options["eosTokens"]]
    cases = []
    for direction in DIRECTIONS:
        for sentence in sentences(table, direction, count):
            prompt = prompt_text(direction, sentence)
            prompt_ids = tokenizer(prompt).input_ids
            outputs, margin = decode(model, prompt_ids, options, eos_ids)
            for output in outputs:
                output["text"] = tokenizer.decode(output["ids"], skip_special_tokens=True)
            cases.append(
                {
                    "direction": direction,
                    "source": sentence,
                    "prompt": prompt,
                    "promptIds": prompt_ids,
                    "margin": margin,
                    "outputs": outputs,
                }
            )
    del options["eosTokens"]
    return {"name": name, "options": options | {"eosIds": eos_ids}, "cases": cases}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(path, made, sets, perplexities):
    """One line a case, so that a change can be read."""
    parts = []
    for s in sets:
        head = json.dumps({"name": s["name"], "options": s["options"]}, ensure_ascii=False)[:-1]
        lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in s["cases"])
        parts.append(f'{head}, "cases": [\n{lines}\n]}}')
    scored = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in perplexities)
    text = (
        f'{{"made": {json.dumps(made, indent=1)},\n"sets": [\n'
        + ",\n".join(parts)
        + f'\n],\n"perplexities": [\n{scored}\n]}}\n'
    )
    json.loads(text)
    path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=TINY / "model")
    parser.add_argument("--text", type=Path, default=TINY / "splits" / "test.tsv")
    parser.add_argument("--out", type=Path, default=HERE / "fixtures.json")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    model = AutoModelForCausalLM.from_pretrained(arguments.model, dtype=torch.float32).eval()
    table = [line.split("\t") for line in arguments.text.read_text(encoding="utf-8").splitlines()]
    sets = []
    for name, count, changes in SETS:
        start = time.perf_counter()
        sets.append(make_set(model, tokenizer, table, name, count, changes))
        margins = [case["margin"] for case in sets[-1]["cases"]]
        decisive = sum(margin > 1e-4 for margin in margins)
        print(f"{name}: {decisive} of {len(margins)} decisive, {time.perf_counter() - start:.0f} s", flush=True)
    made = {
        "by": "tests/golden/decoding/make_fixtures.py",
        "scriptSha256": sha256(Path(__file__)),
        "modelSha256": sha256(arguments.model / "model.safetensors"),
        "tokenizerSha256": sha256(arguments.model / "tokenizer.json"),
        "textSha256": sha256(arguments.text),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "tokenizers": tokenizers.__version__,
    }
    perplexities = [perplexity(model, tokenizer, table, direction) for direction in DIRECTIONS]
    write(arguments.out, made, sets, perplexities)


if __name__ == "__main__":
    main()
