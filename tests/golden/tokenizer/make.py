"""Writes two small tokenizers and cases.json, what Python's tokenizers makes of some texts. See README.md."""
import json
import pathlib

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

here = pathlib.Path(__file__).parent
SPECIAL = ["<unk>", "<s>", "</s>"]
CORPUS = """The child gives the old dog a warm cake. The dogs sleep in the garden, and the children sing.
Das Kind gibt dem alten Hund einen warmen Kuchen. Die Hunde schlafen im Garten, und die Kinder singen.
Dítě dává starému psovi teplý koláč. Barnið gefur gamla hundinum heita köku.
孩子给老狗一块热蛋糕。 Ребёнок даёт старой собаке тёплый пирог. Собаки спят в саду, и дети поют.""".split("\n")
TEXTS = [
    "", " ", "The dog sleeps.", "the  dog   sleeps", " leading and trailing ", "Das Kind singt im Garten!", "Dítě spí.",
    "Barnið sefur ekki.", "孩子在花园里睡觉。", "Ребёнок спит, 12 345,67 рублей.", "emoji 🐕‍🦺 and é and e\u0301", "don't can't I'm",
    "Line one\nLine two\r\n\tthird", "\u00a0\u2003spaces\u3000", "<s>special</s> inside", "Translate this from English",
    "English: The dog\nGerman: Der Hund", "\nGerman:", "Hello , world .", "a\u0000b", "مرحبا שלום", "ﬁne ½ Ⅷ",
]


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    pattern = r"\p{Han}| ?(?:(?!\p{Han})\p{L})+| ?\p{N}| ?[^\s\p{L}\p{N}]+|\s+"
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=360, special_tokens=SPECIAL, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False))
    tokenizer.add_tokens([AddedToken(t, normalized=False) for t in ["English:", "\nGerman:", " to German:\n"]])
    return tokenizer


def sentence_piece():
    """As LLaMA 2's: words begin with U+2581, unknown characters fall back to bytes."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    words = pre_tokenizers.Metaspace(prepend_scheme="never")
    tokenizer.pre_tokenizer = words
    tokenizer.train_from_iterator(CORPUS[:3], trainers.BpeTrainer(
        vocab_size=440, special_tokens=SPECIAL + [f"<0x{b:02X}>" for b in range(256)], show_progress=False))
    data = json.loads(tokenizer.to_str())
    data["pre_tokenizer"] = None
    data["added_tokens"] = data["added_tokens"][:3]  # bytes are ordinary tokens
    return Tokenizer.from_str(json.dumps(data))


cases = {"version": tokenizers.__version__}
for name, tokenizer, pad in [("byte_level", byte_level(), None), ("sentence_piece", sentence_piece(), "<unk>")]:
    folder = here / name
    folder.mkdir(exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False) + "\n")
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": {"content": "</s>"}, "unk_token": "<unk>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config | ({"pad_token": pad} if pad else {})) + "\n")
    size = tokenizer.get_vocab_size()
    encoded = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
    first = 262 if name == "sentence_piece" else 3  # bytes that are no UTF-8 have a test of their own
    broken = [[1, first, 2], [1], list(range(first, size, 7)), [size - 1, 0, size - 2]]
    if name == "byte_level":
        broken += [[200, 3, 220], list(range(3, 259))]
    cases[name] = {
        "size": size,
        "encode": [{"text": text, "ids": ids} for text, ids in zip(TEXTS, encoded)],
        "decode": [{"ids": ids, "text": tokenizer.decode(ids)} for ids in encoded + broken],
    }
lines = json.dumps(cases, ensure_ascii=False).replace("}, {", "},\n{")
(here / "cases.json").write_text(lines + "\n")
