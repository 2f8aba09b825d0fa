/**
 * Compressing a model by the built-in methods or by others.
 * @module
 */
import { openBackend } from "../backends.ts";
import { compressBy } from "./compress.ts";
import type { CompressOptions } from "./compress_options.ts";
import { METHODS } from "./methods.ts";
import type { CompressionReport } from "./report.ts";

/**
 * Compresses a model.
 *
 * @throws {RangeError} Before any work: if a kind, an option, the order of steps or a shape is not allowed, a calibration sample does
 *   not fit the model, or a step needs calibration and there is none.
 * @throws {Error} If a linear layer cannot be compressed; the message names it, and for a failed factorisation the damping to try.
 *   No other method is taken in its place.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { compressModel, openCheckpoint, openCompressedModel, tinyModelFolder } from "mtpress";
 *
 * const source = await openCheckpoint(tinyModelFolder());
 * const folder = "results/example-nf4";
 * const { linears } = await compressModel({ source, steps: [{ kind: "nf4" }], folder });
 * equal(linears.length, 4 * 7);
 * const model = await openCompressedModel(folder);
 * equal((await model.storedWeight("model.layers.0.mlp.up_proj.weight")).kind, "nf4");
 * model.close();
 * source.close();
 * ```
 */
export async function compressModel(options: CompressOptions): Promise<CompressionReport> {
  const { methods = METHODS, backend = "wasm", ...others } = options;
  if (typeof backend !== "string") return await compressBy(methods, backend, others);
  const opened = await openBackend(backend, { threads: options.threads });
  try {
    return await compressBy(methods, opened, others);
  } finally {
    await opened.close();
  }
}
