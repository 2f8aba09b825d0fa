/**
 * GPTQ behind one door: which implementation computes it, and what happens when a Hessian cannot be factorised.
 * @module
 */
import { type GptqResult, gptqWithFactor } from "../../kernels/gptq.ts";
import { factorizeHessian, type GptqFactor } from "../../kernels/gptq_factor.ts";
import { checkGptq, type GptqOptions } from "../../kernels/gptq_options.ts";
import { FactorizationError } from "../../kernels/linear_algebra.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import { factorizeHessianWasm, gptqWasm, gptqWithFactorWasm } from "../../kernels/wasm/gptq.ts";

/**
 * What computes GPTQ: `"wasm"` in WebAssembly, in float32 where that will do, or `"reference"` in plain TypeScript, some ten times
 * slower, in float64.
 */
export type Backend = "wasm" | "reference";

/** The backends. */
export const BACKENDS: readonly Backend[] = ["wasm", "reference"];

/**
 * Quantises a weight; `notice` is told what should not be missed. A weight that is `alone` with its Hessian leaves no factor
 * behind: for 11,008 columns that is 1 GB.
 */
export type GptqFunction = (
  weight: Matrix,
  hessian: Matrix,
  options: GptqOptions,
  notice: (sentence: string) => void,
  alone?: boolean,
) => GptqResult;

/** A prepared Hessian, and what quantises with it. */
interface Prepared {
  factor: GptqFactor;
  solve: (weight: Matrix, factor: GptqFactor, options: GptqOptions) => GptqResult;
}

/**
 * GPTQ on a backend. Weights with the same Hessian object share its factorisation, as long as the function is kept. A Hessian that
 * WebAssembly cannot factorise in float32 is factorised again in float64, once, and `notice` is told; what cannot be factorised in
 * float64 is a `FactorizationError`.
 */
export function gptqOn(backend: Backend): GptqFunction {
  const prepare = backend === "wasm" ? prepareWasm : prepareReference;
  const shared = new WeakMap<Matrix, Map<string, Prepared>>();
  return (weight, hessian, options, notice, alone = false) => {
    checkGptq(weight, hessian.columns, options);
    if (alone && backend === "wasm") {
      return inFloat32OrFloat64(
        (precision) => gptqWasm(weight, hessian, { ...options, precision }),
        notice,
      );
    }
    const known = shared.get(hessian) ?? new Map<string, Prepared>();
    shared.set(hessian, known);
    const key = JSON.stringify([options.damping, options.actOrder]);
    const prepared = known.get(key) ?? prepare(hessian, options, notice);
    known.set(key, prepared);
    return prepared.solve(weight, prepared.factor, options);
  };
}

function prepareReference(hessian: Matrix, options: GptqOptions): Prepared {
  return { factor: factorizeHessian(hessian, options), solve: gptqWithFactor };
}

function prepareWasm(
  hessian: Matrix,
  options: GptqOptions,
  notice: (sentence: string) => void,
): Prepared {
  const prepareIn = (precision: Precision): Prepared => ({
    factor: factorizeHessianWasm(hessian, { ...options, precision }),
    solve: (weight, factor, others) => gptqWithFactorWasm(weight, factor, { ...others, precision }),
  });
  return inFloat32OrFloat64(prepareIn, notice);
}

type Precision = "float32" | "float64";

/**
 * Does in float64 what a `FactorizationError` stopped in float32, once, and says so.
 *
 * @throws {FactorizationError} if float64 does not do either.
 */
export function inFloat32OrFloat64<T>(
  work: (precision: Precision) => T,
  notice: (sentence: string) => void,
): T {
  try {
    return work("float32");
  } catch (error) {
    if (!(error instanceof FactorizationError)) throw error;
    notice(
      "the Hessian of its inputs is not positive definite in float32, so it is factorised again in float64",
    );
    return work("float64");
  }
}
