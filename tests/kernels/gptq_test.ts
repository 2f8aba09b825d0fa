import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { dequantize } from "../../kernels/dequantize.ts";
import { gptq, gptqWithFactor } from "../../kernels/gptq.ts";
import { factorizeHessian } from "../../kernels/gptq_factor.ts";
import type { GptqOptions } from "../../kernels/gptq_options.ts";
import { hessianAccumulator } from "../../kernels/hessian.ts";
import { FactorizationError } from "../../kernels/linear_algebra.ts";
import { applyMask } from "../../kernels/mask.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { roundToNearest } from "../../kernels/round_to_nearest.ts";
import { expectAllEqual } from "./golden.ts";
import { dampedRows, obq } from "./gptq_oracle.ts";
import { randomMatrix, randomNumbers } from "./random.ts";

/** Inputs whose columns share `factors` hidden ones: strongly correlated. */
function correlatedInputs(tokens: number, columns: number, factors: number, seed: number): Matrix {
  const [hidden, mix, noise] = [
    randomMatrix(tokens, factors, seed),
    randomMatrix(factors, columns, seed + 1000),
    randomMatrix(tokens, columns, seed + 2000),
  ];
  const data = noise.data.map((value, i) => {
    const [t, j] = [Math.floor(i / columns), i % columns];
    let sum = 0.1 * value;
    for (let f = 0; f < factors; f++) {
      sum += hidden.data[t * factors + f] * mix.data[f * columns + j];
    }
    return sum;
  });
  return matrix(tokens, columns, data);
}

function hessianOf(inputs: Matrix): Matrix {
  const sum = hessianAccumulator(inputs.columns);
  sum.add(inputs);
  return sum.hessian();
}

const identity = (n: number) =>
  matrix(n, n, Float32Array.from({ length: n * n }, (_, i) => i % (n + 1) === 0 ? 1 : 0));

/** ½ tr(D H Dᵀ) with the damped H, by the definition. */
function outputError(weight: Matrix, restored: Matrix, hessian: Matrix, damping: number): number {
  const { rows, columns } = weight;
  const H = dampedRows(hessian, damping);
  let sum = 0;
  for (let r = 0; r < rows; r++) {
    const d = Array.from({ length: columns }, (_, j) => {
      const at = r * columns + j;
      return weight.data[at] - restored.data[at];
    });
    d.forEach((di, i) => d.forEach((dj, j) => sum += di * dj * H[i][j] / 2));
  }
  return sum;
}

function randomMask(size: number, seed: number): Uint8Array {
  const next = randomNumbers(seed);
  return Uint8Array.from({ length: size }, () => next() < 0.4 ? 0 : 1);
}

const W = randomMatrix(6, 20, 1);
const H = hessianOf(correlatedInputs(30, 20, 4, 2));
const FORMS = [2, 3, 4, 8].flatMap((bits) =>
  [true, false].map((symmetric) => ({ bits, symmetric }))
);

