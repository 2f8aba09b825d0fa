/**
 * Writes the linear layers of a compressed model so that they run in their stored form.
 * @module
 */
import type { Nf4Weight } from "../../kernels/stored_weight.ts";
import { isCompressed } from "../compressed/model.ts";
import { bnb4Linear } from "./bnb4.ts";
import { denseLinear, type LinearWriter } from "./linear.ts";
import { type AccuracyLevel, nbitsLinear } from "./nbits.ts";

/** Changes whenever the same stored weight would be written as other bytes; names graphs that are kept. */
export const STORED_WRITER_VERSION = 1;

/** How stored weights are run. */
export interface StoredLinearOptions {
  /** 1 computes in float32; 4 rounds activations to 8 bits, which is faster and changes results. Whole-number codes only. */
  readonly accuracyLevel: AccuracyLevel;
}

/**
 * Gives the writer of linear layers for compressed models: whole-number codes as MatMulNBits, NF4 codes as MatMulBnb4, pruned and dense
 * weights as a dense MatMul in their stored dtype. The head is dense, and so is every layer of a model that is not compressed.
 *
 * A pruned weight is expanded, because the runtime has no operator for its bitmask: pruning saves bytes on disk, but neither memory
 * nor time when the model runs.
 */
export function storedLinear({ accuracyLevel }: StoredLinearOptions): LinearWriter {
  return async (graph, checkpoint, linear) => {
    if (!isCompressed(checkpoint) || linear.role !== "layer") {
      return await denseLinear(graph, checkpoint, linear);
    }
    const { linears } = checkpoint.record;
    const { tensor } = linear;
    const weight = Object.hasOwn(linears, tensor) ? linears[tensor] : undefined;
    if (weight?.kind === "integer") {
      return await nbitsLinear(graph, checkpoint, weight, linear, accuracyLevel);
    }
    if (weight?.kind === "nf4") {
      return await bnb4Linear(graph, await checkpoint.storedWeight(tensor) as Nf4Weight, linear);
    }
    return await denseLinear(graph, checkpoint, linear);
  };
}
