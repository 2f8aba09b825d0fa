/**
 * Moves a checkpoint's tensors into a graph, in the precision they are stored in.
 * @module
 */
import type { Checkpoint } from "../checkpoint.ts";
import type { GraphBuilder } from "../onnx/graph_builder.ts";
import { DataType } from "../onnx/proto.ts";

/** What tensors are moved from: a checkpoint, whatever its architecture. */
export type WeightSource = Pick<Checkpoint, "info" | "bytes" | "tensor">;

/** Names of the nodes that give the embeddings of tokens, where only their rows become float32. */
export const EMBEDDING_NODES: readonly string[] = ["embedding.rows", "embedding"];

/**
 * Writes the look-up of tokens in the embedding and returns the name of the float32 result [B, S, H].
 *
 * @param ids Name of the tokens.
 * @param rows Whether a float16 embedding stays float16 and only the rows that are looked up become float32, the values being the
 *   same; else all of it does, once, when ONNX Runtime loads the model.
 */
export async function embeddedTokens(
  graph: GraphBuilder,
  checkpoint: WeightSource,
  { tensor, ids, rows }: { tensor: string; ids: string; rows: boolean },
): Promise<string> {
  const [half, name] = EMBEDDING_NODES;
  if (!rows || checkpoint.info(tensor).dtype !== "F16") {
    return graph.node(name, "Gather", [await storedWeight(graph, checkpoint, tensor), ids]);
  }
  const E = await storedTensor(graph, checkpoint, tensor, false);
  return castToFloat32(graph, name, graph.node(half, "Gather", [E, ids]));
}

/**
 * Stores a tensor of the checkpoint under its own name, once, and gives a float32 value of it.
 *
 * float16 stays float16 in the file and is cast in the graph, which ONNX Runtime does once, when it loads
 * the model; bfloat16 becomes float32, exactly.
 * @param tensor Name in the checkpoint.
 * @param options.transposed Store [N, K] as [K, N], for the right side of a MatMul.
 * @returns Name of the float32 value.
 */
export async function storedWeight(
  graph: GraphBuilder,
  checkpoint: WeightSource,
  tensor: string,
  options: { transposed?: boolean } = {},
): Promise<string> {
  const { transposed = false } = options;
  const half = checkpoint.info(tensor).dtype === "F16";
  const value = `${tensor}${transposed ? ".T" : ""}${half ? ".float32" : ""}`;
  if (graph.has(value)) return value;
  const name = await storedTensor(graph, checkpoint, tensor, transposed);
  return half ? castToFloat32(graph, value, name) : name;
}

function castToFloat32(graph: GraphBuilder, name: string, half: string): string {
  return graph.node(name, "Cast", [half], { attributes: { to: { int: DataType.float32 } } });
}

/**
 * Stores a tensor of the checkpoint once: float16 as it is, all else as float32.
 * @param transposed Store [N, K] as [K, N].
 * @returns Name of the stored value: the tensor's, with `.T` behind it when transposed.
 */
export async function storedTensor(
  graph: GraphBuilder,
  checkpoint: WeightSource,
  tensor: string,
  transposed: boolean,
): Promise<string> {
  const name = transposed ? `${tensor}.T` : tensor;
  if (graph.has(name)) return name;
  const { dtype, shape } = checkpoint.info(tensor);
  const half = dtype === "F16";
  let bytes: Uint8Array<ArrayBuffer> = half || dtype === "F32"
    ? await checkpoint.bytes(tensor)
    : new Uint8Array((await checkpoint.tensor(tensor)).buffer);
  let dims = shape;
  if (transposed) {
    const [N, K] = shape;
    const source = half ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
    bytes = new Uint8Array(transpose(source, N, K).buffer);
    dims = [K, N];
  }
  return await graph.weight(name, half ? "float16" : "float32", dims, bytes);
}

/** [N, K] -> [K, N], in square tiles that stay in the processor's cache. */
function transpose<T extends Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(
  source: T,
  N: number,
  K: number,
): T {
  const target = source.slice() as T;
  const tile = 32;
  for (let n0 = 0; n0 < N; n0 += tile) {
    for (let k0 = 0; k0 < K; k0 += tile) {
      for (let n = n0; n < Math.min(N, n0 + tile); n++) {
        for (let k = k0; k < Math.min(K, k0 + tile); k++) target[k * N + n] = source[n * K + k];
      }
    }
  }
  return target;
}
