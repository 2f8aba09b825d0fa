/**
 * The sizes and constants of a LLaMA-architecture model, from the `config.json` of a Hugging Face folder.
 * What the graph does not implement (biases, other activations, scaled rotary embeddings) is refused by name.
 * @module
 */
import { Fields } from "./json_fields.ts";
import { isJsonObject } from "./strict_json.ts";

/** Sizes and constants of a LLaMA-architecture model. */
export interface LlamaConfig {
  /** Width of the residual stream. */
  hiddenSize: number;
  /** Width of the feed-forward layer. */
  intermediateSize: number;
  /** Number of decoder layers. */
  layers: number;
  /** Number of query heads. */
  heads: number;
  /** Number of key and value heads; it divides `heads`. */
  keyValueHeads: number;
  /** Width of one head, even. */
  headSize: number;
  /** Number of rows of the embedding. */
  vocabularySize: number;
  /** Epsilon under the root of RMSNorm. */
  rmsNormEpsilon: number;
  /** Base of the rotary embedding's frequencies. */
  ropeTheta: number;
  /** Whether the head is the embedding itself. */
  tiedEmbeddings: boolean;
  /** Longest sequence, in tokens, prompt included. */
  maxPositions: number;
  /** The token that begins a sequence. */
  bosId: number;
  /** The tokens that end a sequence, at least one. */
  eosIds: number[];
  /** The token that pads, if the model names one. */
  padId: number | null;
}

/** The rotary base, written as `rope_theta` or, by newer versions of transformers, within `rope_parameters`. */
function parseRopeTheta(fields: Fields): number {
  const { file } = fields;
  for (const key of ["rope_scaling", "rope_parameters"]) {
    const value = fields.get(key);
    if (value === undefined) continue;
    if (!isJsonObject(value)) throw fields.fail(key, "a JSON object");
    const rope = new Fields(value, `${file} (${key})`);
    rope.only("rope_type", "default");
    rope.only("type", "default");
    rope.only("partial_rotary_factor", 1);
    const known = ["rope_type", "type", "partial_rotary_factor", "rope_theta"];
    const other = Object.keys(value).find((name) => !known.includes(name) && value[name] !== null);
    if (other !== undefined) {
      throw rope.fail(other, "absent: scaled rotary embeddings are not implemented");
    }
  }
  fields.only("partial_rotary_factor", 1);
  const parameters = fields.get("rope_parameters");
  const nested = isJsonObject(parameters) && (parameters["rope_theta"] ?? null) !== null
    ? new Fields(parameters, `${file} (rope_parameters)`).positive("rope_theta", 10_000)
    : undefined;
  const theta = fields.positive("rope_theta", nested ?? 10_000);
  if (nested !== undefined && nested !== theta) {
    throw fields.fail("rope_theta", `${nested}, as rope_parameters says`);
  }
  return theta;
}

/** Refuses models that compute something else than the graph would. */
function refuseUnsupported(fields: Fields): void {
  if (fields.get("model_type") !== "llama") throw fields.fail("model_type", '"llama"');
  const architectures = fields.get("architectures", ["LlamaForCausalLM"]);
  if (!Array.isArray(architectures) || !architectures.includes("LlamaForCausalLM")) {
    throw fields.fail("architectures", 'a list with "LlamaForCausalLM"');
  }
  fields.only("hidden_act", "silu");
  fields.only("attention_bias", false);
  fields.only("mlp_bias", false);
  if (fields.get("quantization_config") !== undefined) {
    throw fields.fail("quantization_config", "absent: a checkpoint holds dense weights");
  }
}

/**
 * Reads a LLaMA-architecture `config.json`. Keys that may be absent have the defaults of transformers' `LlamaConfig`.
 *
 * @param json the parsed file.
 * @param file its name, for errors.
 * @returns sizes and constants, checked against each other.
 * @throws {TypeError} if the value is no JSON object.
 * @throws {RangeError} if a value is out of range, or the model needs what the graph does not implement.
 *
 * @example Usage
 * ```ts
 * import { equal, throws } from "node:assert/strict";
 * import { parseLlamaConfig } from "mtpress";
 *
 * const json = {
 *   model_type: "llama", vocab_size: 100, hidden_size: 64, intermediate_size: 128,
 *   num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2,
 * };
 * equal(parseLlamaConfig(json, "config.json").headSize, 16);
 * throws(() => parseLlamaConfig({ ...json, hidden_act: "gelu" }, "config.json"), /hidden_act/);
 * ```
 */
