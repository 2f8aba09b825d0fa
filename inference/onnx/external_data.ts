/**
 * The file beside a model that holds its large tensors (ONNX "external data"), written tensor by tensor.
 * A model's own file is one protobuf message and so at most 2 GiB; this file has no such limit.
 * @module
 */

/** Offsets are multiples of this, so that a runtime can map each tensor into memory by itself. */
export const ALIGNMENT = 4096;

/** Where a tensor's bytes lie in the file. */
export interface DataRange {
  /** First byte, a multiple of `ALIGNMENT`. */
  offset: number;
  /** Number of bytes. */
  length: number;
}

/** A data file that is being written; dispose of it (`using`) to close it. */
export class ExternalDataFile implements Disposable {
  #size = 0;

  private constructor(
    /** The file's name without its folder, as the model refers to it. */
    readonly location: string,
    private readonly file: Deno.FsFile,
  ) {}

  /** Creates `folder/name`, or empties it. */
  static async create(folder: string, name: string): Promise<ExternalDataFile> {
    const options = { write: true, create: true, truncate: true };
    return new ExternalDataFile(name, await Deno.open(`${folder}/${name}`, options));
  }

  /** Appends a tensor's bytes at the next aligned offset. */
  async append(bytes: Uint8Array): Promise<DataRange> {
    const gap = (ALIGNMENT - this.#size % ALIGNMENT) % ALIGNMENT;
    if (gap > 0) await this.#write(new Uint8Array(gap));
    const offset = this.#size;
    await this.#write(bytes);
    return { offset, length: bytes.length };
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.file.write(bytes.subarray(at));
    this.#size += bytes.length;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.file.close();
  }
}
