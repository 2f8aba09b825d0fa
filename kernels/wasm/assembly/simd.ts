// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * What the kernels share. T is f32 or f64. A vector is 16 bytes; a panel row is 32: 8 float32 or 4 float64 values.
 * @module
 */

export const PANEL_BYTES: usize = 32;

/** a · b + c: one rounding in the relaxed build on most machines, two in the strict build. */
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** Values of T in a panel row. */
export function panelRows<T>(): i32 {
  return <i32> (PANEL_BYTES / sizeof<T>());
}
