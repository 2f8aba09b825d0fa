/**
 * Statistics of a linear layer's inputs: the Hessian by a BLAS library, the others on a machine.
 * @module
 */
import type { StatisticKind, StatisticsAccumulator } from "../backend.ts";
import { checkInputs } from "../reference.ts";
import type { Machine } from "../wasm/machine.ts";
import { statisticsOn } from "../wasm/statistics.ts";
import { Turns } from "../turns.ts";
import type { Blas } from "./blas.ts";
import { BlasHessian } from "./hessian.ts";

/** Begins to gather statistics; see `Backend.statistics`. */
export function statisticsWith(
  blas: Blas,
  machine: Machine,
  C: number,
  kinds: ReadonlySet<StatisticKind>,
): StatisticsAccumulator {
  if (!kinds.has("hessian")) return statisticsOn(machine, C, kinds);
  const hessian = new BlasHessian(blas, C);
  const others = statisticsOn(machine, C, kinds.difference(new Set(["hessian"])));
  const turns = new Turns();
  let released = false;

  const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> =>
    turns.take(() => {
      if (released) throw new Error(`Cannot use statistics of ${C} columns: they are released`);
      return act();
    });

  return {
    add: (inputs, lengths) =>
      inTurn(async () => {
        checkInputs(inputs, lengths, C);
        await others.add(inputs, lengths);
        await machine.inTurn(() => Promise.resolve(hessian.add(inputs, lengths.length)));
      }),
    result: () =>
      inTurn(async () => {
        const found = await others.result();
        return { ...found, hessian: hessian.result() };
      }),
    release() {
      if (!released) hessian.release();
      released = true;
      others.release();
    },
  };
}
