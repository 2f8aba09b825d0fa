"""Compares the logits of transformers' LlamaForCausalLM with those of model.py in float64 on the same weights."""

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from corpus import DIRECTIONS, prompt, read_recipe, read_split
from model import Llama, load_hugging_face_weights, rotary_table

TOLERANCE = 1e-4  # of the largest logit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the Hugging Face folder")
    parser.add_argument("--split", type=Path, required=True, help="a TSV file, such as test.tsv")
    parser.add_argument("--recipe", type=Path)
    arguments = parser.parse_args()
    shape = read_recipe(arguments.recipe)["model"]
    theirs = LlamaForCausalLM.from_pretrained(arguments.model, dtype=torch.float32).eval()
    ours = Llama(shape, theirs.config.vocab_size).double().eval()
    load_hugging_face_weights(ours, load_file(arguments.model / "model.safetensors"))
    ours.cosine, ours.sine = rotary_table(
        shape["maxPositions"], shape["hiddenSize"] // shape["heads"], shape["ropeTheta"]
    )
    tokenizer = Tokenizer.from_file(str(arguments.model / "tokenizer.json"))
    worst = 0.0
    for meaning in read_split(arguments.split, 20):
        for source, target in DIRECTIONS:
            text = prompt(source, target, meaning[source]) + " " + meaning[target]
            tokens = torch.tensor([tokenizer.encode(text).ids])
            with torch.inference_mode():
                expected = ours(tokens)
                actual = theirs(input_ids=tokens).logits.double()
            worst = max(worst, ((actual - expected).abs().max() / expected.abs().max()).item())
    print(f"largest difference: {worst:.2e} of the largest logit")
    if worst > TOLERANCE:
        raise SystemExit(f"Cannot accept the exported model: the difference is over {TOLERANCE}")


if __name__ == "__main__":
    main()
