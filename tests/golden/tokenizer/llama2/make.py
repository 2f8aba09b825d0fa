"""Writes cases.json: what LlamaTokenizer of Python's transformers makes of tricky.py and of WMT22. See README.md."""
import hashlib
import json
import pathlib
import random
import sys

import sentencepiece
import transformers

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent))
from tricky import TEXTS  # noqa: E402

folder, wmt22 = sys.argv[1], pathlib.Path(sys.argv[2])
MAP = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<unk>", "unk_token": "<unk>"}
pathlib.Path(folder, "special_tokens_map.json").write_text(json.dumps(MAP))


def load(legacy):
    config = {"tokenizer_class": "LlamaTokenizer", "legacy": legacy, "add_bos_token": True, "clean_up_tokenization_spaces": False}
    pathlib.Path(folder, "tokenizer_config.json").write_text(json.dumps(config))
    return transformers.LlamaTokenizer.from_pretrained(folder, padding_side="left")


def encode(tokenizer, text):
    return tokenizer.encode(text, add_special_tokens=False)


def sha256(tokenizer, path):
    lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    ids = "".join(" ".join(map(str, encode(tokenizer, line))) + "\n" for line in lines)
    return {"lines": len(lines), "tokens": sum(map(len, map(str.split, ids.split("\n")))), "sha256": hashlib.sha256(ids.encode()).hexdigest()}


legacy, modern = load(True), load(False)
draw = random.Random(4)
byte = lambda *values: [3 + value for value in values]  # noqa: E731
runs = [encode(legacy, text) for text in TEXTS] + [
    [], [1], [1, 2], [0], byte(0xC5, 0xA1), byte(0x41, 0xFF, 0x42), byte(0xE2, 0x82), byte(0xE2, 0x82, 0xAC, 0xE2), byte(0xC0, 0x80), byte(0xED, 0xA0, 0x80),
    byte(0xF4, 0x90, 0x80, 0x80), byte(0xF0, 0x9F, 0x98), byte(0xF0, 0x9F, 0x98, 0x80), byte(0x80), byte(*range(256)), [1, 29871, 29871, 29874], [29871], [29871, 29871],
    [259, 29874], [*byte(0xE2), 29871, *byte(0x82)], [*byte(0xC5), 1, *byte(0xA1)], [29874, 1, 263, 2], [2, 263], [1, 29871, 2, 263], byte(0x20, 0x20), [*byte(0x20), 263],
] + [[draw.choice([draw.randrange(32000), draw.randrange(3, 259)]) for _ in range(12)] for _ in range(60)]
cases = {
    "made": {"transformers": transformers.__version__, "sentencepiece": sentencepiece.__version__},
    "encode": [{"text": text, "ids": encode(legacy, text)} for text in TEXTS],
    "encodeModern": [{"text": text, "ids": ids} for text in TEXTS if (ids := encode(modern, text)) != encode(legacy, text)],
    "decode": [{"ids": ids, "text": legacy.decode(ids, skip_special_tokens=True)} for ids in runs],
    "decodeModern": [{"ids": ids, "text": text} for ids in runs
                     if (text := modern.decode(ids, skip_special_tokens=True)) != legacy.decode(ids, skip_special_tokens=True)],
    "wmt22": {str(path.relative_to(wmt22)): sha256(legacy, path) for path in sorted(wmt22.glob("*/*.txt"))},
}
lines = json.dumps(cases).replace("}, {", "},\n{").replace('], "', '],\n"').replace('}, "', '},\n"')
(here / "cases.json").write_text(lines + "\n")
