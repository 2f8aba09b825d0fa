/**
 * What every backend's Wanda and DSnoT must be.
 * @module
 */
import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { ColumnStatistics } from "../../../kernels/column_statistics.ts";
import type { DsnotOptions, DsnotResult } from "../../../kernels/dsnot_options.ts";
import { magnitudeMetric } from "../../../kernels/magnitude.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { pruneSmallest, type SparsityPattern } from "../../../kernels/prune_smallest.ts";
import { referenceBackend } from "../../../kernels/reference.ts";
import { expectAllClose } from "../golden.ts";
import { statisticsOf } from "../pruning_golden.ts";
import { randomMatrix } from "../random.ts";
import { expectAgreement } from "./compare.ts";
import type { Suite } from "./suite_options.ts";

/** Asserts that DSnoT made the same of at least a share of the rows. */
export function expectSameDsnot(actual: DsnotResult, expected: DsnotResult, least: number): void {
  const { mask, errorsBefore, errorsAfter, swaps, cycles } = expected;
  const rows = swaps.length;
  const columns = mask.length / Math.max(rows, 1);
  const largest = errorsBefore.reduce((most, e) => Math.max(most, Math.abs(e)), 0);
  expectAllClose(actual.errorsBefore, errorsBefore, { atol: 1e-6 * largest }, "errors before");
  expect([actual.mask.length, actual.swaps.length]).toEqual([mask.length, rows]);
  let same = 0;
  for (let r = 0; r < rows; r++) {
    const row = (values: Uint8Array) => values.subarray(r * columns, (r + 1) * columns).join();
    if (actual.swaps[r] !== swaps[r] || row(actual.mask) !== row(mask)) continue;
    expectAllClose(
      [actual.errorsAfter[r]],
      [errorsAfter[r]],
      { atol: 1e-6 * largest },
      `error after of row ${r}`,
    );
    same++;
  }
  if (least === 1) expect(actual.cycles).toBe(cycles);
  if (same < least * rows) throw new Error(`DSnoT: ${same} of ${rows} rows are equal`);
}

const PATTERNS: readonly SparsityPattern[] = [
  { ratio: 0.5 },
  { ratio: 0.4 },
  { ratio: 0 },
  { ratio: 1 },
  { n: 2, m: 4 },
  { n: 4, m: 8 },
  { n: 0, m: 4 },
  { n: 4, m: 4 },
];

interface Layer {
  W: Matrix;
  statistics: ColumnStatistics;
}

/** A layer whose inputs have means, so that pruning leaves errors; the channels named dead have no input. */
function layerOf(rows: number, columns: number, seed: number, dead: number[] = []): Layer {
  const W = matrix(rows, columns, randomMatrix(rows, columns, seed).data.map((w) => w / 10));
  const means = randomMatrix(1, columns, seed + 50).data;
  const samples = [9, 5].map((tokens, s) => {
    const noise = randomMatrix(tokens, columns, seed + 100 + s).data;
    const value = (x: number, i: number) => dead.includes(i % columns) ? 0 : x + means[i % columns];
    return matrix(tokens, columns, noise.map(value));
  });
  return { W, statistics: statisticsOf(samples) };
}

/** Declares the tests of Wanda. */
export function testWanda({ backend, equalCodes }: Suite): void {
  const reference = referenceBackend();

  describe("wandaMask()", () => {
    for (const pattern of PATTERNS) {
      it(`wandaMask() equals the reference with ${JSON.stringify(pattern)}`, async () => {
        for (const [rows, columns] of [[1, 8], [5, 24], [9, 136], [16, 64]]) {
          const { W, statistics } = layerOf(rows, columns, rows, [1]);
          const norms = statistics.squaredNorms;
          const actual = await (await backend()).wandaMask(W, norms, pattern);
          const expected = await reference.wandaMask(W, norms, pattern);
          expectAgreement(actual, expected, equalCodes, "mask");
        }
      });
    }

    it("wandaMask() prunes the lower column of equal ones", async () => {
      const W = matrix(4, 16, Float32Array.from({ length: 64 }, (_, i) => i % 3 - 1));
      const norms = new Float32Array(16).fill(4);
      for (const pattern of [{ ratio: 0.5 }, { n: 2, m: 4 }]) {
        const actual = await (await backend()).wandaMask(W, norms, pattern);
        expectAgreement(actual, await reference.wandaMask(W, norms, pattern), 1, "mask");
      }
    });

    it("wandaMask() takes odd widths for ratios", async () => {
      const { W, statistics } = layerOf(3, 67, 9);
      const pattern = { ratio: 0.37 };
      const actual = await (await backend()).wandaMask(W, statistics.squaredNorms, pattern);
      const expected = await reference.wandaMask(W, statistics.squaredNorms, pattern);
      expectAgreement(actual, expected, equalCodes, "mask");
    });
  });
}

const DSNOT_OPTIONS: Record<string, Omit<DsnotOptions, "onSwap">> = {
  "the study's options": {},
  "the same sign kept": { sameSign: true },
  "the variance left out": { powerOfVariance: 0 },
  "another power of the variance": { powerOfVariance: 0.5 },
  "few cycles": { maxCycles: 3 },
  "no cycle": { maxCycles: 0 },
  "no threshold": { updateThreshold: 0, maxCycles: 9 },
  "resting rows": { stoppedRowsRest: true },
};

/** Declares the tests of DSnoT. */
export function testDsnot({ backend, equalRows }: Suite): void {
  const reference = referenceBackend();
  const LAYERS: [number, number, number[]][] = [[12, 160, []], [5, 136, [3, 9]], [1, 200, []]];

  describe("dsnot()", () => {
    for (const [name, options] of Object.entries(DSNOT_OPTIONS)) {
      it(`dsnot() equals the reference with ${name}`, async () => {
        for (const [i, [rows, columns, dead]] of LAYERS.entries()) {
          const { W, statistics } = layerOf(rows, columns, i + 1, dead);
          const mask = await reference.wandaMask(W, statistics.squaredNorms, { ratio: 0.5 });
          const before = mask.slice();
          const actual = await (await backend()).dsnot(W, mask, statistics, options);
          expect(mask).toEqual(before);
          const expected = await reference.dsnot(W, mask, statistics, options);
          expectSameDsnot(actual, expected, equalRows);
        }
      });
    }

    it("dsnot() begins from any mask, with any number of pruned weights in a row", async () => {
      const { W, statistics } = layerOf(8, 150, 4);
      const mask = pruneSmallest(magnitudeMetric(W), { ratio: 0.4 });
      mask.fill(1, 0, 60);
      const actual = await (await backend()).dsnot(W, mask, statistics);
      expectSameDsnot(actual, await reference.dsnot(W, mask, statistics), equalRows);
    });
  });

  describe("dsnotRuns()", () => {
    for (const metric of ["wanda", "magnitude"] as const) {
      it(`dsnotRuns() equals the reference by the metric ${metric}`, async () => {
        for (const [rows, columns, dead] of LAYERS) {
          const { W, statistics } = layerOf(rows, columns, columns, dead);
          for (const [n, m] of [[2, 4], [4, 8]]) {
            const mask = await reference.wandaMask(W, statistics.squaredNorms, { n, m });
            for (const settings of [{}, { maxCycles: 4, updateThreshold: 0 }]) {
              const options = { ...settings, m, metric };
              const actual = await (await backend()).dsnotRuns(W, mask, statistics, options);
              const expected = await reference.dsnotRuns(W, mask, statistics, options);
              expectSameDsnot(actual, expected, equalRows);
            }
          }
        }
      });
    }
  });
}
