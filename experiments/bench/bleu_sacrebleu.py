"""BLEU by sacreBLEU."""

from lines import serve  # first: it keeps what libraries print out of the replies

import time

import sacrebleu

text = {}


def load(hypotheses, references):
    text["hypotheses"] = hypotheses
    text["references"] = references


def run(tokenizer):
    """Seconds and score of the corpus loaded last, which sacreBLEU has not seen before: it remembers how it cut lines."""
    start = time.perf_counter()
    score = sacrebleu.corpus_bleu(text["hypotheses"], [text["references"]], tokenize=tokenizer).score
    return {"seconds": time.perf_counter() - start, "score": score}


serve(lambda: {"sacrebleu": sacrebleu.__version__}, {"load": load, "run": run})
