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
import { packBits } from "../compressed/bit_stream.ts";
import { groupOfColumn } from "../compressed/groups.ts";
import type { GraphBuilder } from "../onnx/graph_builder.ts";
import type { Linear } from "./linear.ts";
import { type NBitsForm, nbitsForm } from "./nbits_form.ts";

/** float32 compute, or int8 activations with one scale a block. */
export type AccuracyLevel = 1 | 4;

/**
 * The order of columns in which groups lie side by side, or undefined if they already do.
 *
 * @throws {RangeError} if a group other than the last has not `groupSize` columns.
 */
function columnOrder(weight: IntegerWeight, tensor: string): Int32Array | undefined {
  const { columns: K, groupIndex, groupSize } = weight;
  if (groupIndex.every((group, k) => group === groupOfColumn(k, groupSize))) return undefined;
  const order = Int32Array.from({ length: K }, (_, k) => k)
    .sort((a, b) => groupIndex[a] - groupIndex[b] || a - b);
  const wrong = order.findIndex((k, at) => groupIndex[k] !== groupOfColumn(at, groupSize));
  if (wrong < 0) return order;
  throw new RangeError(
    `Cannot run weight ${tensor} in groups of ${groupSize} columns: each group but the last must ` +
      `have so many, but group ${groupOfColumn(wrong, groupSize)} has not`,
  );
}

/** Codes [N, blocks · blockSize] with the columns in order and `shift` added to each; what pads a row meets no input. */
function containerCodes(
  weight: IntegerWeight,
  form: NBitsForm,
  order: Int32Array | undefined,
  shift: number,
): Uint8Array {
  const { rows: N, columns: K, codes } = weight;
  const width = form.blocks * form.blockSize;
  const wide = new Uint8Array(N * width);
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      wide[n * width + k] = codes[n * K + (order ? order[k] : k)] + shift;
    }
  }
  return wide;
}

/** One value for each block [N, blocks] from one for each group [N, groups]. */
function perBlock(weight: IntegerWeight, form: NBitsForm, values: Float32Array): Float32Array {
  const { rows: N, groupSize } = weight;
  const groups = values.length / N;
  const all = new Float32Array(N * form.blocks);
  for (let n = 0, i = 0; n < N; n++) {
    for (let block = 0; block < form.blocks; block++, i++) {
      all[i] =
        values[n * groups + (groups === 1 ? 0 : groupOfColumn(block * form.blockSize, groupSize))];
    }
  }
  return all;
}

function bytesOf(values: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/**
 * Writes the layer and returns the name of its output.
 *
 * @param graph the graph.
 * @param weight the stored weight.
 * @param linear names of node, tensor and input.
 * @param accuracyLevel how the operator computes.
 * @throws {RangeError} if the weight's groups have a size or an order that the operator cannot take.
 */
export async function nbitsLinear(
  graph: GraphBuilder,
  weight: IntegerWeight,
  linear: Linear,
  accuracyLevel: AccuracyLevel,
): Promise<string> {
  const { name, tensor } = linear;
  const { rows: N, columns: K, groupSize } = weight;
  const middle = 2 ** (weight.bits - 1);
  const zeros = weight.zeros.some((zero) => zero !== middle);
  const form = nbitsForm({ shape: [N, K], bits: weight.bits, groupSize, zeros });
  const { bits, blockSize, blocks, blockBytes } = form;
  const order = columnOrder(weight, tensor);
  const shift = zeros ? 0 : 2 ** (bits - 1) - middle;
  const codes = containerCodes(weight, form, order, shift);
  const scales = perBlock(weight, form, weight.scales);
  const inputs = [
    await orderedInput(graph, linear, order),
    await graph.weight(
      `${tensor}.codes`,
      "uint8",
      [N, blocks, blockBytes],
      packBits(codes, N, blocks * blockSize, bits),
    ),
    await graph.weight(`${tensor}.scales`, "float32", [N, blocks], bytesOf(scales)),
  ];
  if (zeros) {
    const packed = packBits(Uint8Array.from(perBlock(weight, form, weight.zeros)), N, blocks, bits);
    const shape = [N, form.zeroBytes];
    inputs.push(await graph.weight(`${tensor}.zeros`, "uint8", shape, packed));
  }
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
