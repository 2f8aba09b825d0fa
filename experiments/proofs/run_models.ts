/**
 * The models that `deno task proof run` runs, each as the graph that is opened.
 * @module
 */
import { ALMA_7B } from "../../data/alma_7b.ts";
import type { Checkpoint } from "../../inference/checkpoint.ts";
import { openModel } from "../../inference/compressed/model.ts";
import type { Device } from "../../inference/devices.ts";
import { float16Linear } from "../../inference/graph/linear.ts";
import type { AccuracyLevel } from "../../inference/graph/nbits.ts";
import { storedLinear } from "../../inference/graph/stored_linear.ts";
import { cachedGraph } from "../../inference/graph_cache.ts";
import { type LlamaConfig, parseLlamaConfig } from "../../inference/llama_config.ts";
import { writeLlamaGraph } from "../../inference/llama_graph.ts";
import { checkWeightMemory, residentWeightBytes } from "../../inference/weight_memory.ts";
import { randomForm, type RunForm } from "./random_form.ts";

/** Shapes of models by name. */
export const SHAPES = {
  "alma-7b": ALMA_7B.config,
  "1.1b": shape({ hidden: 2048, intermediate: 5632, layers: 22, heads: 32, keyValueHeads: 4 }),
  "135m": shape({ hidden: 576, intermediate: 1536, layers: 30, heads: 9, keyValueHeads: 3 }),
} as const;

function shape(of: {
  hidden: number;
  intermediate: number;
  layers: number;
  heads: number;
  keyValueHeads: number;
}): Readonly<Record<string, unknown>> {
  return {
    ...ALMA_7B.config,
    hidden_size: of.hidden,
    intermediate_size: of.intermediate,
    num_hidden_layers: of.layers,
    num_attention_heads: of.heads,
    num_key_value_heads: of.keyValueHeads,
  };
}

/** The config of a shape, with other sizes where they are given. */
export function shapeConfig(
  name: keyof typeof SHAPES,
  other: { layers?: number; vocabulary?: number } = {},
): LlamaConfig {
  const json: Record<string, unknown> = { ...SHAPES[name] };
  if (other.layers !== undefined) json["num_hidden_layers"] = other.layers;
  if (other.vocabulary !== undefined) json["vocab_size"] = other.vocabulary;
  return parseLlamaConfig(json, name);
}

/** A model that is ready to be opened. */
export interface ReadyModel {
  /** Its form or folder. */
  readonly name: string;
  /** How it computes. */
  readonly computes: string;
  /** Path of its graph. */
  readonly model: string;
  /** Its sizes. */
  readonly config: LlamaConfig;
  /** Bytes of the graph's data. */
  readonly bytes: number;
  /** Bytes of weights that are expected to be resident on the CPU. */
  readonly expected: number;
  /** Seconds to write the graph; near 0 where it was kept. */
  readonly written: number;
}

/** Where and how models are run. */
export interface Target {
  readonly device: Device;
  /** Where graphs are written. */
  readonly folder: string;
  readonly accuracyLevel: AccuracyLevel;
  /** Whether float16 weights are computed with in float16. */
  readonly float16: boolean;
}

async function dataBytes(model: string): Promise<number> {
  return (await Deno.stat(`${model}_data`)).size;
}

function computesIn(form: string, { accuracyLevel, float16 }: Target): string {
  if (form === "16-bit") return float16 ? "float16" : "float32";
  if (form === "nf4") return "float32";
  return accuracyLevel === 4 ? "8-bit activations" : "float32";
}

/** Writes the graph of random weights in a form. */
export async function randomModel(
  config: LlamaConfig,
  form: RunForm,
  target: Target,
): Promise<ReadyModel> {
  const { accuracyLevel, device, float16, folder } = target;
  const start = performance.now();
  const source = randomForm(config, [form], 0);
  checkWeightMemory(source, device);
  const linear = form === "16-bit" && float16 ? float16Linear : storedLinear({ accuracyLevel });
  const { model } = await writeLlamaGraph(source, `${folder}/${form}-${accuracyLevel}`, {
    linear,
    embedding: "rows",
  });
  const coded = form === "4-bit" || form === "8-bit";
  const name = coded ? `${form}@${accuracyLevel}` : form;
  return await ready(source, name, model, computesIn(form, target), start);
}

/** The graph of a model's folder. */
export async function folderModel(path: string, target: Target): Promise<ReadyModel> {
  const start = performance.now();
  const { accuracyLevel, device, folder } = target;
  const source = await openModel(path);
  try {
    checkWeightMemory(source, device);
    const { model } = await cachedGraph(source, folder, { accuracyLevel });
    return await ready(source, path, model, `accuracy level ${accuracyLevel}`, start);
  } finally {
    source.close();
  }
}

async function ready(
  source: Checkpoint,
  name: string,
  model: string,
  computes: string,
  start: number,
): Promise<ReadyModel> {
  const written = (performance.now() - start) / 1000;
  const bytes = await dataBytes(model);
  const expected = residentWeightBytes(source);
  return { name, computes, model, config: source.config, bytes, expected, written };
}
