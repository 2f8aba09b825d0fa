import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { gptq, type GptqResult } from "../../../kernels/gptq.ts";
import type { GptqOptions } from "../../../kernels/gptq_options.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import { webgpuBackend } from "../../../kernels/webgpu/backend.ts";
import { itNeeds } from "../../needs.ts";
import { errorOf, expectSameGptq } from "../backends/compare.ts";
import { gptqOf } from "../backends/gptq_suite.ts";
import { randomMatrix } from "../random.ts";
import { correlatedHessian, identity, randomMask } from "../wasm/layers.ts";
import { LAVAPIPE, lavapipe } from "./adapter.ts";

const DEAD = [0, 70, 199];

/** Options in which panels of a weight, of a factor and blocks of columns end at different places. */
const OPTIONS: Record<string, Omit<GptqOptions, "bits" | "symmetric">> = {
  "one grid a row and columns without input": {},
  "blocks of 100 and groups of 48": { blockSize: 100, groupSize: 48 },
  "a block of all columns": { blockSize: 300, groupSize: 31 },
  "static groups in another order": { groupSize: 64, staticGroups: true, actOrder: true },
  "searched ranges": { groupSize: 64, searchRange: true },
  "searched ranges of whole rows": { searchRange: true, actOrder: true },
  "a mask": { groupSize: 64, actOrder: true, mask: randomMask(150 * 200, 3) },
};

async function gptqOn(
  panelBytes: number | undefined,
  weight: Matrix,
  hessian: Matrix,
  options: GptqOptions,
): Promise<GptqResult> {
  const backend = webgpuBackend(await lavapipe(), { panelBytes });
  try {
    return await gptqOf(backend, weight, hessian, options);
  } finally {
    await backend.close();
  }
}

describe("GPTQ on a graphics adapter", () => {
  for (const [name, options] of Object.entries(OPTIONS)) {
    itNeeds(LAVAPIPE, `gptq() in small panels equals the reference with ${name}`, async () => {
      const W = randomMatrix(150, 200, 1);
      const H = correlatedHessian(200, 2, DEAD);
      const form = { bits: 4, symmetric: false, ...options };
      const expected = gptq(W, H, form);
      expectSameGptq(await gptqOn(64 * 256 * 4, W, H, form), expected, W, H);
    });
  }

  itNeeds(
    LAVAPIPE,
    "gptq() with the identity as Hessian is round-to-nearest in panels, too",
    async () => {
      const W = randomMatrix(130, 140, 4);
      for (const symmetric of [false, true]) {
        for (const groupSize of [-1, 1, 50]) {
          const form = { bits: 3, symmetric, groupSize };
          const { weight } = await gptqOn(64 * 192 * 4, W, identity(140), form);
          expect(weight).toEqual(roundToNearest(W, form));
        }
      }
    },
  );

  itNeeds(LAVAPIPE, "gptq() of a weight without rows is a weight without rows", async () => {
    const H = correlatedHessian(5, 1);
    const { weight, loss } = await gptqOn(undefined, matrix(0, 5), H, { bits: 4, symmetric: true });
    expect([weight.rows, weight.codes.length, weight.scales.length, loss]).toEqual([0, 0, 0, 0]);
  });

  itNeeds(LAVAPIPE, "webgpuBackend() refuses parts of no byte", async () => {
    const gpu = await lavapipe();
    for (const panelBytes of [0, -4, 1.5]) {
      expect(() => webgpuBackend(gpu, { panelBytes })).toThrow(RangeError);
    }
  });

  itNeeds(LAVAPIPE, "webgpuBackend() frees every buffer, also after errors", async () => {
    const gpu = await lavapipe();
    const buffers = new Set<GPUBuffer>();
    const create = gpu.device.createBuffer;
    const { destroy } = GPUBuffer.prototype;
    gpu.device.createBuffer = (descriptor) => {
      const buffer = create.call(gpu.device, descriptor);
      if (descriptor.label !== "parameters") buffers.add(buffer); // which are used again
      return buffer;
    };
    GPUBuffer.prototype.destroy = function () {
      buffers.delete(this);
      destroy.call(this);
    };
    try {
      const backend = webgpuBackend(gpu, { panelBytes: 64 * 128 * 4 });
      const H = correlatedHessian(90, 1);
      const kept = await backend.prepareHessian(H);
      await kept.gptq(randomMatrix(70, 90, 1), { bits: 4, symmetric: false });
      H.data[0] = -1;
      await errorOf(() => backend.prepareHessian(H, { damping: 0 }));
      const statistics = backend.statistics(90, new Set(["hessian", "columns", "absmax"] as const));
      await statistics.add(randomMatrix(9, 90, 2), [4, 5]);
      await errorOf(() => statistics.add(randomMatrix(9, 90, 2), [4]));
      await statistics.result();
      expect(buffers.size).toBeGreaterThan(0);
      await backend.close();
      expect(buffers.size).toBe(0);
    } finally {
      gpu.device.createBuffer = create;
      GPUBuffer.prototype.destroy = destroy;
    }
  });
});
