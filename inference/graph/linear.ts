/**
 * How a linear layer y = x Wᵀ is written into a graph: the one place that another stored form replaces.
 * @module
 */
import type { Checkpoint } from "../checkpoint.ts";
import type { GraphBuilder } from "../onnx/graph_builder.ts";
import { DataType } from "../onnx/proto.ts";
import { storedTensor, storedWeight } from "./stored_weight.ts";

/** A linear layer that is to be written. */
export interface Linear {
  /** Name for the node and its output. */
  name: string;
  /** Name of the weight W [N, K] in the checkpoint. */
  tensor: string;
  /** Name of the input value: [batch, sequence, K], or [batch, K] for the head. */
  input: string;
  /** `"head"` for the projection onto the vocabulary (its tensor is the embedding when tied), else `"layer"`. */
  role: "layer" | "head";
}

/** Writes one linear layer and returns the name of its output, float32, of the input's rank with N for K. */
export type LinearWriter = (
  graph: GraphBuilder,
  checkpoint: Checkpoint,
  linear: Linear,
) => Promise<string>;

/**
 * Writes several layers of the same input as one, whose outputs stand side by side in the order of the tensors, and returns the name of
 * that output; undefined where they cannot be written so. Only a layer's linears are joined, never the head.
 *
 * @param tensors Names of the weights in the checkpoint.
 * @param linear Name of the node, of the joined weight and of the input.
 */
export type JoinedLinearWriter = (
  graph: GraphBuilder,
  checkpoint: Checkpoint,
  tensors: readonly string[],
  linear: Linear,
) => Promise<string | undefined>;

/**
 * Writes a dense layer. Layers are a `MatMul` with the weight stored as [K, N]; the head is a `Gemm` with
 * the weight as it is, [N, K], so that a tied one shares the embedding's bytes.
 */
export const denseLinear: LinearWriter = async (graph, checkpoint, linear) => {
  const { name, tensor, input, role } = linear;
  if (role === "head") {
    const W = await storedWeight(graph, checkpoint, tensor);
    return graph.node(name, "Gemm", [input, W], { attributes: { transB: { int: 1 } } });
  }
  const W = await storedWeight(graph, checkpoint, tensor, { transposed: true });
  return graph.node(name, "MatMul", [input, W]);
};

/**
 * Writes a float16 layer that also computes in float16, for devices that can: its input is rounded to float16 and its output cast
 * back. Other dtypes are written as `denseLinear` writes them. Nothing is folded to float32, so that a model takes as much memory as
 * its file; a graphics device must have WebGPU's feature `shader-f16`.
 */
export const float16Linear: LinearWriter = async (graph, checkpoint, linear) => {
  const { name, tensor, input, role } = linear;
  if (checkpoint.info(tensor).dtype !== "F16") return await denseLinear(graph, checkpoint, linear);
  const head = role === "head";
  const W = await storedTensor(graph, checkpoint, tensor, !head);
  const half = graph.node(`${name}.input`, "Cast", [input], {
    attributes: { to: { int: DataType.float16 } },
  });
  const y = head
    ? graph.node(`${name}.half`, "Gemm", [half, W], { attributes: { transB: { int: 1 } } })
    : graph.node(`${name}.half`, "MatMul", [half, W]);
  return graph.node(name, "Cast", [y], { attributes: { to: { int: DataType.float32 } } });
};
