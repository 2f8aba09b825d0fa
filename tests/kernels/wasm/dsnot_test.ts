import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { ColumnStatistics } from "../../../kernels/column_statistics.ts";
import { dsnot } from "../../../kernels/dsnot.ts";
import { dsnotRuns, type DsnotRunsOptions } from "../../../kernels/dsnot_nm.ts";
import type { DsnotOptions, DsnotResult } from "../../../kernels/dsnot_options.ts";
import { magnitudeMetric } from "../../../kernels/magnitude.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { pruneSmallest, type SparsityPattern } from "../../../kernels/prune_smallest.ts";
import { wandaMask } from "../../../kernels/wanda.ts";
import { dsnotRunsWork, dsnotWork } from "../../../kernels/wasm/dsnot.ts";
import { expectAllEqual, itMatchesGolden } from "../golden.ts";
import { expectGolden, expectGoldenMask, goldenInputs, goldenPattern } from "../pruning_golden.ts";
import { randomMatrix } from "../random.ts";
import { randomMask } from "./layers.ts";
import { oddMatrix } from "./odd_values.ts";
import { ALL_BUILDS, onOneThread, onThreads, thrown } from "./ways.ts";

interface Layer {
  readonly W: Matrix;
  readonly statistics: ColumnStatistics;
}

/** A layer whose inputs have means, so that pruning leaves errors; every ninth channel is dead. */
function layerOf(rows: number, columns: number, seed: number): Layer {
  const W = matrix(rows, columns, randomMatrix(rows, columns, seed).data.map((w) => w / 10));
  const [sums, variances] = [60, 70].map((more) => randomMatrix(1, columns, seed + more).data);
  const live = sums.map((_, j) => j % 9 === 8 ? 0 : 1);
  return {
    W,
    statistics: {
      samples: 2,
      tokens: 20,
      squaredNorms: sums.map((s, j) => live[j] * (s * s + Math.abs(variances[j]))),
      sums: sums.map((s, j) => live[j] * s),
      variances: variances.map((v, j) => live[j] * Math.abs(v)),
    },
  };
}

/** A layer of odd values, some of its statistics negative, infinite or undefined. */
function oddLayer(rows: number, columns: number, seed: number, finite: boolean): Layer {
  const [squaredNorms, sums, variances] = [1, 2, 3].map((more) =>
    oddMatrix(1, columns, seed + more, finite).data
  );
  const statistics = { samples: 1, tokens: 1, squaredNorms, sums, variances };
  return { W: oddMatrix(rows, columns, seed, finite), statistics };
}

