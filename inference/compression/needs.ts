/**
 * What compressing a model takes, by arithmetic from its config, the steps and the samples' lengths: disk, memory and work.
 * @module
 */
import type { LlamaConfig } from "../llama_config.ts";
import { stateBytes, type StatesPlace, usualPlace } from "./states_place.ts";
import { layerShapes, LINEAR_GROUPS } from "./layer_graph.ts";
import { storedModelBytes } from "./memory.ts";
import type { ValueBytes } from "./memory_weight.ts";
import { METHODS } from "./methods.ts";
import { batchSamples, type BatchShape, batchShape, type TokenSequence } from "./states.ts";
import { gathersLast, kindsFor, type PlannedStep } from "./step_plan.ts";
import type { Step } from "./step.ts";
import { stepMethod } from "./steps.ts";

/** What compressing a model takes. */
export interface CompressionNeeds {
  /** Bytes of the result's tensors, as exact as `storedModelBytes`. */
  readonly outputBytes: number;
  /** Bytes of the calibration samples' states, padding included; 0 without calibration. */
  readonly statesBytes: number;
  /** Where they are. */
  readonly states: StatesPlace;
  /** Bytes on disk while the work lasts: the result, and states and what is kept of a half computed layer. */
  readonly diskBytes: number;
  /** Resident memory in bytes, rounded up generously. */
  readonly memoryBytes: number;
  /** Floating-point operations of matrix products, on all threads. */
  readonly productOperations: number;
  /** Floating-point operations of GPTQ, on one thread. */
  readonly gptqOperations: number;
  /** How often a weight is read, changed or written. */
  readonly weightVisits: number;
}

/** What the config and the steps do not say. */
export interface NeedsOptions {
  /** The samples; those that no step needs count for nothing. */
  readonly calibration?: readonly TokenSequence[];
  /** As in `CompressOptions`. */
  readonly paddedTo?: number;
  /** As in `CompressOptions`. */
  readonly states?: StatesPlace;
  /**
   * Bytes of an element of the source checkpoint.
   * @default {2}
   */
  readonly valueBytes?: ValueBytes;
}

/**
 * Says what compressing a model by built-in methods takes.
 *
 * @param config the model.
 * @param steps the method.
 * @throws {RangeError} if a step is not built in or does not fit the model.
 *
 * @example Usage
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { ALMA_7B, compressionNeeds, parseLlamaConfig } from "mtpress";
 *
 * const config = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);
 * const { diskBytes, memoryBytes } = compressionNeeds(config, [{ kind: "nf4" }]);
 * ok(diskBytes > 3.9e9 && diskBytes < 4.2e9);
 * ok(memoryBytes < 6e9);
 * ```
 */
export function compressionNeeds(
  config: LlamaConfig,
  steps: readonly Step[],
  { calibration = [], paddedTo, states, valueBytes = 2 }: NeedsOptions = {},
): CompressionNeeds {
  const plan = steps.map((step) => ({ step, method: stepMethod(step, METHODS) }));
  const gathers = plan.some((_, i) => kindsFor(plan, i).size > 0);
  const shapes = gathers
    ? batchSamples(calibration, paddedTo).map((batch) => batchShape(batch, paddedTo))
    : [];
  const { all: statesBytes, largest } = stateBytes(config, gathers ? calibration : [], paddedTo);
  const place = states ?? usualPlace(statesBytes);
  const { total: outputBytes } = storedModelBytes(config, steps, { valueBytes });
  const halves = place === "disk" && plan.some((_, i) => gathersLast(plan, i)); // of a layer, kept
  const scratch = largest + (halves ? statesBytes : 0);
  return {
    outputBytes,
    statesBytes,
    states: place,
    diskBytes: outputBytes + statesBytes + scratch,
    memoryBytes: memoryBytes(config, plan, place === "memory" ? statesBytes : 0, paddedTo),
    productOperations: config.layers * productOperations(config, plan, shapes),
    gptqOperations: config.layers * gptqOperations(config, plan),
    weightVisits: config.layers * sum(linearSizes(config)) * (2 + plan.length),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Rows and columns of each linear layer, group by group. */
function groupSizes(config: LlamaConfig): [rows: number, columns: number][][] {
  const shapes = layerShapes(config);
  return LINEAR_GROUPS.map((group) =>
    group.map((name): [number, number] => [shapes.get(name)![0], shapes.get(name)![1]])
  );
}

function linearSizes(config: LlamaConfig): number[] {
  return groupSizes(config).flat().map(([rows, columns]) => rows * columns);
}

const PROCESS_BYTES = 1.7e9; // the process, a batch on its way, and what waits for the collector

function memoryBytes(
  config: LlamaConfig,
  plan: readonly PlannedStep[],
  statesBytes: number,
  paddedTo: number | undefined,
): number {
  const sizes = linearSizes(config);
  const weights = sum(sizes);
  const prunesFirst = plan.slice(0, -1).some(({ method }) => "prunes" in method && method.prunes);
  const ofLayer = weights * (4 + 2 + (prunesFirst ? 5 : 0)); // float32, stored, with what was pruned and the mask
  const withHessian = plan.some((_, i) => kindsFor(plan, i).has("hessian"));
  const solving = groupSizes(config).map((group) => {
    const [rows, columns] = group.at(-1)!;
    return 8 * columns ** 2 + 8 * rows * columns; // second moments, their factor, the weight twice
  });
  const swaps = plan.some(({ step }) => step.kind === "dsnot") ? 32 * Math.max(...sizes) : 0; // orders and errors of a weight
  const scores = paddedTo === undefined ? 0 : 8 * config.heads * paddedTo ** 2;
  const solved = withHessian ? Math.max(...solving) : 0;
  return PROCESS_BYTES + ofLayer + statesBytes + solved + swaps + scores;
}

/** Operations of one layer's matrix products: the samples' ways through it, and second moments. */
function productOperations(
  config: LlamaConfig,
  plan: readonly PlannedStep[],
  shapes: readonly BatchShape[],
): number {
  const sizes = groupSizes(config);
  const tokens = sum(shapes.map(({ lengths, longest }) => lengths.length * longest));
  const looks = sum(shapes.map(({ lengths, longest }) => lengths.length * longest ** 2));
  const parts = sizes.map((group) => 2 * tokens * sum(group.map(([R, C]) => R * C)));
  parts[0] += 4 * looks * config.heads * config.headSize; // the attention itself
  const before = (group: number) => sum(parts.slice(0, group));
  let operations = tokens === 0 ? 0 : sum(parts); // to the next layer
  for (const i of plan.keys()) {
    const kinds = kindsFor(plan, i);
    if (kinds.size === 0) continue;
    if (gathersLast(plan, i)) operations += parts[2]; // all others are on the way to the next layer
    else if (plan[i].step.sequential) operations += sum(sizes.map((_, group) => before(group)));
    else operations += before(3);
    if (kinds.has("hessian")) operations += tokens * sum(sizes.map(([[, C]]) => C ** 2));
  }
  return operations;
}

/** Operations of one layer's GPTQ: each group's factorisation, each weight's errors moved. */
function gptqOperations(config: LlamaConfig, plan: readonly PlannedStep[]): number {
  const times = plan.filter(({ method }) => method.needs.includes("hessian")).length;
  const solves = groupSizes(config).flatMap((group) => [
    2 / 3 * group[0][1] ** 3,
    ...group.map(([R, C]) => R * C ** 2),
  ]);
  return times * sum(solves);
}