describe("gptq()", () => {
  it("gptq() with the identity as Hessian is round-to-nearest, whatever the order and the blocks", () => {
    for (const form of FORMS) {
      for (const groupSize of [-1, 8, 7]) {
        for (const blockSize of [1, 5, 128]) {
          const options = { ...form, groupSize, blockSize };
          const { weight } = gptq(W, identity(20), options);
          expect(weight).toEqual(roundToNearest(W, options));
          // all diagonal entries are equal, so the activation order is from left to right
          expect(gptq(W, identity(20), { ...options, actOrder: true }).weight).toEqual(weight);
        }
      }
    }
  });

  it("gptq() equals OBQ, which inverts the remaining Hessian anew at every column", () => {
    for (const form of FORMS) {
      for (const actOrder of [false, true]) {
        const options = { ...form, actOrder, damping: 0.05, blockSize: 7 };
        const { order } = factorizeHessian(H, options);
        const slow = obq(W, H, { ...options, groupSize: -1, order });
        const { weight, loss } = gptq(W, H, options);
        expectAllEqual(weight.codes, slow.codes, JSON.stringify(options));
        expect(Math.abs(loss / slow.loss - 1)).toBeLessThan(1e-4);
      }
    }
  });

  it("gptq() equals OBQ with grids of groups, if no block is longer than a group", () => {
    for (const blockSize of [1, 3, 6]) {
      for (const actOrder of [false, true]) {
        const options = { bits: 3, symmetric: false, groupSize: 6, damping: 0.05, actOrder };
        const { order } = factorizeHessian(H, options);
        const slow = obq(W, H, { ...options, order });
        const { weight } = gptq(W, H, { ...options, blockSize });
        expectAllEqual(weight.codes, slow.codes, `blocks of ${blockSize}`);
      }
    }
  });

  it("gptq() equals OBQ that holds masked weights at 0", () => {
    const mask = randomMask(6 * 20, 3);
    for (const weight of [W, applyMask(W, mask)]) {
      const options = { bits: 4, symmetric: false, damping: 0.05, mask };
      const { order } = factorizeHessian(H, options);
      const slow = obq(weight, H, { ...options, groupSize: -1, order });
      const fast = gptq(weight, H, { ...options, blockSize: 8 });
      expectAllEqual(fast.weight.codes, slow.codes, "codes");
      expect(Math.abs(fast.loss / slow.loss - 1)).toBeLessThan(1e-4);
    }
  });

  it("gptq() with a mask restores exactly 0 where it prunes, in every form, group and order", () => {
    const mask = randomMask(6 * 20, 4);
    for (const form of FORMS) {
      for (const actOrder of [false, true]) {
        const options = { ...form, groupSize: 8, actOrder, mask, blockSize: 8 };
        const restored = dequantize(gptq(applyMask(W, mask), H, options).weight).data;
        mask.forEach((kept, i) => expect(kept === 1 || restored[i] === 0).toBe(true));
      }
    }
  });

  it("gptq() with a mask that keeps all is gptq() without one", () => {
    const options = { bits: 3, symmetric: true, groupSize: 8 };
    const all = new Uint8Array(6 * 20).fill(1);
    expect(gptq(W, H, { ...options, mask: all })).toEqual(gptq(W, H, options));
  });

  it("gptq() has a loss of ½ tr((W - Ŵ) H (W - Ŵ)ᵀ), with the damped H", () => {
    for (const groupSize of [-1, 8]) {
      for (const actOrder of [false, true]) {
        for (const mask of [undefined, randomMask(6 * 20, 5)]) {
          const options = { bits: 3, symmetric: false, groupSize, actOrder, damping: 0.02, mask };
          const { weight, loss } = gptq(W, H, { ...options, blockSize: 6 });
          const error = outputError(W, dequantize(weight), H, 0.02);
          expect(Math.abs(loss / error - 1)).toBeLessThan(1e-3);
        }
      }
    }
  });

  it("gptq() has a mean layer error below round-to-nearest on strongly correlated inputs, over 20 seeds", () => {
    for (const bits of [2, 3, 4]) {
      let [ours, nearest] = [0, 0];
      for (let seed = 0; seed < 20; seed++) {
        const weight = randomMatrix(8, 24, seed + 10);
        const hessian = hessianOf(correlatedInputs(40, 24, 3, seed + 20));
        const options: GptqOptions = { bits, symmetric: false };
        ours += outputError(weight, dequantize(gptq(weight, hessian, options).weight), hessian, 0);
        nearest += outputError(weight, dequantize(roundToNearest(weight, options)), hessian, 0);
      }
      expect(ours).toBeLessThan(0.5 * nearest);
    }
  });

  it("gptq() with one grid a row does not depend on the block size", () => {
    const options = { bits: 3, symmetric: true, damping: 0.05 };
    const { weight } = gptq(W, H, options);
    for (const blockSize of [1, 2, 7, 19, 20, 21]) {
      expectAllEqual(
        gptq(W, H, { ...options, blockSize }).weight.codes,
        weight.codes,
        `${blockSize}`,
      );
    }
  });

  it("gptq() numbers groups by position, or with staticGroups by column", () => {
    const options = { bits: 4, symmetric: true, groupSize: 8, actOrder: true };
    const { order } = factorizeHessian(H, options);
    const { groupIndex } = gptq(W, H, options).weight;
    order.forEach((column, position) => {
      expect(groupIndex[column]).toBe(Math.floor(position / 8));
    });
    const fixed = gptq(W, H, { ...options, staticGroups: true }).weight;
    expect([...fixed.groupIndex]).toEqual(Array.from({ length: 20 }, (_, c) => Math.floor(c / 8)));
    expect(fixed.scales).toEqual(roundToNearest(W, options).scales); // fitted before any error moves
  });

  it("gptq() takes each row by itself: rows of a weight equal the weight of one row", () => {
    const options = { bits: 3, symmetric: false, groupSize: 8, actOrder: true };
    const { codes, scales } = gptq(W, H, options).weight;
    for (let r = 0; r < 6; r++) {
      const row = gptq(matrix(1, 20, W.data.slice(r * 20, (r + 1) * 20)), H, options).weight;
      expect(row.codes).toEqual(codes.slice(r * 20, (r + 1) * 20));
      expect(row.scales).toEqual(scales.slice(r * 3, (r + 1) * 3));
    }
  });

  it("gptq() quantises columns without input as 0, and moves nothing from them", () => {
    const inputs = correlatedInputs(30, 20, 4, 6);
    for (let t = 0; t < 30; t++) inputs.data[t * 20 + 5] = 0;
    const hessian = hessianOf(inputs);
    const options = { bits: 4, symmetric: false };
    const { weight } = gptq(W, hessian, options);
    const restored = dequantize(weight).data;
    for (let r = 0; r < 6; r++) expect(restored[r * 20 + 5]).toBe(0);
    expect(weight.scales).toEqual(roundToNearest(W, options).scales); // their weights still count
  });
});

