"""Writes cases.json: logits of small random LLaMA models, computed by transformers in float64. See README.md."""
import json
import pathlib

import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.models.llama.modeling_llama import LlamaRMSNorm

IDS = [1, 7, 3, 30, 12, 12, 0, 25, 4]
CASES = {
    "multi-head, untied": dict(num_key_value_heads=4, tie_word_embeddings=False),
    "grouped-query, tied": dict(num_key_value_heads=2, tie_word_embeddings=True),
    "one key head, wide head, theta 500000": dict(
        num_key_value_heads=1, tie_word_embeddings=False, head_dim=12, rms_norm_eps=1e-3,
        rope_parameters={"rope_type": "default", "rope_theta": 500000.0}),
}


def weight(name, shape, case):
    """Weights that any language can repeat exactly: whole numbers over 64."""
    seed = sum(ord(c) * (i + 1) for i, c in enumerate(name)) + 7919 * case
    count = torch.Size(shape).numel()
    state, values = seed % 2147483647 or 1, []
    for _ in range(count):
        state = state * 48271 % 2147483647  # the minimal standard generator of Park and Miller
        values.append((state % 129 - 64) / 64)
    tensor = torch.tensor(values, dtype=torch.float64).reshape(shape)
    return 1 + tensor / 4 if len(shape) == 1 else tensor / 2


def norm_in_float64(self, x):
    """LlamaRMSNorm.forward without its cast to float32."""
    return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


cases = []
norm_as_released = LlamaRMSNorm.forward
for number, (title, options) in enumerate(CASES.items()):
    config = LlamaConfig(vocab_size=40, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
                         num_attention_heads=4, max_position_embeddings=64, **options)
    model = LlamaForCausalLM(config).double().eval()
    state = {name: weight(name, p.shape, number) for name, p in model.named_parameters()}
    model.load_state_dict(state, strict=False)
    model.tie_weights()
    # transformers computes norms and rotary angles in float32 even in a float64 model; here both are float64
    rotary = model.model.rotary_emb
    d = config.head_dim
    theta = config.rope_parameters["rope_theta"]
    position = torch.arange(len(IDS), dtype=torch.float64)[:, None]
    angle = position * theta ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    angle = torch.cat([angle, angle], dim=-1)[None]
    with torch.no_grad():
        LlamaRMSNorm.forward = norm_as_released
        plain = model(torch.tensor([IDS])).logits[0]
        LlamaRMSNorm.forward = norm_in_float64
        rotary.forward = lambda *_args, **_kwargs: (angle.cos(), angle.sin())
        logits = model(torch.tensor([IDS])).logits[0]
    print(f"{title}: largest logit {logits.abs().max():.3f}, as released {(plain - logits).abs().max():.1e} off")
    written = config.to_dict()
    written["architectures"] = ["LlamaForCausalLM"]
    keep = ["architectures", "model_type", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
            "num_attention_heads", "num_key_value_heads", "head_dim", "rms_norm_eps", "rope_parameters",
            "tie_word_embeddings", "max_position_embeddings", "hidden_act", "attention_bias", "mlp_bias"]
    cases.append({"title": title, "case": number, "config": {k: written[k] for k in keep if k in written},
                  "last": logits[-1].tolist(),
                  "maxima": logits.max(dim=-1).values.tolist()})

here = pathlib.Path(__file__).parent
versions = {"torch": torch.__version__, "transformers": transformers.__version__}
text = json.dumps({"versions": versions, "ids": IDS, "cases": cases})
(here / "cases.json").write_text(text + "\n")
