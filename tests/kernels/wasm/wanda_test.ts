import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import type { SparsityPattern } from "../../../kernels/prune_smallest.ts";
import { wandaMask } from "../../../kernels/wanda.ts";
import { wandaWork } from "../../../kernels/wasm/wanda.ts";
import { itMatchesGolden } from "../golden.ts";
import { expectGoldenMask, goldenInputs, goldenPattern } from "../pruning_golden.ts";
import { randomMatrix, randomNumbers } from "../random.ts";
import { oddMatrix } from "./odd_values.ts";
import { ALL_BUILDS, onOneThread, onThreads, thrown } from "./ways.ts";

const SHAPES = [[1, 1], [3, 2], [5, 7], [4, 64], [9, 130], [2, 2051], [0, 8], [3, 0]];
const RATIOS = [0, 0.001, 0.25, 0.4, 0.5, 0.999, 1];

/** All n of m for each m of these that divides the columns, few of them for large m. */
function runsOf(columns: number): SparsityPattern[] {
  return [1, 2, 4, 8, 13, 16, 17, 26, 32, 65].filter((m) => columns % m === 0)
    .flatMap((m) => [0, 1, Math.floor(m / 2), m].map((n) => ({ n, m })));
}

function norms(columns: number, seed: number): Float32Array {
  return randomMatrix(1, columns, seed).data.map((x) => x * x);
}

for (const build of ALL_BUILDS) {
  describe(`wandaWork() (${build})`, () => {
    const prune = (weight: Matrix, squaredNorms: Float32Array, pattern: SparsityPattern) =>
      onOneThread(build, (space) => wandaWork(space, weight, squaredNorms, pattern));

    it("wandaWork() equals wandaMask() in every shape, for ratios and for runs", () => {
      SHAPES.forEach(([rows, columns], seed) => {
        const weight = randomMatrix(rows, columns, seed + 1);
        const squares = norms(columns, seed + 50);
        for (const pattern of [...RATIOS.map((ratio) => ({ ratio })), ...runsOf(columns)]) {
          expect(prune(weight, squares, pattern)).toEqual(wandaMask(weight, squares, pattern));
        }
      });
    });

    it("wandaWork() equals wandaMask() with ties, zeros, subnormal, huge, infinite and undefined metrics", () => {
      for (const [i, columns] of [16, 26, 61, 128].entries()) {
        const weight = oddMatrix(9, columns, i + 1);
        const squares = oddMatrix(1, columns, i + 20).data; // negative ones have no root
        for (const pattern of [...RATIOS.map((ratio) => ({ ratio })), ...runsOf(columns)]) {
          expect(prune(weight, squares, pattern)).toEqual(wandaMask(weight, squares, pattern));
        }
      }
    });

    it("wandaWork() prunes equal metrics from the left", () => {
      const weight = matrix(2, 40, new Float32Array(80).fill(1));
      const mask = prune(weight, new Float32Array(40).fill(2), { ratio: 0.5 });
      expect(mask).toEqual(Uint8Array.from({ length: 80 }, (_, i) => i % 40 < 20 ? 0 : 1));
    });

    it("wandaWork() refuses what wandaMask() refuses, in its words", () => {
      const weight = randomMatrix(2, 8, 3);
      const cases: [number, SparsityPattern][] = [
        [7, { ratio: 0.5 }],
        [8, { ratio: 1.5 }],
        [8, { ratio: NaN }],
        [8, { n: 1, m: 3 }],
        [8, { n: 5, m: 4 }],
        [8, { n: 0.5, m: 4 }],
      ];
      for (const [length, pattern] of cases) {
        const squares = new Float32Array(length);
        expect(thrown(() => prune(weight, squares, pattern)))
          .toEqual(thrown(() => wandaMask(weight, squares, pattern)));
      }
    });

    itMatchesGolden(
      "wanda",
      "wandaWork() equals the authors' code on",
      (id) => !id.includes("_mag") && !id.includes("variant"),
      (golden) => {
        const { W, statistics } = goldenInputs(golden);
        expectGoldenMask(prune(W, statistics.squaredNorms, goldenPattern(golden)), golden);
      },
    );
  });
}

describe("wandaWork() on threads", () => {
  it("wandaWork() gives the same mask on 1, 2 and 3 threads, for a weight of several pieces", async () => {
    const next = randomNumbers(5);
    const data = Float32Array.from({ length: 1500 * 1030 }, () => Math.round(40 * next() - 20));
    const weight = matrix(1500, 1030, data); // many ties
    const squares = norms(1030, 6);
    for (const pattern of [{ ratio: 0.4 }, { n: 2, m: 5 }]) {
      const expected = wandaMask(weight, squares, pattern);
      for (const threads of [1, 2, 3]) {
        expect(await onThreads(threads, (space) => wandaWork(space, weight, squares, pattern)))
          .toEqual(expected);
      }
    }
  });
});
