import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { llamaTensorShapes, parseLlamaConfig } from "../../inference/llama_config.ts";
import { randomConfig } from "./random_checkpoint.ts";

const parse = (changes: Record<string, unknown>) =>
  parseLlamaConfig({ ...randomConfig(), ...changes }, "config.json");

/** A LLaMA 2 config as it was published, with `rope_scaling` null and no `num_key_value_heads`. */
const published = {
  architectures: ["LlamaForCausalLM"],
  bos_token_id: 1,
  eos_token_id: 2,
  pad_token_id: 0,
  hidden_act: "silu",
  hidden_size: 4096,
  initializer_range: 0.02,
  intermediate_size: 11008,
  max_position_embeddings: 4096,
  model_type: "llama",
  num_attention_heads: 32,
  num_hidden_layers: 32,
  pretraining_tp: 1,
  rms_norm_eps: 1e-5,
  rope_scaling: null,
  tie_word_embeddings: false,
  torch_dtype: "float32",
  use_cache: true,
  vocab_size: 32000,
};

describe("parseLlamaConfig()", () => {
  it("parseLlamaConfig() reads a published LLaMA 2 config", () => {
    expect(parseLlamaConfig(published, "config.json")).toEqual({
      hiddenSize: 4096,
      intermediateSize: 11008,
      layers: 32,
      heads: 32,
      keyValueHeads: 32,
      headSize: 128,
      vocabularySize: 32000,
      rmsNormEpsilon: 1e-5,
      ropeTheta: 10_000,
      tiedEmbeddings: false,
      maxPositions: 4096,
      bosId: 1,
      eosIds: [2],
      padId: 0,
    });
  });

  it("parseLlamaConfig() reads grouped heads, head_dim, tied embeddings and several end tokens", () => {
    const config = parse({
      num_key_value_heads: 2,
      head_dim: 32,
      tie_word_embeddings: true,
      eos_token_id: [2, 5],
      pad_token_id: null,
    });
    expect([config.keyValueHeads, config.headSize, config.tiedEmbeddings]).toEqual([2, 32, true]);
    expect([config.eosIds, config.padId]).toEqual([[2, 5], null]);
  });

  it("parseLlamaConfig() reads the rotary base wherever transformers has written it", () => {
    const nested = { rope_type: "default", rope_theta: 5e5 };
    expect(parse({ rope_theta: 5e5 }).ropeTheta).toBe(5e5);
    expect(parse({ rope_theta: undefined, rope_parameters: nested }).ropeTheta).toBe(5e5);
    expect(parse({ rope_theta: undefined, rope_parameters: null }).ropeTheta).toBe(1e4);
    expect(parse({ rope_theta: 1e4, rope_scaling: { type: "default" } }).ropeTheta).toBe(1e4);
    expect(() => parse({ rope_theta: 1e4, rope_parameters: nested })).toThrow(
      /rope_theta must be 500000/,
    );
  });

  it("parseLlamaConfig() reads a padding token of -1 as none", () => {
    expect(parse({ pad_token_id: -1 }).padId).toBe(null);
  });

  const refused: [Record<string, unknown>, RegExp][] = [
    [{ model_type: "mistral" }, /model_type must be "llama", not "mistral"/],
    [{ model_type: undefined }, /model_type must be "llama"/],
    [{ architectures: ["LlamaForSequenceClassification"] }, /architectures must be/],
    [{ hidden_act: "gelu" }, /hidden_act must be "silu".*not "gelu"/],
    [{ attention_bias: true }, /attention_bias must be false/],
    [{ mlp_bias: true }, /mlp_bias must be false/],
    [{ quantization_config: { bits: 4 } }, /quantization_config must be absent/],
    [{ rope_scaling: { type: "linear", factor: 2 } }, /rope_scaling.*type must be "default"/],
    [{ rope_scaling: { rope_type: "llama3", factor: 8 } }, /rope_type must be "default".*"llama3"/],
    [{ rope_parameters: { rope_type: "yarn" } }, /rope_parameters.*rope_type/],
    [{ rope_scaling: { factor: 2 } }, /factor must be absent/],
    [{ rope_parameters: 3 }, /rope_parameters must be a JSON object/],
    [{ partial_rotary_factor: 0.5 }, /partial_rotary_factor must be 1/],
    [{ hidden_size: 0 }, /hidden_size must be a whole number of at least 1, not 0/],
    [{ vocab_size: 12.5 }, /vocab_size/],
    [{ num_hidden_layers: "4" }, /num_hidden_layers/],
    [{ intermediate_size: undefined }, /intermediate_size/],
    [{ num_key_value_heads: 3 }, /num_key_value_heads must be a divisor of num_attention_heads 4/],
    [{ head_dim: 15 }, /head_dim must be even/],
    [{ head_dim: undefined, hidden_size: 66 }, /hidden_size must be a multiple/],
    [{ rms_norm_eps: -1 }, /rms_norm_eps must be a number above 0/],
    [{ rope_theta: "big" }, /rope_theta must be a number above 0/],
    [{ tie_word_embeddings: 1 }, /tie_word_embeddings must be true or false/],
    [{ eos_token_id: [] }, /eos_token_id must be at least one token id/],
    [{ eos_token_id: 160 }, /eos_token_id must be made of token ids below vocab_size 160/],
    [{ bos_token_id: [1, 2] }, /bos_token_id must be one token id/],
    [{ pad_token_id: -2 }, /pad_token_id/],
  ];
  for (const [changes, message] of refused) {
    const title = JSON.stringify(changes, (_, value) => value === undefined ? "(absent)" : value);
    it(`parseLlamaConfig() refuses ${title}`, () => {
      expect(() => parse(changes)).toThrow(RangeError);
      expect(() => parse(changes)).toThrow(message);
      expect(() => parse(changes)).toThrow(/config\.json/);
    });
  }

  it("parseLlamaConfig() refuses what is no JSON object", () => {
    for (const json of [null, [], 3, "llama"]) {
      expect(() => parseLlamaConfig(json, "config.json")).toThrow(TypeError);
    }
  });
});

describe("llamaTensorShapes()", () => {
  it("llamaTensorShapes() of LLaMA 2 7B come to its 6,738,415,616 parameters", () => {
    const shapes = [...llamaTensorShapes(parseLlamaConfig(published, "config.json")).values()];
    expect(shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0)).toBe(
      6_738_415_616,
    );
  });

  it("llamaTensorShapes() follow grouped heads and leave out a tied head", () => {
    const changes = { num_key_value_heads: 2, head_dim: 32, tie_word_embeddings: true };
    const shapes = llamaTensorShapes(parse(changes));
    expect(shapes.get("model.layers.0.self_attn.q_proj.weight")).toEqual([128, 64]);
    expect(shapes.get("model.layers.0.self_attn.v_proj.weight")).toEqual([64, 64]);
    expect(shapes.get("model.layers.0.self_attn.o_proj.weight")).toEqual([64, 128]);
    expect(shapes.has("lm_head.weight")).toBe(false);
    expect(shapes.size).toBe(2 + 2 * 9);
  });
});
