import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { type Nf4Options, quantizeNf4 } from "../../../kernels/nf4.ts";
import { NF4_LEVELS, NF4_THRESHOLDS } from "../../../kernels/nf4_levels.ts";
import { nf4Work } from "../../../kernels/wasm/nf4.ts";
import { asMatrix, expectAllEqual, itMatchesGolden } from "../golden.ts";
import { randomMatrix, randomNumbers } from "../random.ts";
import { ALL_BUILDS, onOneThread, onThreads, thrown } from "./ways.ts";

const SHAPES = [[16, 64], [5, 48], [7, 45], [3, 11], [1, 1], [9, 21], [0, 4], [4, 0], [67, 129]];
const BLOCK_SIZES = [64, 1, 2, 3, 7, 15, 16, 17, 32, 48, 96, 128, 1000, 1e9];

/** Values around every threshold and level, of magnitudes from subnormal to the largest. */
function edgeValues(): Matrix {
  const next = randomNumbers(3);
  const near = [...NF4_THRESHOLDS, ...NF4_LEVELS, 0, -0].flatMap((x) => {
    const word = new Int32Array(Float32Array.of(x).buffer)[0];
    return [...new Float32Array(Int32Array.of(word - 1, word, word + 1).buffer)];
  }).filter(Number.isFinite);
  const scales = [1, 1e-38, 1e-40, 1.4e-45, 3e38, 1e-37, 0, 2 ** -126, 1e-30];
  const values = scales.flatMap((scale) => {
    const block = near.concat(Array.from({ length: 192 - near.length }, () => 2 * next() - 1));
    return block.map((x, i) => i % 64 === 63 ? scale : Math.fround(x * scale));
  });
  return matrix(scales.length, 192, values);
}

for (const build of ALL_BUILDS) {
  describe(`nf4Work() (${build})`, () => {
    const quantise = (weight: Matrix, options?: Nf4Options) =>
      onOneThread(build, (space) => nf4Work(space, weight, options));

    it("nf4Work() equals quantizeNf4() in every shape and block size, odd counts and short last blocks among them", () => {
      SHAPES.forEach(([rows, columns], seed) => {
        const weight = randomMatrix(rows, columns, seed + 1);
        for (const blockSize of BLOCK_SIZES) {
          expect(quantise(weight, { blockSize })).toEqual(quantizeNf4(weight, { blockSize }));
        }
        const options = { doubleQuantization: true };
        expect(quantise(weight, options)).toEqual(quantizeNf4(weight, options));
      });
    });

    it("nf4Work() equals quantizeNf4() next to thresholds, for zeros, subnormal and huge magnitudes", () => {
      for (const blockSize of [64, 16, 192, 5]) {
        expect(quantise(edgeValues(), { blockSize }))
          .toEqual(quantizeNf4(edgeValues(), { blockSize }));
      }
    });

    it("nf4Work() equals quantizeNf4() for weights of several pieces, and keeps its memory small", () => {
      const weight = randomMatrix(1, 2_200_003, 5);
      for (const blockSize of [64, 7]) {
        expect(quantise(weight, { blockSize })).toEqual(quantizeNf4(weight, { blockSize }));
      }
      const bytes = onOneThread(build, function* (space) {
        yield* nf4Work(space, weight);
        return space.kernels.memory.buffer.byteLength;
      });
      expect(bytes).toBeLessThan(8 * 2 ** 20);
    });

    it("nf4Work() refuses what quantizeNf4() refuses, in its words", () => {
      const weight = randomMatrix(40, 50, 6);
      for (const value of [NaN, Infinity, -Infinity]) {
        const data = weight.data.slice();
        data[1234] = data[1900] = value;
        const bad = matrix(40, 50, data);
        expect(thrown(() => quantise(bad))).toEqual(thrown(() => quantizeNf4(bad)));
      }
      for (const blockSize of [0, -1, 1.5, NaN]) {
        expect(thrown(() => quantise(weight, { blockSize })))
          .toEqual(thrown(() => quantizeNf4(weight, { blockSize })));
      }
    });

    itMatchesGolden(
      "nf4",
      "nf4Work() equals the reference on",
      (_, { params }) => params.blocksize !== undefined,
      ({ inputs, params, tensors }) => {
        const W = asMatrix(inputs.W);
        const { codes, absmax } = quantise(W, { blockSize: params.blocksize });
        expectAllEqual(codes, tensors.packed.data, "packed codes");
        if (absmax instanceof Float32Array && tensors.absmax) {
          expectAllEqual(absmax, tensors.absmax.data, "absmax");
        }
      },
    );
  });
}

describe("nf4Work() on threads", () => {
  it("nf4Work() gives the same bytes on 1, 2 and 3 threads", async () => {
    const weight = randomMatrix(700, 1500, 7);
    const expected = quantizeNf4(weight);
    for (const threads of [1, 2, 3]) {
      expect(await onThreads(threads, (space) => nf4Work(space, weight))).toEqual(expected);
    }
  });
});
