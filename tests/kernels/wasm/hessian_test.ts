import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Backend } from "../../../kernels/backend.ts";
import { hessianAccumulator } from "../../../kernels/hessian.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { wasmBackend } from "../../../kernels/wasm/backend.ts";
import { randomMatrix } from "../random.ts";
import { agreement, withBackend } from "./layers.ts";

const THREADS = [1, 2, 3];

async function hessianOf(
  backend: Backend,
  C: number,
  portions: readonly Matrix[],
): Promise<Matrix> {
  const sum = backend.statistics(C, new Set(["hessian"]));
  for (const X of portions) await sum.add(X, [X.rows - 1, 1]);
  const { hessian } = await sum.result();
  sum.release();
  return hessian!;
}

/** The Hessian of some columns. */
function exactHessian(portions: readonly Matrix[], some: readonly number[]): Matrix {
  const sum = hessianAccumulator(some.length);
  for (const { rows, columns, data } of portions) {
    const kept = Array.from({ length: rows }, (_, t) => some.map((c) => data[t * columns + c]));
    sum.add(matrix(rows, some.length, kept.flat()), 2);
  }
  return sum.hessian();
}

describe("wasmBackend(), its Hessians", () => {
  /** More columns than a panel and a call have, and portions on both sides of what is summed at once. */
  const INPUTS: Record<number, number[]> = { 1203: [2100, 3], 70: [1500, 700, 3, 4200, 5] };

  for (
    const [C, tokens] of Object.entries(INPUTS).map(([C, tokens]) => [Number(C), tokens] as const)
  ) {
    it(`statistics() gives Hessians of the same bits with every number of threads, [${C}, ${C}]`, async () => {
      const portions = tokens.map((rows, i) => randomMatrix(rows, C, i + 1));
      const found: Matrix[] = [];
      for (const threads of THREADS) {
        const backend = wasmBackend({ build: "strict", threads });
        found.push(await withBackend(backend, () => hessianOf(backend, C, portions)));
      }
      expect(found.map(({ data }) => agreement(data, found[0].data))).toEqual([1, 1, 1]);
      const some = [0, 1, 7, 47, 69, 191, 192, 767, 768, 1023, 1024, 1202].filter((c) => c < C);
      const exact = exactHessian(portions, some);
      some.forEach((r, i) =>
        some.forEach((c, j) => {
          const off = Math.abs(found[0].data[r * C + c] - exact.data[i * some.length + j]);
          expect(off).toBeLessThan(1e-5 * exact.data[i * some.length + i]);
        })
      );
    });
  }

  it("statistics() takes products from elsewhere", async () => {
    const calls: number[] = [];
    const backend = wasmBackend({
      gram: (inputs, samples, sum) => {
        calls.push(samples);
        return Promise.resolve(sum.add(inputs, samples));
      },
    });
    await withBackend(backend, async () => {
      const X = randomMatrix(12, 5, 1);
      const sum = backend.statistics(5, new Set(["hessian"]));
      await sum.add(X, [3, 9]);
      const expected = hessianAccumulator(5);
      expected.add(X, 2);
      expect((await sum.result()).hessian).toEqual(expected.hessian());
      expect(calls).toEqual([2]);
    });
  });
});
