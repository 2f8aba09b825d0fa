/**
 * LLaMA's forward pass in plain float64, as slow as it is plain: what graphs are compared with.
 * Touvron et al. 2023, arXiv 2302.13971: RMSNorm (1910.07467), rotary embedding (2104.09864), SwiGLU (2002.05202),
 * grouped-query attention (2305.13245). But:
 * - rotary pairs are (i, i + headSize / 2), "rotate half", because Hugging Face checkpoints are stored for it;
 * - one sequence, no cache, no padding.
 * @module
 */
import type { Checkpoint } from "./checkpoint.ts";
import type { LlamaConfig } from "./llama_config.ts";

/** A model's weights by their Hugging Face names, row-major. */
export type Weights = (name: string) => Float64Array | Float32Array;

type Vector = Float64Array | Float32Array;

/** y = W x, with W [y.length, x.length]. */
function linear(W: Vector, x: Float64Array): Float64Array {
  const K = x.length;
  const y = new Float64Array(W.length / K);
  for (let n = 0; n < y.length; n++) {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += W[n * K + k] * x[k];
    y[n] = sum;
  }
  return y;
}

/** g ⊙ x / √(mean(x²) + ε) */
function rmsNorm(x: Float64Array, g: Vector, epsilon: number): Float64Array {
  let squares = 0;
  for (const value of x) squares += value * value;
  const scale = 1 / Math.sqrt(squares / x.length + epsilon);
  return x.map((value, i) => value * scale * g[i]);
}

/** Turns each pair (x_i, x_{i+d/2}) of every head by the angle position · θ^(-2i/d). */
function rotate(x: Float64Array, position: number, d: number, theta: number): Float64Array {
  const y = new Float64Array(x.length);
  for (let head = 0; head < x.length; head += d) {
    for (let i = 0; i < d / 2; i++) {
      const angle = position * theta ** (-2 * i / d);
      const a = x[head + i];
      const b = x[head + i + d / 2];
      y[head + i] = a * Math.cos(angle) - b * Math.sin(angle);
      y[head + i + d / 2] = b * Math.cos(angle) + a * Math.sin(angle);
    }
  }
  return y;
}

function softmax(scores: Float64Array): Float64Array {
  const max = scores.reduce((a, b) => Math.max(a, b));
  const powers = scores.map((score) => Math.exp(score - max));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

/** One position's attention: q [heads · d] against all keys and values up to it, each [keyValueHeads · d]. */
function attend(
  q: Float64Array,
  keys: Float64Array[],
  values: Float64Array[],
  c: LlamaConfig,
): Float64Array {
  const d = c.headSize;
  const group = c.heads / c.keyValueHeads;
  const out = new Float64Array(q.length);
  for (let h = 0; h < c.heads; h++) {
    const kv = Math.floor(h / group) * d; // where this head's key and value head begins
    const scores = Float64Array.from(keys, (key) => {
      let dot = 0;
      for (let i = 0; i < d; i++) dot += q[h * d + i] * key[kv + i];
      return dot / Math.sqrt(d);
    });
    softmax(scores).forEach((p, t) => {
      for (let i = 0; i < d; i++) out[h * d + i] += p * values[t][kv + i];
    });
  }
  return out;
}

const add = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + b[i]);
const silu = (x: number): number => x / (1 + Math.exp(-x));

/**
 * Logits of every position of one sequence.
 *
 * @param weights the model's weights.
 * @param config its sizes and constants.
 * @param ids token ids, BOS included where the model wants it.
 * @param watch is told of every input of a linear layer, by its tensor's name, position after position.
 * @returns one vector of `vocabularySize` logits for each id.
 */
export function llamaLogits(
  weights: Weights,
  config: LlamaConfig,
  ids: readonly number[],
  watch?: (tensor: string, input: Float64Array) => void,
): Float64Array[] {
  const { hiddenSize: H, headSize: d, ropeTheta, rmsNormEpsilon: epsilon } = config;
  const E = weights("model.embed_tokens.weight");
  let xs: Float64Array[] = ids.map((id) => Float64Array.from(E.subarray(id * H, (id + 1) * H)));
  for (let layer = 0; layer < config.layers; layer++) {
    const W = (name: string) => weights(`model.layers.${layer}.${name}.weight`);
    const project = (name: string, x: Float64Array) => {
      watch?.(`model.layers.${layer}.${name}.weight`, x);
      return linear(W(name), x);
    };
    const normed = xs.map((x) => rmsNorm(x, W("input_layernorm"), epsilon));
    const keys = normed.map((x, t) => rotate(project("self_attn.k_proj", x), t, d, ropeTheta));
    const values = normed.map((x) => project("self_attn.v_proj", x));
    xs = xs.map((x, t) => {
      const q = rotate(project("self_attn.q_proj", normed[t]), t, d, ropeTheta);
      const mixed = attend(q, keys.slice(0, t + 1), values.slice(0, t + 1), config);
      return add(x, project("self_attn.o_proj", mixed));
    });
    xs = xs.map((x) => {
      const normed = rmsNorm(x, W("post_attention_layernorm"), epsilon);
      const up = project("mlp.up_proj", normed);
      const gated = project("mlp.gate_proj", normed).map((gate, i) => silu(gate) * up[i]);
      return add(x, project("mlp.down_proj", gated));
    });
  }
  const head = config.tiedEmbeddings ? E : weights("lm_head.weight");
  return xs.map((x) => linear(head, rmsNorm(x, weights("model.norm.weight"), epsilon)));
}

/** Reads all of a checkpoint's float weights into memory, for `llamaLogits`. */
export async function checkpointWeights(checkpoint: Checkpoint): Promise<Weights> {
  const tensors = new Map<string, Float32Array>();
  for (const name of checkpoint.names()) {
    if (/^(F32|F16|BF16)$/.test(checkpoint.info(name).dtype)) {
      tensors.set(name, await checkpoint.tensor(name));
    }
  }
  return (name) => {
    const tensor = tensors.get(name);
    if (!tensor) {
      throw new RangeError(`Cannot find tensor ${name} in ${checkpoint.folder}: it is not there`);
    }
    return tensor;
  };
}
