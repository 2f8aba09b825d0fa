/**
 * Random stored weights of any shape, made without a compression: products take as long whatever the numbers are.
 * @module
 */
import { keptCount, unpackMask } from "../../kernels/mask.ts";
import type { StoredWeight } from "../../kernels/stored_weight.ts";
import { seededRandom } from "../../metrics/random.ts";

/** The formats that are measured, float32 first. */
export const PRODUCT_FORMATS = [
  "float32",
  "8 bits",
  "4 bits",
  "3 bits",
  "2 bits",
  "NF4",
  "bitmask, 50 % pruned",
  "2:4",
] as const;

/** A format's name. */
export type ProductFormatName = typeof PRODUCT_FORMATS[number];

const GROUP = 128;
const BLOCK = 64;
const PAIRS = [0b0011, 0b0101, 0b0110, 0b1001, 0b1010, 0b1100]; // two of four

function randomBytes(count: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(seed);
  const words = new Uint32Array(Math.ceil(count / 4));
  for (let i = 0; i < words.length; i++) words[i] = random.bits();
  return new Uint8Array(words.buffer, 0, count);
}

/** Numbers from -0.5 to 0.5. */
export function randomFloats(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => random.bits() / 2 ** 32 - 0.5);
}

function randomInteger(rows: number, columns: number, bits: number, seed: number): StoredWeight {
  const groups = Math.ceil(columns / GROUP);
  return {
    ...{ kind: "integer", rows, columns, bits, groupSize: GROUP, symmetric: false },
    codes: randomBytes(rows * columns, seed).map((byte) => byte >> (8 - bits)),
    scales: new Float32Array(rows * groups).fill(2 ** -6),
    zeros: new Float32Array(rows * groups).fill(2 ** (bits - 1)),
    groupIndex: Int32Array.from({ length: columns }, (_, c) => Math.floor(c / GROUP)),
  };
}

function randomSparse(rows: number, columns: number, runs: boolean, seed: number): StoredWeight {
  const mask = randomBytes(rows * Math.ceil(columns / 8), seed);
  if (runs) {
    mask.forEach((byte, i) =>
      mask[i] = PAIRS[(byte & 15) % PAIRS.length] | PAIRS[(byte >> 4) % PAIRS.length] << 4
    );
  }
  const kept = keptCount(unpackMask(mask, rows, columns));
  return { kind: "sparse", rows, columns, mask, values: randomFloats(kept, seed + 1) };
}

/**
 * A random weight.
 *
 * @param name its format; 8 must divide the columns of sparse ones.
 */
export function randomWeight(
  name: ProductFormatName,
  rows: number,
  columns: number,
  seed: number,
): StoredWeight {
  switch (name) {
    case "float32":
      return { kind: "dense", rows, columns, data: randomFloats(rows * columns, seed) };
    case "NF4":
      return {
        ...{ kind: "nf4", rows, columns, blockSize: BLOCK },
        codes: randomBytes(Math.ceil(rows * columns / 2), seed),
        absmax: new Float32Array(Math.ceil(rows * columns / BLOCK)).fill(2 ** -4),
      };
    case "bitmask, 50 % pruned":
    case "2:4":
      return randomSparse(rows, columns, name === "2:4", seed);
    default:
      return randomInteger(rows, columns, Number(name[0]), seed);
  }
}