/** What happens, be it a result or an error. */
function outcome(run: () => DsnotResult): unknown {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

const OPTIONS: readonly DsnotOptions[] = [false, true].flatMap((sameSign) =>
  [false, true].flatMap((stoppedRowsRest) =>
    [0, 1, 2, 7, 20, 50, 1000].flatMap((maxCycles) =>
      [{ powerOfVariance: 1 }, { powerOfVariance: 0, updateThreshold: 0 }, {
        powerOfVariance: -0.5,
      }]
        .map((more) => ({ sameSign, stoppedRowsRest, maxCycles, ...more }))
    )
  )
);

for (const build of ALL_BUILDS) {
  const unstructured = ({ W, statistics }: Layer, mask: Uint8Array, options?: DsnotOptions) =>
    onOneThread(build, (space) => dsnotWork(space, W, mask, statistics, options));
  const inRuns = ({ W, statistics }: Layer, mask: Uint8Array, options: DsnotRunsOptions) =>
    onOneThread(build, (space) => dsnotRunsWork(space, W, mask, statistics, options));

  /** Compares with the plain function on a layer and a mask in all options; gives how many runs of its lists were used up. */
  const compare = (
    layer: Layer,
    mask: Uint8Array,
    runs?: Pick<DsnotRunsOptions, "m" | "metric">,
  ) => {
    let failed = 0;
    for (const options of OPTIONS) {
      const { W, statistics } = layer;
      const expected = outcome(() =>
        runs
          ? dsnotRuns(W, mask, statistics, { ...options, ...runs })
          : dsnot(W, mask, statistics, options)
      );
      const actual = outcome(() =>
        runs ? inRuns(layer, mask, { ...options, ...runs }) : unstructured(layer, mask, options)
      );
      expect(actual).toEqual(expected);
      if (typeof expected === "string") failed++;
    }
    return failed;
  };

  describe(`dsnotWork() (${build})`, () => {
    it("dsnotWork() equals dsnot() in every shape and with all options, the errors of lists that are used up among it", () => {
      const shapes = [[1, 1], [3, 2], [4, 7], [6, 30], [12, 96], [9, 131], [0, 5], [2, 0]];
      let failed = 0;
      shapes.forEach(([rows, columns], seed) => {
        const layer = layerOf(rows, columns, seed + 1);
        for (const ratio of [0.1, 0.5, 0.9]) {
          const mask = wandaMask(layer.W, layer.statistics.squaredNorms, { ratio });
          failed += compare(layer, mask);
        }
        failed += compare(layer, randomMask(rows * columns, seed));
      });
      expect(failed).toBeGreaterThan(100);
      expect(failed).toBeLessThan(shapes.length * 4 * OPTIONS.length / 2);
    });

    it("dsnotWork() equals dsnot() for ties, zeros, subnormal, huge, infinite and undefined values", () => {
      for (const finite of [true, false]) {
        for (const [seed, columns] of [24, 61, 128].entries()) {
          const layer = oddLayer(16, columns, 10 * seed + 1, finite);
          compare(layer, randomMask(16 * columns, seed + 5));
        }
      }
    });

    it("dsnotWork() and dsnotRunsWork() leave the mask as it is and refuse what the plain functions refuse", () => {
      const layer = layerOf(2, 8, 4);
      const { W, statistics } = layer;
      const mask = randomMask(16, 5);
      const before = mask.slice();
      unstructured(layer, mask, { maxCycles: 2 });
      expect(mask).toEqual(before);
      const short = { ...statistics, sums: new Float32Array(7) };
      const norms = { ...statistics, squaredNorms: new Float32Array(7) };
      const cases: [Uint8Array, ColumnStatistics, DsnotOptions][] = [
        [mask.subarray(1), statistics, {}],
        [mask.map((kept) => 2 * kept), statistics, {}],
        [mask, short, {}],
        [mask, norms, {}],
        [mask, statistics, { maxCycles: 0.5 }],
        [mask, statistics, { updateThreshold: -1 }],
        [mask, statistics, { powerOfVariance: NaN }],
      ];
      for (const [wrong, given, options] of cases) {
        const bad = { W, statistics: given };
        expect(thrown(() => unstructured(bad, wrong, options)))
          .toEqual(thrown(() => dsnot(W, wrong, given, options)));
        const runs = { ...options, m: 4 };
        expect(thrown(() => inRuns(bad, wrong, runs)))
          .toEqual(thrown(() => dsnotRuns(W, wrong, given, runs)));
      }
      const wrongRuns = [{ m: 3 }, { m: 0 }, { m: 4, metric: "none" as "wanda" }];
      for (const runs of wrongRuns) {
        expect(thrown(() => inRuns(layer, mask, runs)))
          .toEqual(thrown(() => dsnotRuns(W, mask, statistics, runs)));
      }
    });
  });

  describe(`dsnotRunsWork() (${build})`, () => {
    it("dsnotRunsWork() equals dsnotRuns() for runs of every length and both metrics", () => {
      const shapes = [[1, 1, 1], [3, 8, 4], [5, 30, 5], [12, 96, 4], [7, 88, 8], [4, 40, 40]];
      shapes.forEach(([rows, columns, m], seed) => {
        const layer = layerOf(rows, columns, seed + 20);
        const pattern: SparsityPattern = { n: Math.ceil(m / 2), m };
        const masks = {
          wanda: wandaMask(layer.W, layer.statistics.squaredNorms, pattern),
          magnitude: pruneSmallest(magnitudeMetric(layer.W), pattern),
        };
        for (const metric of ["wanda", "magnitude"] as const) {
          compare(layer, masks[metric], { m, metric });
        }
        compare(layer, randomMask(rows * columns, seed), { m });
      });
    });

    it("dsnotRunsWork() equals dsnotRuns() for ties, zeros, subnormal, huge, infinite and undefined values", () => {
      for (const finite of [true, false]) {
        for (const [seed, columns] of [24, 60, 128].entries()) {
          const layer = oddLayer(16, columns, 10 * seed + 2, finite);
          compare(layer, randomMask(16 * columns, seed + 6), { m: 4 });
        }
      }
    });
  });

  describe(`DSnoT's vectors (${build})`, () => {
    itMatchesGolden(
      "dsnot",
      "dsnotWork() and dsnotRunsWork() equal the references on",
      (id) => !id.includes("_mlp_"),
      (golden) => {
        const { params, tensors, entry } = golden;
        const layer = goldenInputs(golden);
        const options: DsnotOptions = {
          maxCycles: params.max_cycle_time,
          updateThreshold: params.update_threshold,
          powerOfVariance: params.pow_of_var_regrowing,
          sameSign: !params.without_same_sign,
        };
        const pattern = goldenPattern(golden);
        const { initial_method: metric, prune_m: m } = params;
        const first = metric === "wanda"
          ? wandaMask(layer.W, layer.statistics.squaredNorms, pattern)
          : pruneSmallest(magnitudeMetric(layer.W), pattern);
        const result = params.prune_n === 0
          ? unstructured(layer, first, options)
          : inRuns(layer, first, { ...options, m, metric });
        expect(result.cycles).toBe(entry.cycles);
        expectAllEqual(result.swaps, tensors.swaps_per_row.data, "swaps_per_row");
        expectGolden(result.errorsBefore, "error_before", golden, "error_before/after");
        expectGolden(result.errorsAfter, "error_after", golden, "error_before/after");
        expectGoldenMask(result.mask, golden);
      },
    );
  });
}

describe("dsnotWork() on threads", () => {
  it("dsnotWork() gives the same result on 1, 2 and 3 threads, for a weight of several pieces", async () => {
    const { W, statistics } = layerOf(700, 1601, 7);
    const mask = wandaMask(W, statistics.squaredNorms, { ratio: 0.5 });
    const expected = dsnot(W, mask, statistics);
    for (const threads of [1, 2, 3]) {
      expect(await onThreads(threads, (space) => dsnotWork(space, W, mask, statistics)))
        .toEqual(expected);
    }
  });
});
