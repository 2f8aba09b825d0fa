import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { channelAbsmax } from "../../../kernels/channel_absmax.ts";
import {
  addColumnStatistics,
  type ColumnStatistics,
  emptyColumnStatistics,
} from "../../../kernels/column_statistics.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import {
  channelAbsmaxWork,
  columnStatisticsWork,
} from "../../../kernels/wasm/column_statistics.ts";
import { asMatrix, expectAllClose, itMatchesGolden, samples } from "../golden.ts";
import { expectGolden } from "../pruning_golden.ts";
import { randomMatrix } from "../random.ts";
import { oddMatrix } from "./odd_values.ts";
import { ALL_BUILDS, onOneThread, onThreads, thrown } from "./ways.ts";

/** Inputs whose columns have means, so that variances and squared norms differ. */
function inputsOf(rows: number, columns: number, seed: number): Matrix {
  const { data } = randomMatrix(rows, columns, seed);
  return matrix(rows, columns, data.map((x, i) => x * (1 + i % 7) + 10 * (i % columns % 3)));
}

const SHAPES = [[1, 1], [2, 3], [17, 4], [16, 33], [33, 66], [100, 130], [5, 0]];

for (const build of ALL_BUILDS) {
  describe(`column statistics (${build})`, () => {
    const add = (statistics: ColumnStatistics, inputs: Matrix, batch?: number) =>
      onOneThread(build, (space) => columnStatisticsWork(space, statistics, inputs, batch));
    const absmax = (inputs: Matrix, before?: Float32Array) =>
      onOneThread(build, (space) => channelAbsmaxWork(space, inputs, before));

    it("columnStatisticsWork() equals addColumnStatistics() in every shape, sample after sample", () => {
      SHAPES.forEach(([rows, columns], seed) => {
        let [actual, expected] = [emptyColumnStatistics(columns), emptyColumnStatistics(columns)];
        for (const batch of [1, 3]) {
          const inputs = inputsOf(rows, columns, seed + 10 * batch);
          actual = add(actual, inputs, batch);
          expected = addColumnStatistics(expected, inputs, batch);
          expect(actual).toEqual(expected);
        }
      });
    });

    it("columnStatisticsWork() equals addColumnStatistics() for zeros, subnormal, huge and undefined inputs", () => {
      for (const finite of [true, false]) {
        const [X, Y] = [oddMatrix(40, 21, 3, finite), oddMatrix(7, 21, 4, finite)];
        const before = addColumnStatistics(emptyColumnStatistics(21), X);
        expect(add(emptyColumnStatistics(21), X)).toEqual(before);
        expect(add(before, Y)).toEqual(addColumnStatistics(before, Y));
      }
    });

    it("columnStatisticsWork() and channelAbsmaxWork() take inputs of several pieces", () => {
      const X = inputsOf(1100, 1003, 5);
      const empty = emptyColumnStatistics(1003);
      expect(add(empty, X)).toEqual(addColumnStatistics(empty, X));
      expect(absmax(X)).toEqual(channelAbsmax(X));
    });

    it("channelAbsmaxWork() equals channelAbsmax(), with and without inputs before", () => {
      SHAPES.forEach(([rows, columns], seed) => {
        const [X, Y] = [inputsOf(rows, columns, seed), oddMatrix(rows, columns, seed + 9, true)];
        const before = channelAbsmax(X);
        expect(absmax(X)).toEqual(before);
        expect(absmax(Y, before)).toEqual(channelAbsmax(Y, before));
      });
      const before = Float32Array.of(Infinity, NaN, 2);
      const X = matrix(1, 3, [1, 2, -3]);
      expect(absmax(X, before)).toEqual(channelAbsmax(X, before));
    });

    it("columnStatisticsWork() and channelAbsmaxWork() refuse what the plain functions refuse, in their words", () => {
      const statistics = emptyColumnStatistics(3);
      const cases: [Matrix, number][] = [[matrix(1, 2), 1], [matrix(0, 3), 1], [matrix(1, 3), 0]];
      for (const [inputs, batch] of cases) {
        expect(thrown(() => add(statistics, inputs, batch)))
          .toEqual(thrown(() => addColumnStatistics(statistics, inputs, batch)));
      }
      const bad = matrix(2, 3, [1, 2, 3, 4, -Infinity, NaN]);
      expect(thrown(() => absmax(bad))).toEqual(thrown(() => channelAbsmax(bad)));
      const before = new Float32Array(2);
      expect(thrown(() => absmax(bad, before))).toEqual(thrown(() => channelAbsmax(bad, before)));
    });

    itMatchesGolden(
      "dsnot",
      "columnStatisticsWork() equals the references' accumulators on",
      () => true,
      (golden) => {
        const all = samples(golden.inputs.X);
        const statistics = all.reduce(
          (sum, X) => add(sum, X),
          emptyColumnStatistics(all[0].columns),
        );
        expectGolden(statistics.squaredNorms, "scaler_row", golden);
        expectGolden(statistics.sums, "sum_metric_row", golden);
        expectGolden(statistics.variances, "var", golden);
      },
    );

    itMatchesGolden(
      "smoothquant",
      "channelAbsmaxWork() gives SmoothQuant's statistics on",
      (id) => /^[ab]_.*085/.test(id),
      ({ inputs, tolerance }) => {
        for (const [name, act] of [["h1", "self_attn.q_proj"], ["h2", "mlp.up_proj"]]) {
          const expected = inputs[`act_scale.${act}`].data;
          expectAllClose(absmax(asMatrix(inputs[name])), expected, tolerance.act_scales, name);
        }
      },
    );
  });
}

describe("column statistics on threads", () => {
  it("columnStatisticsWork() and channelAbsmaxWork() give the same bits on 1, 2 and 3 threads", async () => {
    const X = inputsOf(300, 1001, 6);
    const empty = emptyColumnStatistics(1001);
    const [expected, largest] = [addColumnStatistics(empty, X), channelAbsmax(X)];
    for (const threads of [1, 2, 3]) {
      expect(await onThreads(threads, (space) => columnStatisticsWork(space, empty, X)))
        .toEqual(expected);
      expect(await onThreads(threads, (space) => channelAbsmaxWork(space, X))).toEqual(largest);
    }
  });
});
