/**
 * Seeded layers, the builds and precisions to run them in, and how two results compare.
 * @module
 */
import { expect } from "@std/expect";
import type { Backend } from "../../../kernels/backend.ts";
import type { GptqResult } from "../../../kernels/gptq.ts";
import { hessianAccumulator } from "../../../kernels/hessian.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { randomMatrix, randomNumbers } from "../random.ts";

/** Every build in every precision. */
export const WAYS = (["relaxed", "strict"] as const).flatMap((build) =>
  (["float32", "float64"] as const).map((precision) => ({ build, precision }))
);

/** A Hessian of inputs whose columns are mixtures of neighbouring noise; the columns named dead have none. */
export function correlatedHessian(columns: number, seed: number, dead: number[] = []): Matrix {
  const tokens = 2 * columns + 8;
  const noise = randomMatrix(tokens, columns + 3, seed).data;
  const inputs = matrix(tokens, columns);
  for (let t = 0; t < tokens; t++) {
    for (let c = 0; c < columns; c++) {
      const at = t * (columns + 3) + c;
      const mixed = noise[at] + 0.8 * noise[at + 1] + 0.6 * noise[at + 2] + 0.4 * noise[at + 3];
      inputs.data[t * columns + c] = dead.includes(c) ? 0 : (1 + c % 5) * mixed;
    }
  }
  const sum = hessianAccumulator(columns);
  sum.add(inputs);
  return sum.hessian();
}

/** Does something with a backend, and closes it. */
export async function withBackend<Result>(
  backend: Backend,
  act: (backend: Backend) => Promise<Result>,
): Promise<Result> {
  try {
    return await act(backend);
  } finally {
    await backend.close();
  }
}

/** A mask that keeps about 60 %. */
export function randomMask(size: number, seed: number): Uint8Array {
  const next = randomNumbers(seed);
  return Uint8Array.from({ length: size }, () => next() < 0.4 ? 0 : 1);
}

/** The identity [n, n]. */
export function identity(n: number): Matrix {
  return matrix(n, n, Float32Array.from({ length: n * n }, (_, i) => i % (n + 1) === 0 ? 1 : 0));
}

/** A Hessian [n, n] whose neighbouring columns go together, without the cost of inputs. */
export function bandedHessian(n: number): Matrix {
  const hessian = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const scales = (1 + i % 5) * (1 + j % 5);
      hessian.data[i * n + j] = scales * 0.95 ** Math.abs(i - j);
    }
  }
  return hessian;
}

/** Asserts that two results are the same bits, large ones too. */
export function expectSameBits(actual: GptqResult, expected: GptqResult): void {
  const { codes, scales, zeros, groupIndex, ...form } = actual.weight;
  const { codes: c, scales: s, zeros: z, groupIndex: g, ...expectedForm } = expected.weight;
  expect(form).toEqual(expectedForm);
  expect(actual.loss).toBe(expected.loss);
  const pairs = [[codes, c], [scales, s], [zeros, z], [groupIndex, g]] as const;
  for (const [a, b] of pairs) expect([a.length, agreement(a, b)]).toEqual([b.length, 1]);
}

/** Share of elements that are equal. */
export function agreement(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let equal = 0;
  for (let i = 0; i < b.length; i++) if (a[i] === b[i]) equal++;
  return b.length === 0 ? 1 : equal / b.length;
}

/** Asserts that codes agree on at least `least` of the weights, and that the losses are within 0.1 %. */
export function expectSame(actual: GptqResult, expected: GptqResult, least: number): void {
  const { codes, scales, zeros, groupIndex, ...form } = actual.weight;
  const { codes: _, scales: s, zeros: z, groupIndex: g, ...expectedForm } = expected.weight;
  expect(form).toEqual(expectedForm);
  expect(groupIndex).toEqual(g);
  expect([codes.length, scales.length, zeros.length]).toEqual([_.length, s.length, z.length]);
  expect(agreement(codes, expected.weight.codes)).toBeGreaterThanOrEqual(least);
  expect(Math.abs(actual.loss - expected.loss)).toBeLessThanOrEqual(1e-3 * expected.loss);
}
