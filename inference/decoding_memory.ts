/**
 * The memory that decoding takes on a CPU beside the weights, and whether there is so much, before anything runs.
 *
 * Letters: P prompts of at most S tokens, R rows, T positions.
 * @module
 */
import { cacheWidth } from "./graph/head_size.ts";
import type { LlamaConfig } from "./llama_config.ts";

/** How much is decoded at once. */
export interface DecodingSize {
  /** P, the number of prompts. */
  readonly prompts: number;
  /** Rows that each prompt may become. */
  readonly beams: number;
  /** S, tokens of the longest prompt. */
  readonly longest: number;
  /** Tokens that a row may grow by. */
  readonly maxNewTokens: number;
}

/** Most layers whose keys and values are re-ordered at once. */
const LAYERS_TOGETHER = 4;

/**
 * Layers whose keys and values are re-ordered at once: the largest divisor of all that is at most 4. While they are, they are there
 * twice, so that fewer need less memory, and more take fewer calls.
 */
export function layersTogether(layers: number): number {
  let count = Math.min(LAYERS_TOGETHER, layers);
  while (layers % count !== 0) count--;
  return count;
}

/** Bytes of the keys and values of one position of one row: float32, two tensors a layer. */
export function positionBytes(config: LlamaConfig): number {
  return config.layers * 2 * config.keyValueHeads * cacheWidth(config) * 4;
}

/**
 * About the most bytes that decoding takes beside the weights: keys and values of all rows as far as they may grow, twice, because
 * ONNX Runtime makes them anew in each step; those once more that are re-ordered together; logits; and the largest temporaries of running the prompts: attention scores [P, heads, S, S], three
 * feed-forward values [P, S, intermediate size] and one weight that is expanded. Temporaries count twice, because ONNX Runtime takes
 * memory for them in powers of two.
 */
export function decodingBytes(config: LlamaConfig, size: DecodingSize): number {
  const { prompts: P, beams, longest: S, maxNewTokens } = size;
  const { layers, heads, hiddenSize, intermediateSize, vocabularySize } = config;
  const R = P * beams;
  const cache = R * (S + maxNewTokens) * positionBytes(config);
  const reordered = cache * layersTogether(layers) / layers;
  const scores = P * heads * S * S;
  const temporaries = 4 * (scores + (3 * P * S + hiddenSize) * intermediateSize);
  return 2 * cache + reordered + 2 * temporaries + 4 * R * vocabularySize;
}

/**
 * Throws when decoding takes more memory than there is.
 *
 * @param config the model.
 * @param size what is to be decoded at once.
 * @param memory bytes that it may take.
 * @throws {RangeError} The message names the largest number of prompts that fits.
 *
 * @example Usage
 * ```ts
 * import { throws } from "node:assert/strict";
 * import { ALMA_7B, checkDecodingMemory, parseLlamaConfig } from "mtpress";
 *
 * const config = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);
 * const size = { prompts: 8, beams: 5, longest: 256, maxNewTokens: 256 };
 * throws(() => checkDecodingMemory(config, size, 12e9), /take 46.7 GB, and there are 12.0 GB.*at most 2 at once/);
 * ```
 */
export function checkDecodingMemory(
  config: LlamaConfig,
  size: DecodingSize,
  memory: number,
): void {
  const bytes = decodingBytes(config, size);
  if (bytes <= memory) return;
  const none = decodingBytes(config, { ...size, prompts: 0 });
  const each = decodingBytes(config, { ...size, prompts: 1 }) - none;
  const fit = Math.floor((memory - none) / each);
  const { prompts, beams, longest, maxNewTokens } = size;
  const rows = beams === 1 ? "" : ` with ${beams} beams each`;
  throw new RangeError(
    `Cannot decode ${prompts} prompts${rows} over ${longest + maxNewTokens} positions: ` +
      `their keys and values take ${gigabytes(bytes)}, and there are ${gigabytes(memory)}; ` +
      (fit > 0
        ? `decode at most ${fit} at once`
        : "not even one prompt fits, so allow fewer new tokens or fewer beams"),
  );
}

/** Bytes in units of 10^9, with one decimal. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
