/**
 * GPTQ in WebAssembly: what `gptq` of ../gptq.ts computes, some ten times as fast on one thread.
 *
 * follows Frantar et al. 2023 (arXiv:2210.17323), algorithm 1, as ../gptq.ts does. But:
 * - everything is float32, as in the authors' code, or everything but the grids is float64; ../gptq.ts has U and the errors in
 *   float64 and the weights in float32. Codes so differ where a weight is next to a tie;
 * - rows lie side by side in vectors, and errors leave their block in one matrix product.
 * @module
 */
import type { GptqResult } from "../gptq.ts";
import { type GptqFactor, type GptqFactorOptions, planHessian } from "../gptq_factor.ts";
import { checkGptq, type GptqOptions, type GptqSolveOptions } from "../gptq_options.ts";
import type { Matrix } from "../matrix.ts";
import { carryOut } from "./calls.ts";
import {
  factorise,
  type FactorPlace,
  placeFactor,
  planFactor,
  readFactor,
  writeFactor,
} from "./factor.ts";
import { preferredBuild, reserve, type WasmBuild, withKernels } from "./module.ts";
import { solve } from "./solve.ts";
import { planSolve } from "./solve_plan.ts";

/** How the kernels in WebAssembly compute. */
export interface WasmOptions {
  /**
   * In what the Hessian is factorised and errors are moved. float64 takes twice as long and twice the memory; it is for
   * damping far below 0.01.
   * @default {"float32"}
   */
  readonly precision?: "float32" | "float64";
}

/**
 * Whether a precision is float64.
 *
 * @throws {RangeError} if it is neither of the two.
 */
export function isWide({ precision = "float32" }: WasmOptions): boolean {
  if (precision !== "float32" && precision !== "float64") {
    throw new RangeError(
      `Cannot compute with the precision ${precision}: it must be float32 or float64`,
    );
  }
  return precision === "float64";
}

function checkedPlace(hessian: Matrix, options: WasmOptions): FactorPlace {
  return placeFactor(hessian.columns, isWide(options));
}

/** What a solve cannot do otherwise. */
export function solveAction({ rows, columns }: Pick<Matrix, "rows" | "columns">): string {
  return `quantise a weight [${rows}, ${columns}]`;
}

/** What a factorisation cannot do otherwise. */
export function factorAction(columns: number): string {
  return `factorise a Hessian [${columns}, ${columns}]`;
}

/** {@link gptqWasm} with a build of choice. */
export function gptqOn(
  build: WasmBuild,
  weight: Matrix,
  hessian: Matrix,
  options: GptqOptions & WasmOptions,
): GptqResult {
  checkGptq(weight, hessian.columns, options);
  const place = checkedPlace(hessian, options);
  const hessianPlan = planHessian(hessian, options);
  const plan = planSolve(weight, place, options, 1);
  const { columns } = weight;
  return withKernels(build, solveAction(weight), plan.end, (kernels) => {
    const task = planFactor(kernels, place, 1);
    reserve(kernels, task.end, solveAction(weight));
    carryOut(kernels, factorise(kernels, task, hessian, hessianPlan, options));
    const factor = { columns, ...hessianPlan };
    return carryOut(kernels, solve(kernels, plan, place, weight, factor, options));
  });
}

/** {@link factorizeHessianWasm} with a build of choice. */
export function factorizeHessianOn(
  build: WasmBuild,
  hessian: Matrix,
  options: GptqFactorOptions & WasmOptions,
): GptqFactor {
  const place = checkedPlace(hessian, options);
  const plan = planHessian(hessian, options);
  const { columns } = hessian;
  return withKernels(build, factorAction(columns), place.end, (kernels) => {
    const task = planFactor(kernels, place, 1);
    reserve(kernels, task.end, factorAction(columns));
    carryOut(kernels, factorise(kernels, task, hessian, plan, options));
    return { columns, upper: readFactor(kernels, place), order: plan.order, dead: plan.dead };
  });
}

