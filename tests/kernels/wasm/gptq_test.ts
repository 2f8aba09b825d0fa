import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { dequantize } from "../../../kernels/dequantize.ts";
import { gptq, type GptqResult, gptqWithFactor } from "../../../kernels/gptq.ts";
import { factorizeHessian } from "../../../kernels/gptq_factor.ts";
import type { GptqOptions } from "../../../kernels/gptq_options.ts";
import { FactorizationError } from "../../../kernels/linear_algebra.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import {
  factorizeHessianOn,
  factorizeHessianWasm,
  gptqOn,
  gptqWasm,
  gptqWithFactorOn,
  gptqWithFactorWasm,
} from "../../../kernels/wasm/gptq.ts";
import { randomMatrix } from "../random.ts";
import { agreement, correlatedHessian, expectSame, identity, randomMask, WAYS } from "./layers.ts";

const FORMS = [2, 3, 4, 8].flatMap((bits) =>
  [true, false].map((symmetric) => ({ bits, symmetric }))
);

/** Sizes around the vectors' 4 and 8, tiles of 6, blocks of 48 and 128, and strips of the matrix product. */
const SHAPES = [[1, 1], [1, 2], [3, 5], [8, 8], [9, 47], [4, 49], [17, 97], [13, 130], [40, 300]];

const OPTIONS: Record<string, Omit<GptqOptions, "bits" | "symmetric">> = {
  "one grid a row": {},
  "groups of 128": { groupSize: 128 },
  "groups within a block, the last one short": { groupSize: 7, blockSize: 32 },
  "groups across blocks": { groupSize: 20, blockSize: 13 },
  "groups of three columns": { groupSize: 3 },
  "blocks of one column": { groupSize: 4, blockSize: 1 },
  "a block of all columns": { groupSize: 16, blockSize: 1000 },
  "act-order": { actOrder: true, groupSize: 16 },
  "act-order with static groups": { actOrder: true, groupSize: 16, staticGroups: true },
  "a searched range": { groupSize: 32, searchRange: true },
  "more damping": { groupSize: 32, damping: 0.1 },
};

/**
 * The far end of a symmetric range is a tie, -7.5 of 4 bits. With grids fitted during the sweep, the last bits of the errors so far
 * break it, and its error is as large either way: codes at these ends, one a group, are as good as random.
 */
function hasMovingTies({ groupSize = -1, staticGroups = false }: Partial<GptqOptions>): boolean {
  return groupSize !== -1 && !staticGroups;
}

/** Layers of every shape with what gptq() makes of them; each way of computing is compared with the same ones. */
const references = new Map<
  string,
  { W: Matrix; H: Matrix; form: GptqOptions; expected: GptqResult }[]
>();

function referencesOf(name: string) {
  const known = references.get(name);
  if (known) return known;
  const options = OPTIONS[name];
  const layers = SHAPES.flatMap(([rows, columns], i) => {
    const W = randomMatrix(rows, columns, i + 1);
    const H = correlatedHessian(columns, i + 50);
    return [{ bits: 4, symmetric: false }, { bits: 3, symmetric: true }]
      .filter(({ symmetric }) => !(symmetric && hasMovingTies(options)))
      .map((bits) => ({ ...bits, ...options }))
      .map((form) => ({ W, H, form, expected: gptq(W, H, form) }));
  });
  references.set(name, layers);
  return layers;
}

