"""The corpus and the prompt: what every other script here needs to know about the text.

A split is a TSV file whose header names the six languages and whose every other line is one meaning in all of them.
"""

import json
from pathlib import Path

LANGUAGE_NAMES = {
    "en": "English",
    "de": "German",
    "cs": "Czech",
    "is": "Icelandic",
    "zh": "Chinese",
    "ru": "Russian",
}
LANGUAGES = list(LANGUAGE_NAMES)

# The study's ten directions, in the order of its tables.
DIRECTIONS = [("en", t) for t in ("cs", "de", "is", "ru", "zh")] + [
    (s, "en") for s in ("cs", "de", "is", "ru", "zh")
]


def read_split(path: Path | str, limit: int | None = None) -> list[dict[str, str]]:
    """Reads a split as a list of meanings, each a dictionary from language code to sentence."""
    meanings = []
    with open(path, encoding="utf-8", newline="\n") as file:
        header = file.readline().rstrip("\n").split("\t")
        if header != LANGUAGES:
            raise ValueError(f"Cannot read {path}: the header is {header}, not {LANGUAGES}")
        for number, line in enumerate(file, start=2):
            if limit is not None and len(meanings) == limit:
                break
            cells = line.rstrip("\n").split("\t")
            if len(cells) != len(LANGUAGES) or not all(cells):
                raise ValueError(f"Cannot read {path}: line {number} has not six filled cells")
            meanings.append(dict(zip(LANGUAGES, cells)))
    return meanings


def scaffold_before(source: str, target: str) -> list[str]:
    """The pieces of the prompt that come before the source sentence; each is one token of the tokenizer."""
    return [
        f"Translate this from {LANGUAGE_NAMES[source]}",
        f" to {LANGUAGE_NAMES[target]}:\n",
        f"{LANGUAGE_NAMES[source]}:",
    ]


def scaffold_after(target: str) -> str:
    """The piece of the prompt that comes after the source sentence; one token."""
    return f"\n{LANGUAGE_NAMES[target]}:"


def prompt(source: str, target: str, sentence: str) -> str:
    """ALMA's prompt (Xu et al. 2024), to be followed by a space and the translation."""
    return "".join(scaffold_before(source, target)) + " " + sentence + scaffold_after(target)


def scaffold_tokens() -> list[str]:
    """All pieces of all prompts, each once: 24 for six languages."""
    pieces: dict[str, None] = {}
    for position in range(3):
        for language in LANGUAGES:
            pieces[scaffold_before(language, language)[position]] = None
    for language in LANGUAGES:
        pieces[scaffold_after(language)] = None
    return list(pieces)


def read_recipe(path: Path | str | None = None) -> dict:
    """Reads recipe.json, the one place where hyper-parameters are written."""
    path = Path(path) if path else Path(__file__).with_name("recipe.json")
    return json.loads(path.read_text(encoding="utf-8"))
