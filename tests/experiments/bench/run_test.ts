import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Benchmark } from "../../../experiments/bench/benchmark.ts";
import { readBenchRecord, writeBenchRecord } from "../../../experiments/bench/record.ts";
import { runBenchmarks } from "../../../experiments/bench/run.ts";
import { fakeBenchmark, fakeContext, fakeResult } from "./fake_benchmarks.ts";

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(`${folder}/deep/bench.json`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("runBenchmarks()", () => {
  it("runBenchmarks() writes each result before the next is measured", async () => {
    await inFolder(async (file) => {
      const seen: number[] = [];
      const watching: Benchmark = {
        id: "b",
        sentence: "Looks at the file",
        async *run() {
          seen.push((await readBenchRecord(file))!.results.length);
          yield fakeResult("b");
          seen.push((await readBenchRecord(file))!.results.length);
        },
      };
      const benchmarks = [fakeBenchmark("a", [fakeResult("a"), fakeResult("a")]), watching];
      const record = await runBenchmarks({
        benchmarks,
        context: fakeContext(),
        file,
        resume: false,
      });
      expect(seen).toEqual([2, 3]);
      expect(record.finished).toEqual(["a", "b"]);
      expect(record.machine.cores).toBeGreaterThan(0);
      expect(record).toEqual((await readBenchRecord(file))!);
    });
  });

  it("runBenchmarks() notes a benchmark that throws and a contestant that failed, and goes on", async () => {
    await inFolder(async (file) => {
      const throws: Benchmark = {
        id: "a",
        sentence: "Throws",
        async *run() {
          yield await Promise.resolve(fakeResult("a"));
          throw new Error("no adapter");
        },
      };
      const failed = {
        ...fakeResult("b"),
        contestants: [{ name: "PyTorch", samples: [], error: "no torch" }],
      };
      const lines: string[] = [];
      const { finished, results, failures } = await runBenchmarks({
        benchmarks: [throws, fakeBenchmark("b", [failed])],
        context: fakeContext(lines),
        file,
        resume: false,
      });
      expect(finished).toEqual(["b"]);
      expect(results.length).toBe(2);
      expect(failures).toEqual([
        { benchmark: "a", message: "no adapter" },
        { benchmark: "b", message: "b 64 x 64: PyTorch: no torch" },
      ]);
      expect(lines).toContain("a: no adapter");
    });
  });

  it("runBenchmarks() goes on with a record: what was finished is kept, the rest measured again", async () => {
    await inFolder(async (file) => {
      const context = fakeContext();
      const half: Benchmark = {
        id: "b",
        sentence: "Is ended half-way",
        async *run() {
          yield await Promise.resolve(fakeResult("b"));
          throw new Error("ended");
        },
      };
      const first = [fakeBenchmark("a", [fakeResult("a", 0.25)]), half];
      await runBenchmarks({ benchmarks: first, context, file, resume: false });
      const again = [
        fakeBenchmark("a", [fakeResult("a", 9)]),
        fakeBenchmark("b", [fakeResult("b")]),
      ];
      const record = await runBenchmarks({ benchmarks: again, context, file, resume: true });
      expect(record.results.map(({ benchmark, ratios }) => [benchmark, ratios[0].value])).toEqual([
        ["a", 0.25],
        ["b", 0.5],
      ]);
      expect([record.finished, record.failures]).toEqual([["a", "b"], []]);
    });
  });

  it("runBenchmarks() does not mix machines, commits, or quick and whole runs", async () => {
    await inFolder(async (file) => {
      const run = { benchmarks: [], context: fakeContext(), file };
      const record = await runBenchmarks({ ...run, resume: false });
      const other = { ...record, machine: { ...record.machine, cores: 999 } };
      await writeBenchRecord(file, other);
      await expect(runBenchmarks({ ...run, resume: true })).rejects.toThrow(/its machine must be/);
      await writeBenchRecord(file, record);
      const whole = { ...run, context: { ...run.context, quick: false } };
      await expect(runBenchmarks({ ...whole, resume: true })).rejects.toThrow(/its quick must be/);
    });
  });

  it("runBenchmarks() throws when it is told to end, and what was measured is on disk", async () => {
    await inFolder(async (file) => {
      const controller = new AbortController();
      const ended: Benchmark = {
        id: "a",
        sentence: "Is ended",
        async *run({ signal }) {
          yield await Promise.resolve(fakeResult("a"));
          controller.abort();
          signal?.throwIfAborted();
        },
      };
      const context = { ...fakeContext(), signal: controller.signal };
      const run = runBenchmarks({ benchmarks: [ended], context, file, resume: false });
      await expect(run).rejects.toThrow("abort");
      expect((await readBenchRecord(file))!.results.length).toBe(1);
    });
  });
});
