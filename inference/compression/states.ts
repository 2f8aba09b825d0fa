/**
 * The calibration samples on their way through the model: their states before the layer that is next, in batches.
 * @module
 */
import { createHash } from "node:crypto";
import type { LlamaConfig } from "../llama_config.ts";

/** Some samples, one below the other, padded on the right to the longest. */
export interface BatchShape {
  /** Tokens of each sample; what stands behind them is not looked at. */
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
 * @param paddedTo Tokens to which each is padded.
 * @throws {RangeError} if a sample is empty, too long for the model or the padding, or has an id that is no token; its index is
 *   named.
 */
export function checkSamples(
  samples: readonly TokenSequence[],
  { maxPositions, vocabularySize }: LlamaConfig,
  paddedTo: number = maxPositions,
): void {
  if (!(Number.isSafeInteger(paddedTo) && paddedTo >= 1 && paddedTo <= maxPositions)) {
    throw new RangeError(
      `Cannot pad samples to ${paddedTo} tokens: it must be a whole number from 1 to the model's ` +
        `${maxPositions} positions`,
    );
  }
  samples.forEach((sample, i) => {
    const refuse = (rule: string): never => {
      throw new RangeError(`Cannot calibrate on sample ${i} (counted from 0): ${rule}`);
    };
    if (sample.length === 0) refuse("it has no token");
    if (sample.length > maxPositions) {
      refuse(`it has ${sample.length} tokens, the model has ${maxPositions} positions`);
    }
    if (sample.length > paddedTo) {
      refuse(`it has ${sample.length} tokens and is to be padded to ${paddedTo}`);
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

/**
 * Neighbouring samples together, as many as fit into the budget of tokens; at least one.
 *
 * @param paddedTo Tokens of each sample with its padding; those of the longest of a batch unless given.
 */
export function batchSamples<T extends ArrayLike<number>>(
  samples: readonly T[],
  paddedTo = 0,
): T[][] {
  const batches: T[][] = [];
  let longest = paddedTo;
  for (const sample of samples) {
    const last = batches.at(-1);
    longest = Math.max(longest, sample.length);
    if (last && (last.length + 1) * longest <= TOKENS_TOGETHER) {
      last.push(sample);
      continue;
    }
    batches.push([sample]);
    longest = Math.max(paddedTo, sample.length);
  }
  return batches;
}

/** The shape of a batch of samples. */
export function batchShape(batch: readonly TokenSequence[], paddedTo?: number): BatchShape {
  if (paddedTo !== undefined) {
    return { lengths: batch.map(() => paddedTo), longest: paddedTo };
  }
  const lengths = batch.map(({ length }) => length);
  return { lengths, longest: lengths.reduce((a, b) => Math.max(a, b)) };
}

/** A batch's states before the first layer, [samples, longest, H]: rows of the embedding, zeros behind a sample's tokens. */
export function embedBatch(
  embedding: Float32Array,
  H: number,
  batch: readonly TokenSequence[],
  { longest }: BatchShape,
): Float32Array<ArrayBuffer> {
  const states = new Float32Array(batch.length * longest * H);
  batch.forEach((sample, b) =>
    sample.forEach((id, t) =>
      states.set(embedding.subarray(id * H, (id + 1) * H), (b * longest + t) * H)
    )
  );
  return states;
}
