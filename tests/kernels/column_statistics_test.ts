import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { addColumnStatistics, emptyColumnStatistics } from "../../kernels/column_statistics.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { expectAllClose, expectAllEqual } from "./golden.ts";
import { statisticsOf } from "./pruning_golden.ts";
import { randomMatrix } from "./random.ts";

const C = 5;
const SAMPLES = [3, 17, 1, 8].map((tokens, seed) => randomMatrix(tokens, C, seed));
const column = ({ columns, data }: Matrix, j: number) =>
  [...data].filter((_, i) => i % columns === j);
const total = (values: number[]) => values.reduce((sum, x) => sum + x, 0);
const eachColumn = (value: (j: number) => number) => Array.from({ length: C }, (_, j) => value(j));

describe("addColumnStatistics()", () => {
  it("addColumnStatistics() has means over samples of each sample's squared norms and sums", () => {
    const { squaredNorms, sums, samples, tokens } = statisticsOf(SAMPLES);
    expect([samples, tokens]).toEqual([4, 29]);
    const norms = eachColumn((j) =>
      total(SAMPLES.flatMap((X) => column(X, j)).map((x) => x * x)) / 4
    );
    expectAllClose(squaredNorms, norms, { rtol: 1e-6 }, "squaredNorms");
    const means = eachColumn((j) => total(SAMPLES.flatMap((X) => column(X, j))) / 4);
    expectAllClose(sums, means, { rtol: 1e-6, atol: 1e-6 }, "sums");
  });

  it("addColumnStatistics() has the token-weighted mean of the samples' population variances", () => {
    const squares = (x: number[]) => total(x.map((value) => (value - total(x) / x.length) ** 2));
    const variances = eachColumn((j) => total(SAMPLES.map((X) => squares(column(X, j)))) / 29);
    expectAllClose(statisticsOf(SAMPLES).variances, variances, { rtol: 1e-6 }, "variances");
  });

  it("addColumnStatistics() counts samples in a batch, whose variance is taken over all its tokens", () => {
    const [A, B] = [randomMatrix(4, C, 1), randomMatrix(4, C, 2)];
    const both = matrix(8, C, Float32Array.of(...A.data, ...B.data));
    const apart = statisticsOf([A, B]);
    const together = addColumnStatistics(emptyColumnStatistics(C), both, 2);
    expectAllClose(together.squaredNorms, apart.squaredNorms, { rtol: 1e-6 }, "squaredNorms");
    expectAllClose(together.sums, apart.sums, { rtol: 1e-6, atol: 1e-6 }, "sums");
    const alone = addColumnStatistics(emptyColumnStatistics(C), both, 1);
    expectAllEqual(together.variances, alone.variances, "variances");
    expect([...together.variances]).not.toEqual([...apart.variances]);
  });

  it("addColumnStatistics() gives a dead or constant channel a variance of exactly 0", () => {
    const inputs = matrix(37, 2, Array.from({ length: 74 }, (_, i) => i % 2 ? 0.1 : 0));
    const { squaredNorms, sums, variances } = statisticsOf([inputs, inputs]);
    expect([...variances, squaredNorms[0], sums[0]]).toEqual([0, 0, 0, 0]);
  });

  it("addColumnStatistics() leaves what it is given as it is", () => {
    const before = statisticsOf(SAMPLES);
    const copy = structuredClone(before);
    addColumnStatistics(before, SAMPLES[0]);
    expect(before).toEqual(copy);
  });

  it("addColumnStatistics() refuses other channels, no tokens and no samples", () => {
    const statistics = emptyColumnStatistics(C);
    expect(() => addColumnStatistics(statistics, matrix(1, 4))).toThrow(/they are of 5 channels/);
    expect(() => addColumnStatistics(statistics, matrix(0, C))).toThrow(/at least one token/);
    expect(() => addColumnStatistics(statistics, matrix(1, C), 0)).toThrow(/0 samples/);
  });
});
