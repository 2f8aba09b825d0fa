/**
 * NF4 and its parts, slowly: every distance is computed, every value is handled alone, codes are text.
 * @module
 */
import { DYNAMIC_MAP } from "../../kernels/dynamic_map.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import { NF4_LEVELS } from "../../kernels/nf4_levels.ts";

/** Index of the entry at the least distance, in float64; the first of equals. */
export function nearestByDistance(table: readonly number[], x: number): number {
  const distances = table.map((entry) => Math.abs(entry - x));
  return distances.indexOf(Math.min(...distances));
}

/** The least float32 above a float32 other than 0. */
export function nextFloat32(x: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, x);
  view.setInt32(0, view.getInt32(0) + (x < 0 ? -1 : 1));
  return view.getFloat32(0);
}

function blocks<T>(values: readonly T[], size: number): T[][] {
  const count = Math.ceil(values.length / size);
  return Array.from({ length: count }, (_, b) => values.slice(b * size, (b + 1) * size));
}

/** NF4 bytes in hexadecimal and block maxima, in float64 throughout. */
export function slowNf4(weight: Matrix, blockSize: number): { hex: string; absmax: number[] } {
  const parts = blocks([...weight.data], blockSize);
  const absmax = parts.map((part) => Math.max(...part.map(Math.abs)));
  const codes = parts.flatMap((part, b) =>
    part.map((w) => absmax[b] === 0 ? 7 : nearestByDistance(NF4_LEVELS, w / absmax[b]))
  );
  if (codes.length % 2 === 1) codes.push(7);
  return { hex: codes.map((code) => code.toString(16)).join(""), absmax };
}

/** What NF4 bytes in hexadecimal stand for, in float64. */
export function slowValues(hex: string, absmax: ArrayLike<number>, blockSize: number): number[] {
  return [...hex].map((digit, i) =>
    NF4_LEVELS[parseInt(digit, 16)] * (absmax[Math.floor(i / blockSize)] ?? 0)
  );
}

/** Doubly quantised block maxima and what they stand for, in float64. */
export function slowNested(absmax: readonly number[]): { codes: number[]; restored: number[] } {
  const mean = absmax.reduce((sum, x) => sum + x, 0) / absmax.length;
  const runs = blocks(absmax.map((x) => x - mean), 256);
  const scales = runs.map((run) => Math.max(...run.map(Math.abs)));
  const codes = runs.flatMap((run, r) =>
    run.map((x) => nearestByDistance(DYNAMIC_MAP, x / scales[r]))
  );
  const restored = codes.map((code, i) => DYNAMIC_MAP[code] * scales[Math.floor(i / 256)] + mean);
  return { codes, restored };
}
