import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { fileURLToPath } from "node:url";
import { wasmBackend } from "../../../kernels/wasm/backend.ts";

describe("wasmBackend(), its beginning and end", () => {
  it("wasmBackend() refuses a number of threads that is none", () => {
    for (const threads of [0, -1, 1.5, NaN]) {
      expect(() => wasmBackend({ threads })).toThrow(
        new RangeError(
          `Cannot compute on ${threads} threads: threads must be a whole number of at least 1`,
        ),
      );
    }
  });

  it("wasmBackend() says what it computes on", () => {
    expect(wasmBackend({ build: "strict" }).description).toBe("strict SIMD, 1 thread");
    expect(wasmBackend({ build: "relaxed", threads: 4 }).description).toBe(
      "relaxed SIMD, 4 threads",
    );
  });

  for (
    const [end, args] of [["a process that closes it", ["close"]], [
      "one that forgets to",
      [],
    ]] as const
  ) {
    it(`wasmBackend() needs no permission, and ${end} ends`, async () => {
      const script = fileURLToPath(new URL("backend_process.ts", import.meta.url));
      const { code, stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", "--no-check", script, ...args],
        signal: AbortSignal.timeout(20_000),
      }).output();
      expect([code, new TextDecoder().decode(stdout)]).toEqual([0, "true\n"]);
    });
  }
});
