/**
 * Benchmarks that measure nothing.
 * @module
 */
import type { BenchContext, Benchmark, BenchResult } from "../../../experiments/bench/benchmark.ts";
import type { BenchRecord } from "../../../experiments/bench/record.ts";

/** A result with one ratio. */
export function fakeResult(benchmark: string, value = 0.5): BenchResult {
  return {
    benchmark,
    title: `${benchmark} 64 x 64`,
    size: { rows: 64, columns: 64 },
    unit: "s",
    contestants: [
      { name: "mtpress wasm, 2 threads", samples: [value, value] },
      { name: "PyTorch 2, 2 threads", samples: [1, 1], note: "the other side" },
    ],
    ratios: [{
      name: `${benchmark}: ours / theirs`,
      value,
      low: value,
      high: 1,
      target: { most: 0.6 },
    }],
    notes: ["results agree"],
  };
}

/** A benchmark that gives these results. */
export function fakeBenchmark(id: string, results: readonly BenchResult[]): Benchmark {
  return {
    id,
    sentence: `Measures ${id}`,
    async *run() {
      yield* await Promise.resolve(results);
    },
  };
}

/** A context that keeps what is said. */
export function fakeContext(lines: string[] = []): BenchContext {
  return {
    quick: true,
    repeats: 2,
    llamaCpp: false,
    workFolder: "nowhere",
    log: (line) => lines.push(line),
  };
}

/** A record of a machine that does not exist. */
export function fakeRecord(results: readonly BenchResult[]): BenchRecord {
  return {
    schema: 1,
    machine: {
      platform: "linux x86_64",
      processor: "A processor",
      extensions: ["avx2"],
      cores: 2,
      memoryBytes: 2 ** 34,
      versions: { mtpress: "0.1.0", deno: "2.9.6" },
    },
    loadBefore: 0,
    commit: null,
    quick: false,
    started: "2026-11-22T00:00:00.000Z",
    finished: results.map(({ benchmark }) => benchmark),
    results,
    failures: [],
  };
}
