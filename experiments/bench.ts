/**
 * `deno task bench [ids]`: measures speed against other programs.
 * @module
 */
import { BENCHMARKS } from "./bench/benchmarks.ts";
import { machineLines } from "./bench/machine.ts";
import { BENCH_HELP, type BenchCommand, parseBenchOptions } from "./bench/options.ts";
import { writeBenchRecord } from "./bench/record.ts";
import { runBenchmarks } from "./bench/run.ts";
import { benchTable, resultLines } from "./bench/view.ts";
import { runCommand } from "./command.ts";
import { resultsFolder } from "./results_folder.ts";

/** Runs the benchmarks that the arguments name; the exit code is 1 if something failed to run. */
async function benchCommand(args: readonly string[]): Promise<number> {
  const command = parseBenchOptions(args, BENCHMARKS);
  if (command === "help") {
    console.log(BENCH_HELP);
    return 0;
  }
  if (command.list) {
    for (const { id, sentence } of command.benchmarks) console.log(`${id.padEnd(14)} ${sentence}`);
    return 0;
  }
  const workFolder = await Deno.makeTempDir({ prefix: "mtpress-bench-" });
  const interrupted = new AbortController();
  const stop = () => {
    Deno.removeSignalListener("SIGINT", stop); // the second one ends the process at once
    interrupted.abort(new Error("Interrupted: what was finished is in the record"));
  };
  Deno.addSignalListener("SIGINT", stop);
  try {
    return await measure(command, workFolder, interrupted.signal);
  } finally {
    await Deno.remove(workFolder, { recursive: true });
  }
}

async function measure(
  command: BenchCommand,
  workFolder: string,
  signal: AbortSignal,
): Promise<number> {
  const { benchmarks, resume, json, ...options } = command;
  const file = `${resultsFolder()}/bench.json`;
  const log = (line: string) => console.log(line);
  const record = await runBenchmarks({
    benchmarks,
    context: { ...options, workFolder, log, signal },
    file,
    resume,
    onStart: ({ machine, loadBefore }) => {
      for (const line of machineLines(machine)) log(line);
      log(`load before the first benchmark: ${loadBefore.toFixed(2)}`);
    },
    onResult: (result) => log(resultLines(result).join("\n") + "\n"),
  });
  log(benchTable(record).toText());
  if (json !== undefined) await writeBenchRecord(json, record);
  log(`Written to ${json ?? file}`);
  return record.failures.length === 0 ? 0 : 1;
}

if (import.meta.main) await runCommand(benchCommand);
