/**
 * The 16-bit floats of checkpoints, converted by their bits: IEEE 754 binary16 ("float16") and bfloat16.
 * Numbers travel as bit patterns, so that NaN payloads survive and no engine's Float16Array is needed.
 * @module
 */

/** Bits of the float32 with the value of one float16 bit pattern. */
function widen(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  let fraction = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0; // infinity and NaN
  if (exponent > 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
  if (fraction === 0) return sign >>> 0;
  let e = 113; // subnormal, fraction · 2^-24: shift the leading one up to bit 10
  for (; fraction < 0x400; fraction <<= 1) e--;
  return (sign | (e << 23) | ((fraction & 0x3ff) << 13)) >>> 0;
}

/** Bits of the float16 nearest to the float32 with these bits, ties to even. */
function narrow(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const magnitude = single & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7c00 | ((magnitude >>> 13) & 0x3ff || 0x200); // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and above: infinity
  if (magnitude >= 0x38800000) { // 2^-14 and above: normal
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x38000000) >>> 13);
  }
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign; // below 2^-25
  const significand = (magnitude & 0x7fffff) | 0x800000;
  const shift = 126 - exponent; // what remains counts units of 2^-24
  const half = 1 << (shift - 1);
  return sign | ((significand + half - 1 + ((significand >>> shift) & 1)) >>> shift);
}

let widened: Uint32Array | undefined;

/** All 65,536 answers of `widen`, made at the first use. */
function widenTable(): Uint32Array {
  return widened ??= Uint32Array.from({ length: 65_536 }, (_, half) => widen(half));
}

/**
 * Converts float16 bit patterns to float32, exactly: every float16 value is a float32 value.
 *
 * @param bits IEEE 754 binary16 patterns.
 * @returns as many float32 values.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { float16ToFloat32 } from "mtpress";
 *
 * deepEqual([...float16ToFloat32(Uint16Array.of(0x3c00, 0xc500, 0x7bff))], [1, -5, 65504]);
 * ```
 */
export function float16ToFloat32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const table = widenTable();
  const singles = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) singles[i] = table[bits[i]];
  return new Float32Array(singles.buffer);
}

/**
 * Converts bfloat16 bit patterns to float32, exactly: bfloat16 is the upper half of a float32.
 *
 * @param bits bfloat16 patterns.
 * @returns as many float32 values.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { bfloat16ToFloat32 } from "mtpress";
 *
 * deepEqual([...bfloat16ToFloat32(Uint16Array.of(0x3f80, 0xc0a0))], [1, -5]);
 * ```
 */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const singles = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) singles[i] = bits[i] << 16;
  return new Float32Array(singles.buffer);
}

/**
 * Rounds float32 values to float16 bit patterns: to nearest, ties to even (IEEE 754, the default direction).
 * From 65520 on the result is infinity; below 2^-14 it is subnormal; NaN stays NaN.
 *
 * @param values float32 values.
 * @returns as many IEEE 754 binary16 patterns.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { float32ToFloat16 } from "mtpress";
 *
 * // 1 + 2^-11 lies half-way between two float16 values and goes to the even one, 1
 * deepEqual([...float32ToFloat16(Float32Array.of(1, 1 + 2 ** -11, 1e6))], [0x3c00, 0x3c00, 0x7c00]);
 * ```
 */
export function float32ToFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const singles = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < singles.length; i++) halves[i] = narrow(singles[i]);
  return halves;
}

/**
 * Rounds float32 values to bfloat16 bit patterns: to nearest, ties to even. NaN stays NaN.
 *
 * @param values float32 values.
 * @returns as many bfloat16 patterns.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { float32ToBfloat16 } from "mtpress";
 *
 * // 1 + 2^-8 lies half-way between two bfloat16 values and goes to the even one, 1
 * deepEqual([...float32ToBfloat16(Float32Array.of(1 + 2 ** -8, -5))], [0x3f80, 0xc0a0]);
 * ```
 */
export function float32ToBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const singles = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(singles, (bits) => {
    if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40; // NaN: keep it one
    return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  });
}
