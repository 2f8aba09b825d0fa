/**
 * The command line of `deno task bench`.
 * @module
 */
import { optionalPositiveInteger, readArguments } from "../command.ts";
import { type Benchmark, LEAST_REPEATS } from "./benchmark.ts";

/** What `deno task bench` was asked for. */
export interface BenchCommand {
  /** The benchmarks to run. */
  readonly benchmarks: readonly Benchmark[];
  /** Whether to list them instead. */
  readonly list: boolean;
  /** Whether to measure little. */
  readonly quick: boolean;
  /** Rounds of each piece of work. */
  readonly repeats: number;
  /** File that also gets the record. */
  readonly json: string | undefined;
  /** Whether to go on with the record of an earlier run. */
  readonly resume: boolean;
  /** The Python interpreter. */
  readonly python: string | undefined;
  /** Folder of the published GPTQ. */
  readonly gptqCheckout: string | undefined;
  /** Whether to measure llama.cpp. */
  readonly llamaCpp: boolean;
}

const OPTIONS = {
  quick: { type: "boolean" },
  repeats: { type: "string" },
  json: { type: "string" },
  resume: { type: "boolean" },
  python: { type: "string" },
  gptq: { type: "string" },
  llama: { type: "boolean" },
  list: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/** Rounds with `--quick`. */
const QUICK_REPEATS = 3;

/** The text of `--help`. */
export const BENCH_HELP = `Usage: deno task bench [ids] [options]

Measures speed against other programs that do the same work, in turn in one run, and prints each
ratio with its target. Writes results/bench.json as it goes. Without ids it runs everything.

  --list            names the benchmarks
  --quick           small sizes and ${QUICK_REPEATS} rounds: to see that everything runs
  --repeats N       rounds of each piece of work (default ${LEAST_REPEATS}, and no fewer)
  --json FILE       also writes the record there
  --resume          goes on with results/bench.json: what is finished is not measured again
  --python PROGRAM  an interpreter with torch, bitsandbytes and sacrebleu: the other side
  --gptq FOLDER     a checkout of the published GPTQ, with gptq.py and quant.py
  --llama           measures llama.cpp too
  --help            this text`;

/**
 * Reads the command line.
 *
 * @param known The benchmarks there are.
 * @throws {RangeError} If an option, its value or an id is not allowed.
 */
export function parseBenchOptions(
  args: readonly string[],
  known: readonly Benchmark[],
): BenchCommand | "help" {
  const { values, positionals } = readArguments(args, OPTIONS, "ids of benchmarks");
  if (values.help) return "help";
  const { quick = false, resume = false, list = false, llama = false, json, python, gptq } = values;
  const least = quick ? 1 : LEAST_REPEATS;
  const repeats = optionalPositiveInteger("repeats", values.repeats) ??
    (quick ? QUICK_REPEATS : LEAST_REPEATS);
  if (repeats < least) {
    throw new RangeError(`Cannot use --repeats ${repeats}: it must be at least ${least}`);
  }
  const unknown = positionals.find((id) => known.every((benchmark) => benchmark.id !== id));
  if (unknown !== undefined) {
    const ids = known.map(({ id }) => id).join(", ");
    throw new RangeError(
      `Cannot run benchmark ${JSON.stringify(unknown)}: it must be one of ${ids}`,
    );
  }
  const chosen = positionals.length === 0
    ? known
    : known.filter(({ id }) => positionals.includes(id));
  return {
    benchmarks: chosen,
    list,
    quick,
    repeats,
    json,
    resume,
    python,
    gptqCheckout: gptq,
    llamaCpp: llama,
  };
}
