/**
 * GPTQ for weights of which some have the same inputs: one factorisation serves them all, and what happens when it fails.
 * @module
 */
import type { Backend, PreparedHessian } from "../../kernels/backend.ts";
import type { GptqResult } from "../../kernels/gptq.ts";
import { checkGptq, type GptqOptions } from "../../kernels/gptq_options.ts";
import { FactorizationError } from "../../kernels/linear_algebra.ts";
import type { Matrix } from "../../kernels/matrix.ts";

/** A factorised Hessian and what it was made of. */
interface Held {
  readonly hessian: Matrix;
  readonly damping: number | undefined;
  readonly actOrder: boolean | undefined;
  readonly prepared: PreparedHessian;
}

/** GPTQ on a backend. It holds one factor, the last; for 11,008 columns that is 0.5 GB. */
export class SharedGptq {
  #held?: Held;

  /** Nothing is held yet. */
  constructor(private readonly backend: Backend) {}

  /**
   * Quantises a weight. Weights with the same Hessian object, one after the other, share its factorisation. A Hessian that cannot be
   * factorised in float32 is factorised again in float64, once, and `notice` is told.
   *
   * @throws {FactorizationError} if float64 does not do either.
   */
  async quantise(
    weight: Matrix,
    hessian: Matrix,
    options: GptqOptions,
    notice: (sentence: string) => void,
  ): Promise<GptqResult> {
    checkGptq(weight, hessian.columns, options);
    const prepared = await this.#prepare(hessian, options, notice);
    return await prepared.gptq(weight, options);
  }

  /** Lets go of the factor. */
  release(): void {
    this.#held?.prepared.release();
    this.#held = undefined;
  }

  async #prepare(
    hessian: Matrix,
    { damping, actOrder }: GptqOptions,
    notice: (sentence: string) => void,
  ): Promise<PreparedHessian> {
    const held = this.#held;
    if (held?.hessian === hessian && held.damping === damping && held.actOrder === actOrder) {
      return held.prepared;
    }
    this.release();
    const prepareIn = (precision: "float32" | "float64") =>
      this.backend.prepareHessian(hessian, { damping, actOrder, precision });
    const prepared = this.backend.name === "reference" // which knows float64 only
      ? await prepareIn("float64")
      : await inFloat32OrFloat64(prepareIn, notice);
    this.#held = { hessian, damping, actOrder, prepared };
    return prepared;
  }
}

/**
 * Does in float64 what a `FactorizationError` stopped in float32, once, and says so.
 *
 * @throws {FactorizationError} if float64 does not do either.
 */
export async function inFloat32OrFloat64<T>(
  work: (precision: "float32" | "float64") => Promise<T>,
  notice: (sentence: string) => void,
): Promise<T> {
  try {
    return await work("float32");
  } catch (error) {
    if (!(error instanceof FactorizationError)) throw error;
    notice(
      "the Hessian of its inputs is not positive definite in float32, so it is factorised again in float64",
    );
    return await work("float64");
  }
}
