/**
 * The shape of ALMA-7B, the study's model, as data with its source: `alma_7b.json` beside this file. From it alone follow the bytes of
 * every stored form of its weights; the weights themselves are not part of the kit.
 * @module
 */
import alma from "./alma_7b.json" with { type: "json" };

/** What is known of a model without its weights. */
export interface ModelShape {
  /** Its name on the Hugging Face hub. */
  id: string;
  /** Where the numbers are from. */
  source: string;
  /** Number of parameters, all tensors together. */
  parameters: number;
  /** Its `config.json`, as `parseLlamaConfig` reads it. */
  config: Readonly<Record<string, unknown>>;
}

/**
 * The shape of ALMA-7B.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { ALMA_7B, parseLlamaConfig } from "mtpress";
 *
 * equal(parseLlamaConfig(ALMA_7B.config, ALMA_7B.id).intermediateSize, 11008);
 * ```
 */
export const ALMA_7B: ModelShape = alma;
