/**
 * Names of the graph's inputs and outputs: those that transformers.js expects of a decoder.
 * @module
 */

/** The symbol of the number of rows; transformers.js asks for exactly this one. */
export const BATCH = "batch_size";

/** Names of one key or value tensor of one layer, before and after a run. */
export interface CacheName {
  /** Input with the keys or values of the tokens so far, [batch, keyValueHeads, length, headSize]. */
  past: string;
  /** Output with those of the new tokens appended. */
  present: string;
}

/** The key and the value tensor of every layer, in order. */
export function cacheNames(layers: number): CacheName[] {
  return Array.from({ length: layers }, (_, layer) =>
    ["key", "value"].map((kind) => ({
      past: `past_key_values.${layer}.${kind}`,
      present: `present.${layer}.${kind}`,
    }))).flat();
}
