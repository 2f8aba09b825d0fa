import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { chooseBackend, parseBackend } from "../../inference/backend_choice.ts";
import { BACKENDS } from "../../kernels/backend.ts";

/** Gives an adapter with this information, or none. */
const gpuWith = (info: Partial<GPUAdapterInfo> | null) => ({
  requestAdapter: () => Promise.resolve(info && ({ info } as GPUAdapter)),
});

describe("chooseBackend()", () => {
  it("takes a graphics adapter that is not in software, and names it", async () => {
    expect(await chooseBackend(gpuWith({ description: "Card 5", isFallbackAdapter: false })))
      .toEqual({ backend: "webgpu", reason: "there is a graphics adapter (Card 5)" });
  });

  it("takes WebAssembly where the adapter computes in software, and where there is none", async () => {
    expect(await chooseBackend(gpuWith({ description: "llvmpipe", isFallbackAdapter: true })))
      .toEqual({
        backend: "wasm",
        reason: "the graphics adapter computes in software (llvmpipe)",
      });
    const none = { backend: "wasm", reason: "there is no graphics adapter" };
    expect(await chooseBackend(gpuWith(null))).toEqual(none);
  });
});

describe("parseBackend()", () => {
  it("knows every backend and refuses others by naming them all", () => {
    expect(BACKENDS.map(parseBackend)).toEqual([...BACKENDS]);
    expect(() => parseBackend("cuda"))
      .toThrow('Cannot use backend "cuda": it must be reference, wasm, webgpu or blas');
  });
});
