/**
 * Times that can be compared: every model does the same work in turn, round after round, in an order that rotates, so
 * that a machine that grows slower or faster meanwhile does so for all. No time is left out.
 * @module
 */
import type { Decoder } from "../inference/decoder.ts";
import type { Estimate } from "./estimate.ts";
import { median } from "./time.ts";
import { doWork, type FixedWork, workTokens } from "./fixed_work.ts";

/** A model to be timed. */
export interface TimedModel {
  /** Its method's id. */
  readonly id: string;
  /** SHA-256 that tells this model, in the form it is run in, from any other. */
  readonly sha256: string;
  /** Opens it. All models are open at the same time. */
  open(): Promise<Decoder & { close(): Promise<void> }>;
}

/** Times of one model. */
export interface ModelTimes {
  /** Its method's id. */
  readonly id: string;
  /** See `TimedModel`. */
  readonly sha256: string;
  /** Seconds per token of each round: prompts included, divided by the tokens that follow them. */
  readonly secondsPerToken: readonly number[];
}

/** How interleaved times are taken. */
export interface InterleavedOptions {
  /** What every model does once a round. */
  work: FixedWork;
  /**
   * Rounds, at least {@link LEAST_ROUNDS}.
   * @default {15}
   */
  rounds?: number;
  /**
   * A clock in milliseconds.
   * @default {`performance.now()`}
   */
  now?: () => number;
  /** Takes signs of life: the rounds that are done. */
  onRound?: (done: number, rounds: number) => void;
}

/** Fewer rounds give no interval worth the name. */
export const LEAST_ROUNDS = 7;
/** Rounds unless told otherwise. */
export const ROUNDS = 15;

/**
 * Times models in turn. Before the first round each does the work once untimed, since a first run also sets up memory.
 *
 * @throws {RangeError} If there is no model, two have the same id, or there are too few rounds.
 */
export async function interleavedTimes(
  models: readonly TimedModel[],
  options: InterleavedOptions,
): Promise<ModelTimes[]> {
  const { work, rounds = ROUNDS, now = () => performance.now(), onRound } = options;
  checkModels(models, rounds);
  const tokens = workTokens(work);
  const opened: Awaited<ReturnType<TimedModel["open"]>>[] = [];
  const seconds = models.map((): number[] => []);
  try {
    for (const model of models) {
      const decoder = await model.open();
      opened.push(decoder);
      await doWork(decoder, work);
    }
    for (let round = 0; round < rounds; round++) {
      for (const index of roundOrder(models.length, round)) {
        const start = now();
        await doWork(opened[index], work);
        seconds[index].push((now() - start) / 1000);
      }
      onRound?.(round + 1, rounds);
    }
  } finally {
    for (const decoder of opened) await decoder.close();
  }
  return models.map(({ id, sha256 }, i) => ({
    id,
    sha256,
    secondsPerToken: seconds[i].map((value) => value / tokens),
  }));
}

/** The order of a round: indices of the models, begun one later in each round. */
export function roundOrder(models: number, round: number): number[] {
  return Array.from({ length: models }, (_, place) => (place + round) % models);
}

/**
 * How many times as long a model takes as another: the median over rounds of the ratio within a round, with the interval between two
 * order statistics that covers it with a probability of at least 95 %, whatever the times' distribution (sign test; Conover 1999,
 * section 3.2). Fewer than 6 rounds have no such interval: the smallest and the largest ratio stand in for it.
 *
 * @throws {RangeError} If the models have different numbers of rounds, or none.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { timeRatio } from "mtpress";
 *
 * const slow = { id: "slow", sha256: "a", secondsPerToken: [2, 4, 6] };
 * const fast = { id: "fast", sha256: "b", secondsPerToken: [1, 2, 3] };
 * equal(timeRatio(slow, fast).low, 2); // twice as long in every round, however slow the round was
 * ```
 */
export function timeRatio(own: ModelTimes, other: ModelTimes): Estimate {
  const rounds = own.secondsPerToken.length;
  if (rounds === 0 || rounds !== other.secondsPerToken.length) {
    throw new RangeError(
      `Cannot compare ${rounds} rounds of ${own.id} with ${other.secondsPerToken.length} of ` +
        `${other.id}: there must be as many, and at least one`,
    );
  }
  const ratios = own.secondsPerToken.map((value, r) => value / other.secondsPerToken[r]);
  const sorted = Float64Array.from(ratios).sort();
  const left = leftOut(rounds);
  return { value: median(sorted), low: sorted[left], high: sorted[rounds - 1 - left] };
}

/** Order statistics to leave out on each side: the most of n that two tails of Binomial(n, 1/2) of 2.5 % allow. */
function leftOut(n: number): number {
  let tail = 2 ** -n; // P(X <= 0)
  let term = tail;
  let left = 0;
  while (tail <= 0.025) {
    left++;
    term *= (n - left + 1) / left;
    tail += term;
  }
  return Math.max(0, left - 1);
}

function checkModels(models: readonly TimedModel[], rounds: number): void {
  const ids = models.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (ids.length === 0 || twice !== undefined) {
    throw new RangeError(
      `Cannot time models ${ids.join(", ") || "of an empty list"}: ` +
        "there must be at least one, with different ids",
    );
  }
  if (!Number.isInteger(rounds) || rounds < LEAST_ROUNDS) {
    throw new RangeError(
      `Cannot time ${rounds} rounds: the number must be whole and at least ${LEAST_ROUNDS}`,
    );
  }
}
