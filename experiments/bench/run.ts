/**
 * Running benchmarks one after the other, with a record that is written as they go, so that a run that is ended loses nothing.
 * @module
 */
import { canonicalJson } from "../canonical_json.ts";
import { checkoutCommit } from "../versions.ts";
import type { BenchContext, Benchmark, BenchResult } from "./benchmark.ts";
import { benchMachine, machineLoad } from "./machine.ts";
import { type BenchRecord, readBenchRecord, writeBenchRecord } from "./record.ts";

/** How benchmarks are run. */
export interface BenchRun {
  /** Which. */
  readonly benchmarks: readonly Benchmark[];
  /** What each is told. */
  readonly context: BenchContext;
  /** File that the record is written to after each result. */
  readonly file: string;
  /** Whether to go on with the record that is there: what it has finished is not measured again. */
  readonly resume: boolean;
  /** Takes the facts before the first benchmark. */
  onStart?(record: BenchRecord): void;
  /** Takes each result as it comes. */
  onResult?(result: BenchResult): void;
}

/**
 * Runs benchmarks. One that throws is noted and the next one runs.
 *
 * @returns what was measured, with what an earlier run had finished when it goes on with one.
 * @throws {RangeError} If the record to go on with was made on another machine, with other versions or at another commit.
 */
export async function runBenchmarks(run: BenchRun): Promise<BenchRecord> {
  const { benchmarks, context, file } = run;
  let record = await startRecord(run);
  const keep = async (changes: Partial<BenchRecord>) => {
    record = { ...record, ...changes };
    await writeBenchRecord(file, record);
  };
  await keep({});
  run.onStart?.(record);
  for (const benchmark of benchmarks) {
    const { id, sentence } = benchmark;
    if (record.finished.includes(id)) {
      context.log(`${id}: finished earlier`);
      continue;
    }
    context.log(`${id}: ${sentence}`);
    try {
      for await (const result of benchmark.run(context)) {
        run.onResult?.(result);
        const failures = [...record.failures, ...contestantFailures(result)];
        await keep({ results: [...record.results, result], failures });
      }
      await keep({ finished: [...record.finished, id] });
    } catch (error) {
      if (context.signal?.aborted) throw error;
      const message = error instanceof Error ? error.message : String(error);
      context.log(`${id}: ${message}`);
      await keep({ failures: [...record.failures, { benchmark: id, message }] });
    }
  }
  return record;
}

function contestantFailures({ benchmark, title, contestants }: BenchResult) {
  return contestants.flatMap(({ name, error }) =>
    error === undefined ? [] : [{ benchmark, message: `${title}: ${name}: ${error}` }]
  );
}

/** An empty record, or the earlier one without what was not finished. */
async function startRecord({ context, file, resume }: BenchRun): Promise<BenchRecord> {
  const fresh: BenchRecord = {
    schema: 1,
    machine: await benchMachine(),
    loadBefore: machineLoad(),
    commit: await checkoutCommit(),
    quick: context.quick,
    started: new Date().toISOString(),
    finished: [],
    results: [],
    failures: [],
  };
  const earlier = resume ? await readBenchRecord(file) : undefined;
  if (earlier === undefined) return fresh;
  for (const fact of ["machine", "commit", "quick"] as const) {
    if (canonicalJson(earlier[fact]) !== canonicalJson(fresh[fact])) {
      throw new RangeError(
        `Cannot go on with ${file}: its ${fact} must be that of this run, ` +
          `${canonicalJson(fresh[fact])}, and is ${canonicalJson(earlier[fact])}`,
      );
    }
  }
  const results = earlier.results.filter(({ benchmark }) => earlier.finished.includes(benchmark));
  return { ...earlier, results, failures: [] };
}
