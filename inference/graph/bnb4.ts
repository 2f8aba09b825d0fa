/**
 * Writes a linear layer of NF4 codes as ONNX Runtime's MatMulBnb4, which takes the codes byte for byte as bitsandbytes packs them.
 * The operator's contract: ONNX Runtime, docs/ContribOperators.md, com.microsoft.MatMulBnb4. But:
 * - block maxima that were stored in 8 bits are written as the float32 numbers that they stand for.
 *
 * Letters: W [N, K].
 * @module
 */
import { dequantizeAbsmax } from "../../kernels/nf4_absmax.ts";
import type { Nf4Weight } from "../../kernels/stored_weight.ts";
import type { GraphBuilder } from "../onnx/graph_builder.ts";
import type { Linear } from "./linear.ts";
import { SMALLEST_BLOCK } from "./nbits_form.ts";

const NF4 = 1; // the operator's number for the levels of NF4

/**
 * Writes the layer and returns the name of its output.
 *
 * @param graph the graph.
 * @param weight the stored weight.
 * @param linear names of node, tensor and input.
 * @throws {RangeError} if the block size is not a power of two from 16, which is all that the operator takes.
 */
export async function bnb4Linear(
  graph: GraphBuilder,
  weight: Nf4Weight,
  { name, tensor, input }: Linear,
): Promise<string> {
  const { rows: N, columns: K, blockSize, codes } = weight;
  if (blockSize < SMALLEST_BLOCK || (blockSize & (blockSize - 1)) !== 0) {
    throw new RangeError(
      `Cannot run weight ${tensor} in NF4 blocks of ${blockSize}: MatMulBnb4 takes blocks of a power ` +
        `of two from ${SMALLEST_BLOCK}`,
    );
  }
  const absmax = dequantizeAbsmax(weight.absmax);
  const inputs = [
    input,
    await graph.weight(`${tensor}.codes`, "uint8", [codes.length], codes),
    await graph.weight(
      `${tensor}.absmax`,
      "float32",
      [absmax.length],
      new Uint8Array(absmax.buffer),
    ),
  ];
  return graph.node(name, "MatMulBnb4", inputs, {
    attributes: {
      K: { int: K },
      N: { int: N },
      block_size: { int: blockSize },
      quant_type: { int: NF4 },
    },
    domain: "com.microsoft",
  });
}
