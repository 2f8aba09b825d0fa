"""Measures how BLEU and perplexity react to plain quantisation and pruning, with paired-bootstrap intervals.

The statistic is the mean of the ten directions' corpus BLEU. A resample draws sentences with replacement within each
direction, the same for the baseline and the variant (paired bootstrap, Koehn 2004); the interval holds the middle
95 % of the differences. The JSON is written after every variant.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from sacrebleu.metrics import BLEU

from compression import block_matrices, variants
from corpus import read_recipe, read_split
from evaluate import facts, rounded
from translate import Translator, bleu_by_direction, bleu_metric, direction_items, means, perplexity, translate_all

RESAMPLES = 1000
SEED = 20


def sentence_statistics(hypotheses: dict[str, list[str]], meanings: list[dict[str, str]]) -> np.ndarray:
    """BLEU's sufficient statistics [direction, sentence, 10]: 4 matches, 4 totals, both lengths."""
    rows = []
    for direction, _, references in direction_items(meanings):
        metric = bleu_metric(direction)
        metric.effective_order = True  # silences a warning; the counts are the same
        scores = [metric.sentence_score(h, [r]) for h, r in zip(hypotheses[direction], references)]
        rows.append([[*s.counts, *s.totals, s.sys_len, s.ref_len] for s in scores])
    return np.array(rows)


def resampled_means(statistics: np.ndarray) -> np.ndarray:
    """The mean BLEU of the directions for each seeded resample; equal seeds give equal draws."""
    directions, sentences, _ = statistics.shape
    random = np.random.default_rng(SEED)
    scores = np.zeros((RESAMPLES, directions))
    for index in range(directions):
        draws = random.multinomial(sentences, np.full(sentences, 1 / sentences), size=RESAMPLES)
        for sample, sums in enumerate(draws @ statistics[index]):
            counts = [int(value) for value in sums]
            scores[sample, index] = BLEU.compute_bleu(counts[:4], counts[4:8], counts[8], counts[9]).score
    return scores.mean(axis=1)


def measure(translator: Translator, meanings: list[dict[str, str]], beams: int) -> tuple[dict, np.ndarray]:
    """BLEU, perplexity and the statistics for the bootstrap of the model as it is now."""
    hypotheses = translate_all(translator, meanings, beams)
    scores = bleu_by_direction(hypotheses, meanings)
    result = {
        "bleu": rounded(scores),
        "means": rounded(means(scores)),
        "perplexity": round(perplexity(translator, meanings), 4),
    }
    return result, sentence_statistics(hypotheses, meanings)


def table(rows: list[dict]) -> str:
    """The report as Markdown."""
    lines = [
        "| weights of the blocks | BLEU | en-x | x-en | difference (95 %) | perplexity |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        mean, difference = row["means"], row.get("difference")
        text = f"{difference['mean']:+.2f} ({difference['low']:+.2f} to {difference['high']:+.2f})" if difference else ""
        lines.append(
            f"| {row['name']} | {mean['all']:.2f} | {mean['en-x']:.2f} | {mean['x-en']:.2f} | {text} "
            f"| {row['perplexity']:.4f} |"
        )
    return "\n".join(lines)


def insert_table(readme: Path, text: str) -> None:
    """Puts the table between the two marks in the README."""
    begin, end = "<!-- sensitivity -->\n", "\n<!-- /sensitivity -->"
    content = readme.read_text(encoding="utf-8")
    head, rest = content.split(begin)
    readme.write_text(head + begin + text + end + rest.split(end)[1], encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the Hugging Face folder")
    parser.add_argument("--split", type=Path, required=True, help="a TSV file, such as test.tsv")
    parser.add_argument("--out", type=Path, required=True, help="JSON file for the report")
    parser.add_argument("--readme", type=Path, help="Markdown file to put the table in")
    parser.add_argument("--limit", type=int, help="sentences per direction")
    parser.add_argument("--beams", type=int)
    parser.add_argument("--only", help="variants whose names contain this, besides the baseline")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--recipe", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    decoding = read_recipe(arguments.recipe)["decoding"]
    beams = arguments.beams or decoding["beams"]
    meanings = read_split(arguments.split, arguments.limit)
    translator = Translator.load(str(arguments.model), decoding)
    matrices = block_matrices(translator.model)
    originals = {name: module.weight.detach().clone() for name, module in matrices.items()}
    header = facts(arguments.model, arguments.split, len(meanings), beams)
    header["bootstrap"] = {"resamples": RESAMPLES, "seed": SEED, "confidence": 0.95}
    rows, baseline = [], None
    for variant in variants():
        if rows and arguments.only and arguments.only not in variant.name:
            continue
        start = time.monotonic()
        with torch.no_grad():
            for name, module in matrices.items():
                module.weight.copy_(variant.apply(originals[name]))
        row, statistics = measure(translator, meanings, beams)
        samples = resampled_means(statistics)
        if baseline is None:
            baseline = (row["means"]["all"], samples)
        else:
            low, high = np.percentile(samples - baseline[1], [2.5, 97.5])
            row["difference"] = rounded(
                {"mean": row["means"]["all"] - baseline[0], "low": float(low), "high": float(high)}
            )
        rows.append({"name": variant.name, **row})
        arguments.out.write_text(json.dumps({**header, "variants": rows}, indent=1) + "\n", encoding="utf-8")
        print(f"{time.monotonic() - start:.0f} s {table(rows).splitlines()[-1]}", flush=True)
    if arguments.readme:
        insert_table(arguments.readme, table(rows))


if __name__ == "__main__":
    main()
