import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { magnitudeMask, magnitudeMetric } from "../../kernels/magnitude.ts";
import { applyMask, keptCount, keptPerRow } from "../../kernels/mask.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { prunedCount, pruneSmallest } from "../../kernels/prune_smallest.ts";
import { wandaMask, wandaMetric } from "../../kernels/wanda.ts";
import { wandaVariantMask } from "../../kernels/wanda_variant.ts";
import { statisticsOf } from "./pruning_golden.ts";
import { randomMatrix } from "./random.ts";

const SEEDS = [1, 2, 3, 4, 5, 6];
/** A coarse grid, so that there are many ties. */
const coarse = ({ rows, columns, data }: Matrix) => matrix(rows, columns, data.map(Math.round));
const squaredNorms = (columns: number, seed: number) =>
  randomMatrix(1, columns, seed).data.map((x) => x * x);

/** Keeps a weight if at least `count` of its fellows must go first: smaller ones, and equal ones to its left. */
function slowMask({ columns, data }: Matrix, length: number, count: number): number[] {
  return Array.from(data, (a, i) => {
    const start = Math.floor(i / columns) * columns +
      Math.floor((i % columns) / length) * length;
    const fellows = data.subarray(start, Math.min(start + length, data.length));
    const first = fellows.filter((b, j) => b < a || (b === a && start + j < i)).length;
    return first >= count ? 1 : 0;
  });
}

/** Sum of squares of X·(W - Ŵ)ᵀ. */
function outputError(X: Matrix, W: Matrix, mask: Uint8Array): number {
  const kept = applyMask(W, mask).data;
  let sum = 0;
  for (let t = 0; t < X.rows; t++) {
    for (let i = 0; i < W.rows; i++) {
      let y = 0;
      for (let j = 0; j < W.columns; j++) {
        const ij = i * W.columns + j;
        y += X.data[t * W.columns + j] * (W.data[ij] - kept[ij]);
      }
      sum += y * y;
    }
  }
  return sum;
}

describe("pruneSmallest()", () => {
  it("pruneSmallest() equals counting the weights that must go first, with ties, in rows and in runs", () => {
    for (const seed of SEEDS) {
      const metric = coarse(randomMatrix(4, 24, seed));
      expect([...pruneSmallest(metric, { ratio: 0.4 })]).toEqual(slowMask(metric, 24, 9));
      expect([...pruneSmallest(metric, { n: 2, m: 4 })]).toEqual(slowMask(metric, 4, 2));
      expect([...pruneSmallest(metric, { n: 5, m: 8 })]).toEqual(slowMask(metric, 8, 5));
    }
  });

  it("pruneSmallest() prunes NaN last", () => {
    const metric = matrix(1, 4, [NaN, 3, Infinity, NaN]);
    expect([...pruneSmallest(metric, { ratio: 0.5 })]).toEqual([1, 0, 0, 1]);
    expect([...pruneSmallest(metric, { n: 1, m: 2 })]).toEqual([1, 0, 0, 1]);
  });

  it("pruneSmallest() refuses impossible patterns", () => {
    const metric = matrix(1, 6);
    expect(() => pruneSmallest(metric, { n: 2, m: 4 })).toThrow(/whole number that divides 6/);
    expect(() => pruneSmallest(metric, { n: 4, m: 3 })).toThrow(/4 must be a whole number from 0/);
    expect(() => pruneSmallest(metric, { ratio: 1.1 })).toThrow(/within 0 and 1/);
    expect(() => pruneSmallest(metric, { ratio: NaN })).toThrow(/within 0 and 1/);
  });
});

describe("prunedCount()", () => {
  it("prunedCount() cuts the float64 product", () => {
    const counts = [[64, 0.4], [4096, 0.4], [64, 0.5], [100, 0.29], [7, 0], [7, 1]];
    expect(counts.map(([C, ratio]) => prunedCount(C, ratio))).toEqual([25, 1638, 32, 28, 0, 7]);
  });
});

