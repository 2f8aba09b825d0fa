"""Makes model/ and scores.json with the unbabel-comet package. See README.md."""
import json
import logging
import os
import pathlib
import shutil
import sys
import tempfile
import warnings
from importlib.metadata import version

import torch
import yaml

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
here = pathlib.Path(__file__).resolve().parent
shared = here.parents[3] / "shared"
tokenizer = here.parent / "tokenizer" / "unigram" / "sentencepiece.bpe.model"

WIDTH, LAYERS, HEADS, FEED_FORWARD, HIDDEN = 24, 6, 4, 48, [36, 12]
MIX = [0.3, -0.6, 0.1, 0.25, -0.1, 0.2, 0.35]  # two of them get weight 0
DIRECTIONS = "cs-en de-en en-cs en-de en-is en-ru en-zh is-en ru-en zh-en".split()
SYSTEMS = "ALMA-13B-LoRA GPT-4-1106-preview WMT_Winners gpt3.5-text-davinci-003".split()
LONG = [  # direction, system, first line, lines that are joined
    ("en-de", "WMT_Winners", 100, 40), ("de-en", "ALMA-13B-LoRA", 300, 40), ("en-ru", "GPT-4-1106-preview", 500, 40),
    ("zh-en", "gpt3.5-text-davinci-003", 200, 40), ("cs-en", "WMT_Winners", 10, 40), ("en-is", "ALMA-13B-LoRA", 50, 40),
    ("en-cs", "GPT-4-1106-preview", 70, 40), ("en-zh", "WMT_Winners", 90, 40), ("is-en", "WMT_Winners", 400, 8),
    ("ru-en", "GPT-4-1106-preview", 150, 10)]
DOG = ("Der Hund schläft.", "The dog sleeps.")
TEXTS = [  # source, translation, reference
    ("", "", ""), (DOG[0], "", DOG[1]), ("", DOG[1], DOG[1]), (DOG[0], DOG[1], DOG[1]), (DOG[0], DOG[1], ""),
    ("  Der   Hund \t schläft. ", "The dog\u00a0sleeps.", "ＴＨＥ　ＤＯＧ ﬁ sleeps…"),
    ("狗在睡觉。", "A </s> B <pad> C <mask> D <unk> E <s> F", "<pad>"),
    ("🐕 \u200d \u0301 x", "a" * 700, "b " * 600)]


def randomize(model):
    """Weights so large that scores spread and depend on positions, attention and single tokens."""
    generator = torch.Generator().manual_seed(1)

    def normal(p, deviation, mean=0.0):
        p.copy_(torch.randn(p.shape, generator=generator) * deviation + mean)

    with torch.no_grad():
        for name, p in model.named_parameters():
            if "LayerNorm.weight" in name: normal(p, 0.2, 1.0)
            elif "LayerNorm.bias" in name: normal(p, 0.2)
            elif "word_embeddings" in name: normal(p, 1.0)
            elif "position_embeddings" in name: normal(p, 0.5)
            elif "token_type" in name: normal(p, 0.3)
            elif name.endswith("query.weight") or name.endswith("key.weight"): normal(p, 1.6 / WIDTH ** 0.5)
            elif "estimator" in name and p.dim() == 2:
                normal(p, {6 * WIDTH: 2.0, HIDDEN[0]: 1.6, HIDDEN[1]: 2.4}[p.shape[1]] / p.shape[1] ** 0.5)
            elif p.dim() == 2: normal(p, 1.3 / p.shape[1] ** 0.5)
            elif "scalar_parameters" in name: p.fill_(MIX[int(name.split(".")[-1])])
            elif "gamma" in name: p.fill_(1.3)
            else: normal(p, 0.1)
        model.estimator.ff[6].bias.fill_(0.3)


