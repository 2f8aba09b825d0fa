import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  addColumnStatistics,
  type ColumnStatistics,
  emptyColumnStatistics,
} from "../../../kernels/column_statistics.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { columnStatisticsWebgpu } from "../../../kernels/webgpu/column_statistics.ts";
import { itNeeds } from "../../needs.ts";
import { errorOf } from "../backends/compare.ts";
import { caseIds, expectAllClose, loadCase, samples } from "../golden.ts";
import { expectGolden, statisticsOf } from "../pruning_golden.ts";
import { randomMatrix } from "../random.ts";
import { LAVAPIPE, lavapipe } from "./adapter.ts";

/** Channels of different sizes, means and spreads: a mean may be a thousand times the spread. */
function inputsOf(tokens: number, C: number, seed: number): Matrix {
  const { data } = randomMatrix(tokens, C, seed);
  return matrix(
    tokens,
    C,
    data.map((x, i) => (x + 1000 * (i % C % 3 - 1)) * 10 ** (i % C % 7 - 3)),
  );
}

const total = (lengths: readonly number[]) => lengths.reduce((sum, length) => sum + length, 0);

/** The statistics, one sample after the other. */
function reference(
  statistics: ColumnStatistics,
  { columns: C, data }: Matrix,
  lengths: readonly number[],
): ColumnStatistics {
  let at = 0;
  for (const length of lengths) {
    statistics = addColumnStatistics(
      statistics,
      matrix(length, C, data.slice(at, at += length * C)),
    );
  }
  return statistics;
}

function expectStatistics(actual: ColumnStatistics, expected: ColumnStatistics): void {
  const { samples, tokens, ...arrays } = expected;
  expect(actual).toMatchObject({ samples, tokens });
  for (const [name, values] of Object.entries(arrays)) {
    expectAllClose(actual[name as keyof typeof arrays], values, { rtol: 1e-6 }, name);
  }
}

/** The share of values that are equal to the bit. */
function equalShare(a: ColumnStatistics, b: ColumnStatistics): number {
  const all = (s: ColumnStatistics) => [...s.squaredNorms, ...s.sums, ...s.variances];
  const [one, other] = [all(a), all(b)];
  return one.filter((x, i) => Object.is(x, other[i])).length / one.length;
}

const BATCHES = [[5], [1, 17, 64], [3, 3], [130]];

describe("columnStatisticsWebgpu()", () => {
  itNeeds(
    LAVAPIPE,
    "columnStatisticsWebgpu() is within 1e-6 of addColumnStatistics(), and mostly equal",
    async () => {
      const gpu = await lavapipe();
      for (const C of [1, 7, 64, 67, 130]) {
        let actual = emptyColumnStatistics(C);
        let expected = actual;
        for (const [b, lengths] of BATCHES.entries()) {
          const inputs = inputsOf(total(lengths), C, C + b);
          expected = reference(expected, inputs, lengths);
          actual = await columnStatisticsWebgpu(gpu, actual, inputs, lengths);
          expectStatistics(actual, expected);
        }
        expect(equalShare(actual, expected)).toBeGreaterThan(0.99);
      }
    },
  );

  itNeeds(
    LAVAPIPE,
    "columnStatisticsWebgpu() sees past an outlier in the first token, and sums that cancel",
    async () => {
      const gpu = await lavapipe();
      const T = 600;
      const inputs = randomMatrix(T, 4, 1);
      for (let t = 0; t < T; t++) inputs.data[t * 4 + 1] = (t % 2 ? 1 : -1) * 1e4 + t * 1e-3;
      inputs.data[0] = 3e5;
      const expected = reference(emptyColumnStatistics(4), inputs, [T]);
      const actual = await columnStatisticsWebgpu(gpu, emptyColumnStatistics(4), inputs, [T]);
      expectStatistics(actual, expected);
    },
  );

  itNeeds(
    LAVAPIPE,
    "columnStatisticsWebgpu() gives dead and constant channels a variance of exactly 0",
    async () => {
      const gpu = await lavapipe();
      const inputs = matrix(37, 3, Array.from({ length: 111 }, (_, i) => [0, 0.1, -7.3][i % 3]));
      const empty = emptyColumnStatistics(3);
      const { squaredNorms, sums, variances } = await columnStatisticsWebgpu(gpu, empty, inputs, [
        36,
        1,
      ]);
      expect([...variances, squaredNorms[0], sums[0]]).toEqual([0, 0, 0, 0, 0]);
    },
  );

  itNeeds(
    LAVAPIPE,
    "columnStatisticsWebgpu() gives the same in parts, of samples and within a sample",
    async () => {
      const gpu = await lavapipe();
      const C = 9;
      const lengths = [3, 20, 1, 1, 8];
      const inputs = inputsOf(total(lengths), C, 3);
      const whole = await columnStatisticsWebgpu(gpu, emptyColumnStatistics(C), inputs, lengths);
      for (const panelBytes of [1, 4 * C, 6 * 4 * C, 12 * 4 * C]) {
        const empty = emptyColumnStatistics(C);
        const parts = await columnStatisticsWebgpu(gpu, empty, inputs, lengths, { panelBytes });
        expect(parts).toEqual(whole);
      }
    },
  );

  itNeeds(
    LAVAPIPE,
    "columnStatisticsWebgpu() equals addColumnStatistics() where float32 ends",
    async () => {
      const gpu = await lavapipe();
      for (const value of [NaN, Infinity, 3e30]) {
        const inputs = inputsOf(12, 4, 1);
        inputs.data[21] = value;
        const expected = reference(emptyColumnStatistics(4), inputs, [4, 8]);
        const actual = await columnStatisticsWebgpu(gpu, emptyColumnStatistics(4), inputs, [4, 8]);
        expectStatistics(actual, expected);
      }
    },
  );

  itNeeds(LAVAPIPE, "columnStatisticsWebgpu() refuses other channels and no tokens", async () => {
    const gpu = await lavapipe();
    const empty = emptyColumnStatistics(5);
    for (const [inputs, lengths] of [[matrix(1, 4), [1]], [matrix(0, 5), []]] as const) {
      const refusal = await errorOf(() => addColumnStatistics(empty, inputs, lengths.length));
      expect(await errorOf(() => columnStatisticsWebgpu(gpu, empty, inputs, lengths))).toEqual(
        refusal,
      );
    }
  });

  itNeeds(
    LAVAPIPE,
    "columnStatisticsWebgpu() equals the references on the golden vectors' inputs",
    async () => {
      const gpu = await lavapipe();
      for (const id of caseIds("dsnot", "committed")) {
        const golden = await loadCase("dsnot", id, "committed");
        const X = samples(golden.inputs.X);
        const C = X[0].columns;
        const all = matrix(total(X.map(({ rows }) => rows)), C, X.flatMap(({ data }) => [...data]));
        const empty = emptyColumnStatistics(C);
        const actual = await columnStatisticsWebgpu(gpu, empty, all, X.map(({ rows }) => rows));
        expectStatistics(actual, statisticsOf(X));
        expectGolden(actual.squaredNorms, "scaler_row", golden);
        expectGolden(actual.sums, "sum_metric_row", golden);
        expectGolden(actual.variances, "var", golden);
      }
    },
  );
});
