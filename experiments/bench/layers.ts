/**
 * Layers to measure on: seeded weights and inputs, with a few channels that stand out as those of trained models do.
 * @module
 */
import type { Backend } from "../../kernels/backend.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { seededRandom } from "../../metrics/random.ts";

/** One channel of so many is larger, by a factor. */
const OUTLIERS = 100;
const OUTLIER_FACTOR = 10;

/** Standard normal numbers (Box and Muller 1958). */
export function normalMatrix(rows: number, columns: number, seed: number): Matrix {
  const random = seededRandom(seed);
  const uniform = () => (random.bits() + 0.5) / 2 ** 32;
  const result = matrix(rows, columns);
  const { data } = result;
  for (let i = 0; i < data.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    data[i] = radius * Math.cos(angle);
    if (i + 1 < data.length) data[i + 1] = radius * Math.sin(angle);
  }
  return result;
}

/** Inputs [tokens, columns] whose neighbouring channels are correlated and some of whose channels are larger. */
export function layerInputs(tokens: number, columns: number, seed: number): Matrix {
  const inputs = normalMatrix(tokens, columns, seed);
  const { data } = inputs;
  for (let t = 0; t < tokens; t++) {
    for (let c = 0, i = t * columns; c < columns; c++, i++) {
      if (c > 0) data[i] += 0.7 * data[i - 1];
      if (c % OUTLIERS === 7) data[i] *= OUTLIER_FACTOR;
    }
  }
  return inputs;
}

/** A Hessian of full rank: of twice as many tokens as there are columns, in samples of a quarter of them. */
export async function layerHessian(
  backend: Backend,
  columns: number,
  seed: number,
): Promise<Matrix> {
  const statistics = backend.statistics(columns, new Set(["hessian"]));
  try {
    for (let sample = 0; sample < 4; sample++) {
      const tokens = columns / 2;
      await statistics.add(layerInputs(tokens, columns, seed + sample), [tokens]);
    }
    return (await statistics.result()).hessian!;
  } finally {
    statistics.release();
  }
}

/** Writes a matrix as another program reads it: float32, row-major, little-endian. */
export async function writeMatrix(path: string, { data }: Matrix): Promise<void> {
  await Deno.writeFile(
    path,
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength) as Uint8Array<ArrayBuffer>,
  );
}

/** Reads what `writeMatrix()` or NumPy's `tofile` wrote. */
export async function readMatrix(path: string, rows: number, columns: number): Promise<Matrix> {
  return matrix(rows, columns, new Float32Array((await Deno.readFile(path)).buffer));
}