/** {@link gptqWithFactorWasm} with a build of choice. */
export function gptqWithFactorOn(
  build: WasmBuild,
  weight: Matrix,
  factor: GptqFactor,
  options: GptqSolveOptions & WasmOptions,
): GptqResult {
  checkGptq(weight, factor.columns, options);
  const place = placeFactor(factor.columns, isWide(options));
  const plan = planSolve(weight, place, options, 1);
  return withKernels(build, solveAction(weight), plan.end, (kernels) => {
    writeFactor(kernels, place, factor.upper);
    return carryOut(kernels, solve(kernels, plan, place, weight, factor, options));
  });
}

/**
 * Quantises a weight by GPTQ, in WebAssembly on one thread. The last bits of its sums, and so a code next to a tie, may differ from
 * those of `gptq` and between machines with and without relaxed SIMD.
 *
 * @param weight W [R, C]; it is not changed.
 * @param hessian H [C, C] of the weight's inputs, from `hessianAccumulator`; it is not changed.
 * @param options as of `gptq`, and the precision. `searchRange` takes a slower path, in TypeScript, for the grids.
 * @returns the quantised weight and the loss.
 * @throws {RangeError} if an option is out of its range, sizes do not fit, a value is not finite, or 4 GiB of memory do not do.
 * @throws {FactorizationError} if the damped Hessian is not positive definite in this precision.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { gptq, gptqWasm, matrix } from "mtpress";
 *
 * const weight = matrix(1, 4, [-1, 2, 0.4, 0.4]);
 * const hessian = matrix(4, 4, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0.9, 0, 0, 0.9, 1]);
 * const options = { bits: 2, symmetric: false };
 * deepEqual(gptqWasm(weight, hessian, options).weight, gptq(weight, hessian, options).weight);
 * ```
 */
export function gptqWasm(
  weight: Matrix,
  hessian: Matrix,
  options: GptqOptions & WasmOptions,
): GptqResult {
  return gptqOn(preferredBuild(), weight, hessian, options);
}

/**
 * Prepares a Hessian for GPTQ as `factorizeHessian` does, in WebAssembly. Weights behind the same inputs share what it gives.
 *
 * @param hessian H [C, C], symmetric, of `hessianAccumulator`; it is not changed.
 * @param options damping, order and precision.
 * @returns the prepared Hessian; `gptqWithFactor` takes it too.
 * @throws {RangeError} if the Hessian is not square or not finite, the damping is negative, or 4 GiB of memory do not do.
 * @throws {FactorizationError} if the damped Hessian is not positive definite in this precision.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { factorizeHessianWasm, gptqWasm, gptqWithFactorWasm, matrix } from "mtpress";
 *
 * const hessian = matrix(2, 2, [2, 1, 1, 2]);
 * const shared = factorizeHessianWasm(hessian, { damping: 0.1 });
 * for (const weight of [matrix(1, 2, [0.3, -1]), matrix(1, 2, [1, 0.5])]) {
 *   deepEqual(
 *     gptqWithFactorWasm(weight, shared, { bits: 3, symmetric: false }),
 *     gptqWasm(weight, hessian, { bits: 3, symmetric: false, damping: 0.1 }),
 *   );
 * }
 * ```
 */
export function factorizeHessianWasm(
  hessian: Matrix,
  options: GptqFactorOptions & WasmOptions = {},
): GptqFactor {
  return factorizeHessianOn(preferredBuild(), hessian, options);
}

/**
 * Quantises a weight with a Hessian that is already prepared, in WebAssembly.
 *
 * @param weight W [R, C]; it is not changed.
 * @param factor the prepared Hessian of C columns, from `factorizeHessianWasm` or `factorizeHessian`.
 * @param options bits, grids, groups, block size, mask and precision.
 * @returns the quantised weight and the loss.
 * @throws {RangeError} if an option is out of its range, sizes do not fit, a weight is not finite, or 4 GiB of memory do not do.
 */
export function gptqWithFactorWasm(
  weight: Matrix,
  factor: GptqFactor,
  options: GptqSolveOptions & WasmOptions,
): GptqResult {
  return gptqWithFactorOn(preferredBuild(), weight, factor, options);
}
