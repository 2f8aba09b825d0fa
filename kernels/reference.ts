/**
 * The reference backend: the plain functions, one thread, float64 where they say so. It is what the other backends are checked
 * against, and slow.
 * @module
 */
import type {
  Backend,
  GramFunction,
  PreparedHessian,
  StatisticKind,
  StatisticsAccumulator,
} from "./backend.ts";
import { channelAbsmax } from "./channel_absmax.ts";
import { addColumnStatistics, emptyColumnStatistics } from "./column_statistics.ts";
import { dsnotRuns } from "./dsnot_nm.ts";
import { dsnot } from "./dsnot.ts";
import { gptqWithFactor } from "./gptq.ts";
import { factorizeHessian, type GptqFactor } from "./gptq_factor.ts";
import { hessianAccumulator } from "./hessian.ts";
import { type Matrix, matrix } from "./matrix.ts";
import { quantizeNf4 } from "./nf4.ts";
import { wandaMask } from "./wanda.ts";

/** How the reference backend computes. */
export interface ReferenceBackendOptions {
  /** Adds XᵀX to Hessians in its place, where plain TypeScript would take too long. */
  readonly gram?: GramFunction;
}

/**
 * Throws unless inputs are those of samples of these lengths.
 *
 * @throws {RangeError} if the columns or the tokens do not fit.
 */
export function checkInputs(
  { rows, columns }: Matrix,
  lengths: readonly number[],
  expected: number,
): void {
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  if (columns === expected && rows === tokens && lengths.every((length) => length >= 1)) return;
  throw new RangeError(
    `Cannot add inputs [${rows}, ${columns}] of samples of ${
      lengths.join(", ")
    } tokens to statistics: ` +
      `they must be [${tokens}, ${expected}], and every sample have a token`,
  );
}

function gathered(
  C: number,
  kinds: ReadonlySet<StatisticKind>,
  { gram }: ReferenceBackendOptions,
): StatisticsAccumulator {
  const hessian = kinds.has("hessian") ? hessianAccumulator(C) : undefined;
  let columns = kinds.has("columns") ? emptyColumnStatistics(C) : undefined;
  let absmax: Float32Array | undefined = kinds.has("absmax") ? new Float32Array(C) : undefined;
  let samples = 0;
  let released = false;
  const checkUse = () => {
    if (released) throw new Error("Cannot use the statistics: they were released");
  };
  return {
    async add(inputs, lengths) {
      checkUse();
      checkInputs(inputs, lengths, C);
      if (absmax) absmax = channelAbsmax(inputs, absmax);
      if (hessian) {
        if (gram) await gram(inputs, lengths.length, hessian);
        else hessian.add(inputs, lengths.length);
      }
      let at = 0;
      for (const length of columns ? lengths : []) {
        const sample = matrix(length, C, inputs.data.subarray(at, at + length * C));
        columns = addColumnStatistics(columns!, sample);
        at += length * C;
      }
      samples += lengths.length;
    },
    // deno-lint-ignore require-await -- what is thrown must reject
    async result() {
      checkUse();
      if (samples === 0) {
        throw new RangeError("Cannot give statistics of 0 samples: add at least one sample");
      }
      return {
        ...(hessian && { hessian: hessian.hessian() }),
        ...(columns && { columns }),
        ...(absmax && { absmax }),
      };
    },
    release() {
      if (!released) hessian?.release();
      released = true;
    },
  };
}

function prepared(factor: GptqFactor): PreparedHessian {
  return {
    columns: factor.columns,
    // deno-lint-ignore require-await -- what is thrown must reject
    gptq: async (weight, options) => gptqWithFactor(weight, factor, options),
    factor: () => Promise.resolve(factor),
    release() {},
  };
}

/**
 * The reference backend.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix, quantizeNf4, referenceBackend } from "mtpress";
 *
 * const backend = referenceBackend();
 * const weight = matrix(1, 4, [-2, 0, 1, 2]);
 * deepEqual(await backend.quantizeNf4(weight), quantizeNf4(weight));
 * await backend.close();
 * ```
 */
export function referenceBackend(options: ReferenceBackendOptions = {}): Backend {
  return {
    name: "reference",
    description: "plain TypeScript, 1 thread",
    statistics: (columns, kinds) => gathered(columns, kinds, options),
    // deno-lint-ignore require-await -- what is thrown must reject
    prepareHessian: async (hessian, prepare) => prepared(factorizeHessian(hessian, prepare)),
    // deno-lint-ignore require-await
    quantizeNf4: async (weight, nf4) => quantizeNf4(weight, nf4),
    // deno-lint-ignore require-await
    wandaMask: async (weight, norms, pattern) => wandaMask(weight, norms, pattern),
    // deno-lint-ignore require-await
    dsnot: async (weight, mask, statistics, dsnotOptions) =>
      dsnot(weight, mask, statistics, dsnotOptions),
    // deno-lint-ignore require-await
    dsnotRuns: async (weight, mask, statistics, dsnotOptions) =>
      dsnotRuns(weight, mask, statistics, dsnotOptions),
    close: () => Promise.resolve(),
  };
}
