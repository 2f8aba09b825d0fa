import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Kernels } from "../../../kernels/wasm/kernels.ts";
import { layOut, withKernels } from "../../../kernels/wasm/module.ts";

const LARGE = 100 * 2 ** 20;

/** The kernels that a use with so many bytes gets. */
const used = (bytes: number): Kernels => withKernels("strict", "test", bytes, (k) => k);

describe("withKernels()", () => {
  it("withKernels() uses a small memory again and leaves a large one to the collector", () => {
    const small = used(1);
    expect(used(1)).toBe(small);
    const large = used(LARGE);
    expect(large.memory.buffer.byteLength).toBeGreaterThanOrEqual(LARGE);
    expect(used(1)).not.toBe(large);
  });

  it("withKernels() gives a use within a use a memory of its own", () => {
    withKernels("strict", "test", 1, (outer) => expect(used(1)).not.toBe(outer));
  });

  it("withKernels() refuses more than a memory can have", () => {
    expect(() => used(2 ** 32 + 1)).toThrow(
      new RangeError(
        "Cannot test in WebAssembly: it takes 4294967297 bytes, and a memory has 4294967296 at most",
      ),
    );
  });
});

describe("layOut()", () => {
  it("layOut() places regions at multiples of 64, in their order", () => {
    expect(layOut(128, { a: 1, b: 64, c: 0, d: 65 })).toEqual({
      a: 128,
      b: 192,
      c: 256,
      d: 256,
      end: 384,
    });
  });
});
