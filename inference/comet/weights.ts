/**
 * The weights of a COMET checkpoint: `checkpoints/model.safetensors` or, without that, `checkpoints/model.ckpt` as Lightning
 * writes it. Opening reads no weight.
 * @module
 */
import type { Checkpoint } from "../checkpoint.ts";
import { decodeFloats, isFloatDtype } from "../float_values.ts";
import { openTorchFile } from "../pytorch/torch_file.ts";
import { fileSha256, openSafetensors } from "../safetensors.ts";
import type { WeightFile } from "../weight_files.ts";

/** Open weights: what a graph is written from. */
export interface CometWeights extends Pick<Checkpoint, "names" | "info" | "bytes" | "tensor"> {
  /** Path of the file. */
  readonly path: string;
  /** SHA-256 of the file, in hexadecimal. */
  sha256(): Promise<string>;
  /** Closes the file. A second call does nothing. */
  close(): void;
}

/** Where the weights may lie, the preferred first. */
const FILES: readonly [name: string, open: (path: string) => Promise<WeightFile>][] = [
  ["checkpoints/model.safetensors", openSafetensors],
  ["checkpoints/model.ckpt", openTorchFile],
];

/**
 * Opens the weights of a COMET folder.
 *
 * @throws {Deno.errors.NotFound} If the folder has none.
 * @throws {SyntaxError} If the file breaks its format, or a `.ckpt` file holds anything but tensors and plain values.
 */
export async function openCometWeights(folder: string): Promise<CometWeights> {
  for (const [name, open] of FILES) {
    try {
      return weightsOf(await open(`${folder}/${name}`));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  const names = FILES.map(([name]) => name).join(" nor ");
  throw new Deno.errors.NotFound(`Cannot load COMET from ${folder}: it has neither ${names}`);
}

function weightsOf(file: WeightFile): CometWeights {
  const { path } = file;
  const info = (name: string) => {
    const entry = file.tensors.get(name);
    if (!entry) throw new RangeError(`Cannot use ${path}: tensor ${name} is missing`);
    const { dtype, shape, begin, end } = entry;
    return { name, dtype, shape: [...shape], byteLength: end - begin, file: path };
  };
  return {
    path,
    names: () => [...file.tensors.keys()].sort(),
    info,
    bytes: async (name) => await file.bytes(info(name).name),
    async tensor(name) {
      const { dtype } = info(name);
      if (!isFloatDtype(dtype)) {
        throw new TypeError(
          `Cannot use tensor ${name} of ${path}: a weight must be F32, F16 or BF16, not ${dtype}`,
        );
      }
      return decodeFloats((await file.bytes(name)).buffer, dtype);
    },
    sha256: () => fileSha256(path),
    close: () => file.close(),
  };
}
