/**
 * How a backend's results compare with the reference's.
 * @module
 */
import { expect } from "@std/expect";
import { dequantize } from "../../../kernels/dequantize.ts";
import type { GptqResult } from "../../../kernels/gptq.ts";
import {
  type GptqFactor,
  type GptqFactorOptions,
  planHessian,
} from "../../../kernels/gptq_factor.ts";
import type { Matrix } from "../../../kernels/matrix.ts";
import type { IntegerWeight } from "../../../kernels/stored_weight.ts";
import { expectAllClose, expectAllEqual } from "../golden.ts";
import { agreement } from "../wasm/layers.ts";

/** Most by which a layer's error may differ, relatively. */
export const LAYER_ERROR = 1e-3;

/** tr((W - Ŵ) H (W - Ŵ)ᵀ), H without damping. */
export function layerError(weight: Matrix, restored: ArrayLike<number>, hessian: Matrix): number {
  const { rows, columns: C, data } = weight;
  let sum = 0;
  const d = new Float64Array(C);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < C; j++) d[j] = data[r * C + j] - restored[r * C + j];
    for (let i = 0; i < C; i++) {
      let dot = 0;
      for (let j = 0; j < C; j++) dot += hessian.data[i * C + j] * d[j];
      sum += d[i] * dot;
    }
  }
  return sum;
}

/** Asserts that at least a share of elements is equal. */
export function expectAgreement(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  least: number,
  what: string,
): void {
  if (least === 1) return expectAllEqual(actual, expected, what);
  expect([what, actual.length]).toEqual([what, expected.length]);
  const share = agreement(actual, expected);
  if (share < least) throw new Error(`${what}: ${share} of the elements are equal, not ${least}`);
}

/** Asserts that two integer weights have the same form: all but codes and grids. */
export function expectForm(actual: IntegerWeight, expected: IntegerWeight): void {
  const form = ({ codes, scales, zeros, ...rest }: IntegerWeight) => ({
    ...rest,
    lengths: [codes.length, scales.length, zeros.length],
  });
  expect(form(actual)).toEqual(form(expected));
}

/**
 * Asserts that two results of GPTQ are the same as far as backends agree: 99 % of the codes, layer error and loss within 0.1 %.
 * One code of a small weight may be next to a tie.
 */
export function expectSameGptq(
  actual: GptqResult,
  expected: GptqResult,
  weight: Matrix,
  hessian: Matrix,
): void {
  expectForm(actual.weight, expected.weight);
  const count = weight.data.length;
  const equal = agreement(actual.weight.codes, expected.weight.codes) * count;
  expect(count - Math.round(equal)).toBeLessThanOrEqual(Math.max(1, Math.floor(0.01 * count)));
  const [error, wanted] = [actual, expected].map((result) =>
    layerError(weight, dequantize(result.weight).data, hessian)
  );
  const atol = 1e-9;
  expectAllClose([error], [wanted], { rtol: LAYER_ERROR, atol }, "layer error");
  expectAllClose([actual.loss], [expected.loss], { rtol: LAYER_ERROR, atol }, "loss");
}

/** Asserts that U is upper and U H Uᵀ the identity, H damped and in the order of quantisation. */
export function expectFactor(
  { upper, order, dead, columns: C }: GptqFactor,
  hessian: Matrix,
  options: GptqFactorOptions,
  tolerance: number,
): void {
  const plan = planHessian(hessian, options);
  expect([C, order, dead]).toEqual([hessian.columns, plan.order, plan.dead]);
  const H = (i: number, j: number) =>
    i === j ? plan.diagonal[i] : hessian.data[order[i] * C + order[j]];
  for (let i = 0; i < C; i++) {
    const product = new Float64Array(C); // row i of U H
    for (let k = i; k < C; k++) {
      for (let j = 0; j < C; j++) product[j] += upper[i * C + k] * H(k, j);
    }
    for (let j = 0; j < C; j++) {
      if (j < i) expect(upper[i * C + j]).toBe(0);
      let sum = 0;
      for (let k = j; k < C; k++) sum += product[k] * upper[j * C + k];
      expectAllClose([sum], [i === j ? 1 : 0], { atol: tolerance }, `U H Uᵀ at (${i}, ${j})`);
    }
  }
}

/** What a call throws or rejects with. */
export async function errorOf(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("There was no error");
}
