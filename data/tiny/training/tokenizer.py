"""Trains the byte-level BPE tokenizer and writes it as Hugging Face files.

A word is one Han character, a run of other letters with the space before it, one digit, or a run of punctuation;
merges never cross words. The pieces of the prompt are added tokens, so a prompt costs four tokens besides `<s>` and
the sentence. They are not special: they survive decoding, and text that contains one is still encoded exactly.
"""

import argparse
import json
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from corpus import LANGUAGES, read_recipe, read_split, scaffold_tokens

UNKNOWN, BEGIN, END = SPECIALS = ["<unk>", "<s>", "</s>"]
WORD = r"\p{Han}| ?(?:(?!\p{Han})\p{L})+| ?\p{N}| ?[^\s\p{L}\p{N}]+|\s+"


def train_tokenizer(texts: list[str], vocabulary_size: int) -> dict:
    """Returns the content of tokenizer.json: ids 0-2 special, 3-26 the pieces of the prompt, then bytes and merges."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORD), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        special_tokens=SPECIALS + scaffold_tokens(),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A", pair=f"{BEGIN} $A $B", special_tokens=[(BEGIN, SPECIALS.index(BEGIN))]
    )
    content = json.loads(tokenizer.to_str())
    # The trainer only knows special tokens; the pieces of the prompt are ordinary added tokens.
    for token in content["added_tokens"]:
        token["special"] = token["content"] in SPECIALS
    if len(content["model"]["vocab"]) != vocabulary_size:
        raise ValueError(
            f"Cannot reach {vocabulary_size} tokens: the corpus yields {len(content['model']['vocab'])}"
        )
    return content


def tokenizer_config(max_positions: int) -> dict:
    """Returns the content of tokenizer_config.json."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": BEGIN,
        "eos_token": END,
        "unk_token": UNKNOWN,
        "pad_token": UNKNOWN,
        "padding_side": "left",
        "clean_up_tokenization_spaces": False,
        "model_max_length": max_positions,
    }


def report(tokenizer: Tokenizer, meanings: list[dict[str, str]]) -> str:
    """Mean tokens a sentence per language, and a check that decoding gives the text back."""
    means = []
    for language in LANGUAGES:
        encoded = tokenizer.encode_batch(
            [" " + meaning[language] for meaning in meanings], add_special_tokens=False
        )
        for meaning, encoding in zip(meanings, encoded):
            if tokenizer.decode(encoding.ids) != " " + meaning[language]:
                raise ValueError(f"Cannot decode {meaning[language]!r}: the text does not come back")
        means.append(f"{language} {sum(len(e.ids) for e in encoded) / len(encoded):.1f}")
    return f"{tokenizer.get_vocab_size()} tokens; a sentence has on average: " + ", ".join(means)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True, help="train.tsv")
    parser.add_argument("--dev", type=Path, required=True, help="dev.tsv, for the report")
    parser.add_argument("--out", type=Path, required=True, help="folder for the two files")
    parser.add_argument("--recipe", type=Path)
    arguments = parser.parse_args()
    recipe = read_recipe(arguments.recipe)
    meanings = read_split(arguments.train, recipe["tokenizer"]["meanings"])
    # The leading space is the one that follows "English:" in the prompt.
    texts = [" " + meaning[language] for meaning in meanings for language in LANGUAGES]
    content = train_tokenizer(texts, recipe["tokenizer"]["vocabularySize"])
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / "tokenizer.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    config = tokenizer_config(recipe["model"]["maxPositions"])
    (arguments.out / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
    print(report(Tokenizer.from_file(str(path)), read_split(arguments.dev, 1000)))


if __name__ == "__main__":
    main()