describe("gptq(), its inputs and errors", () => {
  it("gptq() leaves its inputs as they are", () => {
    const mask = randomMask(6 * 20, 7);
    const before = [W.data.slice(), H.data.slice(), mask.slice()];
    gptq(W, H, {
      bits: 2,
      symmetric: false,
      groupSize: 8,
      actOrder: true,
      staticGroups: true,
      mask,
    });
    expect([W.data, H.data, mask]).toEqual(before);
  });

  it("gptqWithFactor() equals gptq(), and leaves the shared factor as it is", () => {
    const factor = factorizeHessian(H, { damping: 0.1, actOrder: true });
    const before = factor.upper.slice();
    const options = { bits: 3, symmetric: true, groupSize: 8 };
    for (const weight of [W, randomMatrix(3, 20, 9)]) {
      expect(gptqWithFactor(weight, factor, options))
        .toEqual(gptq(weight, H, { ...options, damping: 0.1, actOrder: true }));
    }
    expect(factor.upper).toEqual(before);
  });

  it("gptq() says to raise damping when the Hessian cannot be factorised", () => {
    const singular = matrix(2, 2, [1, 1, 1, 1]);
    const weight = matrix(1, 2, [1, -1]);
    const form = { bits: 4, symmetric: true };
    expect(() => gptq(weight, singular, { ...form, damping: 0 })).toThrow(FactorizationError);
    expect(() => gptq(weight, singular, { ...form, damping: 0 })).toThrow(
      "Cannot factorise the Hessian [2, 2] with damping 0: the pivot of column 0 is 0, and it must be positive; " +
        "raise damping",
    );
    gptq(weight, singular, { ...form, damping: 0.01 });
  });

  it("gptq() refuses what it cannot use, naming the rule", () => {
    const form = { bits: 4, symmetric: true };
    const bad: [() => unknown, string][] = [
      [() => gptq(W, H, { ...form, bits: 1 }), "Cannot quantise to 1 bits"],
      [() => gptq(W, H, { ...form, groupSize: 0 }), "Cannot make groups of 0 columns"],
      [() => gptq(W, H, { ...form, blockSize: 0 }), "Cannot quantise in blocks of 0 columns"],
      [() => gptq(W, H, { ...form, damping: -1 }), "Cannot damp a Hessian by -1"],
      [() => gptq(W, H, { ...form, mask: new Uint8Array(3) }), "its mask must have 120 elements"],
      [() => gptq(W, identity(3), form), "with a Hessian of 3 columns"],
      [() => gptq(W, matrix(3, 20), form), "Cannot factorise a Hessian [3, 20]: it must be square"],
      [
        () => gptq(matrix(1, 1, [NaN]), identity(1), form),
        "Cannot quantise a weight with NaN at (0, 0)",
      ],
      [
        () => gptq(matrix(1, 2), matrix(2, 2, [1, 0, Infinity, 1]), form),
        "Cannot factorise a Hessian with Infinity at (1, 0)",
      ],
    ];
    for (const [run, message] of bad) {
      expect(run).toThrow(RangeError);
      expect(run).toThrow(message);
    }
  });
});
