/**
 * Compresses the embedded model for tests, quickly and without calibration text.
 * @module
 */
import { openCheckpoint } from "../../../inference/checkpoint.ts";
import { CompressedModelWriter } from "../../../inference/compressed/writer.ts";
import { hessianAccumulator } from "../../../kernels/hessian.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import type { StoredWeight } from "../../../kernels/stored_weight.ts";
import { tinyModelFolder } from "../../../data/tiny.ts";
import { normal, uniform } from "../random_checkpoint.ts";

const LINEARS = [
  "self_attn.q_proj",
  "self_attn.k_proj",
  "self_attn.v_proj",
  "self_attn.o_proj",
  "mlp.gate_proj",
  "mlp.up_proj",
  "mlp.down_proj",
];

/** A compressed model in a temporary folder. */
export interface CompressedTiny {
  folder: string;
  remove(): Promise<void>;
}

/** Stores every linear of the embedded model in the form that `store` gives it. */
export async function compressTiny(
  store: (weight: Matrix, name: string) => StoredWeight,
): Promise<CompressedTiny> {
  const folder = await Deno.makeTempDir({ prefix: "mtpress_export_" });
  const source = await openCheckpoint(tinyModelFolder());
  const plan = { steps: [{ kind: "test" }], calibration: null, backend: "reference" };
  const writer = await CompressedModelWriter.open(folder, source, plan);
  for (let layer = 0; layer < source.config.layers; layer++) {
    const linears = new Map<string, StoredWeight>();
    for (const linear of LINEARS) {
      const name = `model.layers.${layer}.${linear}.weight`;
      const [rows, columns] = source.info(name).shape;
      linears.set(name, store(matrix(rows, columns, await source.tensor(name)), name));
    }
    await writer.writeLayer(layer, { linears, norms: new Map(), facts: {} });
  }
  await writer.finish({});
  source.close();
  return { folder, remove: () => Deno.remove(folder, { recursive: true }) };
}

/** The Hessian [C, C] of 2C random inputs whose sizes differ between columns, so that an order by activation is not trivial. */
export function unevenHessian(columns: number): Matrix {
  const next = normal(uniform(columns));
  const accumulator = hessianAccumulator(columns);
  const size = Float32Array.from({ length: columns }, () => Math.exp(next()));
  const inputs = Float32Array.from(
    { length: 2 * columns * columns },
    (_, i) => next() * size[i % columns],
  );
  accumulator.add(matrix(2 * columns, columns, inputs));
  return accumulator.hessian();
}
