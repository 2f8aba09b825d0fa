/**
 * The calibration samples' states on disk while a model is being compressed, so that going on needs no way through the layers that are
 * complete. The file is not needed: without it, states are computed again from the embedding, and are the same.
 * @module
 */
import { openSafetensors } from "../safetensors.ts";
import { writeSafetensors } from "../safetensors_writer.ts";
import type { StateBatch } from "./states.ts";

const FILE = "calibration-states.safetensors";
const LAYER = "layer";

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Keeps the states before a layer, instead of those that were kept before. */
export async function keepStates(
  folder: string,
  layer: number,
  batches: readonly StateBatch[],
): Promise<void> {
  const tensors = batches.map(({ states }, i) => {
    const bytes = () => Promise.resolve(bytesOf(states));
    return [String(i), { dtype: "F32", shape: [states.length], bytes }] as const;
  });
  await writeSafetensors(`${folder}/${FILE}`, new Map(tensors), { [LAYER]: String(layer) });
}

/**
 * Puts the states that were kept into batches of the same samples.
 *
 * @param most the layer that is next; states of a later one are of no use.
 * @returns the layer that they are before; 0, with nothing changed, when none were kept that fit.
 */
export async function restoreStates(
  folder: string,
  batches: readonly StateBatch[],
  most: number,
): Promise<number> {
  const file = await openSafetensors(`${folder}/${FILE}`).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (file === undefined) return 0;
  try {
    const { tensors } = file;
    const layer = Number(file.metadata[LAYER]);
    const fits = batches.every(({ states }, i) =>
      tensors.get(String(i))?.shape[0] === states.length
    );
    if (!fits || tensors.size !== batches.length || !(layer <= most)) return 0;
    for (const [i, batch] of batches.entries()) {
      batch.states = new Float32Array((await file.bytes(String(i))).buffer);
    }
    return layer;
  } finally {
    file.close();
  }
}

/** Removes the file, and what a killed process left of it. */
export async function forgetStates(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith(FILE)) await Deno.remove(`${folder}/${name}`);
  }
}
