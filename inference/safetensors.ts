/**
 * A safetensors file on disk: the header is read and checked at once, tensors are read by their byte range when asked for.
 * @module
 */
import { createHash } from "node:crypto";
import { headerLength, parseSafetensorsHeader, type TensorEntry } from "./safetensors_header.ts";

/** An open safetensors file. */
export interface SafetensorsFile {
  /** The file's path. */
  readonly path: string;
  /** The tensors in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** The free text under `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads one tensor's little-endian bytes.
   * @throws {RangeError} if the file has no such tensor, and {Error} if it has been cut since it was opened.
   */
  bytes(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Closes the file. A second call does nothing. */
  close(): void;
}

/** Reads `length` bytes from `position`; fewer only if the file ends. Two reads of one file must not run at once. */
export async function readRange(
  file: Deno.FsFile,
  position: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await file.seek(position, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) return bytes.slice(0, filled);
    filled += count;
  }
  return bytes;
}

/**
 * Opens a safetensors file and checks its header against its size.
 *
 * @param path the file's path.
 * @returns the open file; the caller closes it.
 * @throws {SyntaxError} if the file breaks a rule of the format.
 * @throws {Deno.errors.NotFound} if there is no such file.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await Deno.open(path, { read: true });
  try {
    const { size } = await file.stat();
    const length = headerLength(await readRange(file, 0, Math.min(8, size)), size, path);
    const header = await readRange(file, 8, length);
    const dataStart = 8 + length;
    const { tensors, metadata } = parseSafetensorsHeader(header, size - dataStart, path);
    return { path, tensors, metadata, ...reader(file, path, tensors, dataStart) };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Reads take turns, because a seek and the read after it belong together. */
function reader(
  file: Deno.FsFile,
  path: string,
  tensors: ReadonlyMap<string, TensorEntry>,
  dataStart: number,
): Pick<SafetensorsFile, "bytes" | "close"> {
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;
  async function read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const entry = tensors.get(name);
    if (!entry) {
      throw new RangeError(
        `Cannot read tensor ${JSON.stringify(name)} of ${path}: it has no such tensor`,
      );
    }
    if (closed) {
      throw new Error(`Cannot read tensor ${JSON.stringify(name)} of ${path}: the file is closed`);
    }
    const bytes = await readRange(file, dataStart + entry.begin, entry.end - entry.begin);
    if (bytes.length < entry.end - entry.begin) {
      throw new Error(
        `Cannot read tensor ${
          JSON.stringify(name)
        } of ${path}: the file has been cut since it was opened`,
      );
    }
    return bytes;
  }
  return {
    bytes(name) {
      const result = turn.then(() => read(name));
      turn = result.catch(() => {});
      return result;
    },
    close() {
      if (!closed) file.close();
      closed = true;
    },
  };
}

/**
 * SHA-256 of a file, read in blocks.
 *
 * @param path the file's path.
 * @returns 64 lower-case hexadecimal digits.
 */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path, { read: true });
  const block = new Uint8Array(1 << 20);
  for (let count = await file.read(block); count !== null; count = await file.read(block)) {
    hash.update(block.subarray(0, count));
  }
  return hash.digest("hex");
}
