/**
 * Bytes that are read by range: a file on disk, or an array in memory.
 * @module
 */
import { readRange } from "../safetensors.ts";

/** Something to read ranges of bytes from. */
export interface ByteSource {
  /** The source's name, for errors. */
  readonly path: string;
  /** Bytes in all when it was opened. */
  readonly size: number;
  /**
   * Reads exactly `length` bytes from `position`; the range must lie within `size`.
   * @throws {Error} if the source has been closed, or cut since it was opened.
   */
  read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Closes it. A second call does nothing. */
  close(): void;
}

/**
 * Opens a file as a source. Reads take turns, because a seek and the read after it belong together.
 *
 * @param path the file's path.
 * @returns the source, to be closed by the caller.
 * @throws {Deno.errors.NotFound} if there is no such file.
 */
export async function fileSource(path: string): Promise<ByteSource> {
  const file = await Deno.open(path, { read: true });
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;
  async function read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (closed) throw new Error(`Cannot read ${path}: the file is closed`);
    const bytes = await readRange(file, position, length);
    if (bytes.length < length) {
      throw new Error(`Cannot read ${path}: the file has been cut since it was opened`);
    }
    return bytes;
  }
  function close(): void {
    if (!closed) file.close();
    closed = true;
  }
  try {
    const { size } = await file.stat();
    return {
      path,
      size,
      close,
      read(position, length) {
        const result = turn.then(() => read(position, length));
        turn = result.catch(() => {});
        return result;
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}
