import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { decodeWeight } from "../../../inference/compressed/decode.ts";
import { storedParts } from "../../../inference/compressed/description.ts";
import { asStored, encodeWeight } from "../../../inference/compressed/encode.ts";
import { parseDescription } from "../../../inference/compressed/record.ts";
import type { FloatDtype } from "../../../inference/float_values.ts";
import { DTYPE_BITS } from "../../../inference/safetensors_dtype.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { quantizeNf4 } from "../../../kernels/nf4.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import { roundToType } from "../../../kernels/float_type.ts";
import { sparseWeight } from "../../../kernels/sparse.ts";
import type { IntegerWeight, StoredWeight } from "../../../kernels/stored_weight.ts";
import { normal, uniform } from "../random_checkpoint.ts";

function randomMatrix(rows: number, columns: number, seed = 1): Matrix {
  const next = normal(uniform(seed));
  return matrix(rows, columns, Float32Array.from({ length: rows * columns }, next));
}

/** Writes a weight's tensors and reads them again, by way of a JSON text and bytes alone. */
async function roundTrip(weight: StoredWeight, dtype: FloatDtype): Promise<StoredWeight> {
  const { description, parts } = encodeWeight(weight, dtype);
  const shapes = storedParts(description);
  expect([...parts.keys()]).toEqual([...shapes.keys()]);
  for (const [part, { dtype, shape }] of shapes) {
    const bits = shape.reduce((product, size) => product * size, DTYPE_BITS.get(dtype)!);
    expect(parts.get(part)!.length).toBe(bits / 8);
  }
  const read = (part: string) => Promise.resolve(new Uint8Array(parts.get(part)!.slice().buffer));
  return await decodeWeight(
    parseDescription(JSON.parse(JSON.stringify(description)), "test"),
    read,
    "w",
  );
}

/** Bytes of a weight's tensors. */
function storedBytes(weight: StoredWeight, dtype: FloatDtype = "F16"): Record<string, number> {
  const { parts } = encodeWeight(weight, dtype);
  return Object.fromEntries([...parts].map(([part, bytes]) => [part, bytes.length]));
}

const W = randomMatrix(5, 37);

/** A weight with the groups of act-order: columns in another order, grouped by their place in it. */
function reordered(weight: IntegerWeight): IntegerWeight {
  const { columns, groupIndex } = weight;
  return { ...weight, groupIndex: groupIndex.map((_, c) => groupIndex[(c * 11) % columns]) };
}

const WEIGHTS: Record<string, StoredWeight> = {
  "nf4": quantizeNf4(W),
  "nf4 in short blocks": quantizeNf4(W, { blockSize: 7 }),
  "nf4 of an odd number of elements": quantizeNf4(randomMatrix(3, 5), { blockSize: 16 }),
  "nf4 with double quantisation": quantizeNf4(randomMatrix(40, 37), {
    blockSize: 4,
    doubleQuantization: true,
  }),
  "sparse": sparseWeight(
    W,
    W.data.reduce((mask, w, i) => (mask[i] = +(w > 0), mask), new Uint8Array(185)),
  ),
  "sparse with all kept": sparseWeight(W, new Uint8Array(185).fill(1)),
  "sparse with none kept": sparseWeight(W, new Uint8Array(185)),
  "dense": { kind: "dense", ...W },
};
for (let bits = 2; bits <= 8; bits++) {
  for (const groupSize of [-1, 16, 9]) {
    for (const symmetric of [true, false]) {
      const weight = roundToNearest(W, { bits, groupSize, symmetric });
      WEIGHTS[`${bits} bits, groups of ${groupSize}, ${symmetric ? "" : "a"}symmetric`] = weight;
    }
  }
  WEIGHTS[`${bits} bits in another order`] = reordered(
    roundToNearest(W, { bits, groupSize: 16, symmetric: bits % 2 === 0 }),
  );
}

describe("asStored()", () => {
  it("gives exactly what reads back from the tensors, in every form and dtype", async () => {
    for (const [name, weight] of Object.entries(WEIGHTS)) {
      for (const dtype of ["F16", "BF16", "F32"] as const) {
        const stored = asStored(weight, dtype);
        expect([name, dtype, await roundTrip(weight, dtype)]).toEqual([name, dtype, stored]);
      }
    }
  });

  it("changes nothing the second time", () => {
    for (const weight of Object.values(WEIGHTS)) {
      for (const dtype of ["F16", "BF16", "F32"] as const) {
        const once = asStored(weight, dtype);
        expect(asStored(once, dtype)).toEqual(once);
      }
    }
  });

  it("rounds scales to float16 and sparse and dense values to the dtype, and nothing else", () => {
    const integer = WEIGHTS["3 bits, groups of 16, asymmetric"] as IntegerWeight;
    const { scales, ...others } = integer;
    expect(asStored(integer, "F32"))
      .toEqual({ ...others, scales: roundToType(scales, "float16") });
    expect(asStored(WEIGHTS["dense"], "F32")).toEqual(WEIGHTS["dense"]);
    expect(asStored(WEIGHTS["dense"], "F16")).toEqual({
      kind: "dense",
      rows: 5,
      columns: 37,
      data: roundToType(W.data, "float16"),
    });
  });

  it("refuses values that float16 cannot hold", () => {
    const large: StoredWeight = { kind: "dense", ...matrix(1, 2, [1, 65520]) };
    expect(() => asStored(large, "F16")).toThrow(
      new RangeError(
        "Cannot store values as F16: each must be finite and within its range, but number 1 is 65520",
      ),
    );
    expect(asStored(large, "F32")).toEqual(large);
    const scale = roundToNearest(matrix(1, 2, [-1e6, 1e6]), { bits: 2, symmetric: true });
    expect(() => asStored(scale, "F32")).toThrow(/Cannot store scales as F16/);
  });
});

