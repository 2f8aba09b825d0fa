/**
 * Matrix products of ONNX Runtime, float32, for what is too much work in plain TypeScript.
 * @module
 */
import { type InferenceSession, Tensor } from "onnxruntime-node";
import type { HessianAccumulator } from "../../kernels/hessian.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { GraphBuilder } from "../onnx/graph_builder.ts";
import { release } from "../release.ts";
import type { SessionFactory } from "../session.ts";

const GRAM = "gram";
const PRODUCT = "product";
const GRAM_ROWS = 1024;

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

  /** Adds XᵀX of X [T, C], in parts of some rows from the diagonal on, so that half of it is not computed. */
  async addGram(x: Matrix, samples: number, sum: HessianAccumulator): Promise<void> {
    const X = tensor(x);
    for (let first = 0; first < x.columns; first += GRAM_ROWS) {
      const last = Math.min(first + GRAM_ROWS, x.columns);
      const { [GRAM]: result } = await this.grams.run({
        X,
        first: index(first),
        last: index(last),
      });
      const rows = matrix(last - first, x.columns - first, result.data as Float32Array);
      sum.addRows(rows, first, first === 0 ? samples : 0);
      release(rows.data);
    }
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

function index(value: number): Tensor {
  return new Tensor("int64", BigInt64Array.of(BigInt(value)), [1]);
}

/** Rows `first` to `last` of XᵀX from the column `first` on. */
function gramGraph(): Uint8Array {
  const graph = new GraphBuilder();
  graph.input("X", "float32", ["T", "C"]);
  graph.input("first", "int64", [1]);
  graph.input("last", "int64", [1]);
  const axis = graph.constant([1]);
  const end = graph.constant([Number.MAX_SAFE_INTEGER]);
  const left = graph.node("left", "Slice", ["X", "first", "last", axis]);
  const right = graph.node("right", "Slice", ["X", "first", end, axis]);
  graph.node(GRAM, "Gemm", [left, right], { attributes: { transA: { int: 1 } } });
  graph.output(GRAM, "float32", ["R", "N"]);
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
