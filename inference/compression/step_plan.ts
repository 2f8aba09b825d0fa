/**
 * What steps gather, and when: each sees the layer as the steps before it left it.
 * @module
 */
import type { StatisticKind } from "../../kernels/backend.ts";
import { isNormMethod, type Method } from "./method.ts";
import type { Step } from "./step.ts";

/** A step and the method that carries it out. */
export interface PlannedStep {
  /** The step. */
  readonly step: Step;
  /** Its method. */
  readonly method: Method;
}

/** What is gathered for a step: what it needs, and what steps behind it need of that moment. */
export function kindsFor(plan: readonly PlannedStep[], i: number): Set<StatisticKind> {
  const { step, method } = plan[i];
  if (takesPrevious(method) && step.sequential !== true) return new Set();
  const kinds = new Set(method.needs);
  for (const { method: behind } of plan.slice(i + 1)) {
    if (!takesPrevious(behind)) break;
    behind.needs.forEach((kind) => kinds.add(kind));
  }
  return kinds;
}

/** Whether a step behind this one gathers statistics of its own. */
export function gathersBehind(plan: readonly PlannedStep[], i: number): boolean {
  return plan.some((_, j) => j > i && kindsFor(plan, j).size > 0);
}

/** Whether what a step gathers, group by group, is the last that is gathered of a layer. */
export function gathersLast(plan: readonly PlannedStep[], i: number): boolean {
  return plan[i].step.sequential === true && !gathersBehind(plan, i);
}

function takesPrevious(method: Method): boolean {
  return !isNormMethod(method) && method.statistics === "previous";
}
