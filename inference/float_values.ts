/**
 * Numbers as the bytes of a checkpoint's dtype, and back.
 * @module
 */
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
} from "../kernels/float16.ts";

/** The dtypes in which a weight's numbers can be stored, by their safetensors names. */
export type FloatDtype = "F32" | "F16" | "BF16";

/** Bytes of one number. */
export const FLOAT_BYTES: Readonly<Record<FloatDtype, number>> = { F32: 4, F16: 2, BF16: 2 };

/** Whether a dtype is one of those that can be read as numbers. */
export function isFloatDtype(dtype: unknown): dtype is FloatDtype {
  return typeof dtype === "string" && Object.hasOwn(FLOAT_BYTES, dtype);
}

/** Reads little-endian bytes as float32, exactly; for F32 the result shares the buffer. */
export function decodeFloats(buffer: ArrayBuffer, dtype: FloatDtype): Float32Array<ArrayBuffer> {
  if (dtype === "F32") return new Float32Array(buffer);
  const bits = new Uint16Array(buffer);
  return dtype === "F16" ? float16ToFloat32(bits) : bfloat16ToFloat32(bits);
}

/** Rounds to the dtype (to nearest, ties to even) and gives the little-endian bytes. */
export function encodeFloats(values: Float32Array, dtype: FloatDtype): Uint8Array<ArrayBuffer> {
  if (dtype === "F32") return new Uint8Array(values.slice().buffer);
  const bits = dtype === "F16" ? float32ToFloat16(values) : float32ToBfloat16(values);
  return new Uint8Array(bits.buffer);
}

/** Rounds to the dtype: the values that `encodeFloats` stores, in an array of their own. */
export function roundFloats(values: Float32Array, dtype: FloatDtype): Float32Array<ArrayBuffer> {
  return decodeFloats(encodeFloats(values, dtype).buffer, dtype);
}
