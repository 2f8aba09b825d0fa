/**
 * The calibration samples on their way through the model: their states before the layer that is next, in batches.
 * @module
 */
import { createHash } from "node:crypto";
import type { Checkpoint } from "../checkpoint.ts";
import type { LlamaConfig } from "../llama_config.ts";

/** Some samples, one below the other, padded on the right. */
export interface StateBatch {
  /** States [samples, longest, H]; what stands in the padding is not looked at. */
  states: Float32Array;
  /** Tokens of each sample. */
  readonly lengths: readonly number[];
  /** Tokens of the longest. */
  readonly longest: number;
}

/** Token ids of one calibration sample. */
export type TokenSequence = readonly number[];

/** Tokens that run together, padding included; enough for matrix products to be fast. */
const TOKENS_TOGETHER = 2048;

/**
 * Checks calibration samples.
 *
 * @throws {RangeError} if a sample is empty, too long for the model or has an id that is no token; its index is named.
 */
export function checkSamples(
  samples: readonly TokenSequence[],
  { maxPositions, vocabularySize }: LlamaConfig,
): void {
  samples.forEach((sample, i) => {
    const refuse = (rule: string): never => {
      throw new RangeError(`Cannot calibrate on sample ${i} (counted from 0): ${rule}`);
    };
    if (sample.length === 0) refuse("it has no token");
    if (sample.length > maxPositions) {
      refuse(`it has ${sample.length} tokens, the model has ${maxPositions} positions`);
    }
    const isToken = (id: number) => Number.isInteger(id) && id >= 0 && id < vocabularySize;
    const stray = sample.find((id) => !isToken(id));
    if (stray !== undefined) {
      refuse(`it has the token ${stray}, the vocabulary has ids 0 to ${vocabularySize - 1}`);
    }
  });
}

/** SHA-256 of samples, in hexadecimal: each a line of ids with spaces between them. */
export function samplesSha256(samples: readonly TokenSequence[]): string {
  const hash = createHash("sha256");
  for (const sample of samples) hash.update(`${sample.join(" ")}\n`);
  return hash.digest("hex");
}

/** Neighbouring samples together, as many as fit into the budget of tokens; at least one. */
export function batchSamples<T extends ArrayLike<number>>(samples: readonly T[]): T[][] {
  const batches: T[][] = [];
  let longest = 0;
  for (const sample of samples) {
    const last = batches.at(-1);
    longest = Math.max(longest, sample.length);
    if (last && (last.length + 1) * longest <= TOKENS_TOGETHER) {
      last.push(sample);
      continue;
    }
    batches.push([sample]);
    longest = sample.length;
  }
  return batches;
}

/** The samples' states before the first layer: rows of the embedding. */
export async function embeddedStates(
  checkpoint: Checkpoint,
  samples: readonly TokenSequence[],
): Promise<StateBatch[]> {
  const H = checkpoint.config.hiddenSize;
  const embedding = await checkpoint.tensor("model.embed_tokens.weight");
  return batchSamples(samples).map((batch) => {
    const lengths = batch.map(({ length }) => length);
    const longest = lengths.reduce((a, b) => Math.max(a, b));
    const states = new Float32Array(batch.length * longest * H);
    batch.forEach((sample, b) =>
      sample.forEach((id, t) =>
        states.set(embedding.subarray(id * H, (id + 1) * H), (b * longest + t) * H)
      )
    );
    return { states, lengths, longest };
  });
}
