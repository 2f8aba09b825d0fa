/**
 * Statistics of inputs on a graphics adapter.
 * @module
 */
import type { InputStatistics, StatisticKind, StatisticsAccumulator } from "../backend.ts";
import { emptyColumnStatistics } from "../column_statistics.ts";
import type { Matrix } from "../matrix.ts";
import { checkInputs } from "../reference.ts";
import { absmaxWebgpu } from "./absmax.ts";
import { columnStatisticsWebgpu } from "./column_statistics.ts";
import { DeviceHessian } from "./hessian.ts";
import { holdUntilClosed, type Place } from "./place.ts";

/** Sums of inputs; calls must follow one another. */
class Sums {
  readonly hessian: DeviceHessian | undefined;
  readonly #place: Place;
  readonly #C: number;
  #columns;
  #absmax;
  #samples = 0;

  constructor(place: Place, C: number, kinds: ReadonlySet<StatisticKind>) {
    this.#place = place;
    this.#C = C;
    this.#columns = kinds.has("columns") ? emptyColumnStatistics(C) : undefined;
    this.#absmax = kinds.has("absmax") ? new Float32Array(C) : undefined;
    this.hessian = kinds.has("hessian") ? new DeviceHessian(place.gpu, C, place.limit) : undefined;
  }

  async add(inputs: Matrix, lengths: readonly number[]): Promise<void> {
    checkInputs(inputs, lengths, this.#C);
    const { gpu, limit: panelBytes } = this.#place;
    const options = { panelBytes };
    if (this.#absmax) this.#absmax = await absmaxWebgpu(gpu, inputs, this.#absmax, options);
    await this.hessian?.add(inputs, lengths.length);
    if (this.#columns) {
      this.#columns = await columnStatisticsWebgpu(gpu, this.#columns, inputs, lengths, options);
    }
    this.#samples += lengths.length;
  }

  async result(): Promise<InputStatistics> {
    if (this.#samples === 0) {
      throw new RangeError("Cannot give statistics of 0 samples: add at least one sample");
    }
    return {
      ...(this.hessian && { hessian: await this.hessian.hessian() }),
      ...(this.#columns && { columns: this.#columns }),
      ...(this.#absmax && { absmax: this.#absmax }),
    };
  }
}

/**
 * Begins to gather statistics.
 *
 * @throws {RangeError} if `columns` is not a whole number of at least 1 and a Hessian is asked for.
 */
export function gatherStatistics(
  place: Place,
  columns: number,
  kinds: ReadonlySet<StatisticKind>,
): StatisticsAccumulator {
  const sums = new Sums(place, columns, kinds);
  const { run, release } = holdUntilClosed(place, "statistics", () => sums.hessian?.release());
  return {
    add: (inputs, lengths) => run(() => sums.add(inputs, lengths)),
    result: () => run(() => sums.result()),
    release,
  };
}
