/**
 * A Hessian that is prepared in a machine's memory.
 * @module
 */
import type { PreparedHessian, PrepareOptions } from "../backend.ts";
import type { GptqResult } from "../gptq.ts";
import { type GptqFactor, planHessian } from "../gptq_factor.ts";
import { checkGptq, type GptqSolveOptions } from "../gptq_options.ts";
import type { Matrix } from "../matrix.ts";
import { factorise, placeFactor, planFactor, readFactor } from "./factor.ts";
import { factorAction, isWide, solveAction } from "./gptq.ts";
import type { KeptFactor, Machine } from "./machine.ts";
import { reserve } from "./module.ts";
import { solve } from "./solve.ts";
import { planSolve } from "./solve_plan.ts";

/** A prepared Hessian and its factor, in memory or saved. */
class Prepared implements PreparedHessian {
  #released = false;

  constructor(
    readonly machine: Machine,
    readonly kept: KeptFactor,
    readonly order: Int32Array,
    readonly dead: Uint8Array,
  ) {}

  get columns(): number {
    return this.kept.place.columns;
  }

  async gptq(weight: Matrix, options: GptqSolveOptions): Promise<GptqResult> {
    const { machine, kept: { place }, columns, order, dead } = this;
    checkGptq(weight, columns, options);
    const action = solveAction(weight);
    return await this.#withFactor(action, async () => {
      const plan = planSolve(weight, place, options, machine.threads);
      reserve(machine.kernels, plan.end, action);
      const factor = { columns, order, dead };
      return await machine.carryOut(
        solve(machine.kernels, plan, place, weight, factor, options),
      );
    });
  }

  async factor(): Promise<GptqFactor> {
    const { machine, kept: { place }, columns, order, dead } = this;
    return await this.#withFactor("give a factor", () => {
      const upper = readFactor(machine.kernels, place);
      return Promise.resolve({ columns, upper, order: order.slice(), dead: dead.slice() });
    });
  }

  release(): void {
    this.#released = true;
    this.machine.dropFactor(this.kept);
  }

  /** Does something in its turn, with the factor in memory. */
  #withFactor<Result>(action: string, act: () => Promise<Result>): Promise<Result> {
    const C = this.columns;
    return this.machine.inTurn(() => {
      if (this.#released) {
        throw new Error(`Cannot use a prepared Hessian [${C}, ${C}]: it is released`);
      }
      this.machine.fetchFactor(this.kept, action);
      return act();
    });
  }
}

/**
 * Factorises a Hessian in a machine's memory, where it stays until another one is prepared or it is released.
 *
 * @throws {RangeError} as `factorizeHessianWasm` does.
 * @throws {FactorizationError} if the damped Hessian is not positive definite in the precision.
 */
export async function prepareOn(
  machine: Machine,
  hessian: Matrix,
  options: PrepareOptions = {},
): Promise<PreparedHessian> {
  const place = placeFactor(hessian.columns, isWide(options));
  const plan = planHessian(hessian, options);
  const kept: KeptFactor = { place };
  return await machine.inTurn(async () => {
    const { kernels, threads } = machine;
    machine.freeFactor();
    const task = planFactor(kernels, place, threads);
    reserve(kernels, task.end, factorAction(hessian.columns));
    await machine.carryOut(factorise(kernels, task, hessian, plan, options));
    machine.keepFactor(kept);
    return new Prepared(machine, kept, plan.order, plan.dead);
  });
}