export function parseLlamaConfig(json: unknown, file: string): LlamaConfig {
  if (!isJsonObject(json)) throw new TypeError(`Cannot use ${file}: it must hold a JSON object`);
  const fields = new Fields(json, file);
  refuseUnsupported(fields);
  const hiddenSize = fields.size("hidden_size");
  const heads = fields.size("num_attention_heads");
  const keyValueHeads = fields.size("num_key_value_heads", heads);
  if (heads % keyValueHeads !== 0) {
    throw fields.fail("num_key_value_heads", `a divisor of num_attention_heads ${heads}`);
  }
  if (fields.get("head_dim") === undefined && hiddenSize % heads !== 0) {
    throw fields.fail(
      "hidden_size",
      `a multiple of num_attention_heads ${heads}, or head_dim given`,
    );
  }
  const headSize = fields.size("head_dim", hiddenSize / heads);
  if (headSize % 2 !== 0) {
    throw fields.fail("head_dim", `even, because rotary embedding turns pairs (it is ${headSize})`);
  }
  const vocabularySize = fields.size("vocab_size");
  const eosIds = fields.tokens("eos_token_id", 2, vocabularySize);
  if (eosIds.length === 0) throw fields.fail("eos_token_id", "at least one token id");
  const pads = json["pad_token_id"] === -1 // older files write -1 for "none"
    ? []
    : fields.tokens("pad_token_id", undefined, vocabularySize);
  return {
    hiddenSize,
    intermediateSize: fields.size("intermediate_size"),
    layers: fields.size("num_hidden_layers"),
    heads,
    keyValueHeads,
    headSize,
    vocabularySize,
    rmsNormEpsilon: fields.positive("rms_norm_eps", 1e-6),
    ropeTheta: parseRopeTheta(fields),
    tiedEmbeddings: fields.flag("tie_word_embeddings"),
    maxPositions: fields.size("max_position_embeddings", 2048),
    bosId: fields.token("bos_token_id", 1, vocabularySize),
    eosIds,
    padId: pads[0] ?? null,
  };
}

/**
 * Names and shapes of a model's tensors, as Hugging Face's `LlamaForCausalLM` stores them: a linear layer is
 * [outputs, inputs]; a tied model has no `lm_head.weight`.
 *
 * @param config the model.
 * @returns shapes by name, in the order of the computation.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { llamaTensorShapes, parseLlamaConfig } from "mtpress";
 *
 * const config = parseLlamaConfig({
 *   model_type: "llama", vocab_size: 100, hidden_size: 64, intermediate_size: 128,
 *   num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2,
 * }, "config.json");
 * const shapes = llamaTensorShapes(config);
 * deepEqual(shapes.get("model.layers.1.self_attn.k_proj.weight"), [32, 64]);
 * ```
 */
export function llamaTensorShapes(config: LlamaConfig): Map<string, number[]> {
  const { hiddenSize: H, intermediateSize: I, vocabularySize: V, headSize } = config;
  const Q = config.heads * headSize;
  const K = config.keyValueHeads * headSize;
  const shapes = new Map([["model.embed_tokens.weight", [V, H]]]);
  for (let layer = 0; layer < config.layers; layer++) {
    const add = (name: string, shape: number[]) =>
      shapes.set(`model.layers.${layer}.${name}.weight`, shape);
    add("input_layernorm", [H]);
    add("self_attn.q_proj", [Q, H]);
    add("self_attn.k_proj", [K, H]);
    add("self_attn.v_proj", [K, H]);
    add("self_attn.o_proj", [H, Q]);
    add("post_attention_layernorm", [H]);
    add("mlp.gate_proj", [I, H]);
    add("mlp.up_proj", [I, H]);
    add("mlp.down_proj", [H, I]);
  }
  shapes.set("model.norm.weight", [H]);
  if (!config.tiedEmbeddings) shapes.set("lm_head.weight", [V, H]);
  return shapes;
}
