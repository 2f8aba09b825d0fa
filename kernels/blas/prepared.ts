/**
 * A Hessian that a BLAS library has factorised.
 * @module
 */
import type { PreparedHessian, PrepareOptions } from "../backend.ts";
import type { GptqResult } from "../gptq.ts";
import type { GptqFactor } from "../gptq_factor.ts";
import { checkGptq, type GptqSolveOptions } from "../gptq_options.ts";
import type { Matrix } from "../matrix.ts";
import type { Machine } from "../wasm/machine.ts";
import type { Blas } from "./blas.ts";
import { type BlasFactor, factorise } from "./factor.ts";
import { solve } from "./solve.ts";

class Prepared implements PreparedHessian {
  #released = false;

  constructor(readonly machine: Machine, readonly kept: BlasFactor) {}

  get columns(): number {
    return this.kept.columns;
  }

  async gptq(weight: Matrix, options: GptqSolveOptions): Promise<GptqResult> {
    checkGptq(weight, this.columns, options);
    return await this.machine.perform((space) => {
      this.#check();
      return solve(space, this.kept, weight, options);
    });
  }

  async factor(): Promise<GptqFactor> {
    const { columns, upper, order, dead } = this.kept;
    return await this.machine.inTurn(() => {
      this.#check();
      const copies = { upper: Float64Array.from(upper), order: order.slice(), dead: dead.slice() };
      return Promise.resolve({ columns, ...copies });
    });
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    const free = () =>
      Promise.resolve(this.kept.upper.buffer as ArrayBuffer).then((b) => b.transfer(0));
    this.machine.inTurn(free).catch(() => {}); // of a closed machine, it is left to the collector
  }

  #check(): void {
    const C = this.columns;
    if (this.#released) {
      throw new Error(`Cannot use a prepared Hessian [${C}, ${C}]: it is released`);
    }
  }
}

/**
 * Factorises a Hessian; weights are quantised with it on a machine.
 *
 * @throws {RangeError} as `factorizeHessian` does, or if there is no such precision.
 * @throws {FactorizationError} if the damped Hessian is not positive definite in the precision.
 */
export async function prepareWith(
  blas: Blas,
  machine: Machine,
  hessian: Matrix,
  options: PrepareOptions = {},
): Promise<PreparedHessian> {
  return await machine.inTurn(() =>
    Promise.resolve(new Prepared(machine, factorise(blas, hessian, options)))
  );
}
