/**
 * Checkpoints in the "pack-quantized" format of compressed-tensors, which vLLM and Hugging Face transformers read.
 *
 * Codes of a linear layer [N, K] are a dense bit stream in 32-bit words along each row; zero points, of asymmetric grids only, one
 * along each column of [N, groups]. Stored are numbers from 0, although the format speaks of signed ones: it adds 2^(bits-1). But:
 * - columns in activation order are refused: the format's library (0.20) reads no group indices any more;
 * - groups must divide the columns, because the library refuses a short last one.
 * @module
 */
import { float32ToFloat16 } from "../../kernels/float16.ts";
import type { IntegerWeight } from "../../kernels/stored_weight.ts";
import { packStream } from "../../kernels/word_stream.ts";
import { bytesOf, type CheckpointFormat, refusal, type TensorData } from "./linear.ts";
import { inOrder, SharedGrid } from "./shared_grid.ts";

const FORMAT = "compressed-tensors";

/** The rule that a weight breaks, or `undefined` if the format can hold it. */
function brokenRule(weight: IntegerWeight): string | undefined {
  const { columns, groupSize } = weight;
  if (!inOrder(weight)) {
    return "its columns are in activation order, and the format has no group indices any more; gptq has";
  }
  if (groupSize !== -1 && columns % groupSize !== 0) {
    return `its ${columns} columns make a short last group of ${groupSize}, which the format excludes`;
  }
}

/** Codes [N, K] as words [N, ⌈K·bits/32⌉]. */
function packCodes({ rows, columns, bits, codes }: IntegerWeight): Uint32Array {
  const width = Math.ceil(columns * bits / 32);
  const words = new Uint32Array(rows * width);
  for (let r = 0; r < rows; r++) {
    const stream = { first: r * width, stride: 1, bits, count: columns };
    packStream(words, stream, (c) => codes[r * columns + c]);
  }
  return words;
}

/** Zero points [N, groups] as words [⌈N·bits/32⌉, groups]. */
function packZeros({ rows, bits, zeros }: IntegerWeight, groups: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(rows * bits / 32) * groups);
  for (let g = 0; g < groups; g++) {
    const stream = { first: g, stride: groups, bits, count: rows };
    packStream(words, stream, (r) => zeros[r * groups + g]);
  }
  return words;
}

/** A writer of pack-quantized checkpoints. */
export function compressedTensorsFormat(): CheckpointFormat {
  const grid = new SharedGrid(FORMAT);
  return {
    tensors({ name, weight }) {
      const integer = grid.add(name, weight);
      const rule = brokenRule(integer);
      if (rule !== undefined) throw refusal(name, FORMAT, rule);
      const { rows, columns, bits, symmetric, zeros, scales } = integer;
      const groups = zeros.length / rows;
      const shape = BigInt64Array.of(BigInt(rows), BigInt(columns));
      const tensors = new Map<string, TensorData>([
        [`${name}.weight_packed`, {
          dtype: "I32",
          shape: [rows, Math.ceil(columns * bits / 32)],
          bytes: bytesOf(packCodes(integer)),
        }],
        [`${name}.weight_scale`, {
          dtype: "F16",
          shape: [rows, groups],
          bytes: bytesOf(float32ToFloat16(scales)),
        }],
        [`${name}.weight_shape`, { dtype: "I64", shape: [2], bytes: bytesOf(shape) }],
      ]);
      if (symmetric) return tensors;
      return tensors.set(`${name}.weight_zero_point`, {
        dtype: "I32",
        shape: [Math.ceil(rows * bits / 32), groups],
        bytes: bytesOf(packZeros(integer, groups)),
      });
    },
    config() {
      const { bits, groupSize, symmetric } = grid.facts();
      const weights = {
        num_bits: bits,
        type: "int",
        symmetric,
        strategy: groupSize === -1 ? "channel" : "group",
        group_size: groupSize === -1 ? null : groupSize,
        dynamic: false,
      };
      return {
        quant_method: "compressed-tensors",
        format: "pack-quantized",
        quantization_status: "compressed",
        config_groups: { group_0: { targets: ["Linear"], weights } },
        ignore: ["lm_head"],
      };
    },
  };
}
