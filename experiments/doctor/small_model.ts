/**
 * A LLaMA model of one layer with random weights, small enough for any adapter.
 * @module
 */
import { llamaTensorShapes, parseLlamaConfig } from "../../inference/llama_config.ts";
import { encodeFloats } from "../../inference/float_values.ts";
import { type TensorToWrite, writeSafetensors } from "../../inference/safetensors_writer.ts";
import { seededRandom } from "../../metrics/random.ts";

/** Normal numbers from a seed, by the method of Box and Muller. */
export function seededNormal(seed: number): () => number {
  const random = seededRandom(seed);
  const uniform = () => (random.bits() + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Sizes by which every form has whole groups and blocks, and heads share keys and values. */
const CONFIG = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  vocab_size: 96,
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  hidden_act: "silu",
  tie_word_embeddings: false,
  bos_token_id: 1,
  eos_token_id: 2,
  torch_dtype: "float32",
};

/** Writes the model into a folder. */
export async function writeSmallModel(folder: string): Promise<void> {
  const next = seededNormal(11);
  const text = JSON.stringify(CONFIG, null, 2);
  await Deno.writeTextFile(`${folder}/config.json`, text);
  const shapes = llamaTensorShapes(parseLlamaConfig(CONFIG, "config.json"));
  const tensors = [...shapes].map(([name, shape]): [string, TensorToWrite] => {
    const draw = () => shape.length === 1 ? 1 + next() / 4 : next() / 4;
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, draw);
    return [name, { dtype: "F32", shape, bytes: () => encodeFloats(values, "F32") }];
  });
  await writeSafetensors(`${folder}/model.safetensors`, new Map(tensors), { format: "pt" });
}
