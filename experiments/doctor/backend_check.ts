/**
 * A small layer through everything that a backend does, beside the reference backend.
 * @module
 */
import type { Backend, InputStatistics } from "../../kernels/backend.ts";
import { dequantize } from "../../kernels/dequantize.ts";
import type { GptqOptions } from "../../kernels/gptq_options.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { referenceBackend } from "../../kernels/reference.ts";
import type { StoredWeight } from "../../kernels/stored_weight.ts";
import { seededNormal } from "./small_model.ts";
import { differingShare, type Measure, relativeDifference } from "./check.ts";

const [ROWS, COLUMNS] = [96, 160];
const LENGTHS = [37, 64, 50];
const GPTQ: GptqOptions = { bits: 4, groupSize: 32, symmetric: false, damping: 0.01 };
const DSNOT = { maxCycles: 20 };

/** A layer's weight and inputs whose channels differ in size, the same at every call. */
function smallLayer(): { weight: Matrix; inputs: Matrix } {
  const next = seededNormal(7);
  const draw = (rows: number, scale: (column: number) => number) =>
    matrix(
      rows,
      COLUMNS,
      Float32Array.from({ length: rows * COLUMNS }, (_, i) => next() * scale(i % COLUMNS)),
    );
  const tokens = LENGTHS.reduce((a, b) => a + b);
  return {
    weight: draw(ROWS, () => 0.1),
    inputs: draw(tokens, (column) => column % 40 === 3 ? 8 : 1),
  };
}

/** What a backend made of the layer. */
interface Findings {
  readonly statistics: Required<InputStatistics>;
  readonly gptq: StoredWeight;
  readonly codes: Uint8Array;
  readonly factor: Float64Array;
  readonly nf4: { readonly codes: Uint8Array; readonly absmax: ArrayLike<number> };
  readonly wanda: Uint8Array;
  readonly dsnot: Uint8Array;
}

/** Runs the layer; statistics behind the first step are those of `given`, so that an error does not spread. */
async function findings(
  backend: Backend,
  { weight, inputs }: ReturnType<typeof smallLayer>,
  given?: Findings,
): Promise<Findings> {
  const sum = backend.statistics(COLUMNS, new Set(["hessian", "columns", "absmax"]));
  await sum.add(inputs, LENGTHS);
  const statistics = await sum.result() as Required<InputStatistics>;
  sum.release();
  const { hessian, columns } = given?.statistics ?? statistics;
  const prepared = await backend.prepareHessian(hessian, GPTQ);
  const { weight: gptq } = await prepared.gptq(weight, GPTQ);
  const { upper: factor } = await prepared.factor();
  prepared.release();
  const { codes, absmax } = await backend.quantizeNf4(weight);
  const wanda = await backend.wandaMask(weight, columns.squaredNorms, { ratio: 0.5 });
  const { mask: dsnot } = await backend.dsnot(weight, given?.wanda ?? wanda, columns, DSNOT);
  const nf4 = { codes, absmax: absmax as Float32Array };
  return { statistics, gptq, codes: gptq.codes, factor, nf4, wanda, dsnot };
}

/** tr(ΔW H ΔWᵀ): the squared error of the layer's outputs. */
function layerError(stored: StoredWeight, weight: Matrix, hessian: Matrix): number {
  const restored = dequantize(stored).data;
  const { rows, columns: C, data } = weight;
  let error = 0;
  for (let r = 0; r < rows; r++) {
    const d = Float64Array.from({ length: C }, (_, j) => data[r * C + j] - restored[r * C + j]);
    for (let i = 0; i < C; i++) {
      let sum = 0;
      for (let j = 0; j < C; j++) sum += hessian.data[i * C + j] * d[j];
      error += d[i] * sum;
    }
  }
  return error;
}

/**
 * Compares a backend with the reference backend on a small layer.
 *
 * @returns how far it is from it, and how far it may be.
 * @throws whatever the backend throws.
 */
export async function checkBackend(backend: Backend): Promise<Measure[]> {
  const layer = smallLayer();
  const expected = await findings(referenceBackend(), layer);
  const found = await findings(backend, layer, expected);
  const { hessian, columns, absmax } = expected.statistics;
  const error = (of: Findings) => layerError(of.gptq, layer.weight, hessian);
  const far = relativeDifference;
  return [
    { what: "Hessian", value: far(found.statistics.hessian.data, hessian.data), most: 1e-5 },
    {
      what: "column statistics",
      value: Math.max(
        far(found.statistics.columns.squaredNorms, columns.squaredNorms),
        far(found.statistics.columns.sums, columns.sums),
        far(found.statistics.columns.variances, columns.variances),
      ),
      most: 1e-5,
    },
    { what: "largest magnitudes", value: far(found.statistics.absmax, absmax), most: 0 },
    { what: "factor of the Hessian", value: far(found.factor, expected.factor), most: 1e-4 },
    {
      what: "GPTQ codes that differ",
      value: differingShare(found.codes, expected.codes),
      most: 0.01,
    },
    { what: "GPTQ layer error", value: far([error(found)], [error(expected)]), most: 1e-3 },
    {
      what: "NF4 codes that differ",
      value: differingShare(found.nf4.codes, expected.nf4.codes),
      most: 0.001,
    },
    { what: "NF4 maxima", value: far(found.nf4.absmax, expected.nf4.absmax), most: 0 },
    {
      what: "Wanda's mask, weights that differ",
      value: differingShare(found.wanda, expected.wanda),
      most: 0.001,
    },
    {
      what: "DSnoT's mask, weights that differ",
      value: differingShare(found.dsnot, expected.dsnot),
      most: 0.01,
    },
  ];
}
