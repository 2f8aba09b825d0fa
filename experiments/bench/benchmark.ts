/**
 * What a benchmark is: contestants that do the same work, measured in turn, and ratios between them. A ratio means something on
 * another machine; a time alone does not.
 * @module
 */
import { roundOrder, timeRatio } from "../interleaved_time.ts";
import { median } from "../time.ts";

/** What was measured of one way to do the work. */
export interface Contestant {
  /** What did the work, such as `"mtpress wasm, 2 threads"` or `"PyTorch 2.13.0, 2 threads"`. */
  readonly name: string;
  /** Times or rates in the result's unit, in the order they were measured; empty when it failed. */
  readonly samples: readonly number[];
  /** What else is to be said of it. */
  readonly note?: string;
  /** Why it has no samples. */
  readonly error?: string;
}

/** What a ratio has to be. */
export interface RatioTarget {
  /** The largest ratio that reaches the target. */
  readonly most?: number;
  /** The smallest ratio that reaches the target. */
  readonly least?: number;
}

/** How one contestant compares with another. */
export interface Ratio {
  /** What is compared, such as `"GPTQ 1024 x 1024: wasm / PyTorch"`. */
  readonly name: string;
  /** The ratio of the medians. */
  readonly value: number;
  /** Lower end of the interval of the ratio within a round. */
  readonly low: number;
  /** Upper end of the interval of the ratio within a round. */
  readonly high: number;
  /** What it has to be, where something was set. */
  readonly target?: RatioTarget;
}

/** Units of samples. */
export type BenchUnit = "s" | "tokens/s" | "GB/s" | "GFLOP/s";

/** What was measured of one piece of work. */
export interface BenchResult {
  /** Id of the benchmark. */
  readonly benchmark: string;
  /** The work, in a few words. */
  readonly title: string;
  /** What makes it large, such as `{ rows: 1024, columns: 1024 }`. */
  readonly size: Readonly<Record<string, number>>;
  /** Unit of the samples. */
  readonly unit: BenchUnit;
  /** Who did the work. */
  readonly contestants: readonly Contestant[];
  /** How they compare. */
  readonly ratios: readonly Ratio[];
  /** What was checked, and what was not run and why. */
  readonly notes: readonly string[];
}

/** What a benchmark is told. */
export interface BenchContext {
  /** Whether to measure little: small sizes and few rounds, to see that everything runs. */
  readonly quick: boolean;
  /** Rounds of each piece of work: at least {@link LEAST_REPEATS} unless quick. */
  readonly repeats: number;
  /** The Python interpreter that has the contestants written in Python; without it they are left out. */
  readonly python?: string;
  /** Folder with the published GPTQ, files `gptq.py` and `quant.py`; without it that contestant is left out. */
  readonly gptqCheckout?: string;
  /** Whether llama.cpp is to be measured. */
  readonly llamaCpp: boolean;
  /** A folder for files; it is removed at the end. */
  readonly workFolder: string;
  /** Says what is going on, a line at a time. */
  log(line: string): void;
  /** Ends the measuring between two samples. */
  readonly signal?: AbortSignal;
}

/** A benchmark. */
export interface Benchmark {
  /** Its name on the command line. */
  readonly id: string;
  /** What it measures, in one sentence without a full stop. */
  readonly sentence: string;
  /** Measures; gives each result as soon as it is there. */
  run(context: BenchContext): AsyncGenerator<BenchResult>;
}

/** A way to do the work, to be measured. */
export interface Runnable {
  /** What does the work. */
  readonly name: string;
  /** What else is to be said of it. */
  readonly note?: string;
  /** Does the work once and gives one sample. */
  run(): Promise<number>;
}

/** How contestants are measured. */
export interface InterleaveOptions {
  /**
   * Rounds before the first that counts: a first run also compiles code and sets up memory.
   * @default {1}
   */
  readonly warmups?: number;
  /** Ends the measuring between two samples. */
  readonly signal?: AbortSignal;
}

/** Fewer rounds than this give no interval worth the name. */
export const LEAST_REPEATS = 7;

/**
 * Measures contestants in turn, again and again, in an order that begins one later in each round, so that the machine's swings meet
 * all alike. No sample is left out. A contestant that throws is measured no further: it has no samples, and the error says why.
 *
 * @param repeats Rounds that count.
 * @throws {RangeError} If there is no contestant or no round, or two contestants have the same name.
 * @throws {DOMException} `AbortError` if the signal asks for it.
 */
export async function interleave(
  contestants: readonly Runnable[],
  repeats: number,
  { warmups = 1, signal }: InterleaveOptions = {},
): Promise<Contestant[]> {
  checkRunnables(contestants, repeats);
  const samples = contestants.map((): number[] => []);
  const errors = contestants.map((): string | undefined => undefined);
  for (let round = -warmups; round < repeats; round++) {
    for (const index of roundOrder(contestants.length, round + warmups)) {
      signal?.throwIfAborted();
      if (errors[index] !== undefined) continue;
      try {
        const sample = await contestants[index].run();
        if (round >= 0) samples[index].push(sample);
      } catch (error) {
        errors[index] = error instanceof Error ? error.message : String(error);
      }
    }
  }
  return contestants.map(({ name, note }, i) => ({
    name,
    samples: errors[i] === undefined ? samples[i] : [],
    ...note !== undefined && { note },
    ...errors[i] !== undefined && { error: errors[i] },
  }));
}

function checkRunnables(contestants: readonly Runnable[], repeats: number): void {
  const names = contestants.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (names.length === 0 || twice !== undefined) {
    throw new RangeError(
      `Cannot measure ${twice ?? "an empty list of contestants"}: ` +
        "there must be at least one, with different names",
    );
  }
  if (!Number.isInteger(repeats) || repeats < 1) {
    throw new RangeError(`Cannot measure ${repeats} rounds: the number must be whole and positive`);
  }
}

/** Seconds that some work takes. */
export async function secondsOf(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/**
 * How one contestant compares with another: the ratio of their medians, with the interval between two order statistics of the ratios
 * within a round, as `timeRatio()` takes it. Fewer than 6 rounds have no such interval: the smallest and the largest ratio stand in
 * for it.
 *
 * @throws {Error} If one of them failed.
 * @throws {RangeError} If they have different numbers of samples.
 */
export function ratioOf(
  name: string,
  ours: Contestant,
  theirs: Contestant,
  target?: RatioTarget,
): Ratio {
  const failed = [ours, theirs].find(({ error }) => error !== undefined);
  if (failed) throw new Error(`Cannot compare ${name}: ${failed.name} failed: ${failed.error}`);
  const [own, other] = [ours, theirs].map(({ name, samples }) => (
    { id: name, sha256: "", secondsPerToken: samples }
  ));
  const { low, high } = timeRatio(own, other);
  const value = median(ours.samples) / median(theirs.samples);
  return { name, value, low, high, ...target && { target } };
}

/** The contestant with the smallest median time: of several ways to run a program, the one to compare with; none if all failed. */
export function fastest(contestants: readonly Contestant[]): Contestant | undefined {
  const measured = contestants.filter(({ samples }) => samples.length > 0);
  return measured.reduce<Contestant | undefined>(
    (best, one) => best === undefined || median(one.samples) < median(best.samples) ? one : best,
    undefined,
  );
}

/** Whether a ratio is what it has to be; `undefined` where nothing was set. */
export function isReached({ value, target }: Ratio): boolean | undefined {
  if (target === undefined) return undefined;
  return value <= (target.most ?? Infinity) && value >= (target.least ?? -Infinity);
}
