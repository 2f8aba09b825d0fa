"""Trains sentencepiece.bpe.model, a small Unigram model in the way of XLM-R's. See README.md."""
import io
import pathlib

import sentencepiece

here = pathlib.Path(__file__).parent
splits = here.parents[3] / "data" / "tiny" / "splits"
rows = (splits / "calibration.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n")[1:]
model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter([cell for row in rows for cell in row.split("\t")]), model_writer=model, model_type="unigram",
    vocab_size=2000, character_coverage=0.99, normalization_rule_name="nmt_nfkc", num_threads=1, minloglevel=2)
(here / "sentencepiece.bpe.model").write_bytes(model.getvalue())
