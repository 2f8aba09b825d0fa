import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { matrix } from "../../kernels/matrix.ts";
import { dequantizeNf4, nf4Codes, quantizeNf4 } from "../../kernels/nf4.ts";
import { dequantizeAbsmax } from "../../kernels/nf4_absmax.ts";
import { NF4_LEVELS } from "../../kernels/nf4_levels.ts";
import type { NestedAbsmax, Nf4Weight } from "../../kernels/stored_weight.ts";
import {
  asMatrix,
  expectAllClose,
  expectAllEqual,
  type GoldenCase,
  itMatchesGolden,
} from "./golden.ts";
import { slowNf4, slowValues } from "./nf4_oracle.ts";
import { randomMatrix } from "./random.ts";

const hex = (bytes: Uint8Array) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const SHAPES = [[16, 64, 64], [5, 48, 64], [7, 45, 64], [3, 11, 16], [1, 1, 64], [9, 20, 7]];

describe("quantizeNf4()", () => {
  it("quantizeNf4() equals a slow nearest-level search in float64, for shapes with short last blocks and odd counts", () => {
    SHAPES.forEach(([rows, columns, blockSize], seed) => {
      const weight = randomMatrix(rows, columns, seed + 1);
      const { codes, absmax } = quantizeNf4(weight, { blockSize });
      const slow = slowNf4(weight, blockSize);
      expect(hex(codes)).toBe(slow.hex);
      expectAllEqual(absmax as Float32Array, slow.absmax, "absmax");
    });
  });

  it("quantizeNf4() puts the first code into the high half and fills an odd count with the code of 0", () => {
    expect([...quantizeNf4(matrix(1, 3, [-1, 1, 1])).codes]).toEqual([0x0f, 0xf7]);
  });

  it("quantizeNf4() runs blocks over row ends", () => {
    const weight = randomMatrix(6, 32, 7);
    const flat = matrix(1, 6 * 32, weight.data);
    expect(quantizeNf4(weight).codes).toEqual(quantizeNf4(flat).codes);
    expect(quantizeNf4(weight).absmax).toEqual(quantizeNf4(flat).absmax);
  });

  it("quantizeNf4() gives a block of zeros the code of 0, and magnitudes below float32's reciprocals too", () => {
    const weight = matrix(3, 2, [0, -0, 1e-45, -1e-39, 1e-37, -1e-37]);
    const stored = quantizeNf4(weight, { blockSize: 2 });
    expect([...nf4Codes(stored)]).toEqual([7, 7, 7, 6, 15, 0]);
    expect([...stored.absmax as Float32Array]).toEqual([0, 1e-39, 1e-37].map(Math.fround));
    expect([...dequantizeNf4(stored).data.slice(0, 2)]).toEqual([0, 0]);
  });

  it("quantizeNf4() of its own result changes nothing", () => {
    const stored = quantizeNf4(randomMatrix(12, 40, 8));
    expect(quantizeNf4(dequantizeNf4(stored))).toEqual(stored);
  });

  it("quantizeNf4() leaves the weight as it is", () => {
    const weight = randomMatrix(4, 40, 9);
    const before = weight.data.slice();
    quantizeNf4(weight, { doubleQuantization: true });
    expect(weight.data).toEqual(before);
  });

  it("quantizeNf4() stores 4.5 bits a weight, and 4.127 with double quantisation", () => {
    const weight = matrix(256, 64 * 64);
    const single = quantizeNf4(weight);
    const nested = quantizeNf4(weight, { doubleQuantization: true });
    const { codes, absmax } = nested.absmax as NestedAbsmax;
    const count = weight.data.length;
    const bits = (...parts: ArrayBufferView[]) =>
      8 * parts.reduce((sum, part) => sum + part.byteLength, 0) / count;
    expect(bits(single.codes, single.absmax as Float32Array)).toBe(4.5);
    expect(bits(nested.codes, codes, absmax)).toBeCloseTo(4.127, 3);
  });

  it("quantizeNf4() refuses blocks of less than 1 and values that are not finite", () => {
    expect(() => quantizeNf4(matrix(1, 1), { blockSize: 0 })).toThrow(
      "Cannot quantise to NF4 in blocks of 0: blockSize must be a whole number of at least 1",
    );
    expect(() => quantizeNf4(matrix(2, 2, [1, 2, 3, NaN]))).toThrow(
      "Cannot quantise a weight [2, 2] to NF4: its values must be finite, but element (1, 1) is NaN",
    );
    expect(() => quantizeNf4(matrix(1, 2, [-Infinity, 0]))).toThrow(RangeError);
  });
});

