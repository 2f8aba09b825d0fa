/**
 * Compressed models for tests: every linear layer of a checkpoint through a function.
 * @module
 */
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import type { StoredWeight } from "../../../kernels/stored_weight.ts";
import type { Checkpoint } from "../../../inference/checkpoint.ts";
import { CompressedModelWriter } from "../../../inference/compressed/writer.ts";
import type { LayerContent } from "../../../inference/compressed/layer_file.ts";

/** Compresses the `index`-th of a layer's linear weights; undefined leaves it as it is. */
export type CompressOne = (weight: Matrix, index: number) => StoredWeight | undefined;

/** A plan that says nothing. */
export const PLAN = { steps: [{ kind: "test" }], calibration: null, backend: "test" } as const;

/** Content of one decoder layer, each linear weight through `compress`. */
export async function layerContent(
  source: Checkpoint,
  layer: number,
  compress: CompressOne,
): Promise<LayerContent> {
  const linears = new Map<string, StoredWeight>();
  const names = source.names().filter((name) =>
    name.startsWith(`model.layers.${layer}.`) && name.includes("_proj")
  );
  for (const [index, name] of names.entries()) {
    const [rows, columns] = source.info(name).shape;
    const stored = compress(matrix(rows, columns, await source.tensor(name)), index);
    if (stored) linears.set(name, stored);
  }
  return { linears, norms: new Map(), facts: { layer } };
}

/** Compresses a whole model into a folder. */
export async function compressWith(
  source: Checkpoint,
  folder: string,
  compress: CompressOne,
): Promise<void> {
  const writer = await CompressedModelWriter.open(folder, source, PLAN);
  for (let layer = writer.done; layer < source.config.layers; layer++) {
    await writer.writeLayer(layer, await layerContent(source, layer, compress));
  }
  await writer.finish({});
}