def make(folder):
    """Writes encoder/ (which stands for a pretrained encoder), hparams.yaml and checkpoints/model.ckpt."""
    from transformers import XLMRobertaConfig, XLMRobertaTokenizerFast
    os.makedirs("encoder")
    os.makedirs("checkpoints")
    shutil.copy(tokenizer, "encoder")
    XLMRobertaConfig(
        vocab_size=len(XLMRobertaTokenizerFast.from_pretrained("encoder")), hidden_size=WIDTH, num_hidden_layers=LAYERS,
        num_attention_heads=HEADS, intermediate_size=FEED_FORWARD, max_position_embeddings=514, type_vocab_size=1,
        layer_norm_eps=1e-5, pad_token_id=1, bos_token_id=0, eos_token_id=2).save_pretrained("encoder")
    import pytorch_lightning
    from comet.models import RegressionMetric
    model = RegressionMetric(
        nr_frozen_epochs=0.3, keep_embeddings_frozen=True, optimizer="AdamW", encoder_learning_rate=1e-6,
        learning_rate=1.5e-5, layerwise_decay=0.95, encoder_model="XLM-RoBERTa", pretrained_model="encoder", pool="avg",
        layer="mix", layer_transformation="sparsemax", layer_norm=False, loss="mse", dropout=0.1, batch_size=4,
        train_data=["data/train.csv"], validation_data=["data/dev.csv"], hidden_sizes=HIDDEN, activations="Tanh",
        final_activation=None, load_pretrained_weights=False)
    randomize(model)
    trainer = pytorch_lightning.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False)
    trainer.strategy.connect(model)
    trainer.save_checkpoint("checkpoints/model.ckpt", weights_only=True)
    settings = {k: v for k, v in model.hparams.items() if k not in ("local_files_only", "load_pretrained_weights")}
    with open("hparams.yaml", "w") as file:
        yaml.safe_dump(settings, file)
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    for name in ("hparams.yaml", "checkpoints/model.ckpt"):
        shutil.copy(name, folder / name)
    shutil.copy("encoder/config.json", folder)


def lines(path):
    return (shared / path).read_text(encoding="utf-8").rstrip("\n").split("\n")


def wmt22():
    """References to lines, and the segments they name."""
    cases = [(direction, system, 17 * d + 90 * s + 120 * k, 1)
             for d, direction in enumerate(DIRECTIONS) for s, system in enumerate(SYSTEMS) for k in range(6)] + LONG
    segments = []
    for direction, system, first, count in cases:
        cut = lambda path: " ".join(lines(path)[first:first + count])
        segments.append((cut(f"wmt22/{direction}/source.txt"), cut(f"golden/metrics/systems/{system}/{direction}.txt"),
                         cut(f"wmt22/{direction}/reference.txt")))
    return cases, segments


def score():
    """What the package gives, as JSON."""
    from comet import load_from_checkpoint
    from entmax import sparsemax
    model = load_from_checkpoint("checkpoints/model.ckpt", local_files_only=True)

    def predict(segments):
        samples = [{"src": s, "mt": t, "ref": r} for s, t, r in segments]
        return model.predict(samples, batch_size=16, gpus=0, num_workers=0, progress_bar=False)

    cases, segments = wmt22()
    judged, own = predict(segments), predict(TEXTS)
    names = ("unbabel-comet", "torch", "transformers", "tokenizers", "entmax", "pytorch-lightning")
    versions = {name: version(name) for name in names} | {"python": sys.version.split()[0]}
    mix = sparsemax(torch.cat(list(model.layerwise_attention.scalar_parameters)), dim=0).tolist()
    rows = lambda items: ",\n".join("  " + json.dumps(item) for item in items)
    return "".join([
        '{\n "versions": ', json.dumps(versions), ',\n "mix": ', json.dumps(mix), ',\n "systemScore": ', json.dumps(judged.system_score),
        ',\n "wmt22": [\n', rows([*case, x] for case, x in zip(cases, judged.scores)), '\n ],\n "texts": [\n',
        rows({"source": s, "translation": t, "reference": r, "score": x} for (s, t, r), x in zip(TEXTS, own.scores)), "\n ]\n}\n"])


with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    make(here / "model")
    result = score()
    os.chdir(here)
(here / "scores.json").write_text(result)
