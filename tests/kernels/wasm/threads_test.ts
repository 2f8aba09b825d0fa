import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Backend, PreparedHessian, PrepareOptions } from "../../../kernels/backend.ts";
import type { GptqResult } from "../../../kernels/gptq.ts";
import type { GptqOptions } from "../../../kernels/gptq_options.ts";
import type { Matrix } from "../../../kernels/matrix.ts";
import { wasmBackend } from "../../../kernels/wasm/backend.ts";
import { factorizeHessianOn, gptqOn } from "../../../kernels/wasm/gptq.ts";
import { preferredBuild, type WasmBuild } from "../../../kernels/wasm/module.ts";
import { randomMatrix } from "../random.ts";
import {
  agreement,
  bandedHessian,
  correlatedHessian,
  expectSameBits,
  randomMask,
  withBackend,
} from "./layers.ts";

const THREADS = [1, 2, 3];
const BUILDS: readonly WasmBuild[] = ["relaxed", "strict"];

async function quantised(
  backend: Backend,
  weight: Matrix,
  hessian: Matrix,
  options: GptqOptions & PrepareOptions,
): Promise<GptqResult> {
  const prepared = await backend.prepareHessian(hessian, options);
  const result = await prepared.gptq(weight, options);
  prepared.release();
  return result;
}

/** Largest |Σₖ Uₖᵢ Uₖⱼ · Hⱼₗ - δᵢₗ| over some i and all l: how far UᵀU H is from the identity. */
function distanceFromInverse(upper: Float64Array, damped: Matrix, rows: readonly number[]): number {
  const n = damped.columns;
  let most = 0;
  for (const i of rows) {
    const inverse = new Float64Array(n); // row i of UᵀU
    for (let k = 0; k <= i; k++) {
      const u = upper[k * n + i];
      for (let j = k; j < n; j++) inverse[j] += u * upper[k * n + j];
    }
    const product = new Float64Array(n);
    for (let j = 0; j < n; j++) {
      for (let l = 0; l < n; l++) product[l] += inverse[j] * damped.data[j * n + l];
    }
    product.forEach((p, l) => most = Math.max(most, Math.abs(p - (l === i ? 1 : 0))));
  }
  return most;
}

/** Layers that threads share: more rows than a part has, and a Hessian of several blocks, of a length that divides nothing. */
const LARGE = { W: randomMatrix(301, 1003, 1), H: bandedHessian(1003) };
const FORM = { bits: 4, symmetric: false, groupSize: 128 };

describe("wasmBackend(), its threads", () => {
  for (const build of BUILDS) {
    for (const precision of ["float32", "float64"] as const) {
      it(`gptq() gives gptqWasm()'s bits with every number of threads (${build}, ${precision})`, async () => {
        const { W, H } = LARGE;
        const options = { ...FORM, precision, damping: 0.02 };
        const expected = gptqOn(build, W, H, options);
        for (const threads of THREADS) {
          const actual = await withBackend(
            wasmBackend({ build, threads }),
            (backend) => quantised(backend, W, H, options),
          );
          expectSameBits(actual, expected);
        }
      });
    }
  }

  it("gptq() gives gptqWasm()'s bits with masks, act-order, searched and static grids", async () => {
    const W = randomMatrix(301, 290, 3), H = correlatedHessian(290, 4, [0, 5, 289]);
    const ways: Partial<GptqOptions>[] = [
      { mask: randomMask(301 * 290, 5), actOrder: true, groupSize: 32 },
      { searchRange: true, groupSize: 100, blockSize: 64 },
      { staticGroups: true, actOrder: true },
      { groupSize: -1, blockSize: 7 },
    ];
    await withBackend(wasmBackend({ threads: 3 }), async (backend) => {
      for (const way of ways) {
        const options = { ...FORM, ...way };
        const expected = await withBackend(wasmBackend(), (one) => quantised(one, W, H, options));
        expectSameBits(await quantised(backend, W, H, options), expected);
      }
    });
  });

  it("prepareHessian() gives U with UᵀU = H⁻¹, of many blocks and any remainder", async () => {
    await withBackend(wasmBackend({ threads: 2 }), async (backend) => {
      for (const n of [239, 240, 241, 527, 960, 1003]) {
        const H = bandedHessian(n);
        const options = { damping: 0, precision: "float64" } as const;
        const prepared = await backend.prepareHessian(H, options);
        const { upper } = await prepared.factor();
        const { upper: sync } = factorizeHessianOn(preferredBuild(), H, options);
        expect(agreement(upper, sync)).toBe(1);
        expect(distanceFromInverse(upper, H, [0, 47, 238, n - 1].filter((i) => i < n)))
          .toBeLessThan(1e-10);
        for (let i = 1; i < n; i += 97) {
          expect(upper.subarray(i * n, i * n + i).every((u) => u === 0)).toBe(true);
        }
      }
    });
  });

  it("strict and relaxed SIMD agree within bounds on a layer that threads share", async () => {
    const { W, H } = LARGE;
    const [relaxed, strict] = await Promise.all(
      BUILDS.map((build) =>
        withBackend(wasmBackend({ build, threads: 2 }), (backend) => quantised(backend, W, H, FORM))
      ),
    );
    expect(agreement(relaxed.weight.codes, strict.weight.codes)).toBeGreaterThan(0.999);
    expect(Math.abs(relaxed.loss / strict.loss - 1)).toBeLessThan(1e-3);
  });

  it("prepareHessian() says on threads where a Hessian cannot be factorised", async () => {
    const H = bandedHessian(700);
    H.data[600 * 701] = -1;
    await withBackend(wasmBackend({ threads: 2 }), async (backend) => {
      await expect(backend.prepareHessian(H, { damping: 0 })).rejects.toThrow(
        /^Cannot factorise the Hessian \[700, 700\] with damping 0: the pivot of column 60[01] is -/,
      );
      await quantised(backend, randomMatrix(9, 40, 1), correlatedHessian(40, 2), FORM);
    });
  });

  it("prepared Hessians keep their bits when others take their place in memory", async () => {
    await withBackend(wasmBackend({ threads: 2 }), async (backend) => {
      const layers = [[40, "float32"], [90, "float64"], [17, "float32"]] as const;
      const prepared: PreparedHessian[] = [];
      const expected: GptqResult[] = [];
      for (const [columns, precision] of layers) {
        const one = await backend.prepareHessian(correlatedHessian(columns, columns), {
          precision,
        });
        prepared.push(one);
        expected.push(await one.gptq(randomMatrix(20, columns, 1), FORM));
        await backend.quantizeNf4(randomMatrix(64, 64, 1));
      }
      for (const i of [2, 0, 1, 0, 2, 1]) {
        expect(await prepared[i].gptq(randomMatrix(20, layers[i][0], 1), FORM)).toEqual(
          expected[i],
        );
      }
      prepared[1].release();
      const actual = await Promise.all([2, 0].map((i) => {
        return prepared[i].gptq(randomMatrix(20, layers[i][0], 1), FORM);
      }));
      expect(actual).toEqual([expected[2], expected[0]]);
    });
  });
});
