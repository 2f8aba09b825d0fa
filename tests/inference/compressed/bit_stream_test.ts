import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { packBits, unpackBits } from "../../../inference/compressed/bit_stream.ts";
import { uniform } from "../random_checkpoint.ts";

/** The same by arithmetic on one big number: a row is the sum of code · 2^(bits · column). */
function packedSlowly(codes: Uint8Array, rows: number, columns: number, bits: number): number[] {
  const bytes: number[] = [];
  for (let r = 0; r < rows; r++) {
    let row = 0n;
    for (let c = columns - 1; c >= 0; c--) {
      row = (row << BigInt(bits)) | BigInt(codes[r * columns + c]);
    }
    for (let i = 0; i < Math.ceil(columns * bits / 8); i++, row >>= 8n) {
      bytes.push(Number(row & 255n));
    }
  }
  return bytes;
}

describe("packBits()", () => {
  it("packs a row as one little-endian number and unpackBits() finds it again, at every width", () => {
    const next = uniform(4);
    for (let bits = 1; bits <= 8; bits++) {
      for (const columns of [1, 7, 8, 13, 32]) {
        const codes = Uint8Array.from(
          { length: 3 * columns },
          () => Math.floor(next() * 2 ** bits),
        );
        const packed = packBits(codes, 3, columns, bits);
        expect([...packed]).toEqual(packedSlowly(codes, 3, columns, bits));
        expect(unpackBits(packed, 3, columns, bits)).toEqual(codes);
      }
    }
  });

  it("refuses a number that does not fit", () => {
    expect(() => packBits(Uint8Array.of(1, 8), 1, 2, 3)).toThrow(
      new RangeError("Cannot pack 8 into 3 bits: it must be below 8"),
    );
  });
});

describe("unpackBits()", () => {
  it("refuses bytes that are too few or too many", () => {
    expect(() => unpackBits(new Uint8Array(3), 2, 5, 3)).toThrow(/there must be 4/);
    expect(() => unpackBits(new Uint8Array(5), 2, 5, 3)).toThrow(/there must be 4/);
  });
});
