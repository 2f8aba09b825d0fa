/**
 * Writes the linear layers of a compressed model so that they run in their stored form.
 * @module
 */
import type { Nf4Weight } from "../../kernels/stored_weight.ts";
import { isCompressed } from "../compressed/model.ts";
import { bnb4Linear } from "./bnb4.ts";
import { denseLinear, type JoinedLinearWriter, type LinearWriter } from "./linear.ts";
import { type AccuracyLevel, joinedNBits, nbitsLinear } from "./nbits.ts";
import type { CompressedModel } from "../compressed/model.ts";
import type { IntegerDescription, WeightDescription } from "../compressed/description.ts";

/** Changes whenever the same stored weight would be written as other bytes; names graphs that are kept. */
export const STORED_WRITER_VERSION = 2;

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
    const weight = weightOf(checkpoint, linear.tensor);
    if (weight?.kind === "integer") {
      return await nbitsLinear(graph, howToRun(checkpoint, accuracyLevel), linear);
    }
    if (weight?.kind === "nf4") {
      const codes = await checkpoint.storedWeight(linear.tensor) as Nf4Weight;
      return await bnb4Linear(graph, codes, linear);
    }
    return await denseLinear(graph, checkpoint, linear);
  };
}

function weightOf(model: CompressedModel, tensor: string): WeightDescription | undefined {
  const { linears } = model.record;
  return Object.hasOwn(linears, tensor) ? linears[tensor] : undefined;
}

function howToRun(model: CompressedModel, accuracyLevel: AccuracyLevel) {
  return {
    model,
    accuracyLevel,
    weightOf: (tensor: string) => weightOf(model, tensor) as IntegerDescription,
  };
}

/**
 * Gives the writer of layers that share their input for compressed models: whole-number codes of the same form become one MatMulNBits,
 * which computes the same numbers in one piece of work instead of several small ones. All else is written layer by layer.
 */
export function joinedStoredLinear({ accuracyLevel }: StoredLinearOptions): JoinedLinearWriter {
  return async (graph, checkpoint, tensors, linear) => {
    if (!isCompressed(checkpoint)) return undefined;
    if (!tensors.every((tensor) => weightOf(checkpoint, tensor)?.kind === "integer")) {
      return undefined;
    }
    return await joinedNBits(graph, howToRun(checkpoint, accuracyLevel), tensors, linear);
  };
}
