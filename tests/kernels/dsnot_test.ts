import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { ColumnStatistics } from "../../kernels/column_statistics.ts";
import { dsnot } from "../../kernels/dsnot.ts";
import { dsnotRuns } from "../../kernels/dsnot_nm.ts";
import {
  DSNOT_DEFAULTS,
  type DsnotOptions,
  type DsnotResult,
  type DsnotSwap,
} from "../../kernels/dsnot_options.ts";
import { dsnotMetric } from "../../kernels/dsnot_rows.ts";
import { magnitudeMetric } from "../../kernels/magnitude.ts";
import { keptCount, keptPerRow } from "../../kernels/mask.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { pruneSmallest, type SparsityPattern } from "../../kernels/prune_smallest.ts";
import { wandaMetric } from "../../kernels/wanda.ts";
import { slowDsnotRow } from "./dsnot_oracle.ts";
import { statisticsOf } from "./pruning_golden.ts";
import { randomMatrix } from "./random.ts";

const [R, C] = [12, 96];

interface Problem {
  W: Matrix;
  statistics: ColumnStatistics;
  mask: Uint8Array;
  metric: Matrix;
}

/** A layer whose inputs have means, so that pruning leaves errors. */
function problem(seed: number, pattern: SparsityPattern, magnitude = false): Problem {
  const W = matrix(R, C, randomMatrix(R, C, seed).data.map((w) => w / 10));
  const means = randomMatrix(1, C, seed + 50).data;
  const X = [9, 5].map((tokens, s) => {
    const noise = randomMatrix(tokens, C, seed + 100 + s).data;
    return matrix(tokens, C, noise.map((x, i) => x + means[i % C]));
  });
  const statistics = statisticsOf(X);
  const metric = magnitude ? magnitudeMetric(W) : wandaMetric(W, statistics.squaredNorms);
  return { W, statistics, metric, mask: pruneSmallest(metric, pattern) };
}

const HALF = { ratio: 0.5 };
const RUNS = { n: 2, m: 4 };
const SEEDS = [1, 2, 3];

/** Runs DSnoT, unstructured if m is 0, and gives the accepted swaps too. */
function run(
  { W, statistics, mask }: Problem,
  m: number,
  options: DsnotOptions,
  metric: "wanda" | "magnitude" = "wanda",
): DsnotResult & { accepted: DsnotSwap[] } {
  const accepted: DsnotSwap[] = [];
  const all = { ...options, onSwap: (swap: DsnotSwap) => accepted.push(swap) };
  const result = m === 0
    ? dsnot(W, mask, statistics, all)
    : dsnotRuns(W, mask, statistics, { ...all, m, metric });
  return { ...result, accepted };
}

const errorOf = (M: Float32Array, mask: Uint8Array) =>
  M.reduce((sum, m, j) => mask[j] ? sum : sum + m, 0);

/** Checks each row's swaps against the rule and a mask kept here; gives the number of swaps that were inside the lists. */
function checkSwaps(
  at: Problem,
  { accepted }: { accepted: DsnotSwap[] },
  sameSign: boolean,
): number {
  const metric = dsnotMetric(at.W, at.statistics.sums).data;
  let inside = 0;
  for (let i = 0; i < R; i++) {
    const M = metric.subarray(i * C, (i + 1) * C);
    const mask = at.mask.slice(i * C, (i + 1) * C);
    const first = Math.sign(errorOf(M, mask));
    for (const swap of accepted.filter(({ row }) => row === i)) {
      const { pruned, regrown, errorBefore, errorAfter } = swap;
      expect(Math.abs(errorBefore)).toBeGreaterThan(Math.fround(0.1));
      if (sameSign) expect(Math.sign(errorAfter)).toBe(first);
      if (mask[regrown] === 1 || mask[pruned] === 0) break; // a pointer has left its part of the list
      mask[regrown] = 1;
      mask[pruned] = 0;
      expect(Math.abs(errorAfter - errorOf(M, mask))).toBeLessThan(2e-5);
      inside++;
    }
  }
  return inside;
}