for (const { build, precision } of WAYS) {
  const where = `(${build}, ${precision})`;
  const least = precision === "float64" ? 0.9995 : 0.999;

  describe(`gptqWasm() ${where}`, () => {
    it("gptqWasm() with the identity as Hessian is round-to-nearest, whatever the order and the blocks", () => {
      for (const [rows, columns] of [[6, 20], [9, 67]]) {
        const W = randomMatrix(rows, columns, 1);
        for (const form of FORMS) {
          for (const groupSize of [-1, 7]) {
            for (const blockSize of [5, 128]) {
              for (const actOrder of [false, true]) {
                const options = { ...form, groupSize, blockSize, precision, actOrder };
                const { weight } = gptqOn(build, W, identity(columns), options);
                expect(weight).toEqual(roundToNearest(W, { ...form, groupSize }));
              }
            }
          }
        }
      }
    });

    for (const name of Object.keys(OPTIONS)) {
      it(`gptqWasm() equals gptq() with ${name}, in every shape`, () => {
        let [equal, all] = [0, 0];
        for (const { W, H, form, expected } of referencesOf(name)) {
          const actual = gptqOn(build, W, H, { ...form, precision });
          expectSame(actual, expected, 0.99); // one code of a small weight may be next to a tie
          equal += W.data.length * agreement(actual.weight.codes, expected.weight.codes);
          all += W.data.length;
        }
        expect(equal / all).toBeGreaterThanOrEqual(least);
      });
    }

    it("gptqWasm() equals gptq() with symmetric groups but for the ties at their ends", () => {
      const W = randomMatrix(64, 384, 6);
      const H = correlatedHessian(384, 7);
      const options = { bits: 4, symmetric: true, groupSize: 128 };
      const expected = gptq(W, H, options);
      const actual = gptqOn(build, W, H, { ...options, precision });
      expect(agreement(actual.weight.codes, expected.weight.codes)).toBeGreaterThan(0.98);
      expect(Math.abs(actual.loss / expected.loss - 1)).toBeLessThan(5e-3);
    });

    it("gptqWasm() equals gptq() with masks and with columns without input", () => {
      for (const actOrder of [false, true]) {
        const W = randomMatrix(21, 150, 3);
        const H = correlatedHessian(150, 4, [0, 5, 149]);
        const mask = randomMask(21 * 150, 5);
        const options = { bits: 4, symmetric: false, groupSize: 32, actOrder };
        expectSame(gptqOn(build, W, H, { ...options, precision }), gptq(W, H, options), least);
        const masked = gptqOn(build, W, H, { ...options, mask, precision });
        expectSame(masked, gptq(W, H, { ...options, mask }), least);
        const restored = dequantize(masked.weight).data;
        mask.forEach((kept, i) => expect(kept === 1 || restored[i] === 0).toBe(true));
        for (let r = 0; r < 21; r++) expect(restored[r * 150 + 5]).toBe(0);
      }
    });

    it("gptqWasm() keeps the grids of all-zero and of all-positive rows", () => {
      const W = matrix(3, 4, [0, 0, 0, 0, 1, 2, 3, 4, -1, -2, -3, -4]);
      for (const form of FORMS) {
        for (const groupSize of [-1, 2]) {
          const options = { ...form, groupSize };
          const { weight } = gptqOn(build, W, identity(4), { ...options, precision });
          expect(weight).toEqual(roundToNearest(W, options));
        }
      }
    });

    it("factorizeHessianWasm() equals factorizeHessian()", () => {
      for (const columns of [1, 7, 48, 49, 96, 145, 333]) {
        const H = correlatedHessian(columns, columns, columns > 7 ? [3] : []);
        for (const actOrder of [false, true]) {
          const expected = factorizeHessian(H, { actOrder });
          const actual = factorizeHessianOn(build, H, { actOrder, precision });
          expect([actual.order, actual.dead]).toEqual([expected.order, expected.dead]);
          const largest = expected.upper.reduce((most, u) => Math.max(most, Math.abs(u)), 0);
          const off = expected.upper.reduce(
            (most, u, i) => Math.max(most, Math.abs(u - actual.upper[i])),
            0,
          );
          expect(off / largest).toBeLessThan(precision === "float64" ? 1e-12 : 1e-5);
        }
      }
    });

    it("gptqWithFactorWasm() equals gptqWasm(), whichever function prepared the factor", () => {
      const W = randomMatrix(10, 100, 8);
      const H = correlatedHessian(100, 9);
      const preparation = { damping: 0.1, actOrder: true };
      const options = { bits: 3, symmetric: true, groupSize: 16 };
      const expected = gptqOn(build, W, H, { ...options, ...preparation, precision });
      const own = factorizeHessianOn(build, H, { ...preparation, precision });
      const before = own.upper.slice();
      expect(gptqWithFactorOn(build, W, own, { ...options, precision })).toEqual(expected);
      expect(own.upper).toEqual(before);
      expectSame(gptqWithFactor(W, own, options), expected, 0.99);
      const other = factorizeHessian(H, preparation);
      expectSame(gptqWithFactorOn(build, W, other, { ...options, precision }), expected, 0.99);
    });

    it("gptqWasm() says where a Hessian cannot be factorised, in whichever block", () => {
      const advice = precision === "float32"
        ? 'raise damping, or take the precision "float64"'
        : "raise damping";
      const options = { bits: 4, symmetric: true, damping: 0, precision };
      const singular = matrix(2, 2, [1, 1, 1, 1]);
      expect(() => gptqOn(build, matrix(1, 2, [1, -1]), singular, options)).toThrow(
        "Cannot factorise the Hessian [2, 2] with damping 0: the pivot of column 0 is 0, " +
          `and it must be positive; ${advice}`,
      );
      for (const column of [0, 60, 149]) {
        const H = identity(150);
        H.data[column * 151] = -1;
        const error = (() => {
          try {
            factorizeHessianOn(build, H, options);
          } catch (error) {
            return error;
          }
        })();
        expect(error).toBeInstanceOf(FactorizationError);
        expect(error).toMatchObject({ row: column, pivot: -1 });
        factorizeHessianOn(build, identity(150), options); // the memory is as good as new
      }
    });
  });
}

