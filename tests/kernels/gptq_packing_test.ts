import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { float16ToFloat32, float32ToFloat16 } from "../../kernels/float16.ts";
import { packGptq, unpackGptq } from "../../kernels/gptq_packing.ts";
import { matrix } from "../../kernels/matrix.ts";
import { roundToNearest } from "../../kernels/round_to_nearest.ts";
import type { IntegerWeight } from "../../kernels/stored_weight.ts";
import { randomMatrix } from "./random.ts";

/** A weight [32, 64] of random codes; zero points from 1 on, so that both layouts hold it. */
function randomWeight(bits: number, seed: number): IntegerWeight {
  const weight = roundToNearest(randomMatrix(32, 64, seed), {
    ...{ bits, symmetric: false, groupSize: 32 },
  });
  return { ...weight, zeros: weight.zeros.map((zero) => Math.max(1, zero)) };
}

/** The stream as a string of bits, lowest first, of words one below the other. */
function bitsOf(words: Int32Array, first: number, stride: number, count: number): string {
  let text = "";
  for (let k = 0; k < count; k++) {
    const word = words[first + k * stride] >>> 0;
    text += word.toString(2).padStart(32, "0").split("").reverse().join("");
  }
  return text;
}

const lowestFirst = (value: number, bits: number) =>
  value.toString(2).padStart(bits, "0").split("").reverse().join("");

describe("packGptq()", () => {
  it("packGptq() writes a stream of bits: codes along the inputs, zero points along the outputs", () => {
    for (const bits of [2, 3, 4, 8]) {
      const weight = randomWeight(bits, bits);
      const { qweight, qzeros } = packGptq(weight, "gptq_v2");
      expect([qweight.length, qzeros.length]).toEqual([64 * bits, 2 * bits]);
      for (let r = 0; r < 32; r++) {
        const codes = [...weight.codes.slice(r * 64, (r + 1) * 64)];
        const expected = codes.map((code) => lowestFirst(code, bits)).join("");
        expect(bitsOf(qweight, r, 32, 2 * bits)).toBe(expected);
      }
      for (const g of [0, 1]) {
        const zeros = Array.from({ length: 32 }, (_, r) => weight.zeros[r * 2 + g]);
        const expected = zeros.map((zero) => lowestFirst(zero, bits)).join("");
        expect(bitsOf(qzeros, g * bits, 1, bits)).toBe(expected);
      }
    }
  });

  it("packGptq() and unpackGptq() are inverse, but for scales in float16", () => {
    for (const bits of [2, 3, 4, 8]) {
      for (const format of ["gptq", "gptq_v2"] as const) {
        const weight = randomWeight(bits, 10 + bits);
        const scales = float16ToFloat32(float32ToFloat16(weight.scales));
        expect(unpackGptq(packGptq(weight, format))).toEqual({ ...weight, scales });
      }
    }
  });

  it("packGptq() writes the words that readers know: symmetric zero points, and those less 1", () => {
    const words = {
      2: [0x55555555, 0xaaaaaaaa],
      4: [0x77777777, 0x88888888],
      8: [0x7f7f7f7f, 0x80808080],
    };
    for (const [bits, [v1, v2]] of Object.entries(words)) {
      const weight = roundToNearest(randomMatrix(32, 32, 5), {
        bits: Number(bits),
        symmetric: true,
      });
      expect(packGptq(weight, "gptq").qzeros[0] >>> 0).toBe(v1);
      expect(packGptq(weight, "gptq_v2").qzeros[0] >>> 0).toBe(v2);
    }
  });

  it("packGptq() refuses by name what the layouts cannot hold", () => {
    const weight = randomWeight(4, 1);
    const bad: [() => unknown, string][] = [
      [
        () => packGptq({ ...weight, zeros: weight.zeros.map(() => 0) }, "gptq"),
        "Cannot pack a zero point of 0 as gptq: that layout stores the zero point less 1; gptq_v2 can hold it",
      ],
      [
        () => packGptq({ ...weight, bits: 5 }, "gptq_v2"),
        "Cannot pack 5-bit codes as gptq_v2: bits must be 2, 3, 4 or 8",
      ],
      [
        () => packGptq(roundToNearest(matrix(32, 40), { bits: 4, symmetric: true }), "gptq"),
        "Cannot pack a weight [32, 40] as gptq: 32 must divide both sizes",
      ],
      [
        () => packGptq({ ...weight, scales: weight.scales.map(() => 1e5) }, "gptq"),
        "Cannot pack a scale of 100000: it must lie within the range of float16",
      ],
      [
        () => packGptq({ ...weight, scales: weight.scales.map(() => 1e-9) }, "gptq"),
        "it must lie within the range of float16",
      ],
      [
        () => unpackGptq({ ...packGptq(weight, "gptq"), rows: 31 }),
        "Cannot unpack a weight [31, 64] of 4 bits",
      ],
    ];
    for (const [run, message] of bad) {
      expect(run).toThrow(RangeError);
      expect(run).toThrow(message);
    }
    expect(packGptq({ ...weight, zeros: weight.zeros.map(() => 0) }, "gptq_v2").qzeros[0]).toBe(0);
  });
});
