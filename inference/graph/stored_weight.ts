/**
 * Moves a checkpoint's tensors into a graph, in the precision they are stored in.
 * @module
 */
import type { Checkpoint } from "../checkpoint.ts";
import type { GraphBuilder } from "../onnx/graph_builder.ts";
import { DataType } from "../onnx/proto.ts";

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
  checkpoint: Checkpoint,
  tensor: string,
  options: { transposed?: boolean } = {},
): Promise<string> {
  const name = options.transposed ? `${tensor}.T` : tensor;
  const { dtype, shape } = checkpoint.info(tensor);
  const half = dtype === "F16";
  const value = half ? `${name}.float32` : name;
  if (graph.has(value)) return value;

  let bytes: Uint8Array<ArrayBuffer> = half || dtype === "F32"
    ? await checkpoint.bytes(tensor)
    : new Uint8Array((await checkpoint.tensor(tensor)).buffer);
  let dims = shape;
  if (options.transposed) {
    const [N, K] = shape;
    const source = half ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
    bytes = new Uint8Array(transpose(source, N, K).buffer);
    dims = [K, N];
  }
  await graph.weight(name, half ? "float16" : "float32", dims, bytes);
  if (!half) return value;
  return graph.node(value, "Cast", [name], { attributes: { to: { int: DataType.float32 } } });
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
