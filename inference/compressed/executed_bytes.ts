/**
 * Bytes of a weight in the form in which a graph runs it.
 * @module
 */
import type { TensorInfo } from "../checkpoint.ts";
import { nbitsForm } from "../graph/nbits_form.ts";
import type { WeightDescription } from "./description.ts";

/**
 * Bytes of one tensor in the graph.
 *
 * @param weight how the tensor is stored, or undefined if it is as in the source.
 * @param info its dense form.
 */
export function executedTensorBytes(
  weight: WeightDescription | undefined,
  { dtype, shape, byteLength }: TensorInfo,
): number {
  if (weight?.kind === "integer") {
    const [N, K] = weight.shape;
    const form = nbitsForm(weight);
    const codes = N * form.blocks * form.blockBytes;
    const zeros = weight.zeros ? N * form.zeroBytes : 0;
    const order = weight.groupIndex ? 4 * K : 0;
    return codes + 4 * N * form.blocks + zeros + order;
  }
  if (weight?.kind === "nf4") {
    const size = shape[0] * shape[1];
    return Math.ceil(size / 2) + 4 * Math.ceil(size / weight.blockSize);
  }
  return dtype === "BF16" ? 2 * byteLength : byteLength; // bfloat16 runs as float32
}
