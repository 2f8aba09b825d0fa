import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
} from "../../kernels/float16.ts";

const ALL_PATTERNS = Uint16Array.from({ length: 65_536 }, (_, i) => i);

/** IEEE 754's own words: (-1)^sign · 2^(exponent - 15) · 1.fraction, and so on. */
function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * 2 ** -14 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction);
}

const next32 = (value: number, step: 1 | -1): number => {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  view.setInt32(0, view.getInt32(0) + step);
  return view.getFloat32(0);
};

const one = (value: number): number => float32ToFloat16(Float32Array.of(value))[0];

describe("float16ToFloat32()", () => {
  it("float16ToFloat32() gives the value that IEEE 754 defines, for all 65,536 patterns", () => {
    const values = float16ToFloat32(ALL_PATTERNS);
    const wrong = ALL_PATTERNS.filter((bits) => !Object.is(values[bits], float16Value(bits)));
    expect([...wrong]).toEqual([]);
  });
});

describe("bfloat16ToFloat32()", () => {
  it("bfloat16ToFloat32() appends 16 zero bits, for all 65,536 patterns", () => {
    const singles = new Uint32Array(bfloat16ToFloat32(ALL_PATTERNS).buffer);
    const wrong = ALL_PATTERNS.filter((bits) => singles[bits] !== bits * 65_536);
    expect([...wrong]).toEqual([]);
  });
});

describe("float32ToFloat16()", () => {
  it("float32ToFloat16() undoes float16ToFloat32() for all 65,536 patterns, NaN payloads included", () => {
    expect(float32ToFloat16(float16ToFloat32(ALL_PATTERNS))).toEqual(ALL_PATTERNS);
  });

  it("float32ToFloat16() rounds to nearest and ties to even between every two neighbours", () => {
    const wrong: number[] = [];
    for (let bits = 0; bits < 0x7c00; bits++) {
      const low = float16Value(bits);
      const high = bits === 0x7bff ? 65536 : float16Value(bits + 1);
      const middle = (low + high) / 2; // exact in float32
      const even = bits % 2 === 0 ? bits : bits + 1;
      for (const [sign, flag] of [[1, 0], [-1, 0x8000]]) {
        const right = one(sign * middle) === (even | flag) &&
          one(sign * next32(middle, -1)) === (bits | flag) &&
          one(sign * next32(middle, 1)) === (bits + 1 | flag);
        if (!right) wrong.push(sign * middle);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("float32ToFloat16() keeps zero's sign, overflows to infinity and keeps NaN", () => {
    expect([0, -0, 1e-30, -1e-30, 65519, 65520, -1e30].map(one)).toEqual(
      [0, 0x8000, 0, 0x8000, 0x7bff, 0x7c00, 0xfc00],
    );
    const quietest = Float32Array.of(NaN);
    new Uint32Array(quietest.buffer)[0] = 0x7f800001; // a payload that float16 has no room for
    expect(float32ToFloat16(quietest)[0]).toBe(0x7e00);
  });

  it("float32ToFloat16() reads a view that does not begin its buffer", () => {
    expect([...float32ToFloat16(new Float32Array([7, 1, 2]).subarray(1))]).toEqual([
      0x3c00,
      0x4000,
    ]);
  });
});

describe("float32ToBfloat16()", () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);

  it("float32ToBfloat16() undoes bfloat16ToFloat32() for all patterns but signalling NaN", () => {
    const back = float32ToBfloat16(bfloat16ToFloat32(all));
    const nan = (bits: number) => (bits & 0x7fff) > 0x7f80;
    expect(back.every((bits, i) => nan(i) ? bits === (i | 0x40) : bits === i)).toBe(true);
  });

  it("float32ToBfloat16() rounds to nearest and ties to even between every two neighbours", () => {
    const finite = all.filter((bits) => (bits & 0x7fff) < 0x7f7f);
    const between = (part: number) =>
      new Float32Array(Uint32Array.from(finite, (bits) => ((bits << 16) | part) >>> 0).buffer);
    expect(float32ToBfloat16(between(0x7fff))).toEqual(finite);
    expect(float32ToBfloat16(between(0x8001))).toEqual(finite.map((bits) => bits + 1));
    expect(float32ToBfloat16(between(0x8000))).toEqual(finite.map((bits) => bits + (bits & 1)));
  });

  it("float32ToBfloat16() overflows to infinity", () => {
    expect([...float32ToBfloat16(Float32Array.of(3.4028234e38, -3.4028234e38))])
      .toEqual([0x7f80, 0xff80]);
  });
});