describe("encodeWeight()", () => {
  it("takes the bytes that the arithmetic says", () => {
    const rtn = (bits: number, groupSize: number, symmetric: boolean) =>
      storedBytes(roundToNearest(W, { bits, groupSize, symmetric }));
    expect(rtn(3, -1, true)).toEqual({ ".codes": 5 * 14, ".scales": 5 * 2 });
    expect(rtn(4, 16, true)).toEqual({ ".codes": 5 * 19, ".scales": 5 * 3 * 2 });
    expect(rtn(3, 9, false))
      .toEqual({ ".codes": 5 * 14, ".scales": 5 * 5 * 2, ".zeros": 5 * 2 });
    expect(storedBytes(WEIGHTS["4 bits in another order"]))
      .toEqual({ ".codes": 95, ".scales": 30, ".group_index": 37 * 4 });
    expect(storedBytes(WEIGHTS["nf4"])).toEqual({ ".codes": 93, ".absmax": 3 * 4 });
    expect(storedBytes(WEIGHTS["nf4 with double quantisation"])).toEqual({
      ".codes": 740,
      ".absmax": 370,
      ".nested_absmax": 2 * 4,
      ".nested_offset": 4,
    });
    expect(storedBytes(WEIGHTS["sparse with all kept"])).toEqual({ ".mask": 25, ".values": 370 });
    expect(storedBytes(WEIGHTS["sparse with none kept"])).toEqual({ ".mask": 25, ".values": 0 });
    expect(storedBytes(WEIGHTS["dense"], "F32")).toEqual({ "": 740 });
  });

  it("lays out codes, zero points and mask as documented", () => {
    const weight: IntegerWeight = {
      kind: "integer",
      rows: 2,
      columns: 3,
      bits: 3,
      groupSize: 2,
      symmetric: false,
      codes: Uint8Array.of(1, 7, 4, 2, 0, 5),
      scales: Float32Array.of(1, 2, 0.5, -4),
      zeros: Float32Array.of(4, 3, 4, 4),
      groupIndex: Int32Array.of(0, 0, 1),
    };
    const { parts } = encodeWeight(weight, "F32");
    expect([...parts.get(".codes")!]).toEqual([0b00111001, 0b1, 0b01000010, 0b1]);
    expect([...parts.get(".zeros")!]).toEqual([0b011100, 0b100100]);
    expect([...parts.get(".scales")!]).toEqual([0, 0x3c, 0, 0x40, 0, 0x38, 0, 0xc4]);
    const sparse = sparseWeight(
      matrix(1, 9, [1, 0, 2, 0, 0, 0, 0, 3, 4]),
      Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 1, 1),
    );
    const encoded = encodeWeight(sparse, "F16").parts;
    expect([...encoded.get(".mask")!]).toEqual([0b10000101, 0b1]);
    expect([...encoded.get(".values")!]).toEqual([0, 0x3c, 0, 0x40, 0, 0x42, 0, 0x44]);
  });

  it("refuses what it could not read back", () => {
    const weight = roundToNearest(W, { bits: 4, groupSize: 16, symmetric: false });
    const broken = (change: Partial<IntegerWeight>) => () =>
      encodeWeight({ ...weight, ...change }, "F16");
    expect(broken({ zeros: weight.zeros.map(() => 16) })).toThrow(
      /Cannot store a zero point of 16/,
    );
    expect(broken({ zeros: weight.zeros.map(() => 0.5) })).toThrow(/a whole number from 0 to 15/);
    expect(broken({ codes: weight.codes.map(() => 16) })).toThrow(/Cannot pack 16 into 4 bits/);
    expect(broken({ groupIndex: weight.groupIndex.map(() => 3) })).toThrow(/they must fit/);
    expect(broken({ scales: weight.scales.slice(1) })).toThrow(/they must fit/);
    expect(broken({ bits: 9 })).toThrow(/bits be 1 to 8/);
  });
});
