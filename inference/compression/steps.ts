/**
 * Checks of a list of steps, before any work.
 * @module
 */
import { type LlamaConfig, llamaTensorShapes } from "../llama_config.ts";
import { isNormMethod, type Method } from "./method.ts";
import type { Step } from "./step.ts";

/**
 * The method that a step asks for.
 *
 * @throws {RangeError} if there is none of that kind; the message names all kinds.
 */
export function stepMethod(step: Step, methods: readonly Method[]): Method {
  const method = methods.find(({ kind }) => kind === step.kind);
  if (method) return method;
  const kinds = methods.map(({ kind }) => kind).join(", ");
  throw new RangeError(`Cannot use step ${JSON.stringify(step.kind)}: the kinds are ${kinds}`);
}

/**
 * Checks kinds, options and order of steps.
 *
 * @param steps the steps, in order.
 * @param methods the methods that they may ask for.
 * @throws {RangeError} if two methods are of one kind, a kind or an option is unknown, a value breaks its rule, a norm is to be
 *   changed after a linear layer was compressed, or a step needs what no step before it gives.
 *
 * @example Usage
 * ```ts
 * import { throws } from "node:assert/strict";
 * import { checkSteps, METHODS } from "mtpress";
 *
 * checkSteps([{ kind: "wanda", sparsity: 0.4 }, { kind: "dsnot" }], METHODS);
 * throws(() => checkSteps([{ kind: "gptq", bits: 9 }], METHODS), /from 2 to 8/);
 * throws(() => checkSteps([{ kind: "dsnot" }], METHODS), /the step before it/);
 * ```
 */
export function checkSteps(steps: readonly Step[], methods: readonly Method[]): void {
  const kinds = methods.map(({ kind }) => kind);
  const twice = kinds.find((kind, i) => kinds.indexOf(kind) !== i);
  if (twice !== undefined) {
    throw new RangeError(`Cannot use two methods of the kind ${JSON.stringify(twice)}: name one`);
  }
  const chosen = steps.map((step) => stepMethod(step, methods));
  chosen.forEach((method, i) => {
    checkStep(steps[i], method);
    checkOrder(steps[i], method, chosen.slice(0, i));
  });
}

function checkStep(step: Step, method: Method): void {
  if (typeof (step.sequential ?? false) !== "boolean") {
    throw new RangeError(
      `Cannot use sequential ${JSON.stringify(step.sequential)} in step ${step.kind}: ` +
        "it must be true or false",
    );
  }
  if (step.sequential && (isNormMethod(method) || method.statistics === "previous")) {
    throw new RangeError(
      `Cannot use sequential true in step ${step.kind}: it gathers no statistics of its own for each linear layer`,
    );
  }
  method.check?.(step);
}

function checkOrder(step: Step, method: Method, before: readonly Method[]): void {
  const refuse = (rule: string): never => {
    throw new RangeError(`Cannot use step ${step.kind} as step ${before.length + 1}: ${rule}`);
  };
  const linear = before.filter((other) => !isNormMethod(other));
  if (isNormMethod(method)) {
    if (linear.length > 0) refuse(`it changes norms and must come before ${linear[0].kind}`);
    return;
  }
  const previous = before.at(-1);
  const pruned = previous && !isNormMethod(previous) && previous.prunes;
  if (method.needsMask?.(step) && !pruned) refuse("the step before it must prune");
  if (method.statistics === "previous" && (!previous || isNormMethod(previous))) {
    refuse("its statistics are those of the step before it, which must compress linear layers");
  }
}

/**
 * Checks that every linear layer of a model has a shape that every step can compress.
 *
 * @throws {RangeError} the method's, with the linear layer's name.
 */
export function checkShapes(
  steps: readonly Step[],
  methods: readonly Method[],
  config: LlamaConfig,
): void {
  const shapes = llamaTensorShapes({ ...config, layers: Math.min(1, config.layers) });
  for (const step of steps) {
    const method = stepMethod(step, methods);
    if (isNormMethod(method)) continue;
    for (const [tensor, [rows, columns]] of shapes) {
      const name = /^model\.layers\.0\.(.*_proj)\.weight$/.exec(tensor)?.[1];
      if (name === undefined) continue;
      try {
        method.checkShape?.(name, rows, columns, step);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new RangeError(`Cannot use step ${step.kind} on ${name}: ${reason}`, { cause });
      }
    }
  }
}
