/**
 * Carries the steps of a method out on one decoder layer.
 * @module
 */
import { FactorizationError } from "../../kernels/linear_algebra.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import { LLAMA_SMOOTHING_GROUPS } from "../../kernels/smoothquant.ts";
import type { GptqFunction } from "./gptq_backend.ts";
import type { LayerInWork } from "./layer.ts";
import { LINEAR_GROUPS } from "./layer_graph.ts";
import {
  isNormMethod,
  type LinearMethod,
  type LinearStatistics,
  type Method,
  type MethodContext,
  type NormMethod,
  type StatisticKind,
} from "./method.ts";
import type { Step } from "./step.ts";

/** A step and the method that carries it out. */
export interface PlannedStep {
  /** The step. */
  readonly step: Step;
  /** Its method. */
  readonly method: Method;
}

/** Statistics by the names of linear layers. */
type Statistics = ReadonlyMap<string, LinearStatistics>;

/** What carrying out steps works with. */
export interface LayerTools {
  /** Gathers statistics of the layer as it is now, for some groups of linear layers. */
  gather(
    layer: LayerInWork,
    kinds: ReadonlySet<StatisticKind>,
    groups: readonly number[],
  ): Promise<Statistics>;
  /** Quantises by GPTQ. */
  readonly gptq: GptqFunction;
  /** Is told what begins. */
  progress(step: string, linear?: string): void;
  /** Is told what the report should hold. */
  notice(sentence: string): void;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

const ALL_GROUPS = LINEAR_GROUPS.map((_, group) => group);

/**
 * Carries out all steps, in order.
 *
 * @returns the last second moments of each linear layer's inputs that were gathered.
 */
export async function runSteps(
  layer: LayerInWork,
  plan: readonly PlannedStep[],
  tools: LayerTools,
): Promise<ReadonlyMap<string, Matrix>> {
  const hessians = new Map<string, Matrix>();
  let gathered: Statistics = new Map();
  const gather = async (kinds: ReadonlySet<StatisticKind>, groups: readonly number[]) => {
    gathered = kinds.size > 0 ? await tools.gather(layer, kinds, groups) : new Map();
    for (const [name, { hessian }] of gathered) if (hessian) hessians.set(name, hessian);
  };
  for (const [i, { step, method }] of plan.entries()) {
    tools.progress(step.kind);
    const kinds = kindsFor(plan, i);
    if (isNormMethod(method)) {
      await gather(kinds, ALL_GROUPS);
      smoothLayer(layer, step, method, gathered);
      continue;
    }
    if (step.sequential === true) {
      const kept = new Map<string, LinearStatistics>();
      for (const group of ALL_GROUPS) {
        await gather(kinds, [group]);
        for (const [name, statistics] of gathered) kept.set(name, statistics);
        compressLinears(layer, LINEAR_GROUPS[group], { step, method }, gathered, tools);
      }
      gathered = kept;
      continue;
    }
    if (method.statistics !== "previous") await gather(kinds, ALL_GROUPS);
    compressLinears(layer, LINEAR_GROUPS.flat(), { step, method }, gathered, tools);
  }
  layer.settle();
  return hessians;
}

/** What is gathered for a step: what it needs, and what steps behind it need of that moment. */
function kindsFor(plan: readonly PlannedStep[], i: number): Set<StatisticKind> {
  const kinds = new Set(plan[i].method.needs);
  for (const { method } of plan.slice(i + 1)) {
    if (isNormMethod(method) || method.statistics !== "previous") break;
    method.needs.forEach((kind) => kinds.add(kind));
  }
  return kinds;
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

function compressLinears(
  layer: LayerInWork,
  names: readonly string[],
  { step, method }: { step: Step; method: LinearMethod },
  gathered: Statistics,
  tools: LayerTools,
): void {
  for (const name of names) {
    tools.signal?.throwIfAborted();
    tools.progress(step.kind, name);
    const where = `${layer.layer}.${name}`;
    const { weight, unpruned, mask } = layer.state(name);
    const notice = (sentence: string) => tools.notice(`Layer ${where}: ${sentence}`);
    const context: MethodContext = {
      gptq: (of, hessian, options) => tools.gptq(of, hessian, options, notice),
      notice,
    };
    try {
      if (method.needsMask?.(step) && !mask) {
        throw new RangeError("the step before it must give sparse weights, and did not");
      }
      const input = { name, layer: layer.layer, weight, unpruned, ...(mask && { mask }) };
      layer.store(name, method.compress(input, gathered.get(name) ?? {}, step, context));
    } catch (error) {
      throw compressionError(error, layer.tensor(name), step);
    }
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
