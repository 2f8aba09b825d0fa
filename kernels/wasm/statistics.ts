/**
 * Statistics of a linear layer's inputs on a machine.
 * @module
 */
import type {
  GramFunction,
  InputStatistics,
  StatisticKind,
  StatisticsAccumulator,
} from "../backend.ts";
import { emptyColumnStatistics } from "../column_statistics.ts";
import { type HessianAccumulator, hessianAccumulator } from "../hessian.ts";
import { type Matrix, matrix } from "../matrix.ts";
import { checkInputs } from "../reference.ts";
import { channelAbsmaxWork, columnStatisticsWork } from "./column_statistics.ts";
import { GRAM_TOKENS, gramWork } from "./hessian.ts";
import type { Machine } from "./machine.ts";
import { Turns } from "../turns.ts";

/** Sums a Hessian of inputs that come in any portions: {@link GRAM_TOKENS} tokens at a time, so that small ones wait for others. */
class HessianSum {
  readonly #sum: HessianAccumulator;
  #waiting: Float32Array | undefined;
  #tokens = 0;
  #samples = 0;

  constructor(readonly machine: Machine, columns: number) {
    this.#sum = hessianAccumulator(columns);
  }

  async add({ rows, columns: C, data }: Matrix, samples: number): Promise<void> {
    this.#samples += samples;
    for (let first = 0; first < rows;) {
      const last = Math.min(first + GRAM_TOKENS - this.#tokens, rows);
      const some = data.subarray(first * C, last * C);
      if (last - first === GRAM_TOKENS) await this.#addProducts(some);
      else {
        this.#waiting ??= new Float32Array(GRAM_TOKENS * C);
        this.#waiting.set(some, this.#tokens * C);
        this.#tokens += last - first;
        if (this.#tokens === GRAM_TOKENS) await this.#addWaiting();
      }
      first = last;
    }
  }

  async hessian(): Promise<Matrix> {
    if (this.#tokens > 0) await this.#addWaiting();
    return this.#sum.hessian();
  }

  release(): void {
    this.#waiting = undefined;
    this.#sum.release();
  }

  async #addWaiting(): Promise<void> {
    const waiting = this.#waiting!.subarray(0, this.#tokens * this.#sum.columns);
    this.#tokens = 0;
    await this.#addProducts(waiting);
  }

  /** Adds the products of some inputs; all samples since the last are counted with them. */
  async #addProducts(data: Float32Array): Promise<void> {
    const { columns } = this.#sum;
    const inputs = matrix(data.length / columns, columns, data);
    const samples = this.#samples;
    this.#samples = 0;
    await this.machine.perform((space) => gramWork(space, inputs, samples, this.#sum));
  }
}

/** Begins to gather statistics; see `Backend.statistics`. */
export function statisticsOn(
  machine: Machine,
  C: number,
  kinds: ReadonlySet<StatisticKind>,
  gram?: GramFunction,
): StatisticsAccumulator {
  const turns = new Turns();
  const hessian = kinds.has("hessian") ? hessianSum(machine, C, gram) : undefined;
  let columns = kinds.has("columns") ? emptyColumnStatistics(C) : undefined;
  let absmax: Float32Array | undefined = kinds.has("absmax") ? new Float32Array(C) : undefined;
  let samples = 0;
  let released = false;

  function use<Result>(act: () => Promise<Result>): Promise<Result> {
    return turns.take(() => {
      if (released) throw new Error(`Cannot use statistics of ${C} columns: they are released`);
      return act();
    });
  }

  async function add(inputs: Matrix, lengths: readonly number[]): Promise<void> {
    checkInputs(inputs, lengths, C);
    if (absmax) {
      const before = absmax;
      absmax = await machine.perform((space) => channelAbsmaxWork(space, inputs, before));
    }
    await hessian?.add(inputs, lengths.length);
    let at = 0;
    for (const length of columns ? lengths : []) {
      const sample = matrix(length, C, inputs.data.subarray(at, at + length * C));
      const before = columns!;
      columns = await machine.perform((space) => columnStatisticsWork(space, before, sample));
      at += length * C;
    }
    samples += lengths.length;
  }

  async function result(): Promise<InputStatistics> {
    if (samples === 0) {
      throw new RangeError("Cannot give statistics of 0 samples: add at least one sample");
    }
    return {
      ...(hessian && { hessian: await hessian.hessian() }),
      ...(columns && { columns }),
      ...(absmax && { absmax }),
    };
  }

  return {
    add: (inputs, lengths) => use(() => add(inputs, lengths)),
    result: () => use(result),
    release() {
      if (!released) hessian?.release();
      released = true;
    },
  };
}

function hessianSum(
  machine: Machine,
  columns: number,
  gram: GramFunction | undefined,
): Pick<HessianSum, "add" | "hessian" | "release"> {
  if (!gram) return new HessianSum(machine, columns);
  const sum = hessianAccumulator(columns);
  return {
    add: (inputs, samples) => gram(inputs, samples, sum),
    hessian: () => Promise.resolve(sum.hessian()),
    release: () => sum.release(),
  };
}