describe("gptqWasm(), its inputs and errors", () => {
  const W = randomMatrix(6, 20, 1);
  const H = correlatedHessian(20, 2);

  it("gptqWasm() gives the same bits again, whatever ran before in its memory", () => {
    const options = { bits: 3, symmetric: false, groupSize: 8, actOrder: true };
    const first = gptqWasm(W, H, options);
    const mask = randomMask(1200, 1);
    gptqWasm(randomMatrix(4, 300, 3), identity(300), { ...options, mask, precision: "float64" });
    expect(gptqWasm(W, H, options)).toEqual(first);
  });

  it("gptqWasm() leaves its inputs as they are", () => {
    const mask = randomMask(6 * 20, 7);
    const before = [W.data.slice(), H.data.slice(), mask.slice()];
    gptqWasm(W, H, { bits: 2, symmetric: false, groupSize: 8, actOrder: true, mask });
    expect([W.data, H.data, mask]).toEqual(before);
  });

  it("gptqWasm() frees memory past 64 MiB and goes on", () => {
    const wide = randomMatrix(1, 3000, 1);
    const options = { bits: 4, symmetric: true, precision: "float64" as const };
    for (let run = 0; run < 2; run++) {
      const { weight } = gptqWithFactorWasm(wide, {
        columns: 3000,
        upper: Float64Array.from({ length: 9e6 }, (_, i) => i % 3001 === 0 ? 1 : 0),
        order: Int32Array.from({ length: 3000 }, (_, i) => i),
        dead: new Uint8Array(3000),
      }, options);
      expect(weight).toEqual(roundToNearest(wide, options));
    }
  });

  it("gptqWasm() refuses what 4 GiB do not hold, before the work", () => {
    const columns = 24000;
    const factor = {
      columns,
      upper: new Float64Array(0),
      order: new Int32Array(columns),
      dead: new Uint8Array(columns),
    };
    const options = { bits: 4, symmetric: true, precision: "float64" as const };
    expect(() => gptqWithFactorWasm(matrix(1, columns), factor, options)).toThrow(
      /^Cannot quantise a weight \[1, 24000\] in WebAssembly: it takes 46\d+ bytes, and a memory has 4294967296 at most$/,
    );
  });

  it("gptqWasm() refuses what it cannot use, naming the rule", () => {
    const form = { bits: 4, symmetric: true };
    const bad: [() => unknown, string][] = [
      [() => gptqWasm(W, H, { ...form, bits: 1 }), "Cannot quantise to 1 bits"],
      [() => gptqWasm(W, H, { ...form, groupSize: 0 }), "Cannot make groups of 0 columns"],
      [() => gptqWasm(W, H, { ...form, blockSize: 0 }), "Cannot quantise in blocks of 0 columns"],
      [() => gptqWasm(W, H, { ...form, damping: -1 }), "Cannot damp a Hessian by -1"],
      [() => gptqWasm(W, H, { ...form, mask: new Uint8Array(3) }), "must have 120 elements"],
      [() => gptqWasm(W, identity(3), form), "with a Hessian of 3 columns"],
      [() => gptqWasm(W, matrix(3, 20), form), "Cannot factorise a Hessian [3, 20]"],
      [() => factorizeHessianWasm(matrix(1, 1, [NaN])), "with NaN at (0, 0)"],
      [
        () => gptqWasm(W, H, { ...form, precision: "float16" as "float32" }),
        "Cannot compute with the precision float16: it must be float32 or float64",
      ],
    ];
    for (const [run, message] of bad) {
      expect(run).toThrow(RangeError);
      expect(run).toThrow(message);
    }
  });
});
