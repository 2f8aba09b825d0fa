/**
 * Plain checkpoints: every weight dense, in the dtype of the source ("safetensors"). Any method's result can be written so; it
 * takes the source's bytes and reads wherever the source does.
 * @module
 */
import { dequantize } from "../../kernels/dequantize.ts";
import { encodeFloats, roundFloats } from "../float_values.ts";
import { type CheckpointFormat, refusal } from "./linear.ts";

/** A writer of dense checkpoints. Restored values are rounded to the source's dtype, to nearest and ties to even. */
export function denseFormat(): CheckpointFormat {
  return {
    tensors({ name, weight, dtype }) {
      const { rows, columns, data } = dequantize(weight);
      const lost = roundFloats(data, dtype).findIndex((value) => !Number.isFinite(value));
      if (lost >= 0) {
        const rule = `its value ${data[lost]} lies beyond the source's ${dtype}`;
        throw refusal(name, "safetensors", rule);
      }
      const bytes = encodeFloats(data, dtype);
      return new Map([[`${name}.weight`, { dtype, shape: [rows, columns], bytes }]]);
    },
    config: () => undefined,
  };
}
