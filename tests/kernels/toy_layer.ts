/**
 * A decoder layer without the attention's mixing of tokens, in float64: x2 = x + o(v(norm1 x)),
 * y = x2 + down(silu(gate(norm2 x2)) · up(norm2 x2)).
 * @module
 */
import type { Matrix } from "../../kernels/matrix.ts";

/** Rows of numbers. */
type Rows = number[][];

/** Weights of the layer; q and k do not touch its output. */
export interface ToyLayer {
  norm1: Float32Array;
  norm2: Float32Array;
  value: Matrix;
  output: Matrix;
  gate: Matrix;
  up: Matrix;
  down: Matrix;
}

/** The rows of a matrix. */
export function rowsOf({ rows, columns, data }: Matrix): Rows {
  return Array.from({ length: rows }, (_, r) => [...data.slice(r * columns, (r + 1) * columns)]);
}

/** x Wᵀ for every row x. */
export function linear(inputs: Rows, weight: Matrix): Rows {
  const W = rowsOf(weight);
  return inputs.map((x) => W.map((w) => w.reduce((sum, value, c) => sum + value * x[c], 0)));
}

/** RMSNorm, epsilon 1e-6. */
export function rmsNorm(inputs: Rows, gamma: Float32Array): Rows {
  return inputs.map((x) => {
    const square = x.reduce((sum, value) => sum + value * value, 0) / x.length;
    return x.map((value, j) => gamma[j] * value / Math.sqrt(square + 1e-6));
  });
}

/** The inputs of every linear layer, and the layer's output. */
export function runToyLayer(
  layer: ToyLayer,
  x: Rows,
): Record<"h1" | "o" | "h2" | "down" | "y", Rows> {
  const plus = (a: Rows, b: Rows) => a.map((row, t) => row.map((value, j) => value + b[t][j]));
  const h1 = rmsNorm(x, layer.norm1);
  const o = linear(h1, layer.value);
  const x2 = plus(x, linear(o, layer.output));
  const h2 = rmsNorm(x2, layer.norm2);
  const up = linear(h2, layer.up);
  const down = linear(h2, layer.gate)
    .map((row, t) => row.map((g, j) => g / (1 + Math.exp(-g)) * up[t][j]));
  return { h1, o, h2, down, y: plus(x2, linear(down, layer.down)) };
}
