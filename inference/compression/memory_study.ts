/**
 * The bytes of a model in the forms that the study's own libraries hold in memory, by arithmetic: what its Memory column measured.
 *
 * Layouts: AutoGPTQ's packed words ("gptq", v1), bitsandbytes' 4-bit parameters, and PyTorch's dense tensors in float16. But:
 * - tensors only; what PyTorch allocates beside them while a model runs is not part of them.
 * @module
 */
import { groupCount } from "../../kernels/grid.ts";
import type { LlamaConfig } from "../llama_config.ts";
import { linearShapes, type ModelBytes, modelBytes, restBytes } from "./memory.ts";
import { type IntegerForm, modelForm, type WeightForm } from "./memory_form.ts";
import { describeWeight, storedWeightBytes } from "./memory_weight.ts";
import type { Step } from "./step.ts";

const FLOAT16 = 2;
const WORD = 4;
/** The 16 levels of NF4 as float32, which bitsandbytes keeps with each weight. */
const LEVEL_BYTES = 16 * 4;
/** The 256 entries of the 8-bit map as float32, kept with each weight whose block maxima are quantised again. */
const DYNAMIC_MAP_BYTES = 256 * 4;

/**
 * The bytes of a model as the study's libraries hold it. Pruned weights stay in place as zeros; embedding, norms and head are
 * float16, smoothed norms too.
 *
 * @param config the model.
 * @param steps the method; none: the model as it is, in float16.
 * @throws {RangeError} if a step is not built in, the library does not pack so many bits, or a shape is not divisible by 32 as its packing
 *   needs.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { ALMA_7B, parseLlamaConfig, studyModelBytes } from "mtpress";
 *
 * const config = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);
 * const { total } = studyModelBytes(config, [{ kind: "wanda", sparsity: 0.4 }]);
 * equal(total, 2 * ALMA_7B.parameters); // Table 1: 12852 MiB
 * ```
 */
export function studyModelBytes(config: LlamaConfig, steps: readonly Step[]): ModelBytes {
  const form = modelForm(steps).linears;
  let linears = 0;
  for (const { rows, columns } of linearShapes(config)) {
    linears += libraryWeightBytes(rows, columns, form);
  }
  return modelBytes(linears, restBytes(config, FLOAT16));
}

function libraryWeightBytes(rows: number, columns: number, form: WeightForm): number {
  switch (form.kind) {
    case "integer":
      return packedGptqBytes(rows, columns, form);
    case "nf4": {
      const maps = LEVEL_BYTES + (form.doubleQuantization ? DYNAMIC_MAP_BYTES : 0);
      return storedWeightBytes(describeWeight(rows, columns, form, FLOAT16)) + maps;
    }
    case "sparse":
    case "dense":
      return rows * columns * FLOAT16;
  }
}

/** `qweight` [K·bits/32, N] and `qzeros` [groups, N·bits/32] in words, `scales` [groups, N] in float16, `g_idx` [K] in words. */
function packedGptqBytes(N: number, K: number, { bits, groupSize }: IntegerForm): number {
  if (![2, 3, 4, 8].includes(bits) || N % 32 !== 0 || K % 32 !== 0) {
    throw new RangeError(
      `Cannot compute the packed bytes of a weight [${N}, ${K}] at ${bits} bits: ` +
        "bits must be 2, 3, 4 or 8 and both sizes must be divisible by 32",
    );
  }
  const groups = groupCount(K, groupSize);
  const qweight = K * bits / 32 * N * WORD;
  const qzeros = groups * (N * bits / 32) * WORD;
  return qweight + qzeros + groups * N * FLOAT16 + K * WORD;
}
