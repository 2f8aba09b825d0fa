/**
 * What every backend's GPTQ must be.
 * @module
 */
import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Backend, PrepareOptions } from "../../../kernels/backend.ts";
import { dequantize } from "../../../kernels/dequantize.ts";
import type { GptqResult } from "../../../kernels/gptq.ts";
import type { GptqSolveOptions } from "../../../kernels/gptq_options.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { referenceBackend } from "../../../kernels/reference.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import { expectAllClose } from "../golden.ts";
import { randomMatrix } from "../random.ts";
import { correlatedHessian, identity, randomMask } from "../wasm/layers.ts";
import { expectAgreement, expectForm, expectSameGptq } from "./compare.ts";
import type { Suite } from "./suite_options.ts";

/** Prepares a Hessian, quantises a weight and lets go. */
export async function gptqOf(
  backend: Backend,
  weight: Matrix,
  hessian: Matrix,
  options: GptqSolveOptions & PrepareOptions,
): Promise<GptqResult> {
  const prepared = await backend.prepareHessian(hessian, options);
  try {
    return await prepared.gptq(weight, options);
  } finally {
    prepared.release();
  }
}

/** None is a multiple of 8 but one; some are wider than a block, one has a single row, one a single column. */
const SHAPES = [[1, 1], [1, 37], [5, 1], [9, 47], [16, 64], [11, 141]];

type Options = Omit<GptqSolveOptions & PrepareOptions, "bits" | "symmetric">;

const OPTIONS: Record<string, Options> = {
  "one grid a row": {},
  "groups of 128, the last one short": { groupSize: 128 },
  "groups within a block, the last one short": { groupSize: 7, blockSize: 32 },
  "groups across blocks": { groupSize: 20, blockSize: 13 },
  "groups of the block's size": { groupSize: 32, blockSize: 32 },
  "groups next to the block's size": { groupSize: 33, blockSize: 32 },
  "blocks of one column": { groupSize: 4, blockSize: 1 },
  "a block of all columns": { groupSize: 16, blockSize: 1000 },
  "act-order": { actOrder: true, groupSize: 16 },
  "act-order with static groups": { actOrder: true, groupSize: 16, staticGroups: true },
  "static groups": { groupSize: 48, staticGroups: true },
  "a searched range": { groupSize: 32, searchRange: true },
  "float64 and act-order": { groupSize: 32, precision: "float64", actOrder: true, damping: 0.001 },
};

/**
 * The far end of a symmetric range is a tie. With grids fitted during the sweep, the last bits of the errors so far break it: codes
 * at these ends are as good as random, so such grids are asymmetric here.
 */
const hasMovingTies = ({ groupSize = -1, staticGroups = false }: Options) =>
  groupSize !== -1 && !staticGroups;

