/**
 * Writes safetensors files, tensor by tensor, so that a file may be larger than the memory.
 *
 * A file appears under its name only when it is complete and on the disk: it is written under another name, flushed and renamed.
 * @module
 */
import { byteSize, DTYPE_BITS } from "./safetensors_dtype.ts";

/** A tensor that is to be written. */
export interface TensorToWrite {
  /** Element type as safetensors spells it, such as `"F16"`. */
  readonly dtype: string;
  /** Sizes, outermost first. */
  readonly shape: readonly number[];
  /** Gives the little-endian, row-major bytes when it is their turn. */
  bytes(): Uint8Array | Promise<Uint8Array>;
}

/** The 8 bytes of the header's length and the header, padded with spaces to a multiple of 8. */
function headerBytes(
  tensors: ReadonlyMap<string, TensorToWrite>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let at = 0;
  for (const [name, { dtype, shape }] of tensors) {
    const end = at + tensorBytes(name, dtype, shape);
    header[name] = { dtype, shape, data_offsets: [at, end] };
    at = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(file.buffer).setBigUint64(0, BigInt(file.length - 8), true);
  file.set(json, 8);
  return file;
}

function tensorBytes(name: string, dtype: string, shape: readonly number[]): number {
  const bits = DTYPE_BITS.get(dtype);
  const size = bits === undefined ? undefined : byteSize(shape, bits);
  if (size !== undefined) return size;
  throw new TypeError(
    `Cannot write tensor ${JSON.stringify(name)}: safetensors has no [${shape}] of ${dtype}`,
  );
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/**
 * Writes a file under another name, flushes it to the disk and renames it, so that it is there whole or not at all.
 *
 * @param path where the file is to be; an older one is replaced.
 * @param write writes the content.
 */
export async function writeWhole(
  path: string,
  write: (append: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const partial = `${path}.partial`;
  {
    using file = await Deno.open(partial, { write: true, create: true, truncate: true });
    await write((bytes) => writeAll(file, bytes));
    await file.sync();
  }
  await Deno.rename(partial, path);
}

/**
 * Writes a safetensors file: whole, or not at all.
 *
 * @param path where the file is to be; an older one is replaced.
 * @param tensors the tensors, in the order of their bytes.
 * @param metadata free text, which goes under `__metadata__`.
 * @throws {TypeError} if safetensors has no such dtype.
 * @throws {RangeError} if a tensor's bytes are not as many as its shape asks for.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, TensorToWrite>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const header = headerBytes(tensors, metadata);
  await writeWhole(path, async (append) => {
    await append(header);
    for (const [name, tensor] of tensors) {
      const bytes = await tensor.bytes();
      const size = tensorBytes(name, tensor.dtype, tensor.shape);
      if (bytes.length !== size) {
        throw new RangeError(
          `Cannot write tensor ${JSON.stringify(name)} of ${path}: [${tensor.shape}] of ` +
            `${tensor.dtype} takes ${size} bytes, not ${bytes.length}`,
        );
      }
      await append(bytes);
    }
  });
}
