import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { loadReference } from "../../experiments/reference.ts";
import { recordedBackend, runBackend } from "../../experiments/run_backend.ts";
import { chooseBackend } from "../../inference/backend_choice.ts";
import { exampleRow } from "./example_rows.ts";

const compressedOn = (backend: string) =>
  exampleRow({ compression: { key: "0", backend, seconds: 1, sparsity: 0 } });

describe("runBackend()", () => {
  it("gives what was asked for, whatever the model", async () => {
    const choice = { backend: "blas", reason: "it was asked for" };
    expect(await runBackend({ id: "tiny" }, "blas")).toEqual(choice);
    expect(await runBackend({ id: "mine" }, "blas")).toEqual(choice);
  });

  it("gives the backend that the committed reference records for the embedded model", async () => {
    const { rows } = await loadReference();
    const recorded = new Set(rows.flatMap(({ compression }) => compression?.backend ?? []));
    const { backend, reason } = await runBackend({ id: "tiny" });
    expect([backend]).toEqual([...recorded]);
    expect(reason).toMatch(/committed reference/);
  });

  it("gives any other model the machine's backend, the same at every call", async () => {
    const choice = await chooseBackend();
    expect(["wasm", "webgpu"]).toContain(choice.backend);
    expect(await runBackend({ id: "mine" })).toEqual(choice);
  });
});

describe("recordedBackend()", () => {
  it("gives the one backend that rows record; rows that nothing compressed say nothing", () => {
    const rows = [compressedOn("wasm"), exampleRow({ compression: null }), compressedOn("wasm")];
    expect(recordedBackend({ rows })).toBe("wasm");
  });

  it("refuses rows of several backends, of none, and of unknown ones", () => {
    const mixed = [compressedOn("wasm"), compressedOn("webgpu")];
    expect(() => recordedBackend({ rows: mixed })).toThrow(/record wasm and webgpu/);
    expect(() => recordedBackend({ rows: [] })).toThrow(/record none/);
    expect(() => recordedBackend({ rows: [compressedOn("abacus")] })).toThrow(/"abacus"/);
  });
});
