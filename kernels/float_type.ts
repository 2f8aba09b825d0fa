/**
 * The float types that a weight can have where the kernels depend on it.
 * @module
 */
import { float16ToFloat32, float32ToFloat16 } from "./float16.ts";

/** Type of a weight's values. Values of both travel as float32. */
export type FloatType = "float32" | "float16";

/**
 * Rounds float32 values to a type: for float16 to the nearest, ties to even, beyond 65504 to infinity.
 *
 * @param values float32 values.
 * @param type the type that the result's values must have.
 * @returns as many float32 values, in an array of their own.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { roundToType } from "mtpress";
 *
 * const values = Float32Array.of(1 + 2 ** -12, 1e6);
 * deepEqual([...roundToType(values, "float32")], [1 + 2 ** -12, 1e6]);
 * deepEqual([...roundToType(values, "float16")], [1, Infinity]);
 * ```
 */
export function roundToType(values: Float32Array, type: FloatType): Float32Array<ArrayBuffer> {
  return type === "float16" ? float16ToFloat32(float32ToFloat16(values)) : values.slice();
}

/** Rounds single values to a type, for arithmetic that rounds at every step. Not exported from the package. */
export function rounderTo(type: FloatType): (x: number) => number {
  if (type === "float32") return Math.fround;
  const one = new Float32Array(1);
  return (x) => {
    one[0] = x;
    return roundToType(one, type)[0];
  };
}
