/**
 * Writes a linear layer of whole-number codes as ONNX Runtime's MatMulNBits: y = x Ŵᵀ with Ŵ = scale · (code - zero).
 * The operator's contract: ONNX Runtime, docs/ContribOperators.md, com.microsoft.MatMulNBits. But:
 * - its `g_idx` is never used, because providers refuse it, and some compute wrong numbers with it: where the groups are not of
 *   neighbouring columns, the columns are sorted by group and a Gather brings the inputs into the same order;
 * - codes of 3 bits are kept in containers of 4, codes of 5 to 7 in containers of 8, because the operator takes no others;
 * - scales are float32, which holds the stored float16 scales exactly.
 *
 * Letters: W [N, K].
 * @module
 */
import type { IntegerWeight } from "../../kernels/stored_weight.ts";
import type { IntegerDescription } from "../compressed/description.ts";
import type { CompressedModel } from "../compressed/model.ts";
import type { GraphBuilder } from "../onnx/graph_builder.ts";
import type { Linear } from "./linear.ts";
import { joinRows, type NBitsTensors, tensorsAsStored, tensorsOf } from "./nbits_tensors.ts";

/** float32 compute, or int8 activations with one scale a block. */
export type AccuracyLevel = 1 | 4;

function bytesOf(values: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** How a compressed model's weight of codes is run. */
export interface NBitsLinear {
  /** The model. */
  readonly model: CompressedModel;
  /** What it says of a weight. */
  readonly weightOf: (tensor: string) => IntegerDescription;
  /** How the operator computes. */
  readonly accuracyLevel: AccuracyLevel;
}

async function readTensors(
  { model, weightOf }: NBitsLinear,
  tensor: string,
): Promise<NBitsTensors> {
  const read = (part: string) => model.storedPart(tensor, part);
  return await tensorsAsStored(weightOf(tensor), read) ??
    tensorsOf(await model.storedWeight(tensor) as IntegerWeight, tensor);
}

/**
 * Writes a layer of a compressed model and returns the name of its output.
 *
 * @throws {RangeError} if the weight's groups have a size or an order that the operator cannot take.
 */
export async function nbitsLinear(
  graph: GraphBuilder,
  how: NBitsLinear,
  linear: Linear,
): Promise<string> {
  return await writeNBits(graph, linear, await readTensors(how, linear.tensor), how.accuracyLevel);
}

/**
 * Writes layers of the same input as one, whose outputs stand side by side, and returns its name; undefined where the operator cannot
 * take them together, because their containers, blocks or orders of columns differ. Each output is what its own layer would give.
 *
 * @param tensors names of the weights.
 * @param linear names of the node, of the joined weight and of the input.
 * @throws {RangeError} as `nbitsLinear()`.
 */
export async function joinedNBits(
  graph: GraphBuilder,
  how: NBitsLinear,
  tensors: readonly string[],
  linear: Linear,
): Promise<string | undefined> {
  const parts: NBitsTensors[] = [];
  for (const tensor of tensors) parts.push(await readTensors(how, tensor));
  const joined = joinRows(parts);
  return joined && await writeNBits(graph, linear, joined, how.accuracyLevel);
}

async function writeNBits(
  graph: GraphBuilder,
  linear: Linear,
  { rows: N, columns: K, form, codes, scales, zeros, order }: NBitsTensors,
  accuracyLevel: AccuracyLevel,
): Promise<string> {
  const { name, tensor } = linear;
  const { bits, blockSize, blocks, blockBytes, zeroBytes } = form;
  const inputs = [
    await orderedInput(graph, linear, order),
    await graph.weight(`${tensor}.codes`, "uint8", [N, blocks, blockBytes], codes),
    await graph.weight(`${tensor}.scales`, "float32", [N, blocks], bytesOf(scales)),
  ];
  if (zeros) inputs.push(await graph.weight(`${tensor}.zeros`, "uint8", [N, zeroBytes], zeros));
  return graph.node(name, "MatMulNBits", inputs, {
    attributes: {
      K: { int: K },
      N: { int: N },
      bits: { int: bits },
      block_size: { int: blockSize },
      accuracy_level: { int: accuracyLevel },
    },
    domain: "com.microsoft",
  });
}

/** The input with its last axis in the columns' order. */
async function orderedInput(
  graph: GraphBuilder,
  { name, tensor, input }: Linear,
  order: Int32Array | undefined,
): Promise<string> {
  if (!order) return input;
  const indices = await graph.weight(`${tensor}.order`, "int32", [order.length], bytesOf(order));
  return graph.node(`${name}.ordered`, "Gather", [input, indices], {
    attributes: { axis: { int: -1 } },
  });
}
