import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { doctor } from "../../../experiments/doctor.ts";
import type { Check, CheckKind } from "../../../experiments/doctor/check.ts";
import { conclusionLines } from "../../../experiments/doctor/view.ts";
import type { AdapterFacts } from "../../../inference/webgpu_adapter.ts";

const measure = { what: "Hessian", value: 1e-7, most: 1e-5 };
const right = (kind: CheckKind, name: string): Check => ({
  ...{ kind, name, verdict: "right", on: "something", measures: [measure] },
});
const ADAPTER: AdapterFacts = {
  name: "An adapter",
  vendor: "",
  fallback: true,
  features: ["timestamp-query"],
  limits: {
    maxStorageBufferBindingSize: 128e6,
    maxBufferSize: 2e9,
    maxStorageBuffersPerShaderStage: 8,
    maxComputeWorkgroupStorageSize: 16384,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupSizeX: 256,
    maxComputeWorkgroupSizeY: 256,
    maxComputeWorkgroupsPerDimension: 65535,
  },
};

/** Runs the command on a machine where one check finds something else. */
async function run(found: Partial<Check> & { name: string }, ...args: string[]) {
  const lines: string[] = [];
  const code = await doctor(args, {
    check: (kind, name) =>
      Promise.resolve(
        name === found.name && (found.kind ?? "backend") === kind
          ? { ...right(kind, name), ...found }
          : right(kind, name),
      ),
    adapter: () => Promise.resolve(ADAPTER),
    print: (line) => lines.push(line),
  });
  return { code, lines };
}

describe("deno task doctor", () => {
  it("ends with 0 where everything is right or missing, and says what the machine offers", async () => {
    const missing = {
      name: "blas",
      verdict: "missing",
      measures: [],
      reason: "no library",
    } as const;
    const { code, lines } = await run(missing);
    expect(code).toBe(0);
    expect(lines).toContain("  backend blas       not here: no library");
    expect(lines).toContain("  An adapter, in software");
    expect(lines.join("\n")).toMatch(/features that it gave when asked: timestamp-query/);
    expect(lines.join("\n")).toMatch(/providers: cpu/);
    expect(lines).toContain("Everything that is here computes what it should");
  });

  it("ends with 1 where a backend is wrong, and names it and what is wrong of it", async () => {
    const bad = { what: "GPTQ layer error", value: 0.2, most: 1e-3 };
    const found = { name: "webgpu", verdict: "wrong", measures: [measure, bad] } as const;
    const { code, lines } = await run(found);
    expect(code).toBe(1);
    const at = lines.indexOf("  backend webgpu     wrong (something), 2 comparisons");
    expect(lines[at + 1]).toBe("    GPTQ layer error: 2.0e-1, at most 1e-3 is right");
    expect(lines).toContain("Not to be used: backend webgpu");
  });

  it("gives the same as one JSON object", async () => {
    const found = {
      kind: "provider",
      name: "webgpu",
      verdict: "wrong",
      reason: "a crash",
    } as const;
    const { code, lines } = await run(found, "--json");
    expect([code, lines.length]).toEqual([1, 1]);
    const report = JSON.parse(lines[0]);
    expect(report.checks.find(({ reason }: Check) => reason)).toMatchObject(found);
    expect(report.machine.cores).toBeGreaterThan(0);
    expect(["wasm", "webgpu"]).toContain(report.choice.backend);
  });
});

describe("conclusionLines()", () => {
  it("advises another backend where the one that the rule gives is wrong", () => {
    const checks: Check[] = [
      right("backend", "reference"),
      right("backend", "wasm"),
      { ...right("backend", "webgpu"), verdict: "wrong" },
    ];
    const [, advice] = conclusionLines(checks, {
      backend: "webgpu",
      reason: "there is an adapter",
    });
    expect(advice).toMatch(/it is wrong here, so give --backend wasm/);
  });
});
