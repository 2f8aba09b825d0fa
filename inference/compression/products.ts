/**
 * Matrix products of ONNX Runtime, float32, for what is too much work in plain TypeScript.
 * @module
 */
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { GraphBuilder } from "../onnx/graph_builder.ts";
import type { SessionFactory } from "../session.ts";

const GRAM = "gram";
const PRODUCT = "product";

/** Open sessions for matrix products. Close them when they are no longer needed. */
export class MatrixProducts {
  private constructor(
    private readonly grams: InferenceSession,
    private readonly products: InferenceSession,
  ) {}

  /** Opens the sessions. */
  static async open(factory: SessionFactory): Promise<MatrixProducts> {
    const grams = await factory.open(gramGraph());
    return new MatrixProducts(grams, await factory.open(productGraph()));
  }

  /** XᵀX [C, C] of X [T, C]. */
  async gram(x: Matrix): Promise<Matrix> {
    const { [GRAM]: result } = await this.grams.run({ X: tensor(x) });
    return matrix(x.columns, x.columns, result.data as Float32Array);
  }

  /** A B [M, N] of A [M, K] and B [K, N]. */
  async product(a: Matrix, b: Matrix): Promise<Matrix> {
    const { [PRODUCT]: result } = await this.products.run({ A: tensor(a), B: tensor(b) });
    return matrix(a.rows, b.columns, result.data as Float32Array);
  }

  /** Frees the sessions. */
  async close(): Promise<void> {
    await this.grams.release();
    await this.products.release();
  }
}

function tensor({ rows, columns, data }: Matrix): Tensor {
  return new Tensor("float32", data, [rows, columns]);
}

function gramGraph(): Uint8Array {
  const graph = new GraphBuilder();
  graph.input("X", "float32", ["T", "C"]);
  graph.node(GRAM, "Gemm", ["X", "X"], { attributes: { transA: { int: 1 } } });
  graph.output(GRAM, "float32", ["C", "C"]);
  return graph.model(GRAM);
}

function productGraph(): Uint8Array {
  const graph = new GraphBuilder();
  graph.input("A", "float32", ["M", "K"]);
  graph.input("B", "float32", ["K", "N"]);
  graph.node(PRODUCT, "Gemm", ["A", "B"]);
  graph.output(PRODUCT, "float32", ["M", "N"]);
  return graph.model(PRODUCT);
}
