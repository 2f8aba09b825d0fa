import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  layerHessian,
  layerInputs,
  normalMatrix,
  readMatrix,
  writeMatrix,
} from "../../../experiments/bench/layers.ts";
import { factorizeHessian } from "../../../kernels/gptq_factor.ts";
import { referenceBackend } from "../../../kernels/reference.ts";

describe("normalMatrix()", () => {
  it("normalMatrix() has mean 0 and variance 1, and is the same for the same seed", () => {
    const { data } = normalMatrix(200, 201, 1);
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    const variance = data.reduce((sum, value) => sum + value * value, 0) / data.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    expect(normalMatrix(3, 5, 1)).toEqual(normalMatrix(3, 5, 1));
    expect(normalMatrix(3, 5, 1)).not.toEqual(normalMatrix(3, 5, 2));
  });
});

describe("layerHessian()", () => {
  it("layerHessian() is positive definite without damping, and has channels that stand out", async () => {
    const hessian = await layerHessian(referenceBackend(), 128, 1);
    expect(() => factorizeHessian(hessian, { damping: 0 })).not.toThrow();
    const diagonal = Array.from({ length: 128 }, (_, c) => hessian.data[c * 129]);
    const sorted = diagonal.toSorted((a, b) => a - b);
    expect(sorted[127] / sorted[64]).toBeGreaterThan(30);
  });
});

describe("writeMatrix()", () => {
  it("writeMatrix() writes what readMatrix() reads, of a part of a buffer too", async () => {
    const file = await Deno.makeTempFile();
    try {
      const inputs = layerInputs(4, 6, 3);
      const part = { rows: 2, columns: 6, data: inputs.data.subarray(12) };
      await writeMatrix(file, part);
      expect((await readMatrix(file, 2, 6)).data).toEqual(new Float32Array(part.data));
    } finally {
      await Deno.remove(file);
    }
  });
});