/** Checks every row against the slow oracle; gives the number of rows that ended by their own rules. */
function checkOracle(
  at: Problem,
  result: { accepted: DsnotSwap[] },
  m: number,
  sameSign: boolean,
  power: number,
): number {
  const M = dsnotMetric(at.W, at.statistics.sums).data;
  let ended = 0;
  for (let i = 0; i < R; i++) {
    const row = [...M.subarray(i * C, (i + 1) * C)];
    const slow = slowDsnotRow({
      M: row,
      metric: [...at.metric.data.subarray(i * C, (i + 1) * C)],
      key: row.map((value, j) => value / at.statistics.variances[j] ** power),
      pruned: row.map((_, j) => j).filter((j) => at.mask[i * C + j] === 0),
      m,
      threshold: 0.1,
      sameSign,
      maxCycles: 40,
    });
    const swaps = result.accepted.filter((swap) => swap.row === i)
      .map(({ pruned, regrown }) => ({ pruned, regrown }));
    expect(swaps.slice(0, slow.swaps.length)).toEqual(slow.swaps);
    if (!slow.ended) continue;
    expect(swaps.length).toBe(slow.swaps.length);
    ended++;
  }
  return ended;
}

describe("dsnot()", () => {
  it("dsnot() accepts swaps by its rule only, and its error is that of the mask while pointers stay inside the lists", () => {
    for (const seed of SEEDS) {
      for (const sameSign of [false, true]) {
        const at = problem(seed, HALF);
        const result = run(at, 0, { sameSign, maxCycles: 40 });
        expect(checkSwaps(at, result, sameSign)).toBeGreaterThan(R / 2);
        expect(result.accepted.length).toBe(result.swaps.reduce((sum, n) => sum + n, 0));
      }
    }
  });

  it("dsnot() equals a search among the weights not offered before", () => {
    let ended = 0;
    for (const seed of SEEDS) {
      for (
        const [sameSign, powerOfVariance] of [[false, 1], [true, 1], [false, 0], [true, 2]] as const
      ) {
        const at = problem(seed, { ratio: 0.4 });
        const result = run(at, 0, { sameSign, powerOfVariance, maxCycles: 40 });
        ended += checkOracle(at, result, 0, sameSign, powerOfVariance);
      }
    }
    expect(ended).toBeGreaterThan(0.8 * SEEDS.length * 4 * R);
  });

  it("dsnot() lowers the mean error, and in rest mode only accepted swaps change the mask", () => {
    for (const seed of SEEDS) {
      const at = problem(seed, HALF);
      const { mask, errorsBefore, errorsAfter, swaps } = run(at, 0, {
        stoppedRowsRest: true,
        maxCycles: 40,
      });
      const size = (errors: Float32Array) => errors.reduce((sum, e) => sum + Math.abs(e), 0);
      expect(size(errorsAfter)).toBeLessThan(size(errorsBefore) / 2);
      const kept = [...keptPerRow(mask, C)];
      kept.forEach((count, i) => swaps[i] < 10 && expect(count).toBe(C / 2));
    }
  });

  it("dsnot() with the study's stopped rows loses weights of narrow layers that rest mode keeps", () => {
    const at = problem(2, { ratio: 0.3 });
    const options = { maxCycles: 40, updateThreshold: 0.05 };
    const lost = (stoppedRowsRest: boolean) =>
      keptCount(at.mask) - keptCount(run(at, 0, { ...options, stoppedRowsRest }).mask);
    expect(lost(false)).toBeGreaterThan(100);
    expect(Math.abs(lost(true))).toBeLessThan(10);
  });

  it("dsnot() of no cycles, or of errors at the float32 threshold, leaves the mask", () => {
    const at = problem(1, HALF);
    expect(run(at, 0, { maxCycles: 0 }).mask).toEqual(at.mask);
    const one = Float32Array.of(1, 1, 1, 1);
    const statistics = { ...at.statistics, squaredNorms: one, sums: one, variances: one };
    const W = matrix(1, 4, [0.1, 0, 1, -1]);
    const { mask, cycles, errorsAfter } = dsnot(W, Uint8Array.of(0, 0, 1, 1), statistics);
    expect([[...mask], cycles, errorsAfter[0]]).toEqual([[0, 0, 1, 1], 1, Math.fround(0.1)]);
  });

  it("dsnot() regrows channels that are always 0 first where the error is positive, since 0 / 0 sorts last", () => {
    const statistics = {
      samples: 1,
      tokens: 1,
      squaredNorms: Float32Array.of(0, 1, 1, 1, 1, 1),
      sums: Float32Array.of(0, 1, 1, 1, 1, 1),
      variances: Float32Array.of(0, 1, 1, 1, 1, 1),
    };
    const W = matrix(1, 6, [1, 1, 2, -3, -4, 5]);
    const accepted: DsnotSwap[] = [];
    const options = { maxCycles: 2, onSwap: (swap: DsnotSwap) => accepted.push(swap) };
    dsnot(W, Uint8Array.of(0, 0, 0, 1, 1, 1), statistics, options);
    // e = 3: 0 comes back for -3, which leaves e = 0 and stops the row
    expect(accepted).toEqual([
      { cycle: 1, row: 0, pruned: 3, regrown: 0, errorBefore: 3, errorAfter: 0 },
    ]);
  });

  it("dsnot() leaves what it is given as it is", () => {
    const at = problem(3, HALF);
    const copy = structuredClone(at);
    run(at, 0, { maxCycles: 40 });
    run({ ...at, mask: pruneSmallest(at.metric, RUNS) }, 4, {});
    expect(at).toEqual(copy);
  });

  it("dsnot() says when a row keeps fewer weights than it has cycles and its list is used up", () => {
    const at = problem(1, { ratio: 0.9 });
    expect(() => run(at, 0, { updateThreshold: 0 }))
      .toThrow(/list of 10 columns to prune is used up; maxCycles of at most 10/);
  });

  it("dsnot() refuses what does not fit, before it begins", () => {
    const { W, statistics, mask } = problem(1, HALF);
    expect(() => dsnot(W, mask.subarray(1), statistics)).toThrow(/its mask must have 1152/);
    expect(() => dsnot(matrix(1, 2), mask.subarray(0, 2), statistics)).toThrow(/are of 96 columns/);
    expect(() => dsnot(W, mask, statistics, { maxCycles: 1.5 })).toThrow(/maxCycles 1.5/);
    expect(() => dsnot(W, mask, statistics, { updateThreshold: -1 })).toThrow(/updateThreshold -1/);
    expect(() => dsnot(W, mask, statistics, { powerOfVariance: NaN })).toThrow(/finite/);
  });

  it("DSNOT_DEFAULTS are what is used when nothing is said", () => {
    const at = problem(2, { ratio: 0.4 });
    expect(run(at, 0, {})).toEqual(run(at, 0, DSNOT_DEFAULTS));
  });
});

