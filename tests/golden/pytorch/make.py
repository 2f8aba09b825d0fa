"""Writes the fixtures of this folder with PyTorch's own torch.save. See README.md."""

import collections
import hashlib
import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

here = pathlib.Path(__file__).parent
torch.manual_seed(4)


def facts(tensor):
    plain = tensor.detach().contiguous()
    raw = bytes(plain.view(torch.uint8).reshape(-1).tolist()) if plain.ndim else bytes(plain.reshape(1).view(torch.uint8).tolist())
    return {"dtype": str(tensor.dtype), "shape": list(tensor.shape), "hex": raw.hex()}


base = torch.randn(3, 4)
cube = torch.randn(2, 3, 4)
tensors = {
    "contiguous": base,
    "transposed": base.T,
    "window": base[1:, 1:3],
    "row": base[2],
    "column": base[:, 1],
    "steps": cube[:, ::2, 1::2],
    "permuted": cube.permute(2, 0, 1),
    "scalar": torch.tensor(3.5),
    "empty": torch.zeros(0, 3),
    "half": torch.randn(2, 3).half(),
    "bfloat": torch.randn(3, 2).bfloat16().T,
    "long": torch.tensor([[1, -2], [2**40, -(2**62)]]),
    "double": torch.tensor([0.1]),
    "int": torch.tensor([7], dtype=torch.int32),
    "bool": torch.tensor([True, False]),
    "byte": torch.tensor([1, 255], dtype=torch.uint8),
    "unsigned": torch.tensor([65535, 1], dtype=torch.uint16),
    "parameter": torch.nn.Parameter(torch.randn(2, 2)),
    "frozen": torch.nn.Parameter(torch.randn(2), requires_grad=False),
}
tensors["double"] = tensors["double"].double()
for protocol in (2, 3, 4, 5):
    torch.save(tensors, here / f"dict_{protocol}.bin", pickle_protocol=protocol)

torch.save(collections.OrderedDict(tensors), here / "ordered.bin")
linear = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
torch.save(linear.state_dict(), here / "module.bin")
lightning = {
    "epoch": 3,
    "global_step": 2**40,
    "large": 2**80,
    "pytorch-lightning_version": "1.3.5",
    "state_dict": linear.state_dict(),
    "lr_schedulers": [{"rate": 1e-3, "last": None, "on": True}],
    "optimizer_states": [{"state": {0: {"step": 1, "mean": torch.randn(2)}}, "pair": (0.9, -1)}],
}
torch.save(lightning, here / "lightning.ckpt")
torch.save({"state_dict": tensors, "device": torch.device("cpu")}, here / "foreign.ckpt")
torch.save(base, here / "bare.bin")
torch.save({"a": base, "note": "text"}, here / "note.bin")
torch.save({"a": base}, here / "legacy.bin", _use_new_zipfile_serialization=False)

config = LlamaConfig(
    hidden_size=8, intermediate_size=12, num_hidden_layers=1, num_attention_heads=2,
    num_key_value_heads=1, vocab_size=10, max_position_embeddings=16, tie_word_embeddings=False,
    bos_token_id=1, eos_token_id=2, pad_token_id=0,
)
state = LlamaForCausalLM(config).state_dict()
model = here / "llama"
model.mkdir(exist_ok=True)
(model / "config.json").write_text(json.dumps({**config.to_dict(), "architectures": ["LlamaForCausalLM"]}, indent=1) + "\n")
torch.save(state, model / "pytorch_model.bin")
save_file({name: tensor.contiguous() for name, tensor in state.items()}, model / "twin.safetensors")
shards = here / "shards"
shards.mkdir(exist_ok=True)
names = list(state)
weight_map = {}
for i in range(2):
    file = f"pytorch_model-{i + 1:05}-of-00002.bin"
    part = names[i::2]
    torch.save({name: state[name] for name in part}, shards / file)
    weight_map |= {name: file for name in part}
index = {"metadata": {"total_size": sum(t.nbytes for t in state.values())}, "weight_map": weight_map}
(shards / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=1) + "\n")

expected = {
    "tensors": {name: facts(tensor) for name, tensor in tensors.items()},
    "module": {name: facts(tensor) for name, tensor in linear.state_dict().items()},
}
(here / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
