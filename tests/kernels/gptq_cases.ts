/**
 * What GPTQ's golden cases say, as the kernels take it.
 * @module
 */
import type { GptqOptions } from "../../kernels/gptq_options.ts";
import { hessianAccumulator } from "../../kernels/hessian.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import { type GoldenCase, samples } from "./golden.ts";

/** Options by the reference's names. */
export function gptqOptions({ params }: GoldenCase): GptqOptions {
  return {
    bits: params.bits,
    symmetric: params.sym,
    groupSize: params.group_size,
    actOrder: params.desc_act,
    staticGroups: params.static_groups,
    blockSize: params.blocksize,
    damping: params.percdamp,
    searchRange: params.mse,
  };
}

/** The Hessian of a case's inputs, ours. */
export function gptqHessian({ inputs: { X } }: GoldenCase): Matrix {
  const sum = hessianAccumulator(X.shape.at(-1)!);
  for (const x of samples(X)) sum.add(x, X.shape.length === 4 ? X.shape[1] : 1);
  return sum.hessian();
}
