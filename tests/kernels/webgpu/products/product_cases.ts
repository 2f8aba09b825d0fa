/**
 * Weights in every form in which products are made, in shapes that fit no tile.
 * @module
 */
import { magnitudeMask } from "../../../../kernels/magnitude.ts";
import { type Matrix, matrix } from "../../../../kernels/matrix.ts";
import { quantizeNf4 } from "../../../../kernels/nf4.ts";
import type { SparsityPattern } from "../../../../kernels/prune_smallest.ts";
import { roundToNearest } from "../../../../kernels/round_to_nearest.ts";
import { sparseWeight } from "../../../../kernels/sparse.ts";
import type {
  IntegerWeight,
  SparseWeight,
  StoredWeight,
} from "../../../../kernels/stored_weight.ts";
import { float16ToFloat32, float32ToFloat16 } from "../../../../kernels/float16.ts";
import { dequantize } from "../../../../kernels/dequantize.ts";
import { randomMatrix, randomNumbers } from "../../random.ts";

/** A weight of random codes; scales are float16 numbers unless told otherwise. */
export function randomInteger(
  [rows, columns]: readonly [number, number],
  bits: number,
  groupSize: number,
  { symmetric = false, narrow = true }: { symmetric?: boolean; narrow?: boolean } = {},
): IntegerWeight {
  const weight = roundToNearest(randomMatrix(rows, columns, bits + columns), {
    ...{ bits, groupSize, symmetric },
  });
  const scales = narrow ? float16ToFloat32(float32ToFloat16(weight.scales)) : weight.scales;
  return { ...weight, scales };
}

/** Columns in a random order, in each group those that act-order puts there. */
export function shuffledGroups(weight: IntegerWeight, seed: number): IntegerWeight {
  const next = randomNumbers(seed);
  const groupIndex = weight.groupIndex.slice();
  for (let i = groupIndex.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [groupIndex[i], groupIndex[j]] = [groupIndex[j], groupIndex[i]];
  }
  return { ...weight, groupIndex };
}

/** Columns that belong to any group, to some none. */
function unevenGroups(weight: IntegerWeight): IntegerWeight {
  const groups = weight.scales.length / weight.rows;
  const next = randomNumbers(31);
  return { ...weight, groupIndex: weight.groupIndex.map(() => Math.floor(next() ** 2 * groups)) };
}

/** A weight pruned by magnitude. */
export function pruned(rows: number, columns: number, pattern: SparsityPattern): SparseWeight {
  const weight = randomMatrix(rows, columns, columns);
  return sparseWeight(weight, magnitudeMask(weight, pattern));
}

function integerCases(): Record<string, StoredWeight> {
  const cases: Record<string, StoredWeight> = {};
  for (const bits of [2, 3, 4, 8]) {
    cases[`${bits} bits, groups of 32, short last group`] = randomInteger([37, 100], bits, 32);
  }
  cases["3 bits, symmetric, one group, float32 scales"] = randomInteger([5, 70], 3, -1, {
    ...{ symmetric: true, narrow: false },
  });
  const weight = randomInteger([21, 200], 4, 64);
  cases["4 bits in act-order"] = shuffledGroups(weight, 3);
  cases["3 bits in act-order, whole groups"] = shuffledGroups(randomInteger([9, 256], 3, 128), 4);
  cases["4 bits, groups of any number of columns"] = unevenGroups(weight);
  return cases;
}

/** The weights by what they are. */
export const CASES: Readonly<Record<string, StoredWeight>> = {
  dense: { kind: "dense", ...randomMatrix(70, 100, 1) },
  "dense of whole steps": { kind: "dense", ...randomMatrix(3, 64, 2) },
  ...integerCases(),
  "NF4 in blocks of whole steps": quantizeNf4(randomMatrix(66, 192, 5)),
  "NF4 in blocks of 24 across row ends": quantizeNf4(randomMatrix(37, 100, 6), { blockSize: 24 }),
  "NF4 quantised twice": quantizeNf4(randomMatrix(7, 90, 7), {
    ...{ blockSize: 24, doubleQuantization: true },
  }),
  "bitmask": pruned(37, 101, { ratio: 0.6 }),
  "2:4": pruned(21, 100, { n: 2, m: 4 }),
  "4:8": pruned(66, 72, { n: 4, m: 8 }),
  "1:2": pruned(5, 38, { n: 1, m: 2 }),
  "3:4": pruned(6, 160, { n: 3, m: 4 }),
};

/** X Wᵀ in float64, rounded at the end. */
export function slowProduct(weight: StoredWeight, inputs: Matrix): Matrix {
  const { rows: R, columns: C, data: w } = dequantize(weight);
  const y = matrix(inputs.rows, R);
  for (let m = 0; m < inputs.rows; m++) {
    for (let r = 0; r < R; r++) {
      let sum = 0;
      for (let c = 0; c < C; c++) sum += inputs.data[m * C + c] * w[r * C + c];
      y.data[m * R + r] = sum;
    }
  }
  return y;
}

/** The largest difference as a share of the largest magnitude. */
export function relativeError(actual: Float32Array, expected: Float32Array): number {
  let difference = 0;
  let largest = 0;
  expected.forEach((value, i) => {
    const error = Math.abs(actual[i] - value);
    if (!(error <= difference)) difference = error; // NaN stays
    largest = Math.max(largest, Math.abs(value));
  });
  return actual.length === expected.length ? difference / largest : Infinity;
}
