import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { BENCHMARKS } from "../../../experiments/bench/benchmarks.ts";
import { readBenchRecord, writeBenchRecord } from "../../../experiments/bench/record.ts";
import { isReached } from "../../../experiments/bench/benchmark.ts";
import { loadBenchRecord } from "mtpress";
import { fakeRecord, fakeResult } from "./fake_benchmarks.ts";

describe("readBenchRecord()", () => {
  it("readBenchRecord() gives what was written, and nothing where nothing is", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const record = fakeRecord([fakeResult("a")]);
      await writeBenchRecord(`${folder}/x/bench.json`, record);
      expect(await readBenchRecord(`${folder}/x/bench.json`)).toEqual(record);
      expect(await readBenchRecord(`${folder}/none.json`)).toBeUndefined();
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("readBenchRecord() refuses other JSON", async () => {
    const file = await Deno.makeTempFile();
    try {
      for (const text of ["{}", "[]", "null", '{"schema":2,"machine":{},"results":[]}']) {
        await Deno.writeTextFile(file, text);
        await expect(readBenchRecord(file)).rejects.toThrow(SyntaxError);
      }
    } finally {
      await Deno.remove(file);
    }
  });
});

describe("loadBenchRecord()", () => {
  it("loadBenchRecord() is of benchmarks that there are, with a median for every ratio", async () => {
    const { results, finished } = await loadBenchRecord();
    const ids = BENCHMARKS.map(({ id }) => id);
    for (const id of finished) expect(ids).toContain(id);
    expect(results.length).toBeGreaterThan(0);
    for (const { contestants, ratios, benchmark } of results) {
      expect(ids).toContain(benchmark);
      expect(contestants.length).toBeGreaterThan(0);
      for (const ratio of ratios) {
        expect(ratio.low).toBeLessThanOrEqual(ratio.high);
        expect(ratio.value).toBeGreaterThan(0);
        if (ratio.target) expect(typeof isReached(ratio)).toBe("boolean");
      }
    }
  });
});