describe("wandaMask()", () => {
  it("wandaMask() prunes exactly ⌊C · ratio⌋ of every row and n of every run", () => {
    for (const C of [1, 8, 40, 64]) {
      const W = randomMatrix(5, C, C);
      for (const ratio of [0, 0.1, 0.4, 0.5, 0.77, 1]) {
        const mask = wandaMask(W, squaredNorms(C, 1), { ratio });
        expect([...keptPerRow(mask, C)]).toEqual(Array(5).fill(C - Math.trunc(C * ratio)));
      }
    }
    for (const [n, m] of [[2, 4], [4, 8], [1, 8], [0, 2], [4, 4]]) {
      const mask = wandaMask(randomMatrix(5, 40, n), squaredNorms(40, 2), { n, m });
      expect([...keptPerRow(mask, m)]).toEqual(Array(5 * 40 / m).fill(m - n));
    }
  });

  it("wandaMask() with equal norms is pruning each row by magnitude, and does not see the sign", () => {
    const W = randomMatrix(6, 32, 3);
    const even = new Float32Array(32).fill(4);
    const mask = wandaMask(W, even, { ratio: 0.5 });
    expect(mask).toEqual(pruneSmallest(magnitudeMetric(W), { ratio: 0.5 }));
    expect(wandaMask(matrix(6, 32, W.data.map((w) => -w)), even, { ratio: 0.5 })).toEqual(mask);
  });

  it("wandaMask() prunes channels that are always 0 first", () => {
    const norms = squaredNorms(16, 4).fill(0, 3, 9);
    const mask = wandaMask(randomMatrix(8, 16, 4), norms, { ratio: 0.4 });
    mask.forEach((kept, i) => expect(kept).toBe(i % 16 >= 3 && i % 16 < 9 ? 0 : 1));
  });

  it("wandaMask() costs the layer's output less than magnitude where channels differ in size", () => {
    let [wanda, magnitude] = [0, 0];
    for (const seed of SEEDS) {
      const W = randomMatrix(12, 32, seed);
      const X = randomMatrix(20, 32, seed + 100);
      X.data.forEach((x, i) => X.data[i] = x * (1 + i % 32 % 5));
      const norms = statisticsOf([X]).squaredNorms;
      wanda += outputError(X, W, wandaMask(W, norms, { ratio: 0.5 }));
      magnitude += outputError(X, W, pruneSmallest(magnitudeMetric(W), { ratio: 0.5 }));
    }
    expect(wanda).toBeLessThan(0.8 * magnitude);
  });

  it("wandaMask() refuses norms of other columns", () => {
    expect(() => wandaMask(matrix(2, 3), new Float32Array(2), { ratio: 0.5 }))
      .toThrow(/by 2 column norms: there must be 3/);
  });
});

describe("wandaVariantMask()", () => {
  it("wandaVariantMask() prunes of each row all that fits into α of its metric, and meets the sparsity", () => {
    for (const seed of SEEDS) {
      const [W, norms] = [randomMatrix(40, 50, seed), squaredNorms(50, seed)];
      const { mask, alpha, sparsity } = wandaVariantMask(W, norms, 0.5);
      const S = wandaMetric(W, norms).data;
      expect(sparsity).toBe((2000 - keptCount(mask)) / 2000);
      expect(Math.abs(sparsity - 0.5)).toBeLessThanOrEqual(0.001);
      for (let start = 0; start < S.length; start += 50) {
        const row = S.subarray(start, start + 50);
        const kept = [...row.filter((_, j) => mask[start + j])];
        const pruned = [...row.filter((_, j) => !mask[start + j])];
        const share = alpha * row.reduce((sum, s) => sum + s, 0);
        const sum = pruned.reduce((total, s) => total + s, 0);
        expect(sum).toBeLessThanOrEqual(share * (1 + 1e-6));
        expect(sum + Math.min(...kept)).toBeGreaterThan(share * (1 - 1e-6));
        expect(Math.max(...pruned)).toBeLessThan(Math.min(...kept));
      }
    }
  });

  it("wandaVariantMask() keeps every weight of a row whose smallest is more than its share", () => {
    const { mask, alpha } = wandaVariantMask(matrix(1, 2, [1, 1]), Float32Array.of(1, 1), 0);
    expect([[...mask], alpha]).toEqual([[1, 1], 0.4]);
  });
});

describe("magnitudeMask()", () => {
  it("magnitudeMask() prunes one weight more than ⌊R·C · ratio⌋, the smallest of the whole matrix", () => {
    for (const ratio of [0, 0.1, 0.4, 0.5, 0.999]) {
      const W = randomMatrix(9, 11, 5);
      const mask = magnitudeMask(W, { ratio });
      expect(99 - keptCount(mask)).toBe(Math.trunc(99 * ratio) + 1);
      const size = (kept: number) => [...W.data.filter((_, i) => mask[i] === kept)].map(Math.abs);
      expect(Math.max(...size(0))).toBeLessThan(Math.min(Infinity, ...size(1)));
    }
  });

  it("magnitudeMask() prunes all weights at the threshold", () => {
    const W = matrix(2, 3, [-1, 1, 2, 1, -3, 1]);
    expect([...magnitudeMask(W, { ratio: 0.2 })]).toEqual([0, 0, 1, 0, 1, 0]);
  });

  it("magnitudeMask() prunes n of every run", () => {
    const metric = magnitudeMetric(randomMatrix(5, 24, 6));
    expect([...magnitudeMask(metric, { n: 2, m: 4 })]).toEqual(slowMask(metric, 4, 2));
  });

  it("magnitudeMask() refuses to prune everything", () => {
    expect(() => magnitudeMask(matrix(2, 2), { ratio: 1 })).toThrow(/must be below 1/);
  });
});