describe("dequantizeNf4()", () => {
  it("dequantizeNf4() is off by at most half the widest gap between levels, times the block's maximum", () => {
    const weight = randomMatrix(20, 50, 10);
    const { data } = dequantizeNf4(quantizeNf4(weight));
    const absmax = slowNf4(weight, 64).absmax;
    const gap = Math.max(...NF4_LEVELS.slice(1).map((level, i) => level - NF4_LEVELS[i]));
    const off = [...data].map((x, i) => Math.abs(x - weight.data[i]) / absmax[Math.floor(i / 64)]);
    expect(Math.max(...off)).toBeLessThan(gap / 2 + 1e-6);
    expect(Math.max(...off)).toBeGreaterThan(gap / 4);
  });

  it("dequantizeNf4() multiplies levels by the maxima, restored ones if they were quantised", () => {
    for (const doubleQuantization of [false, true]) {
      const stored = quantizeNf4(randomMatrix(9, 45, 11), { doubleQuantization });
      const slow = slowValues(hex(stored.codes), dequantizeAbsmax(stored.absmax), 64);
      expectAllEqual(dequantizeNf4(stored).data, slow.slice(0, 405).map(Math.fround), "values");
    }
  });

  it("dequantizeNf4() keeps the values of levels times a power of two, and both ends of every block", () => {
    const weight = matrix(2, 16, [...NF4_LEVELS, ...NF4_LEVELS.map((level) => level * 4)]);
    expect(dequantizeNf4(quantizeNf4(weight, { blockSize: 16 })).data).toEqual(weight.data);
  });
});

/** Doubly quantised maxima; the mean may be summed in another order, which may move 1 % of the codes by 1. */
function checkNested(stored: Nf4Weight, { tensors, tolerance }: GoldenCase): void {
  const { codes, absmax, offset } = stored.absmax as NestedAbsmax;
  expectAllEqual(codes, tensors.qabsmax.data, "qabsmax");
  expectAllClose([offset], tensors.offset.data, tolerance.offset, "offset");
  expectAllClose(absmax, tensors.nested_absmax.data, tolerance.nested_absmax, "nested_absmax");
  const restored = dequantizeAbsmax(stored.absmax);
  expectAllClose(restored, tensors.absmax_dequant.data, tolerance.absmax_dequant, "absmax_dequant");
}

itMatchesGolden(
  "nf4",
  "quantizeNf4() and dequantizeNf4() equal bitsandbytes on",
  (id) => id !== "probe_lookup",
  (golden) => {
    const { inputs, params, tensors, tolerance } = golden;
    const stored = quantizeNf4(asMatrix(inputs.W), {
      blockSize: params.blocksize,
      doubleQuantization: params.double_quant,
    });
    expectAllEqual(stored.codes, tensors.packed.data, "packed");
    expectAllEqual(nf4Codes(stored), tensors.codes.data, "codes");
    if (params.double_quant) checkNested(stored, golden);
    else expectAllEqual(stored.absmax as Float32Array, tensors.absmax.data, "absmax");
    const { data } = dequantizeNf4(stored, params.weight_dtype);
    expectAllClose(data, tensors.dequant.data, tolerance.dequant, "dequant");
    if (!params.double_quant) expectAllEqual(data, tensors.dequant.data, "dequant, bit for bit");
  },
);
