/**
 * The files of a compressed model.
 *
 * A folder holds: `plan.json` (what decides the bytes, written first), `layer-00000.safetensors` and so on, one for each decoder layer;
 * `rest.safetensors` with the embedding, the last norm and the head; the source's `config.json`, tokenizer and generation settings;
 * and `compressed.json`, written last. No file holds a time or a date.
 * @module
 */

/** Name of the file that tells how a folder is being compressed. */
export const PLAN_FILE = "plan.json";

/** Name of the file with all weights that belong to no decoder layer. */
export const REST_FILE = "rest.safetensors";

/** Files that are copied from the source where it has them. */
export const COPIED_FILES: readonly string[] = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer.model",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
];

/** Name of the file with a decoder layer's weights. */
export function layerFile(layer: number): string {
  return `layer-${String(layer).padStart(5, "0")}.safetensors`;
}

/** Prefix of the names of a decoder layer's tensors. */
export function layerPrefix(layer: number): string {
  return `model.layers.${layer}.`;
}
