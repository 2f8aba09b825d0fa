import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { quantizeNf4 } from "../../../kernels/nf4.ts";
import { NF4_THRESHOLDS } from "../../../kernels/nf4_levels.ts";
import { nf4Webgpu } from "../../../kernels/webgpu/nf4.ts";
import { itNeeds } from "../../needs.ts";
import { errorOf } from "../backends/compare.ts";
import { asMatrix, caseIds, loadCase } from "../golden.ts";
import { randomMatrix, randomNumbers } from "../random.ts";
import { LAVAPIPE, lavapipe } from "./adapter.ts";

const SHAPES = [[16, 64, 64], [5, 48, 64], [7, 45, 64], [3, 11, 16], [1, 1, 64], [9, 20, 7]];

/** Values of any float32 exponent, subnormal ones among them. */
function randomBits(rows: number, columns: number, seed: number): Matrix {
  const next = randomNumbers(seed);
  const bits = Uint32Array.from(
    { length: rows * columns },
    () => (Math.floor(next() * 0x7f800000) | (next() < 0.5 ? 0x80000000 : 0)) >>> 0,
  );
  return matrix(rows, columns, new Float32Array(bits.buffer));
}

/** Every threshold, the float32 values around it, times maxima whose reciprocals are not exact. */
function atThresholds(absmax: number): Matrix {
  const near = NF4_THRESHOLDS.flatMap((t) =>
    Array.from({ length: 9 }, (_, i) => t * absmax * (1 + (i - 4) * 2 ** -24))
  );
  return matrix(1, near.length + 1, [absmax, ...near]);
}

describe("nf4Webgpu()", () => {
  itNeeds(
    LAVAPIPE,
    "nf4Webgpu() equals quantizeNf4() for shapes with short last blocks and odd counts",
    async () => {
      const gpu = await lavapipe();
      for (const [seed, [rows, columns, blockSize]] of SHAPES.entries()) {
        const weight = randomMatrix(rows, columns, seed + 1);
        for (const doubleQuantization of [false, true]) {
          const options = { blockSize, doubleQuantization };
          expect(await nf4Webgpu(gpu, weight, options)).toEqual(quantizeNf4(weight, options));
        }
      }
    },
  );

  itNeeds(LAVAPIPE, "nf4Webgpu() equals quantizeNf4() next to every threshold", async () => {
    const gpu = await lavapipe();
    for (const absmax of [1, 3, 0.7, 1.1e-38, 3e38, 2 ** 127, 1 + 2 ** -23, 2 - 2 ** -23]) {
      const weight = atThresholds(absmax);
      const options = { blockSize: weight.columns };
      expect(await nf4Webgpu(gpu, weight, options)).toEqual(quantizeNf4(weight, options));
    }
  });

  itNeeds(
    LAVAPIPE,
    "nf4Webgpu() equals quantizeNf4() for values of all exponents, zeros among them",
    async () => {
      const gpu = await lavapipe();
      const tiny = matrix(3, 2, [0, -0, 1e-45, -1e-39, 1e-37, -1e-37]);
      const wide = randomBits(8, 33, 5);
      for (const [weight, blockSize] of [[tiny, 2], [tiny, 4], [wide, 1], [wide, 2]] as const) {
        expect(await nf4Webgpu(gpu, weight, { blockSize })).toEqual(
          quantizeNf4(weight, { blockSize }),
        );
      }
      const small = matrix(8, 33, wide.data.map((x) => x * 2 ** -60 % 2 ** -124));
      expect(await nf4Webgpu(gpu, small)).toEqual(quantizeNf4(small));
    },
  );

  itNeeds(LAVAPIPE, "nf4Webgpu() gives the same in parts as in one", async () => {
    const gpu = await lavapipe();
    const weight = randomMatrix(13, 41, 9);
    for (const [blockSize, panelBytes] of [[64, 256], [7, 300], [12, 1], [64, 1000], [600, 64]]) {
      expect(await nf4Webgpu(gpu, weight, { blockSize, panelBytes })).toEqual(
        quantizeNf4(weight, { blockSize }),
      );
    }
  });

  itNeeds(
    LAVAPIPE,
    "nf4Webgpu() takes more blocks than a dispatch has in one direction",
    async () => {
      const weight = randomMatrix(131, 1003, 6);
      const options = { blockSize: 2 };
      expect(await nf4Webgpu(await lavapipe(), weight, options)).toEqual(
        quantizeNf4(weight, options),
      );
    },
  );

  itNeeds(
    LAVAPIPE,
    "nf4Webgpu() takes blocks larger than the weight, and a weight without elements",
    async () => {
      const gpu = await lavapipe();
      const weight = randomMatrix(2, 5, 3);
      const options = { blockSize: 2 ** 40 };
      expect(await nf4Webgpu(gpu, weight, options)).toEqual(quantizeNf4(weight, options));
      expect(await nf4Webgpu(gpu, matrix(0, 5))).toEqual(quantizeNf4(matrix(0, 5)));
    },
  );

  itNeeds(LAVAPIPE, "nf4Webgpu() refuses what quantizeNf4() refuses, with its words", async () => {
    const gpu = await lavapipe();
    for (const value of [NaN, Infinity, -Infinity]) {
      const weight = matrix(2, 3, [1, 2, 3, 4, value, NaN]);
      const refusal = await errorOf(() => quantizeNf4(weight));
      expect(await errorOf(() => nf4Webgpu(gpu, weight))).toEqual(refusal);
    }
    const refusal = await errorOf(() => quantizeNf4(matrix(1, 1), { blockSize: 0 }));
    expect(await errorOf(() => nf4Webgpu(gpu, matrix(1, 1), { blockSize: 0 }))).toEqual(refusal);
  });

  itNeeds(LAVAPIPE, "nf4Webgpu() equals quantizeNf4() on the golden vectors' weights", async () => {
    const gpu = await lavapipe();
    for (const id of caseIds("nf4", "committed").filter((id) => id !== "probe_lookup")) {
      const { inputs, params, tensors } = await loadCase("nf4", id, "committed");
      const options = { blockSize: params.blocksize, doubleQuantization: params.double_quant };
      const stored = await nf4Webgpu(gpu, asMatrix(inputs.W), options);
      expect(stored).toEqual(quantizeNf4(asMatrix(inputs.W), options));
      expect([...stored.codes]).toEqual([...tensors.packed.data]);
    }
  });
});
