"""Writes a checkpoint as a Hugging Face folder with float16 weights."""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from corpus import read_recipe
from model import Llama, hugging_face_config, hugging_face_weights


def export(checkpoint: Path, tokenizer: Path, out: Path, recipe: dict) -> None:
    state = torch.load(checkpoint)["model"]
    shape, decoding = recipe["model"], recipe["decoding"]
    model = Llama(shape, state["embedding.weight"].shape[0])
    model.load_state_dict(state)
    weights = {name: weight.half().contiguous() for name, weight in hugging_face_weights(model).items()}
    config = hugging_face_config(shape, model.head.out_features)
    generation = {
        "bos_token_id": config["bos_token_id"],
        "eos_token_id": config["eos_token_id"],
        "pad_token_id": config["pad_token_id"],
        "do_sample": False,
        "num_beams": decoding["beams"],
        "max_new_tokens": decoding["maxNewTokens"],
    }
    out.mkdir(parents=True, exist_ok=True)
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (out / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        if (tokenizer / name).resolve() != (out / name).resolve():
            shutil.copyfile(tokenizer / name, out / name)
    (out / "model.safetensors").chmod(0o644)
    content = (out / "model.safetensors").read_bytes()
    parameters = sum(weight.numel() for weight in weights.values())
    print(f"{parameters} parameters, {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="checkpoint.pt of train.py")
    parser.add_argument("--tokenizer", type=Path, required=True, help="folder with tokenizer.json")
    parser.add_argument("--out", type=Path, required=True, help="the Hugging Face folder")
    parser.add_argument("--recipe", type=Path)
    arguments = parser.parse_args()
    export(arguments.checkpoint, arguments.tokenizer, arguments.out, read_recipe(arguments.recipe))


if __name__ == "__main__":
    main()
