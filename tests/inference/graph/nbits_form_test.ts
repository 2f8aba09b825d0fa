import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { nbitsForm } from "../../../inference/graph/nbits_form.ts";

function form(columns: number, bits: number, groupSize: number) {
  const { bits: container, blockSize, blocks } = nbitsForm({
    shape: [8, columns],
    bits,
    groupSize,
    zeros: false,
  });
  return [container, blockSize, blocks];
}

describe("nbitsForm()", () => {
  it("takes the next container of 2, 4 or 8 bits", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((bits) => form(256, bits, 64)[0]))
      .toEqual([2, 2, 4, 4, 8, 8, 8, 8]);
  });

  it("takes a group that is a power of two as the block, and cuts other multiples of 16", () => {
    expect(form(512, 4, 128)).toEqual([4, 128, 4]);
    expect(form(512, 4, 256)).toEqual([4, 256, 2]);
    expect(form(200, 4, 64)).toEqual([4, 64, 4]);
    expect(form(200, 4, 48)).toEqual([4, 16, 13]);
    expect(form(192, 4, 96)).toEqual([4, 32, 6]);
  });

  it("cuts a row of one group into the blocks that take the fewest bytes", () => {
    expect(form(11008, 4, -1)).toEqual([4, 128, 86]);
    expect(form(96, 4, -1)).toEqual([4, 32, 3]); // 3 · (16 + 4) bytes; one block of 128 takes 68
    expect(form(96, 2, -1)).toEqual([2, 128, 1]); // 32 + 4 bytes; 3 blocks of 32 take 36 too
    expect(form(10, 8, 64)).toEqual([8, 16, 1]); // a group that holds all columns
  });

  it("refuses groups that no block divides", () => {
    expect(() => form(100, 4, 40)).toThrow(
      new RangeError(
        "Cannot run a weight [8, 100] in groups of 40 columns: MatMulNBits takes blocks of a power of two " +
          "from 16, so groupSize must be -1, at least 100, or a multiple of 16",
      ),
    );
  });

  it("counts the bytes of blocks and zero points", () => {
    const { blockBytes, zeroBytes } = nbitsForm({
      shape: [8, 200],
      bits: 3,
      groupSize: 64,
      zeros: true,
    });
    expect([blockBytes, zeroBytes]).toEqual([32, 2]);
  });
});
