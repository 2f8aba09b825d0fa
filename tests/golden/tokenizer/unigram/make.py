"""Writes cases.json: what XLMRobertaTokenizerFast of Python's transformers makes of tricky.py and of WMT22. See README.md."""
import hashlib
import json
import pathlib
import sys
import tempfile

import sentencepiece
import tokenizers
import transformers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent))
from tricky import TEXTS  # noqa: E402

wmt22 = pathlib.Path(sys.argv[1])
model = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else here / "sentencepiece.bpe.model"
proto = sentencepiece_model_pb2.ModelProto.FromString(model.read_bytes())
special = ["<s>", "<pad>", "</s>", "<unk>"]
vocabulary = [(token, 0.0) for token in special] + [(p.piece, p.score) for p in proto.pieces[3:]] + [("<mask>", 0.0)]
inner = Tokenizer(models.Unigram(vocabulary, 3))
inner.normalizer = normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)
inner.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
inner.decoder = decoders.Metaspace()
inner.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
inner.add_special_tokens([AddedToken(token, normalized=False) for token in special] + [AddedToken("<mask>", lstrip=True, normalized=False)])

with tempfile.TemporaryDirectory() as folder:
    inner.save(f"{folder}/tokenizer.json")
    tokenizer = transformers.XLMRobertaTokenizerFast(tokenizer_file=f"{folder}/tokenizer.json")
    if len(sys.argv) > 3:
        tokenizer.save_pretrained(sys.argv[3])


def encode(text):
    return tokenizer.encode(text, add_special_tokens=False)


def sha256(path):
    lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    ids = "".join(" ".join(map(str, encode(line))) + "\n" for line in lines)
    return {"lines": len(lines), "tokens": sum(map(len, map(str.split, ids.split("\n")))), "sha256": hashlib.sha256(ids.encode()).hexdigest()}


cases = {
    "made": {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__, "sentencepiece": sentencepiece.__version__},
    "size": len(tokenizer),
    "encode": [{"text": text, "ids": encode(text)} for text in TEXTS],
    "normalize": [{"text": text, "normalized": normalized} for text in TEXTS if (normalized := inner.normalizer.normalize_str(text)) != text],
    "wmt22": {str(path.relative_to(wmt22)): sha256(path) for path in sorted(wmt22.glob("*/*.txt"))},
}
lines = json.dumps(cases).replace("}, {", "},\n{").replace('], "', '],\n"').replace('}, "', '},\n"')
(here / "cases.json" if len(sys.argv) < 3 else pathlib.Path(sys.argv[3], "cases.json")).write_text(lines + "\n")
