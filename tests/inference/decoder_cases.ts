/**
 * One scenario of decoding that every provider must get right: unequal prompts, rows multiplied,
 * re-ordered and dropped, compared with the float64 oracle after every step.
 * @module
 */
import { openCheckpoint } from "../../inference/checkpoint.ts";
import type { Decoder } from "../../inference/decoder.ts";
import type { Device } from "../../inference/devices.ts";
import { writeLlamaGraph } from "../../inference/llama_graph.ts";
import { type OnnxDecoder, openDecoder } from "../../inference/onnx_decoder.ts";
import { checkpointWeights, llamaLogits } from "../../inference/llama_float64.ts";
import {
  type RandomCheckpointOptions,
  uniform,
  writeRandomCheckpoint,
} from "./random_checkpoint.ts";

/** Models that differ in everything that shapes a graph. */
export const VARIANTS: Record<string, RandomCheckpointOptions> = {
  "a plain model in float32": {},
  "grouped queries and a tied head in float16": {
    heads: 6,
    keyValueHeads: 2,
    hiddenSize: 96,
    headSize: 16,
    tiedEmbeddings: true,
    dtype: "F16",
  },
  "one key head, heads wider than the hidden size, bfloat16": {
    heads: 4,
    keyValueHeads: 1,
    headSize: 24,
    hiddenSize: 64,
    dtype: "BF16",
    ropeTheta: 500_000,
  },
  "odd sizes, three layers in shards": {
    hiddenSize: 40,
    heads: 5,
    keyValueHeads: 5,
    headSize: 10,
    intermediateSize: 52,
    vocabularySize: 77,
    layers: 3,
    rmsNormEpsilon: 1e-6,
    shards: 3,
  },
  "a tied head in float32": { tiedEmbeddings: true, keyValueHeads: 2, headSize: 32 },
  "six layers, whose cache is re-ordered in two parts": { layers: 6, hiddenSize: 32, heads: 2 },
};

/** How many of them, from the first, run on WebGPU: in software, the shaders of each model take seconds to compile. */
export const WEBGPU_VARIANTS = 3;

/** A decoder of a random model, and the float64 logits that follow a sequence. */
export interface OpenCase {
  decoder: OnnxDecoder;
  oracle: (sequence: readonly number[]) => Float64Array;
  close: () => Promise<void>;
}

/** Writes a model's graph into a folder, which `close()` removes, and opens the graph and the oracle. */
export async function openFolder(
  folder: string,
  graphFolder: string,
  device: Device,
): Promise<OpenCase> {
  const checkpoint = await openCheckpoint(folder);
  const weights = await checkpointWeights(checkpoint);
  const { config } = checkpoint;
  const { model } = await writeLlamaGraph(checkpoint, graphFolder);
  checkpoint.close();
  const decoder = await openDecoder(model, config, { device, threads: 2 });
  return {
    decoder,
    oracle: (sequence) => llamaLogits(weights, config, sequence).at(-1)!,
    close: async () => {
      await decoder.close();
      await Deno.remove(graphFolder, { recursive: true });
    },
  };
}

/** Writes a random model and opens it with its oracle. */
export async function openCase(
  options: RandomCheckpointOptions,
  device: Device,
): Promise<OpenCase> {
  const { folder, remove } = await writeRandomCheckpoint(options);
  try {
    return await openFolder(folder, await Deno.makeTempDir(), device);
  } finally {
    await remove();
  }
}

/** A random sequence of `length` tokens. */
export function randomTokens(seed: number, length: number, vocabularySize: number): number[] {
  const next = uniform(seed);
  return Array.from({ length }, () => Math.floor(next() * vocabularySize));
}

const PROMPT_LENGTHS = [5, 1, 9];

/** A long prompt beside short ones, and so much padding; providers take other kernels from 32 tokens on. */
const LONG_PROMPT_LENGTHS = [40, 6, 33];

/** Which old row each new row continues: multiplied, then re-ordered, dropped, kept. */
function sources(rows: number, step: number): number[] {
  if (step === 0) return [0, 0, 0, 1, 1, 1, 2, 2, 2];
  if (step === 1) return [1, 0, 0, 5, 3, 4, 8, 8, 7];
  if (step === 2) return [8, 1, 5, 2];
  if (step === 3) return [3, 2, 0];
  if (step === 20) return [1];
  return Array.from({ length: rows }, (_, row) => row);
}

/** The largest distance from the oracle over all steps, relative to the largest logit. */
export async function decodingError(
  { decoder, oracle }: OpenCase,
  steps: number,
  promptLengths: readonly number[] = PROMPT_LENGTHS,
): Promise<number> {
  let rows = promptLengths.map((length, i) => randomTokens(i, length, decoder.vocabularySize));
  const run = await decoder.start(rows, { maxNewTokens: steps });
  let worst = relativeError(run, rows, oracle);
  for (let step = 0; step < steps; step++) {
    const source = sources(rows.length, step);
    const tokens = randomTokens(100 + step, source.length, decoder.vocabularySize);
    await run.step(Int32Array.from(tokens), Int32Array.from(source));
    rows = source.map((row, i) => [...rows[row], tokens[i]]);
    worst = Math.max(worst, relativeError(run, rows, oracle));
  }
  run.release();
  return worst;
}

/** The same with a long prompt, for two steps. */
export async function longPromptError(open: OpenCase): Promise<number> {
  return await decodingError(open, 2, LONG_PROMPT_LENGTHS);
}

/** max |logit - oracle's| / max |oracle's|, over all rows; infinite when a logit is no number. */
export function relativeError(
  run: { logits: Float32Array },
  rows: readonly (readonly number[])[],
  oracle: OpenCase["oracle"],
): number {
  const V = run.logits.length / rows.length;
  let distance = 0;
  let largest = 0;
  rows.forEach((sequence, row) => {
    oracle(sequence).forEach((expected, v) => {
      const difference = Math.abs(run.logits[row * V + v] - expected);
      distance = Math.max(distance, Number.isNaN(difference) ? Infinity : difference);
      largest = Math.max(largest, Math.abs(expected));
    });
  });
  return distance / largest;
}

/** Runs a prompt alone or among others and gives its logits. */
export async function logitsOf(
  decoder: Decoder,
  prompts: readonly (readonly number[])[],
  row: number,
): Promise<Float32Array> {
  const run = await decoder.start(prompts, { maxNewTokens: 0 });
  const V = decoder.vocabularySize;
  const logits = run.logits.slice(row * V, (row + 1) * V);
  run.release();
  return logits;
}
