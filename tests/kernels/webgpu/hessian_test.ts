import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { StatisticKind } from "../../../kernels/backend.ts";
import { hessianAccumulator } from "../../../kernels/hessian.ts";
import type { Matrix } from "../../../kernels/matrix.ts";
import { webgpuBackend } from "../../../kernels/webgpu/backend.ts";
import { itNeeds } from "../../needs.ts";
import { randomMatrix } from "../random.ts";
import { LAVAPIPE, lavapipe } from "./adapter.ts";

const KINDS = new Set<StatisticKind>(["hessian"]);

/** Largest difference, as a share of √(Hᵢᵢ Hⱼⱼ). */
function difference({ columns: C, data }: Matrix, expected: Matrix): number {
  let largest = 0;
  for (let i = 0; i < C; i++) {
    for (let j = 0; j < C; j++) {
      const scale = Math.sqrt(expected.data[i * C + i] * expected.data[j * C + j]);
      const off = Math.abs(data[i * C + j] - expected.data[i * C + j]) / scale;
      largest = Math.max(largest, off);
    }
  }
  return largest;
}

describe("Hessians on a graphics adapter", () => {
  for (const panelBytes of [64 * 192 * 4, 1 << 24]) {
    itNeeds(
      LAVAPIPE,
      `statistics() sums Hessians in panels of ${panelBytes} bytes, whatever the batches`,
      async () => {
        const backend = webgpuBackend(await lavapipe(), { panelBytes });
        for (const columns of [63, 64, 65, 130]) {
          const expected = hessianAccumulator(columns);
          const actual = backend.statistics(columns, KINDS);
          for (const [seed, tokens] of [1, 31, 33, 64, 200, 65].entries()) {
            const inputs = randomMatrix(tokens, columns, seed);
            expected.add(inputs);
            await actual.add(inputs, [tokens]);
          }
          const { hessian } = await actual.result();
          actual.release();
          expect(difference(hessian!, expected.hessian())).toBeLessThan(1e-6);
        }
        await backend.close();
      },
    );
  }

  itNeeds(LAVAPIPE, "statistics() keeps 6 digits of the sums of many tokens", async () => {
    const backend = webgpuBackend(await lavapipe());
    const expected = hessianAccumulator(40);
    const actual = backend.statistics(40, KINDS);
    for (let seed = 0; seed < 20; seed++) {
      const inputs = randomMatrix(1000, 40, seed);
      inputs.data.forEach((x, i) => inputs.data[i] = x + i % 3); // products with a mean are the hard ones
      expected.add(inputs, 2);
      await actual.add(inputs, [300, 700]);
    }
    const { hessian } = await actual.result();
    actual.release();
    expect(difference(hessian!, expected.hessian())).toBeLessThan(1e-6);
    await backend.close();
  });
});
