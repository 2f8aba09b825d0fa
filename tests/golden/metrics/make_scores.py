"""Scores sentences.json with the installed sacreBLEU and writes scores.json and unicode_14.json.

Run: python make_scores.py
"""
import hashlib
import json
import logging
import platform
import random
import sys
import unicodedata
from pathlib import Path

import regex
import sacrebleu
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.metrics.bleu import _get_tokenizer
from sacrebleu.tokenizers.tokenizer_ter import TercomTokenizer

HERE = Path(__file__).parent
BLEU_OPTIONS = {
    "13a": {},
    "zh": {"tokenize": "zh"},
    "intl": {"tokenize": "intl"},
    "char": {"tokenize": "char"},
    "none": {"tokenize": "none"},
    "lowercase": {"lowercase": True},
    "effective order": {"effective_order": True},
    "floor": {"smooth_method": "floor"},
    "floor 0.01": {"smooth_method": "floor", "smooth_value": 0.01},
    "add-k": {"smooth_method": "add-k"},
    "add-k 0.5": {"smooth_method": "add-k", "smooth_value": 0.5, "effective_order": True},
    "none smoothing": {"smooth_method": "none"},
    "order 2": {"max_ngram_order": 2},
    "order 6": {"max_ngram_order": 6, "tokenize": "intl"},
}
CHRF_OPTIONS = {
    "chrF": {},
    "chrF++": {"word_order": 2},
    "lowercase": {"lowercase": True, "word_order": 1},
    "whitespace": {"whitespace": True},
    "epsilon": {"eps_smoothing": True, "word_order": 2},
    "order 3, beta 1": {"char_order": 3, "beta": 1},
    "words only": {"char_order": 0, "word_order": 2, "beta": 3},
}
TER_OPTIONS = {
    "default": {},
    "case sensitive": {"case_sensitive": True},
    "normalized": {"normalized": True},
    "no punctuation": {"no_punct": True},
    "asian normalized": {"normalized": True, "asian_support": True},
    "asian no punctuation": {"no_punct": True, "asian_support": True, "normalized": True},
    "asian only": {"asian_support": True, "no_punct": True, "case_sensitive": True},
}


def score_record(metric, hypotheses, references):
    score = metric.corpus_score(hypotheses, references)
    record = {"score": score.score, "text": score.format(), "signature": str(metric.get_signature())}
    if isinstance(metric, BLEU):
        record |= {
            "counts": score.counts, "totals": score.totals, "precisions": score.precisions,
            "bp": score.bp, "sys_len": score.sys_len, "ref_len": score.ref_len,
        }
    if isinstance(metric, TER):
        record |= {"num_edits": score.num_edits, "ref_length": score.ref_length}
    return record


def results(metric_class, options, sentences):
    """Corpus scores per option set (first reference, both, and a varying number), then sentence scores."""
    hypotheses = [s["hypothesis"] for s in sentences]
    first, second = ([s["references"][k] for s in sentences] for k in (0, 1))
    some = [text if i % 3 else None for i, text in enumerate(second)]
    rows = {}
    for name, values in options.items():
        rows[name] = {
            "options": values,
            "one": score_record(metric_class(**values), hypotheses, [first]),
            "two": score_record(metric_class(**values), hypotheses, [first, second]),
            "varying": score_record(metric_class(**values), hypotheses, [first, some]),
            "sentences": [
                metric_class(**values).sentence_score(h, [r]).score for h, r in zip(hypotheses, first)
            ],
        }
    return rows


def long_pairs(seed=1):
    """Made-up words in numbers that reach every limit of TER: its band, its block size, its 1,000 candidates."""
    rng = random.Random(seed)
    draw = lambda length, vocabulary: [chr(ord("a") + rng.randrange(vocabulary)) for _ in range(length)]
    rows = []
    for length, other, vocabulary in [
        (60, 60, 26), (80, 70, 8), (120, 40, 26), (40, 120, 5), (3, 200, 4), (1, 90, 2), (200, 3, 4),
        (90, 1, 2), (60, 60, 2), (150, 150, 20), (2, 130, 1), (70, 140, 26), (1, 60, 26), (30, 30, 3),
    ]:
        rows.append((" ".join(draw(length, vocabulary)), " ".join(draw(other, vocabulary))))
    for length in (30, 80, 120):  # blocks of one text, exchanged
        words = [f"{w}{k}" for k, w in enumerate(draw(length, 26))]
        cuts = sorted(rng.sample(range(length), 4))
        parts = [words[a:b] for a, b in zip([0, *cuts], [*cuts, length])]
        rng.shuffle(parts)
        rows.append((" ".join(w for part in parts for w in part), " ".join(words)))
    return [
        {"hypothesis": h, "reference": r, "ter": score_record(TER(), [h], [[r]]),
         "bleu": score_record(BLEU(), [h], [[r]]), "chrf": score_record(CHRF(word_order=2), [h], [[r]])}
        for h, r in rows
    ]


def ranges(belongs):
    """[first, length, gap, length, ...] of the code points for which belongs() holds."""
    result, inside, start = [], False, 0
    for code in range(0x110000 + 1):
        now = code < 0x110000 and belongs(unicodedata.category(chr(code)))
        if now != inside:
            result.append(code - start)
            inside, start = now, code
    return result


def main():
    logging.disable(logging.WARNING)
    assert sacrebleu.__version__ == "2.6.0" and unicodedata.unidata_version == "14.0.0"
    sentences = json.loads((HERE / "sentences.json").read_text("utf-8"))
    lines = [text for s in sentences for text in [s["hypothesis"], *s["references"]]]
    scores = {
        "sacrebleu": sacrebleu.__version__, "python": platform.python_version(),
        "regex": regex.__version__, "unicode": unicodedata.unidata_version,
        "bleu": results(BLEU, BLEU_OPTIONS, sentences),
        "chrf": results(CHRF, CHRF_OPTIONS, sentences),
        "ter": results(TER, TER_OPTIONS, sentences),
        "long": long_pairs(),
        "tokens": {
            **{name: [_get_tokenizer(name)()(line) for line in lines]
               for name in ("13a", "zh", "intl", "char", "none")},
            **{f"tercom {name}": [TercomTokenizer(**values)(line) for line in lines]
               for name, values in TER_OPTIONS.items()},
        },
    }
    (HERE / "scores.json").write_text(json.dumps(scores, ensure_ascii=True, separators=(",", ":")) + "\n", "utf-8")
    assigned = [c for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Cs")]
    lower = "\n".join(f"{c:x}:{chr(c).lower()}" for c in assigned)
    unicode_14 = {
        "unicode": unicodedata.unidata_version,
        "punctuation": ranges(lambda c: c[0] == "P"),
        "number": ranges(lambda c: c[0] == "N"),
        "symbol": ranges(lambda c: c[0] == "S"),
        "unassigned": ranges(lambda c: c == "Cn"),
        "white_space": [c for c in range(0x110000) if chr(c).isspace()],
        "lowercase_sha256": hashlib.sha256(lower.encode("utf-8")).hexdigest(),
    }
    (HERE / "unicode_14.json").write_text(json.dumps(unicode_14, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
