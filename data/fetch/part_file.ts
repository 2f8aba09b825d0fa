/**
 * A file on its way: `<name>.part`, with a small `<name>.part.json` that says which version of the file it is a part of. It gets its final
 * name when it is whole and verified, so that a final name never holds half a file.
 *
 * The file system's lock is held on it, so that two processes do not write the same file; it ends with the process.
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import { dirname } from "node:path";
import { openLocked, pieces, readTextIfThere, removeIfThere, writeWhole } from "./files.ts";

/** A file on its way. */
export class PartFile implements Disposable {
  /** Bytes that are there. */
  bytes = 0;
  /** Entity tag of the file that they are of, where it is known. */
  etag: string | undefined;
  #hash: Hash = createHash("sha256");

  private constructor(
    readonly target: string,
    private readonly file: Deno.FsFile,
  ) {}

  /**
   * Opens what is there of a file, or begins it.
   *
   * @param target The final name.
   * @returns the part, or `undefined` when another process is at it.
   */
  static async open(target: string): Promise<PartFile | undefined> {
    await Deno.mkdir(dirname(target), { recursive: true });
    const path = `${target}.part`;
    const file = await openLocked(path, { wait: false });
    if (file === undefined) return undefined;
    const part = new PartFile(target, file);
    for await (const piece of pieces(path)) {
      part.#hash.update(piece);
      part.bytes += piece.length;
    }
    await file.seek(part.bytes, Deno.SeekMode.Start);
    if (part.bytes > 0) part.etag = await readEtag(`${path}.json`);
    return part;
  }

  /** Adds bytes. */
  async append(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      written += await this.file.write(bytes.subarray(written));
    }
    this.#hash.update(bytes);
    this.bytes += bytes.length;
  }

  /** Forgets all bytes; those to come are of a file with this entity tag. */
  async restart(etag?: string): Promise<void> {
    await removeIfThere(`${this.target}.part.json`);
    await this.file.truncate(0);
    await this.file.seek(0, Deno.SeekMode.Start);
    this.#hash = createHash("sha256");
    this.bytes = 0;
    this.etag = etag;
    if (etag) await writeWhole(`${this.target}.part.json`, JSON.stringify({ etag }) + "\n");
  }

  /** SHA-256 of the bytes that are there. */
  sha256(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Gives the file its final name, once its bytes are on the disk. */
  async place(): Promise<void> {
    await this.file.syncData();
    await Deno.rename(`${this.target}.part`, this.target);
    await removeIfThere(`${this.target}.part.json`);
  }

  /** Closes the file; bytes that are there stay. */
  [Symbol.dispose](): void {
    if (this.bytes === 0) Deno.removeSync(`${this.target}.part`);
    this.file.close();
  }
}

async function readEtag(path: string): Promise<string | undefined> {
  const text = await readTextIfThere(path);
  try {
    const { etag } = JSON.parse(text ?? "{}") as { etag?: unknown };
    return typeof etag === "string" ? etag : undefined;
  } catch {
    return undefined; // cut short by a crash: as good as none
  }
}
