/**
 * bitsandbytes checkpoints of NF4 weights, as `save_pretrained` of Hugging Face transformers writes them ("bnb-nf4").
 *
 * A linear layer P is kept as `P.weight` (two codes a byte, as ours), its block maxima, the tables and, as text, its sizes. But:
 * - bitsandbytes prints small numbers as Python does (1e-05), this as JavaScript does (0.00001); the values are the same.
 * @module
 */
import { DYNAMIC_MAP } from "../../kernels/dynamic_map.ts";
import { NF4_LEVELS } from "../../kernels/nf4_levels.ts";
import type { NestedAbsmax, Nf4Weight } from "../../kernels/stored_weight.ts";
import type { FloatDtype } from "../float_values.ts";
import { bytesOf, type CheckpointFormat, refusal, type TensorData } from "./linear.ts";

const FORMAT = "bnb-nf4";

/** The block sizes that bitsandbytes 0.50 knows. */
const BLOCK_SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4096];

/** PyTorch's names of the dtypes. */
const TORCH_NAMES: Readonly<Record<FloatDtype, string>> = {
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
};

function floats(values: ArrayLike<number>): TensorData {
  return { dtype: "F32", shape: [values.length], bytes: bytesOf(Float32Array.from(values)) };
}

function octets(bytes: Uint8Array, shape: number[] = [bytes.length]): TensorData {
  return { dtype: "U8", shape, bytes };
}

/** The text that bitsandbytes reads sizes and types from. */
function quantState(weight: Nf4Weight, dtype: FloatDtype): TensorData {
  const { rows, columns, blockSize, absmax } = weight;
  const nested = absmax instanceof Float32Array ? {} : {
    nested_blocksize: absmax.blockSize,
    nested_dtype: "float32",
    nested_offset: absmax.offset,
  };
  const state = {
    quant_type: "nf4",
    blocksize: blockSize,
    dtype: TORCH_NAMES[dtype],
    shape: [rows, columns],
    ...nested,
  };
  return octets(new TextEncoder().encode(JSON.stringify(state)));
}

function absmaxTensors(absmax: Float32Array | NestedAbsmax): [string, TensorData][] {
  if (absmax instanceof Float32Array) return [["absmax", floats(absmax)]];
  return [
    ["absmax", octets(absmax.codes)],
    ["nested_absmax", floats(absmax.absmax)],
    ["nested_quant_map", floats(DYNAMIC_MAP)],
  ];
}

/** A writer of bitsandbytes checkpoints. */
export function bitsandbytesFormat(): CheckpointFormat {
  let nested: boolean | undefined;
  let computeDtype: FloatDtype = "F16";
  return {
    tensors({ name, weight, dtype }) {
      if (weight.kind !== "nf4") {
        throw refusal(name, FORMAT, `its weight is ${weight.kind}, and the format is for nf4`);
      }
      if (!BLOCK_SIZES.includes(weight.blockSize)) {
        const rule = `and the format knows ${BLOCK_SIZES.join(", ")}`;
        throw refusal(name, FORMAT, `its blocks have ${weight.blockSize} elements, ${rule}`);
      }
      const isNested = !(weight.absmax instanceof Float32Array);
      if (isNested !== (nested ?? isNested)) {
        const rule = "and the format says once whether block maxima are quantised";
        throw refusal(name, FORMAT, `it differs from the linears before it, ${rule}`);
      }
      nested = isNested;
      computeDtype = dtype;
      const parts: [string, TensorData][] = [
        ...absmaxTensors(weight.absmax),
        ["quant_map", floats(NF4_LEVELS)],
        ["quant_state.bitsandbytes__nf4", quantState(weight, dtype)],
      ];
      return new Map([
        [`${name}.weight`, octets(weight.codes, [weight.codes.length, 1])],
        ...parts.map(([part, data]): [string, TensorData] => [`${name}.weight.${part}`, data]),
      ]);
    },
    config: () => ({
      quant_method: "bitsandbytes",
      load_in_4bit: true,
      load_in_8bit: false,
      bnb_4bit_quant_type: "nf4",
      bnb_4bit_use_double_quant: nested ?? false,
      bnb_4bit_compute_dtype: TORCH_NAMES[computeDtype],
      bnb_4bit_quant_storage: "uint8",
      llm_int8_skip_modules: ["lm_head"],
    }),
  };
}
