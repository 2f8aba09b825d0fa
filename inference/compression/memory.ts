/**
 * The bytes of a compressed model by arithmetic, from its config and the method's steps alone.
 * @module
 */
import { type LlamaConfig, llamaTensorShapes } from "../llama_config.ts";
import { modelForm, type WeightForm } from "./memory_form.ts";
import {
  describeWeight,
  executedWeightBytes,
  storedWeightBytes,
  type ValueBytes,
} from "./memory_weight.ts";
import type { Step } from "./step.ts";

/** The bytes of a model's weights. */
export interface ModelBytes {
  /** Of the linear layers' weights within decoder layers, which methods compress. */
  readonly linears: number;
  /** Of all else: embedding, norms and head. */
  readonly rest: number;
  /** Of both. */
  readonly total: number;
}

/** What the config and the steps do not say. */
export interface StoredModelOptions {
  /**
   * Bytes of an element of the source checkpoint: embedding, norms, head and kept weights stay in its type.
   * @default {2}
   */
  readonly valueBytes?: ValueBytes;
  /**
   * The share of the linear layers' weights that was pruned, 0 to 1, where it depends on the data. It replaces the number that the steps
   * say.
   * @default {undefined}
   */
  readonly sparsity?: number;
}

/** Sizes of the weights that methods compress. */
export interface LinearShape {
  /** The tensor's name. */
  readonly name: string;
  /** Number of rows R, the outputs. */
  readonly rows: number;
  /** Number of columns C, the inputs. */
  readonly columns: number;
}

/** The linear layers of all decoder layers, in the order of the computation. */
export function linearShapes(config: LlamaConfig): LinearShape[] {
  return [...llamaTensorShapes(config)]
    .filter(([name]) => /^model\.layers\.\d+\.(self_attn|mlp)\./.test(name))
    .map(([name, [rows, columns]]) => ({ name, rows: rows!, columns: columns! }));
}

/**
 * The bytes of embedding, norms and head.
 *
 * @param valueBytes bytes of an element.
 * @param smoothedBytes bytes of an element of the two norms of each decoder layer.
 */
export function restBytes(
  config: LlamaConfig,
  valueBytes: number,
  smoothedBytes: number = valueBytes,
): number {
  const { hiddenSize: H, vocabularySize: V, layers, tiedEmbeddings } = config;
  return (tiedEmbeddings ? 1 : 2) * V * H * valueBytes + layers * 2 * H * smoothedBytes +
    H * valueBytes;
}

/**
 * The bytes of a compressed model as the kit stores it, tensors only, without the files' headers. Exact, but for three things that
 * depend on the weights: magnitude pruning by ratio prunes ties too, Wanda's variant only comes near its ratio, and DSnoT may
 * lose weights of rows that have stopped. There the number is that of no ties, of the ratio in each row and of the first mask, unless
 * `sparsity` says what it was.
 *
 * Embedding, final norm and head, and what the method leaves alone, stay in the source's type; smoothed norms are float32.
 *
 * @param config the model.
 * @param steps the method; none: the model as it is.
 * @throws {RangeError} if a step is not built in or does not fit the model, or `sparsity` is given but is not within 0 and 1 or
 *   the steps do not prune.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { ALMA_7B, parseLlamaConfig, storedModelBytes } from "mtpress";
 *
 * const config = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);
 * deepEqual(storedModelBytes(config, []), {
 *   linears: 12_952_010_752,
 *   rest: 524_820_480,
 *   total: 13_476_831_232,
 * });
 * const gptq = { kind: "gptq", bits: 4, groupSize: 128 };
 * deepEqual(storedModelBytes(config, [gptq]).linears, 12_952_010_752 / 4 + 50_593_792 * 2);
 * ```
 */
export function storedModelBytes(
  config: LlamaConfig,
  steps: readonly Step[],
  { valueBytes = 2, sparsity }: StoredModelOptions = {},
): ModelBytes {
  const { linears: form, smoothed } = modelForm(steps);
  if (sparsity !== undefined) checkSparsity(sparsity, form);
  const shapes = linearShapes(config);
  const kept = sparsity === undefined ? undefined : 0;
  let linears = 0;
  for (const { rows, columns } of shapes) {
    linears += storedWeightBytes(describeWeight(rows, columns, form, valueBytes, kept));
  }
  if (sparsity !== undefined) {
    const weights = shapes.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
    linears += Math.round(weights * (1 - sparsity)) * valueBytes;
  }
  return modelBytes(linears, restBytes(config, valueBytes, smoothed ? 4 : valueBytes));
}

/**
 * The bytes of a compressed model's weights in the form in which the graph holds them to run them: codes in containers of 2, 4 or 8
 * bits and padded to whole blocks, float32 scales, pruned weights expanded. As exact as `storedModelBytes`. What the runtime adds
 * when it loads the graph is not counted.
 *
 * @param config the model.
 * @param steps the method; none: the model as it is.
 * @param options.valueBytes bytes of an element of the source checkpoint, of float16 or float32; bfloat16 runs as float32.
 * @throws {RangeError} if a step is not built in or does not fit the model.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { ALMA_7B, executedModelBytes, parseLlamaConfig } from "mtpress";
 *
 * const config = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);
 * const [three, four] = [3, 4].map((bits) => [{ kind: "gptq", bits, groupSize: 128 }]);
 * equal(executedModelBytes(config, three).total, executedModelBytes(config, four).total); // no container of 3 bits
 * ```
 */
export function executedModelBytes(
  config: LlamaConfig,
  steps: readonly Step[],
  { valueBytes = 2 }: Pick<StoredModelOptions, "valueBytes"> = {},
): ModelBytes {
  const { linears: form, smoothed } = modelForm(steps);
  let linears = 0;
  for (const { rows, columns } of linearShapes(config)) {
    const weight = describeWeight(rows, columns, form, valueBytes);
    linears += executedWeightBytes(weight, valueBytes);
  }
  return modelBytes(linears, restBytes(config, valueBytes, smoothed ? 4 : valueBytes));
}

function checkSparsity(sparsity: number, { kind }: WeightForm): void {
  if (kind !== "sparse") {
    throw new RangeError(
      `Cannot take a sparsity of ${sparsity} for weights in ${kind} form: the last step must prune`,
    );
  }
  if (!(sparsity >= 0 && sparsity <= 1)) {
    throw new RangeError(`Cannot take a sparsity of ${sparsity}: it must be within 0 and 1`);
  }
}

/** The two parts and their sum. */
export function modelBytes(linears: number, rest: number): ModelBytes {
  return { linears, rest, total: linears + rest };
}
