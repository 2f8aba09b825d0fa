import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { holdKernels, type Kernels, withKernels } from "../../../kernels/wasm/module.ts";

const LARGE = 100 * 2 ** 20;

/** The kernels that a use with so many bytes gets. */
const used = (bytes: number): Kernels => withKernels("strict", "test", () => bytes, (k) => k);

describe("holdKernels()", () => {
  it("holdKernels() keeps a large memory until all have let go", () => {
    expect(used(LARGE)).not.toBe(used(LARGE)); // left to the collector
    const [letGo, letGoToo] = [holdKernels(), holdKernels()];
    const held = used(LARGE);
    expect(used(1)).toBe(held);
    letGo();
    letGo();
    expect(used(LARGE)).toBe(held);
    letGoToo();
    const after = used(1);
    expect(after).not.toBe(held);
    expect(used(1)).toBe(after); // a small one is kept anyway
  });
});
