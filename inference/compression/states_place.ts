/**
 * Where calibration states are while a model is compressed, and how large they are.
 * @module
 */
import type { LlamaConfig } from "../llama_config.ts";
import { batchSamples, batchShape, type TokenSequence } from "./states.ts";

/** Where calibration states are between two layers. */
export type StatesPlace = "memory" | "disk";

/** Where calibration states can be. */
export const STATES_PLACES: readonly StatesPlace[] = ["memory", "disk"];

/** Bytes of states that are kept in memory unless told otherwise. */
const MOST_IN_MEMORY = 1e9;

/** Bytes of all samples' states, padding included, and of the largest batch's. */
export function stateBytes(
  { hiddenSize }: Pick<LlamaConfig, "hiddenSize">,
  samples: readonly TokenSequence[],
  paddedTo?: number,
): { all: number; largest: number } {
  const bytes = batchSamples(samples, paddedTo).map((batch) => {
    const { lengths, longest } = batchShape(batch, paddedTo);
    return 4 * hiddenSize * lengths.length * longest;
  });
  return { all: bytes.reduce((a, b) => a + b, 0), largest: Math.max(0, ...bytes) };
}

/** Where states of so many bytes are unless told otherwise: in memory up to 1 GB, else on disk. */
export function usualPlace(bytes: number): StatesPlace {
  return bytes <= MOST_IN_MEMORY ? "memory" : "disk";
}
