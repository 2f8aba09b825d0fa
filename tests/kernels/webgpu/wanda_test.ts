import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import type { SparsityPattern } from "../../../kernels/prune_smallest.ts";
import { wandaMask } from "../../../kernels/wanda.ts";
import { wandaWebgpu } from "../../../kernels/webgpu/wanda.ts";
import { itNeeds } from "../../needs.ts";
import { errorOf } from "../backends/compare.ts";
import { caseIds, expectAllEqual, loadCase } from "../golden.ts";
import { expectGoldenMask, goldenInputs, goldenPattern } from "../pruning_golden.ts";
import { randomMatrix } from "../random.ts";
import { LAVAPIPE, lavapipe } from "./adapter.ts";

const norms = (columns: number, seed: number): Float32Array =>
  randomMatrix(1, columns, seed).data.map((x) => x * x);

/** A weight with few different values, so that nearly all metrics are tied. */
const tied = ({ rows, columns, data }: Matrix): Matrix =>
  matrix(rows, columns, data.map((x) => Math.round(2 * x) / 2));

async function expectReference(
  weight: Matrix,
  squaredNorms: Float32Array,
  pattern: SparsityPattern,
  panelBytes?: number,
): Promise<void> {
  const mask = await wandaWebgpu(await lavapipe(), weight, squaredNorms, pattern, { panelBytes });
  const { rows, columns } = weight;
  const what = `mask [${rows}, ${columns}] of ${JSON.stringify(pattern)}`;
  expectAllEqual(mask, wandaMask(weight, squaredNorms, pattern), what);
}

describe("wandaWebgpu()", () => {
  itNeeds(LAVAPIPE, "wandaWebgpu() equals wandaMask() for ratios and odd shapes", async () => {
    const SHAPES = [[1, 1], [3, 7], [5, 64], [4, 255], [2, 256], [3, 257], [2, 600]];
    for (const [seed, [rows, columns]] of SHAPES.entries()) {
      const weight = randomMatrix(rows, columns, seed);
      for (const ratio of [0, 0.01, 0.4, 0.5, 1]) {
        await expectReference(weight, norms(columns, seed + 9), { ratio });
      }
    }
  });

  itNeeds(
    LAVAPIPE,
    "wandaWebgpu() prunes the lower columns of equal metrics, and dead channels first",
    async () => {
      for (const columns of [67, 300]) {
        const squaredNorms = new Float32Array(columns).fill(1);
        for (let j = 0; j < columns; j += 9) squaredNorms[j] = 0;
        const weight = tied(randomMatrix(6, columns, columns));
        for (const ratio of [0.1, 0.3, 0.5, 0.9]) {
          await expectReference(weight, squaredNorms, { ratio });
        }
        await expectReference(matrix(2, columns), squaredNorms, { ratio: 0.5 });
      }
    },
  );

  itNeeds(
    LAVAPIPE,
    "wandaWebgpu() equals wandaMask() for n:m, whatever runs and words are",
    async () => {
      const RUNS = [[2, 4, 16], [4, 8, 40], [1, 3, 21], [2, 5, 35], [3, 7, 7], [0, 4, 8], [
        4,
        4,
        8,
      ]];
      for (const [n, m, columns] of RUNS) {
        const weight = randomMatrix(9, columns, columns);
        await expectReference(weight, norms(columns, 3), { n, m });
        await expectReference(tied(weight), new Float32Array(columns).fill(4), { n, m });
      }
    },
  );

  itNeeds(
    LAVAPIPE,
    "wandaWebgpu() takes NaN for the largest, and subnormal metrics for what they are",
    async () => {
      const values = [NaN, Infinity, 0, -0, 1e-30, 1.5e-30, -3e-44, 2e-44, 1e38, -2e38, 3, NaN];
      const weight = matrix(2, 24, [...values, ...values, ...values.toReversed(), ...values]);
      const squaredNorms = Float32Array.from(
        { length: 24 },
        (_, j) => [1, 0, 1e-20, Infinity, 1e20, NaN, 2][j % 7],
      );
      for (let k = 0; k <= 24; k++) {
        await expectReference(weight, squaredNorms, { ratio: k / 24 });
        if (k <= 12) await expectReference(weight, squaredNorms, { n: k, m: 12 });
      }
    },
  );

  itNeeds(LAVAPIPE, "wandaWebgpu() gives the same in parts as in one", async () => {
    const weight = randomMatrix(11, 30, 4);
    for (const panelBytes of [1, 240, 500, 1000]) {
      await expectReference(weight, norms(30, 5), { ratio: 0.4 }, panelBytes);
      await expectReference(weight, norms(30, 5), { n: 1, m: 2 }, panelBytes);
    }
  });

  itNeeds(
    LAVAPIPE,
    "wandaWebgpu() takes a weight without rows, and refuses what wandaMask() refuses",
    async () => {
      const gpu = await lavapipe();
      expect(await wandaWebgpu(gpu, matrix(0, 4), norms(4, 1), { ratio: 0.5 })).toEqual(
        new Uint8Array(0),
      );
      const weight = randomMatrix(2, 6, 1);
      const PATTERNS: SparsityPattern[] = [{ ratio: 1.5 }, { n: 1, m: 4 }, { n: 3, m: 2 }];
      for (const pattern of PATTERNS) {
        const refusal = await errorOf(() => wandaMask(weight, norms(6, 1), pattern));
        expect(await errorOf(() => wandaWebgpu(gpu, weight, norms(6, 1), pattern))).toEqual(
          refusal,
        );
      }
      const refusal = await errorOf(() => wandaMask(weight, norms(5, 1), { ratio: 0.5 }));
      expect(await errorOf(() => wandaWebgpu(gpu, weight, norms(5, 1), { ratio: 0.5 }))).toEqual(
        refusal,
      );
    },
  );

  itNeeds(LAVAPIPE, "wandaWebgpu() equals the authors' code on the golden vectors", async () => {
    const plain = caseIds("wanda", "committed").filter((id) => !/_mag|variant/.test(id));
    expect(plain.length).toBeGreaterThan(2);
    for (const id of plain) {
      const golden = await loadCase("wanda", id, "committed");
      const { W, statistics } = goldenInputs(golden);
      const pattern = goldenPattern(golden);
      const mask = await wandaWebgpu(await lavapipe(), W, statistics.squaredNorms, pattern);
      expectGoldenMask(mask, golden);
    }
  });
});
