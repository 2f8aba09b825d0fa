import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { gather, isContiguous, spannedElements } from "../../../inference/pytorch/strided.ts";

describe("gather()", () => {
  it("gather() transposes: shape [3, 2] with strides [1, 3]", () => {
    const span = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect([...gather(span, [3, 2], [1, 3], 1)]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it("gather() equals one look-up for each element, over all shapes of three small sizes", () => {
    const span = Uint8Array.from({ length: 256 }, (_, i) => i);
    for (let code = 0; code < 27; code++) {
      const shape = [1 + code % 3, 1 + Math.floor(code / 3) % 3, 1 + Math.floor(code / 9)];
      const strides = [5, 1, 17];
      const expected: number[] = [];
      for (let i = 0; i < shape[0]; i++) {
        for (let j = 0; j < shape[1]; j++) {
          for (let k = 0; k < shape[2]; k++) {
            const at = 2 * (i * strides[0] + j * strides[1] + k * strides[2]);
            expected.push(at, at + 1);
          }
        }
      }
      expect([...gather(span, shape, strides, 2)]).toEqual(expected);
      expect(2 * spannedElements(shape, strides)).toBe(expected.at(-1)! + 1);
    }
  });
});

describe("isContiguous()", () => {
  it("isContiguous() leaves the strides of sizes 1 and of empty tensors free", () => {
    expect(isContiguous([2, 3], [3, 1])).toBe(true);
    expect(isContiguous([2, 1, 3], [3, 99, 1])).toBe(true);
    expect(isContiguous([0, 3], [7, 7])).toBe(true);
    expect(isContiguous([], [])).toBe(true);
    expect(isContiguous([3, 2], [1, 3])).toBe(false);
    expect(spannedElements([0, 3], [7, 7])).toBe(0);
  });
});
