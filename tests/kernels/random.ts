/**
 * Seeded random matrices for tests.
 * @module
 */
import { type Matrix, matrix } from "../../kernels/matrix.ts";

/** Uniform numbers within 0 to 1, from a linear congruential generator modulo 2^31 - 1 (Park and Miller). */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 7919 + 12345) % 2147483647;
  const next = () => (state = state * 48271 % 2147483647) / 2147483647;
  for (let i = 0; i < 8; i++) next();
  return next;
}

/** A matrix of standard normal float32 values. */
export function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const next = randomNumbers(seed);
  const normal = () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
  return matrix(rows, columns, Float32Array.from({ length: rows * columns }, normal));
}
