/**
 * GPTQ checkpoints: what AutoGPTQ ("gptq") and GPTQModel ("gptq_v2") write, and what Hugging Face transformers, vLLM and others read.
 *
 * A linear layer [N, K] is kept as `qweight`, `qzeros`, `scales` and `g_idx`; see `packGptq` of the kernels for the words. But:
 * - one number of bits and one group size for the whole model, because the format says them once;
 * - a zero point of 0 goes into gptq_v2 only;
 * - asymmetric grids go into both, but GPTQModel reads them from gptq_v2 alone.
 * @module
 */
import { type GptqFormat, packGptq } from "../../kernels/gptq_packing.ts";
import type { IntegerWeight } from "../../kernels/stored_weight.ts";
import { bytesOf, type CheckpointFormat, refusal } from "./linear.ts";
import { SharedGrid } from "./shared_grid.ts";

const BITS = [2, 3, 4, 8];
const MULTIPLE = 32;

/** The rule that a weight breaks, or `undefined` if the layout can hold it. */
function brokenRule(weight: IntegerWeight, format: GptqFormat): string | undefined {
  const { rows, columns, bits, zeros } = weight;
  if (!BITS.includes(bits)) return `it has ${bits} bits, and the format holds 2, 3, 4 or 8`;
  if (rows % MULTIPLE !== 0 || columns % MULTIPLE !== 0) {
    return `its shape is [${rows}, ${columns}], and the format packs 32 rows and 32 columns at a time`;
  }
  if (format === "gptq" && zeros.includes(0)) {
    return "it has a zero point of 0, and the format stores zero points less 1; gptq_v2 holds it";
  }
}

/** A writer of GPTQ checkpoints in one of the two layouts. */
export function gptqFormat(format: GptqFormat): CheckpointFormat {
  const grid = new SharedGrid(format);
  return {
    tensors({ name, weight }) {
      const integer = grid.add(name, weight);
      const rule = brokenRule(integer, format);
      if (rule !== undefined) throw refusal(name, format, rule);
      const { rows, columns, bits } = integer;
      const groups = integer.zeros.length / rows;
      const packed = packGptq(integer, format);
      return new Map([
        [`${name}.qweight`, {
          dtype: "I32",
          shape: [columns * bits / 32, rows],
          bytes: bytesOf(packed.qweight),
        }],
        [`${name}.qzeros`, {
          dtype: "I32",
          shape: [groups, rows * bits / 32],
          bytes: bytesOf(packed.qzeros),
        }],
        [`${name}.scales`, { dtype: "F16", shape: [groups, rows], bytes: bytesOf(packed.scales) }],
        [`${name}.g_idx`, { dtype: "I32", shape: [columns], bytes: bytesOf(packed.groupIndex) }],
      ]);
    },
    config() {
      const { bits, groupSize, symmetric, ordered } = grid.facts();
      return {
        quant_method: "gptq",
        checkpoint_format: format,
        bits,
        group_size: groupSize,
        sym: symmetric,
        desc_act: ordered,
        lm_head: false,
        pack_dtype: "int32",
      };
    },
  };
}
