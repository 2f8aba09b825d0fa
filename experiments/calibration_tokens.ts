/**
 * Calibration samples as a model sees them.
 * @module
 */
import { calibrationPrompts } from "../inference/compression/calibration_prompts.ts";
import { calibrationSequences } from "../inference/compression/calibration.ts";
import type { CompressOptions } from "../inference/compression/compress_options.ts";
import type { Tokenizer } from "../inference/tokenizer.ts";
import type { Calibration } from "./calibration.ts";

/** The samples' tokens and their padding, at most to all positions that the model has. */
export function calibrationTokens(
  { samples, translations, paddedTo }: Calibration,
  tokenizer: Tokenizer,
  maxPositions: number,
): Pick<CompressOptions, "calibration" | "paddedTo"> {
  const sequences = translations ? calibrationSequences : calibrationPrompts;
  return {
    calibration: sequences(tokenizer, samples, maxPositions),
    ...(paddedTo === undefined ? {} : { paddedTo: Math.min(paddedTo, maxPositions) }),
  };
}
