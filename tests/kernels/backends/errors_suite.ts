/**
 * What every backend must refuse, in the reference's words.
 * @module
 */
import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Backend, StatisticKind } from "../../../kernels/backend.ts";
import { emptyColumnStatistics } from "../../../kernels/column_statistics.ts";
import type { GptqSolveOptions } from "../../../kernels/gptq_options.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { referenceBackend } from "../../../kernels/reference.ts";
import { randomMatrix } from "../random.ts";
import { correlatedHessian, identity } from "../wasm/layers.ts";
import { errorOf } from "./compare.ts";
import { gptqOf } from "./gptq_suite.ts";
import type { Suite } from "./suite_options.ts";

/** A call that cannot be, on any backend. */
type Wrong = (backend: Backend) => unknown;

const W = randomMatrix(6, 20, 1);
const H = correlatedHessian(20, 2);
const BROKEN = matrix(6, 20, W.data.map((w, i) => i === 47 ? NaN : w));
const INFINITE = matrix(6, 20, W.data.map((w, i) => i === 119 ? -Infinity : w));
const MASK = new Uint8Array(120).fill(1);
const NORMS = new Float32Array(20).fill(1);
const STATISTICS = { ...emptyColumnStatistics(20), sums: NORMS, variances: NORMS };

const gptqWith = (options: Partial<GptqSolveOptions>, weight = W): Wrong => (backend) =>
  gptqOf(backend, weight, H, { bits: 4, symmetric: true, ...options });

const addTo = (kinds: StatisticKind[], inputs: Matrix, lengths: number[]): Wrong => (backend) =>
  backend.statistics(20, new Set(kinds)).add(inputs, lengths);

const WRONG: Record<string, Record<string, Wrong>> = {
  "statistics()": {
    "no column": (backend) => backend.statistics(0, new Set<StatisticKind>(["hessian"])),
    "no sample": (backend) => backend.statistics(20, new Set<StatisticKind>(["columns"])).result(),
    "inputs of other columns": addTo(["hessian"], matrix(2, 19), [2]),
    "lengths that are not the inputs'": addTo(["columns"], W, [2, 3]),
    "a sample without a token": addTo(["hessian"], W, [6, 0]),
    "values that are not finite": addTo(["absmax"], BROKEN, [6]),
  },
  "prepareHessian()": {
    "a Hessian that is not square": (backend) => backend.prepareHessian(matrix(3, 20)),
    "a Hessian with NaN": (backend) => backend.prepareHessian(matrix(2, 2, [1, 0, NaN, 1])),
    "negative damping": (backend) => backend.prepareHessian(H, { damping: -1 }),
  },
  "gptq()": {
    "1 bit": gptqWith({ bits: 1 }),
    "groups of no column": gptqWith({ groupSize: 0 }),
    "blocks of no column": gptqWith({ blockSize: 0 }),
    "a mask of another size": gptqWith({ mask: new Uint8Array(3) }),
    "a mask with a 2": gptqWith({ mask: MASK.map((kept, i) => i === 7 ? 2 : kept) }),
    "a weight of other columns": (backend) =>
      gptqOf(backend, W, identity(3), { bits: 4, symmetric: true }),
    "a weight with NaN": gptqWith({}, BROKEN),
    "an infinite weight": gptqWith({}, INFINITE),
  },
  "quantizeNf4()": {
    "blocks of no element": (backend) => backend.quantizeNf4(W, { blockSize: 0 }),
    "a weight with NaN": (backend) => backend.quantizeNf4(BROKEN),
    "an infinite weight": (backend) => backend.quantizeNf4(INFINITE, { blockSize: 7 }),
  },
  "wandaMask()": {
    "norms of other columns": (backend) => backend.wandaMask(W, NORMS.slice(1), { ratio: 0.5 }),
    "a ratio above 1": (backend) => backend.wandaMask(W, NORMS, { ratio: 2 }),
    "runs that do not divide the columns": (backend) => backend.wandaMask(W, NORMS, { n: 1, m: 3 }),
    "more than a run": (backend) => backend.wandaMask(W, NORMS, { n: 5, m: 4 }),
  },
  "dsnot()": {
    "a mask of another size": (backend) => backend.dsnot(W, MASK.slice(1), STATISTICS),
    "a mask with a 2": (backend) => backend.dsnot(W, MASK.map(() => 2), STATISTICS),
    "statistics of other columns": (backend) => backend.dsnot(W, MASK, emptyColumnStatistics(3)),
    "norms of other columns": (backend) =>
      backend.dsnot(W, MASK, { ...STATISTICS, squaredNorms: new Float32Array(3) }),
    "fewer than no cycle": (backend) => backend.dsnot(W, MASK, STATISTICS, { maxCycles: -1 }),
    "a negative threshold": (backend) =>
      backend.dsnot(W, MASK, STATISTICS, { updateThreshold: -1 }),
    "an infinite power": (backend) =>
      backend.dsnot(W, MASK, STATISTICS, { powerOfVariance: Infinity }),
    "a list that is used up": (backend) => {
      const mask = MASK.map((_, i) => i % 20 < 3 ? 1 : 0);
      return backend.dsnot(W, mask, STATISTICS, { maxCycles: 100, updateThreshold: 0 });
    },
  },
  "dsnotRuns()": {
    "runs that do not divide the columns": (backend) =>
      backend.dsnotRuns(W, MASK, STATISTICS, { m: 3 }),
    "an unknown metric": (backend) =>
      backend.dsnotRuns(W, MASK, STATISTICS, { m: 4, metric: "size" as "wanda" }),
    "a mask of another size": (backend) =>
      backend.dsnotRuns(W, MASK.slice(1), STATISTICS, { m: 4 }),
  },
};

/** Declares the tests of refusals. */
export function testErrors({ backend }: Suite): void {
  const reference = referenceBackend();

  describe("errors", () => {
    for (const [method, cases] of Object.entries(WRONG)) {
      for (const [what, call] of Object.entries(cases)) {
        it(`${method} refuses ${what} as the reference does`, async () => {
          const opened = await backend();
          const expected = await errorOf(() => call(reference));
          const actual = await errorOf(() => call(opened));
          expect(actual.message).toBe(expected.message);
          expect(actual.constructor).toBe(expected.constructor);
        });
      }
    }

    it("a backend goes on after errors", async () => {
      const stored = await (await backend()).quantizeNf4(W);
      expect(stored.rows).toBe(6);
      const opened = await backend();
      const options = { bits: 4, symmetric: true };
      expect((await gptqOf(opened, W, H, options)).weight.columns).toBe(20);
    });
  });
}
