import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { BACKEND_METHODS } from "../../../experiments/bench/backends.ts";
import { GPTQ } from "../../../experiments/bench/gptq.ts";
import { NF4 } from "../../../experiments/bench/nf4.ts";
import { fakeContext } from "./fake_benchmarks.ts";

describe("benchmarks of this package's backends", () => {
  for (const benchmark of [GPTQ, NF4, BACKEND_METHODS]) {
    it(`${benchmark.id}: measures WebAssembly where the other side is missing, and says what is missing`, async () => {
      for await (const result of benchmark.run(fakeContext())) {
        expect(result.benchmark).toBe(benchmark.id);
        expect(result.unit).toBe("s");
        const wasm = result.contestants.filter(({ name }) => name.startsWith("mtpress wasm"));
        expect(wasm.length).toBeGreaterThan(0);
        for (const { samples, error } of wasm) {
          expect(error).toBeUndefined();
          expect(samples.every((seconds) => seconds > 0)).toBe(true);
        }
        const compared = result.contestants.some(({ name }) => name === "mtpress reference");
        expect(result.ratios.length).toBe(compared ? 1 : 0);
        if (!compared) expect(result.notes.join()).toContain("was not measured: --python");
        break; // the first and smallest will do
      }
    });
  }
});
