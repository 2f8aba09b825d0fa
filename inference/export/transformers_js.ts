/**
 * The folder that @huggingface/transformers (transformers.js, version 4) loads: an ONNX graph under `onnx/`, found by its name.
 * Compressed layers run in their compressed form, with float32 arithmetic. But:
 * - the library's generation has no beam search: whatever the generation settings say, it is greedy.
 * @module
 */
import type { Checkpoint } from "../checkpoint.ts";
import type { WeightDescription } from "../compressed/description.ts";
import { isCompressed } from "../compressed/model.ts";
import { denseLinear } from "../graph/linear.ts";
import { storedLinear } from "../graph/stored_linear.ts";
import type { JsonObject } from "../json_value.ts";
import { writeLlamaGraph } from "../llama_graph.ts";

/** What the library calls the form of the weights, narrowest first, and what it appends to the file's name. */
const SUFFIXES = { q2: "_q2", q4: "_q4", bnb4: "_bnb4", q8: "_quantized", fp32: "" } as const;

type GraphDtype = keyof typeof SUFFIXES;

/** The form of one stored weight; 3 bits run in a 4-bit form, 5 to 7 in one of 8. */
function weightDtype(weight: WeightDescription): GraphDtype {
  if (weight.kind === "nf4") return "bnb4";
  if (weight.kind !== "integer") return "fp32";
  return weight.bits <= 2 ? "q2" : weight.bits <= 4 ? "q4" : "q8";
}

/** The library's name for a model: that of its widest linear. */
function modelDtype(model: Checkpoint): GraphDtype {
  if (!isCompressed(model)) return "fp32";
  const order = Object.keys(SUFFIXES) as GraphDtype[];
  const ranks = Object.values(model.record.linears).map((w) => order.indexOf(weightDtype(w)));
  return order[Math.max(...ranks)] ?? "fp32";
}

/**
 * Writes `onnx/model*.onnx` and its data.
 *
 * @param model an open model; it stays open.
 * @param folder where the folder `onnx` is to be.
 * @returns what config.json says of it under `transformers.js_config`.
 */
export async function writeTransformersJsGraph(
  model: Checkpoint,
  folder: string,
): Promise<JsonObject> {
  const dtype = modelDtype(model);
  const name = `model${SUFFIXES[dtype]}`;
  const linear = isCompressed(model) ? storedLinear({ accuracyLevel: 1 }) : denseLinear;
  await writeLlamaGraph(model, `${folder}/onnx`, { name, linear });
  return { dtype, use_external_data_format: { [`${name}.onnx`]: 1 } };
}
