/**
 * What every backend's statistics must be.
 * @module
 */
import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { InputStatistics, StatisticKind } from "../../../kernels/backend.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { referenceBackend } from "../../../kernels/reference.ts";
import { expectAllClose, expectAllEqual } from "../golden.ts";
import { randomMatrix } from "../random.ts";
import type { Suite } from "./suite_options.ts";

const KINDS: readonly StatisticKind[] = ["hessian", "columns", "absmax"];

/** Tokens of the samples of each batch. */
const BATCHES = [[5], [1, 17, 64], [3, 3], [130]];

/** Inputs of a batch, with channels of different sizes and means. */
function inputsOf(columns: number, lengths: readonly number[], seed: number): Matrix {
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const { data } = randomMatrix(tokens, columns, seed);
  return matrix(tokens, columns, data.map((x, i) => (1 + i % columns % 3) * x + i % columns % 2));
}

function expectHessian(actual: Matrix, expected: Matrix, tolerance: number): void {
  const { columns: C, data } = expected;
  expect([actual.rows, actual.columns, actual.data.length]).toEqual([C, C, C * C]);
  for (let i = 0; i < C; i++) {
    for (let j = 0; j < C; j++) {
      const scale = Math.sqrt(data[i * C + i] * data[j * C + j]);
      if (Math.abs(actual.data[i * C + j] - data[i * C + j]) <= tolerance * scale) continue;
      throw new Error(`H at (${i}, ${j}): ${actual.data[i * C + j]} and not ${data[i * C + j]}`);
    }
    for (let j = 0; j < i; j++) expect(actual.data[i * C + j]).toBe(actual.data[j * C + i]);
  }
}

function expectStatistics(
  actual: InputStatistics,
  expected: InputStatistics,
  tolerance: number,
): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  if (expected.hessian) expectHessian(actual.hessian!, expected.hessian, tolerance);
  if (expected.absmax) expectAllEqual(actual.absmax!, expected.absmax, "absmax");
  if (!expected.columns) return;
  const { samples, tokens, ...sums } = expected.columns;
  expect(actual.columns).toMatchObject({ samples, tokens });
  for (const [name, values] of Object.entries(sums)) {
    const largest = values.reduce((most: number, x: number) => Math.max(most, Math.abs(x)), 0);
    const of = actual.columns![name as keyof typeof sums];
    expectAllClose(of, values, { atol: tolerance * largest }, name);
  }
}

/** Declares the tests of statistics. */
export function testStatistics({ backend, sums }: Suite): void {
  const reference = referenceBackend();

  describe("statistics()", () => {
    for (const columns of [1, 7, 16, 67, 130]) {
      it(`statistics() equals the reference's for ${columns} columns, several batches of several samples`, async () => {
        const kinds = new Set(KINDS);
        const actual = (await backend()).statistics(columns, kinds);
        const expected = reference.statistics(columns, kinds);
        for (const [b, lengths] of BATCHES.entries()) {
          const inputs = inputsOf(columns, lengths, columns + b);
          await expected.add(inputs, lengths);
          await actual.add(inputs, lengths);
          inputs.data.fill(NaN); // it is ours again
        }
        expectStatistics(await actual.result(), await expected.result(), sums);
        actual.release();
      });
    }

    it("statistics() gives what is asked for and no more, also before the last batch", async () => {
      for (const asked of [["hessian"], ["columns"], ["absmax"], ["columns", "absmax"]] as const) {
        const kinds = new Set<StatisticKind>(asked);
        const actual = (await backend()).statistics(9, kinds);
        const expected = reference.statistics(9, kinds);
        for (const [b, lengths] of BATCHES.slice(0, 2).entries()) {
          const inputs = inputsOf(9, lengths, b);
          await expected.add(inputs, lengths);
          await actual.add(inputs, lengths);
          expectStatistics(await actual.result(), await expected.result(), sums);
        }
        actual.release();
      }
    });

    it("statistics() of several linear layers do not touch each other", async () => {
      const opened = await backend();
      const all = [4, 33].map((columns) => ({
        columns,
        actual: opened.statistics(columns, new Set(KINDS)),
        expected: reference.statistics(columns, new Set(KINDS)),
      }));
      for (const [b, lengths] of BATCHES.entries()) {
        for (const { columns, actual, expected } of all) {
          await actual.add(inputsOf(columns, lengths, b), lengths);
          await expected.add(inputsOf(columns, lengths, b), lengths);
        }
      }
      for (const { actual, expected } of all) {
        expectStatistics(await actual.result(), await expected.result(), sums);
        actual.release();
      }
    });

    it("statistics() sees inputs that are zero, and channels that are", async () => {
      const kinds = new Set(KINDS);
      const [actual, expected] = [await backend(), reference].map((b) => b.statistics(6, kinds));
      const inputs = inputsOf(6, [10], 1);
      for (let t = 0; t < 10; t++) inputs.data[t * 6 + 3] = 0;
      for (const batch of [inputs, matrix(10, 6)]) {
        await actual.add(batch, [4, 6]);
        await expected.add(batch, [4, 6]);
      }
      expectStatistics(await actual.result(), await expected.result(), sums);
      expect((await actual.result()).hessian!.data[3 * 7]).toBe(0);
      actual.release();
    });
  });
}
