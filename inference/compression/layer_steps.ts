/**
 * Carries the steps of a method out on one decoder layer.
 * @module
 */
import { FactorizationError } from "../../kernels/linear_algebra.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import { LLAMA_SMOOTHING_GROUPS } from "../../kernels/smoothquant.ts";
import { release } from "../release.ts";
import type { Backend } from "../../kernels/backend.ts";
import type { LayerInWork, LinearState } from "./layer.ts";
import { LINEAR_GROUPS } from "./layer_graph.ts";
import {
  isNormMethod,
  type LinearMethod,
  type LinearStatistics,
  type MethodContext,
  type NormMethod,
} from "./method.ts";
import type { SharedGptq } from "./shared_gptq.ts";
import type { Wanted } from "./statistics.ts";
import { gathersLast, kindsFor, type PlannedStep } from "./step_plan.ts";
import type { Step } from "./step.ts";

/** Statistics by the names of linear layers. */
type Statistics = ReadonlyMap<string, LinearStatistics>;

/** What carrying out steps works with. */
export interface LayerTools {
  /** Gathers statistics of the layer as it is now, for some groups of linear layers. */
  gather(layer: LayerInWork, wanted: Wanted): Promise<Statistics>;
  /** See `LinearReport.error`. */
  error(state: LinearState, hessian: Matrix): Promise<number>;
  /** What computes. */
  readonly backend: Backend;
  /** GPTQ on it. */
  readonly gptq: SharedGptq;
  /** Is told what begins. */
  progress(step: string, linear?: string): void;
  /** Is told what the report should hold. */
  notice(sentence: string): void;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

const ALL_GROUPS = LINEAR_GROUPS.map((_, group) => group);

/**
 * Carries out all steps, in order. What no later step needs is let go of at once, since a layer of a large model is large in every
 * form.
 *
 * @returns the output error of each linear layer whose inputs' second moments were gathered.
 */
export async function runSteps(
  layer: LayerInWork,
  plan: readonly PlannedStep[],
  tools: LayerTools,
): Promise<ReadonlyMap<string, number>> {
  const run: StepsRun = { layer, plan, tools, gathered: new Map(), hessians: new Map() };
  const errors = new Map<string, number>();
  for (const [i, { step, method }] of plan.entries()) {
    tools.progress(step.kind);
    if (isNormMethod(method)) {
      await gather(run, i, ALL_GROUPS);
      smoothLayer(layer, step, method, run.gathered);
    } else await compressStep(run, i, errors);
  }
  layer.settle();
  for (const [name, hessian] of run.hessians) {
    errors.set(name, await tools.error(layer.state(name), hessian));
  }
  return errors;
}

/** A layer's steps while they are carried out. */
interface StepsRun {
  readonly layer: LayerInWork;
  readonly plan: readonly PlannedStep[];
  readonly tools: LayerTools;
  /** What was gathered last. */
  gathered: Statistics;
  /** The last second moments of each linear layer's inputs that were gathered. */
  readonly hessians: Map<string, Matrix>;
}

async function gather(run: StepsRun, i: number, groups: readonly number[]): Promise<void> {
  const { layer, plan, tools, hessians } = run;
  const kinds = kindsFor(plan, i);
  run.gathered = new Map(); // lets go of the last ones first
  if (kinds.size === 0) return;
  run.gathered = await tools.gather(layer, { kinds, groups, final: gathersLast(plan, i) });
  for (const [name, { hessian }] of run.gathered) if (hessian) hessians.set(name, hessian);
}

/** Carries a step of a linear method out. */
async function compressStep(run: StepsRun, i: number, errors: Map<string, number>): Promise<void> {
  const { plan, tools, hessians, layer } = run;
  const { step, method } = plan[i] as { step: Step; method: LinearMethod };
  const isLast = i === plan.length - 1;
  const again = plan.slice(i + 1).some((behind) => !isNormMethod(behind.method));
  const finish = async (name: string) => {
    if (!isLast) return;
    const hessian = hessians.get(name);
    if (hessian) errors.set(name, await tools.error(layer.state(name), hessian));
    hessians.delete(name);
    layer.finish(name);
  };
  if (step.sequential !== true) {
    if (method.statistics !== "previous") await gather(run, i, ALL_GROUPS);
    await compressLinears(run, LINEAR_GROUPS.flat(), { step, method, again }, finish);
    if (isLast) releaseHessians(run);
    return;
  }
  const kept = new Map<string, LinearStatistics>();
  for (const group of ALL_GROUPS) {
    await gather(run, i, [group]);
    if (!isLast) { for (const [name, of] of run.gathered) kept.set(name, of); }
    await compressLinears(run, LINEAR_GROUPS[group], { step, method, again }, finish);
    if (isLast) releaseHessians(run);
  }
  run.gathered = kept;
}

/** Frees second moments that nothing needs any more. */
function releaseHessians({ gathered, tools }: StepsRun): void {
  tools.gptq.release();
  for (const { hessian } of gathered.values()) release(hessian?.data);
}

function smoothLayer(
  layer: LayerInWork,
  step: Step,
  method: NormMethod,
  gathered: Statistics,
): void {
  for (const { norm, statistics, linears } of LLAMA_SMOOTHING_GROUPS) {
    const weights = linears.map((name) => layer.state(name).weight);
    const of = gathered.get(statistics) ?? {};
    try {
      const smoothed = method.smooth(layer.norms.get(norm)!, weights, of, step);
      const changed = linears.map((name, i) => [name, smoothed.weights[i]] as const);
      layer.smooth(norm, smoothed.norm, new Map(changed));
    } catch (error) {
      throw compressionError(error, layer.tensor(norm), step);
    }
  }
}

async function compressLinears(
  { layer, gathered, tools }: StepsRun,
  names: readonly string[],
  { step, method, again }: { step: Step; method: LinearMethod; again: boolean },
  finish: (name: string) => Promise<void>,
): Promise<void> {
  for (const name of names) {
    tools.signal?.throwIfAborted();
    tools.progress(step.kind, name);
    const { weight, unpruned, mask } = layer.state(name);
    const statistics = gathered.get(name) ?? {};
    const notice = (sentence: string) => tools.notice(`Layer ${layer.layer}.${name}: ${sentence}`);
    const context: MethodContext = {
      backend: tools.backend,
      gptq: (of, hessian, options) => tools.gptq.quantise(of, hessian, options, notice),
      notice,
    };
    try {
      if (method.needsMask?.(step) && !mask) {
        throw new RangeError("the step before it must give sparse weights, and did not");
      }
      const input = { name, layer: layer.layer, weight, unpruned, ...(mask && { mask }) };
      layer.store(name, await method.compress(input, statistics, step, context), again);
    } catch (error) {
      throw compressionError(error, layer.tensor(name), step);
    }
    await finish(name);
  }
}

/** What stopped a compression, with the tensor's name and, for a factorisation, the damping to try. */
function compressionError(cause: unknown, tensor: string, step: Step): Error {
  if (!(cause instanceof Error)) throw cause;
  const hint = cause instanceof FactorizationError ? `; ${dampingHint(step)}` : "";
  return new Error(`Cannot compress ${tensor} by ${step.kind}: ${cause.message}${hint}`, { cause });
}

function dampingHint({ damping }: Step): string {
  const used = typeof damping === "number" ? damping : 0.01;
  return `damping was ${used}, try ${used > 0 ? Number((used * 10).toPrecision(6)) : 0.01}`;
}
