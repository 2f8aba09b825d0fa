"""A LLaMA decoder (Touvron et al. 2023), written out for speed on one CPU thread.

Against transformers' LlamaForCausalLM: query, key and value share one matrix, so do gate and up, and logits are
computed at chosen positions only. There is no cache: evaluation loads the exported weights into transformers.

B = batch, T = positions, D = hidden size, H = heads, F = intermediate size.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class RMSNorm(nn.Module):
    def __init__(self, size: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, (x.shape[-1],), self.weight, self.epsilon)


def rotary_table(positions: int, head_size: int, theta: float) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the rotary embedding, each [positions, head_size], the two halves equal."""
    frequencies = theta ** (-torch.arange(0, head_size, 2, dtype=torch.float64) / head_size)
    angles = torch.arange(positions, dtype=torch.float64)[:, None] * frequencies
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotates x [..., T, head size] in the rotate-half layout: dimension i pairs with i + half."""
    first, second = x.chunk(2, dim=-1)
    return x * cosine + torch.cat([-second, first], dim=-1) * sine


class Block(nn.Module):
    def __init__(self, shape: dict):
        super().__init__()
        hidden, intermediate = shape["hiddenSize"], shape["intermediateSize"]
        self.heads = shape["heads"]
        self.input_norm = RMSNorm(hidden, shape["rmsNormEpsilon"])
        self.query_key_value = nn.Linear(hidden, 3 * hidden, bias=False)
        self.output = nn.Linear(hidden, hidden, bias=False)
        self.feed_norm = RMSNorm(hidden, shape["rmsNormEpsilon"])
        self.gate_up = nn.Linear(hidden, 2 * intermediate, bias=False)
        self.down = nn.Linear(intermediate, hidden, bias=False)

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        B, T, D = x.shape
        qkv = self.query_key_value(self.input_norm(x)).view(B, T, 3 * self.heads, D // self.heads)
        query, key, value = qkv.transpose(1, 2).chunk(3, dim=1)  # each [B, H, T, D / H]
        query, key = rotate(query, cosine, sine), rotate(key, cosine, sine)
        # In float32, out of autocast's hands: the bfloat16 kernel is several times slower on a CPU.
        with torch.autocast("cpu", enabled=False):
            attended = F.scaled_dot_product_attention(query, key, value.to(query.dtype), is_causal=True)
        x = x + self.output(attended.transpose(1, 2).reshape(B, T, D))
        gate, up = self.gate_up(self.feed_norm(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)


class Llama(nn.Module):
    """Batches are padded at the right: under the causal mask no real position ever sees the padding."""

    def __init__(self, shape: dict, vocabulary_size: int):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(vocabulary_size, shape["hiddenSize"])
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape["layers"]))
        self.norm = RMSNorm(shape["hiddenSize"], shape["rmsNormEpsilon"])
        self.head = nn.Linear(shape["hiddenSize"], vocabulary_size, bias=False)
        cosine, sine = rotary_table(
            shape["maxPositions"], shape["hiddenSize"] // shape["heads"], shape["ropeTheta"]
        )
        self.register_buffer("cosine", cosine.float(), persistent=False)
        self.register_buffer("sine", sine.float(), persistent=False)
        self.initialise()

    def initialise(self) -> None:
        """Small embeddings; half of the usual fan-in scale inside; less for what adds to the residual stream."""
        inside = 0.5 / math.sqrt(self.shape["hiddenSize"])
        residual = inside / math.sqrt(2 * self.shape["layers"])
        for name, parameter in self.named_parameters():
            if parameter.dim() < 2:
                continue
            if name in ("embedding.weight", "head.weight"):
                deviation = 0.02
            else:
                deviation = residual if ".output." in name or ".down." in name else inside
            nn.init.normal_(parameter, 0.0, deviation)

    def hidden(self, tokens: Tensor) -> Tensor:
        """Final normalised states [B, T, D] of token ids [B, T]."""
        x = self.embedding(tokens)
        cosine, sine = self.cosine[: tokens.shape[1]], self.sine[: tokens.shape[1]]
        for block in self.blocks:
            x = block(x, cosine, sine)
        return self.norm(x)

    def forward(self, tokens: Tensor, positions: Tensor | None = None) -> Tensor:
        """Logits at every position [B, T, V], or at `positions` of the flattened batch [len(positions), V]."""
        states = self.hidden(tokens)
        if positions is not None:
            states = states.reshape(-1, states.shape[-1])[positions]
        return self.head(states)


def hugging_face_weights(model: Llama) -> dict[str, Tensor]:
    """The weights under the names and shapes of transformers' LlamaForCausalLM."""
    weights = {
        "model.embed_tokens.weight": model.embedding.weight,
        "model.norm.weight": model.norm.weight,
        "lm_head.weight": model.head.weight,
    }
    for index, block in enumerate(model.blocks):
        prefix = f"model.layers.{index}."
        query, key, value = block.query_key_value.weight.chunk(3)
        gate, up = block.gate_up.weight.chunk(2)
        weights |= {
            prefix + "input_layernorm.weight": block.input_norm.weight,
            prefix + "self_attn.q_proj.weight": query,
            prefix + "self_attn.k_proj.weight": key,
            prefix + "self_attn.v_proj.weight": value,
            prefix + "self_attn.o_proj.weight": block.output.weight,
            prefix + "post_attention_layernorm.weight": block.feed_norm.weight,
            prefix + "mlp.gate_proj.weight": gate,
            prefix + "mlp.up_proj.weight": up,
            prefix + "mlp.down_proj.weight": block.down.weight,
        }
    return {name: weight.detach() for name, weight in weights.items()}


def load_hugging_face_weights(model: Llama, weights: dict[str, Tensor]) -> None:
    """Copies weights under transformers' names into a model of the same shape."""
    names = hugging_face_weights(model)
    if names.keys() != weights.keys():
        raise ValueError(f"Cannot load the weights: names differ in {sorted(names.keys() ^ weights.keys())}")
    for name, place in names.items():  # views of the model's own storage
        place.copy_(weights[name])


def hugging_face_config(shape: dict, vocabulary_size: int) -> dict:
    """The content of config.json."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": vocabulary_size,
        "hidden_size": shape["hiddenSize"],
        "intermediate_size": shape["intermediateSize"],
        "num_hidden_layers": shape["layers"],
        "num_attention_heads": shape["heads"],
        "num_key_value_heads": shape["heads"],
        "head_dim": shape["hiddenSize"] // shape["heads"],
        "hidden_act": "silu",
        "max_position_embeddings": shape["maxPositions"],
        "rms_norm_eps": shape["rmsNormEpsilon"],
        "rope_theta": shape["ropeTheta"],
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 0,
        "torch_dtype": "float16",
    }
