"""Translates a split in all ten directions with transformers' generate and scores it with sacreBLEU."""

import argparse
import hashlib
import json
import platform
import time
from pathlib import Path

import sacrebleu
import torch
import transformers

from corpus import read_recipe, read_split
from translate import Translator, bleu_by_direction, bleu_metric, direction_items, means, perplexity, translate_all


def facts(model: Path, split: Path, meanings: int, beams: int) -> dict:
    """What a number depends on besides the code."""
    return {
        "modelSha256": hashlib.sha256((model / "model.safetensors").read_bytes()).hexdigest(),
        "splitSha256": hashlib.sha256(split.read_bytes()).hexdigest(),
        "sentencesPerDirection": meanings,
        "beams": beams,
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "sacrebleu": sacrebleu.__version__,
        },
    }


def signature(direction: str, hypotheses: list[str], references: list[str]) -> str:
    metric = bleu_metric(direction)
    metric.corpus_score(hypotheses, [references])
    return str(metric.get_signature())


def rounded(scores: dict[str, float]) -> dict[str, float]:
    return {name: round(score, 2) for name, score in scores.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the Hugging Face folder")
    parser.add_argument("--split", type=Path, required=True, help="a TSV file, such as test.tsv")
    parser.add_argument("--out", type=Path, required=True, help="JSON file for the scores")
    parser.add_argument("--hypotheses", type=Path, help="TSV file for direction, prompt's source, reference, hypothesis")
    parser.add_argument("--beams", type=int)
    parser.add_argument("--limit", type=int, help="sentences per direction")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--recipe", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    decoding = read_recipe(arguments.recipe)["decoding"]
    beams = arguments.beams or decoding["beams"]
    meanings = read_split(arguments.split, arguments.limit)
    translator = Translator.load(str(arguments.model), decoding)
    start = time.monotonic()
    hypotheses = translate_all(translator, meanings, beams)
    seconds = time.monotonic() - start
    scores = bleu_by_direction(hypotheses, meanings)
    items = direction_items(meanings)
    exact = sum(h == r for direction, _, refs in items for h, r in zip(hypotheses[direction], refs))
    result = {
        **facts(arguments.model, arguments.split, len(meanings), beams),
        "bleu": rounded(scores),
        "means": rounded(means(scores)),
        "exactMatches": round(exact / (len(meanings) * len(items)), 4),
        "perplexity": round(perplexity(translator, meanings), 4),
        "signatures": {d: signature(d, hypotheses[d], refs) for d, _, refs in items},
    }
    arguments.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if arguments.hypotheses:
        with open(arguments.hypotheses, "w", encoding="utf-8", newline="\n") as file:
            for direction, _, references in items:
                for meaning, reference, hypothesis in zip(meanings, references, hypotheses[direction]):
                    file.write("\t".join([direction, meaning[direction[:2]], reference, hypothesis]) + "\n")
    print(f"{seconds:.0f} s; {result['means']}; exact {result['exactMatches']}; perplexity {result['perplexity']}")
    print(" ".join(f"{direction} {score:.2f}" for direction, score in scores.items()))


if __name__ == "__main__":
    main()