describe("dsnotRuns()", () => {
  it("dsnotRuns() accepts swaps by its rule only, never lets an error change sign, and counts it right", () => {
    for (const seed of SEEDS) {
      const at = problem(seed, RUNS);
      const result = run(at, 4, { sameSign: false });
      expect(checkSwaps(at, result, true)).toBeGreaterThan(R);
    }
  });

  it("dsnotRuns() equals a search among the weights not offered before, from Wanda and from magnitude", () => {
    for (const metric of ["wanda", "magnitude"] as const) {
      for (const { n, m } of [RUNS, { n: 4, m: 8 }, { n: 1, m: 3 }]) {
        const at = problem(m, { n, m }, metric === "magnitude");
        const result = run(at, m, { maxCycles: 40 }, metric);
        expect(checkOracle(at, result, m, true, 1)).toBeGreaterThan(R / 2);
      }
    }
  });

  it("dsnotRuns() swaps inside runs, and keeps n of every m in rows whose swaps are all of pruned for kept weights", () => {
    let rows = 0;
    for (const seed of SEEDS) {
      const at = problem(seed, RUNS);
      const { mask, accepted } = run(at, 4, { stoppedRowsRest: true });
      for (const { pruned, regrown } of accepted) {
        expect(Math.floor(pruned / 4)).toBe(Math.floor(regrown / 4));
      }
      for (let i = 0; i < R; i++) {
        const isKept = (j: number) => at.mask[i * C + j] === 1;
        const swaps = accepted.filter(({ row }) => row === i);
        if (swaps.some(({ pruned, regrown }) => !isKept(pruned) || isKept(regrown))) continue;
        const counts = keptPerRow(mask.subarray(i * C, (i + 1) * C), 4);
        expect([...counts]).toEqual(Array(C / 4).fill(2));
        rows++;
      }
    }
    expect(rows).toBeGreaterThan(R);
  });

  it("dsnotRuns() refuses runs that do not divide the columns, and unknown metrics", () => {
    const at = problem(1, RUNS);
    expect(() => run(at, 4, {}, "size" as "wanda")).toThrow(/metric "size"/);
    expect(() => run(at, 5, {})).toThrow(/96 columns into runs of 5/);
  });
});
