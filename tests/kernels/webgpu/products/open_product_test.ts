import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { dequantize } from "../../../../kernels/dequantize.ts";
import { matrix } from "../../../../kernels/matrix.ts";
import { sparseWeight } from "../../../../kernels/sparse.ts";
import type { StoredWeight } from "../../../../kernels/stored_weight.ts";
import type { DeviceWeight } from "../../../../kernels/webgpu/products/device_weight.ts";
import {
  openProduct,
  type ProductOptions,
} from "../../../../kernels/webgpu/products/open_product.ts";
import { itNeeds } from "../../../needs.ts";
import { randomMatrix } from "../../random.ts";
import { LAVAPIPE, lavapipe } from "../adapter.ts";
import { CASES, pruned, randomInteger, relativeError, slowProduct } from "./product_cases.ts";

const CLOSE = 1e-5;
const FORMATS = [
  "dense",
  "8 bits, groups of 32, short last group",
  "NF4 in blocks of 24 across row ends",
  "bitmask",
  "2:4",
];

async function withWeight(
  weight: StoredWeight,
  options: ProductOptions,
  use: (opened: DeviceWeight) => Promise<void>,
): Promise<void> {
  const opened = await openProduct(await lavapipe(), weight, options);
  try {
    await use(opened);
  } finally {
    opened.release();
  }
}

/** The rows of the identity that `at` names. */
function unitVectors(columns: number, at: readonly number[]) {
  const unit = matrix(at.length, columns);
  at.forEach((c, i) => unit.data[i * columns + c] = 1);
  return unit;
}

async function expectColumns(weight: StoredWeight, opened: DeviceWeight, at: number[]) {
  const { rows, columns, data } = dequantize(weight);
  const product = await opened.matmat(unitVectors(columns, at));
  const expected = at.flatMap((c) => Array.from({ length: rows }, (_, r) => data[r * columns + c]));
  expect([...product.data].findIndex((value, i) => value !== expected[i])).toBe(-1);
}

async function expectProducts(weight: StoredWeight, opened: DeviceWeight, counts: number[]) {
  for (const count of counts) {
    const x = randomMatrix(count, weight.columns, count);
    const { rows, columns, data } = await opened.matmat(x);
    expect([rows, columns]).toEqual([count, weight.rows]);
    expect(relativeError(data, slowProduct(weight, x).data)).toBeLessThan(CLOSE);
  }
}

describe("openProduct()", () => {
  for (const [name, weight] of Object.entries(CASES)) {
    itNeeds(
      LAVAPIPE,
      `openProduct() of ${name} multiplies vectors and matrices as float64 does with the dense weight`,
      () =>
        withWeight(weight, {}, async (opened) => {
          await expectProducts(weight, opened, [3, 5, 65]);
          const x = randomMatrix(1, weight.columns, 9);
          const y = await opened.matvec(x.data);
          expect(relativeError(y, slowProduct(weight, x).data)).toBeLessThan(CLOSE);
        }),
    );

    itNeeds(
      LAVAPIPE,
      `openProduct() of ${name} gives back every column as dequantize() gives it`,
      () =>
        withWeight(weight, {}, async (opened) => {
          const all = Array.from({ length: weight.columns }, (_, c) => c);
          await expectColumns(weight, opened, all);
          for (const c of [0, 29, weight.columns - 4]) {
            await expectColumns(weight, opened, [c, c + 1, c + 2, c + 3]);
          }
        }),
    );
  }

  for (const name of FORMATS) {
    const weight = CASES[name];
    itNeeds(
      LAVAPIPE,
      `openProduct() of ${name} is the same in panels of few rows`,
      () =>
        withWeight(weight, {}, (whole) =>
          withWeight(weight, { panelBytes: 1600 }, async (cut) => {
            for (const count of [2, 17]) {
              const x = randomMatrix(count, weight.columns, count);
              expect(await cut.matmat(x)).toEqual(await whole.matmat(x));
            }
          })),
    );
  }

  itNeeds(
    LAVAPIPE,
    "openProduct() sums by subgroups, where the device has them, as it does without",
    async () => {
      if (!(await lavapipe()).device.features.has("subgroups")) return;
      for (const name of FORMATS) {
        const weight = CASES[name];
        for (const subgroups of [true, false]) {
          await withWeight(
            weight,
            { subgroups },
            (opened) => expectProducts(weight, opened, [1, 4]),
          );
        }
      }
    },
  );

  itNeeds(
    LAVAPIPE,
    "openProduct() takes what is stored and little more on the device",
    async () => {
      const [R, C] = [64, 256];
      const bytesOf = async (weight: StoredWeight) => {
        const opened = await openProduct(await lavapipe(), weight);
        opened.release();
        return [opened.format, opened.bytes];
      };
      for (const bits of [2, 3, 4, 8]) {
        const bytes = R * C * bits / 8 + R * 2 * 4;
        expect(await bytesOf(randomInteger([R, C], bits, 128))).toEqual(["integer", bytes]);
      }
      const wide = randomInteger([R, C], 4, 128, { narrow: false });
      expect(await bytesOf(wide)).toEqual(["integer", R * C / 2 + R * 2 * 8]);
      expect(await bytesOf(pruned(R, C, { n: 2, m: 4 }))).toEqual(["runs", R * C * (2 + 1 / 8)]);
      const sparse = pruned(R, C, { ratio: 0.5 });
      expect(await bytesOf(sparse)).toEqual(["bitmask", R * C / 4 + sparse.values.byteLength]);
      expect(await bytesOf({ kind: "dense", ...matrix(R, C) })).toEqual(["dense", R * C * 4]);
    },
  );

  itNeeds(LAVAPIPE, "openProduct() of a weight of which nothing was kept gives zeros", () => {
    const weight = sparseWeight(matrix(3, 40), new Uint8Array(120));
    return withWeight(weight, {}, async (opened) => {
      expect([...(await opened.matmat(randomMatrix(5, 40, 1))).data]).toEqual(Array(15).fill(0));
      expect([...await opened.matvec(new Float32Array(40).fill(1))]).toEqual([0, 0, 0]);
    });
  });

  itNeeds(
    LAVAPIPE,
    "openProduct() refuses inputs with other columns",
    () =>
      withWeight(CASES.dense, {}, async (opened) => {
        await expect(opened.matvec(new Float32Array(99))).rejects.toThrow(
          new RangeError(
            "Cannot multiply inputs [1, 99] with a weight [70, 100]: both must have as many columns",
          ),
        );
        expect((await opened.matmat(matrix(0, 100))).rows).toBe(0);
      }),
  );
});