/** Declares the tests of GPTQ. */
export function testGptq({ backend, equalCodes }: Suite): void {
  const reference = referenceBackend();

  async function expectReference(
    W: Matrix,
    H: Matrix,
    options: GptqSolveOptions & PrepareOptions,
  ): Promise<GptqResult> {
    const actual = await gptqOf(await backend(), W, H, options);
    expectSameGptq(actual, await gptqOf(reference, W, H, options), W, H);
    return actual;
  }

  describe("gptq()", () => {
    it("gptq() with the identity as Hessian is round-to-nearest, whatever the order and the blocks", async () => {
      for (const [rows, columns] of [[6, 20], [9, 67]]) {
        const W = randomMatrix(rows, columns, 1);
        for (const form of [{ bits: 4, symmetric: false }, { bits: 3, symmetric: true }]) {
          for (const groupSize of [-1, 7]) {
            for (const blocks of [{ blockSize: 5, actOrder: true }, { blockSize: 128 }]) {
              const options = { ...form, ...blocks, groupSize };
              const { weight } = await gptqOf(await backend(), W, identity(columns), options);
              const expected = roundToNearest(W, { ...form, groupSize });
              expectForm(weight, expected);
              expectAgreement(weight.codes, expected.codes, equalCodes, "codes");
              expectAgreement(weight.zeros, expected.zeros, equalCodes, "zeros");
              const rtol = equalCodes === 1 ? 0 : 1e-6;
              expectAllClose(weight.scales, expected.scales, { rtol }, "scales");
            }
          }
        }
      }
    });

    it("gptq() with 8 bits and with 2 equals the reference", async () => {
      const [W, H] = [randomMatrix(10, 83, 2), correlatedHessian(83, 3)];
      for (const bits of [2, 8]) {
        for (const symmetric of [false, true]) await expectReference(W, H, { bits, symmetric });
      }
    });

    for (const [name, options] of Object.entries(OPTIONS)) {
      it(`gptq() equals the reference with ${name}, in every shape`, async () => {
        for (const [i, [rows, columns]] of SHAPES.entries()) {
          const W = randomMatrix(rows, columns, i + 1);
          const symmetric = i % 2 === 1 && !hasMovingTies(options);
          const form = { bits: 4 - i % 2, symmetric, ...options };
          await expectReference(W, correlatedHessian(columns, i + 50), form);
        }
      });
    }

    it("gptq() keeps masked weights 0, and those of columns without input", async () => {
      const [rows, columns, dead] = [21, 141, [0, 5, 140]];
      const W = randomMatrix(rows, columns, 3);
      const H = correlatedHessian(columns, 4, dead);
      const mask = randomMask(rows * columns, 5);
      for (const actOrder of [false, true]) {
        const options = { bits: 4, symmetric: false, groupSize: 32, actOrder };
        await expectReference(W, H, options);
        const masked = await expectReference(W, H, { ...options, mask });
        const restored = dequantize(masked.weight).data;
        for (let i = 0; i < mask.length; i++) {
          if (mask[i] === 0 || dead.includes(i % columns)) expect(restored[i]).toBe(0);
        }
      }
      await expectReference(W, H, { bits: 3, symmetric: true, mask: new Uint8Array(mask.length) });
    });

    it("gptq() keeps the grids of all-zero and of all-positive rows", async () => {
      const W = matrix(3, 4, [0, 0, 0, 0, 1, 2, 3, 4, -1, -2, -3, -4]);
      for (const symmetric of [false, true]) {
        for (const groupSize of [-1, 2]) {
          const options = { bits: 4, symmetric, groupSize };
          const { weight } = await gptqOf(await backend(), W, identity(4), options);
          const { codes, scales, zeros } = roundToNearest(W, options);
          expectAllClose(weight.scales, scales, { rtol: equalCodes === 1 ? 0 : 1e-6 }, "scales");
          expectAgreement(weight.zeros, zeros, 1, "zeros");
          expectAgreement(weight.codes, codes, equalCodes, "codes");
        }
      }
    });

    it("gptq() of several weights with one Hessian gives the bits that each gives alone", async () => {
      const opened = await backend();
      const H = correlatedHessian(70, 6);
      const prepare = { actOrder: true, damping: 0.1 };
      const prepared = await opened.prepareHessian(H, prepare);
      expect(prepared.columns).toBe(70);
      const jobs: [Matrix, GptqSolveOptions][] = [
        [randomMatrix(9, 70, 7), { bits: 4, symmetric: false, groupSize: 16 }],
        [randomMatrix(30, 70, 8), { bits: 3, symmetric: true }],
        [randomMatrix(2, 70, 9), { bits: 2, symmetric: false, mask: randomMask(140, 1) }],
      ];
      jobs.push(jobs[0]);
      const shared = [];
      for (const [W, options] of jobs) shared.push(await prepared.gptq(W, options));
      prepared.release();
      for (const [i, [W, options]] of jobs.entries()) {
        expect(shared[i]).toEqual(await gptqOf(opened, W, H, { ...options, ...prepare }));
      }
    });

    it("gptq() leaves its inputs as they are", async () => {
      const [W, H, mask] = [randomMatrix(6, 20, 1), correlatedHessian(20, 2), randomMask(120, 7)];
      const before = [W.data.slice(), H.data.slice(), mask.slice()];
      const options = { bits: 2, symmetric: false, groupSize: 8, actOrder: true, mask };
      await gptqOf(await backend(), W, H, options);
      expect([W.data, H.data, mask]).toEqual(before);
    });
  });
}
