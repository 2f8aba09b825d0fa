/**
 * A file of sealed rows, one a line, that is only ever appended to.
 * @module
 */
import { parseRow, type ResultRow, type ScoredRow } from "./row.ts";

/** Rows and the file that they are in. The file is made by the first row. */
export class RowFile<Row extends ScoredRow> {
  /** What was repaired, one sentence each. */
  readonly repairs: string[] = [];

  private constructor(
    /** Path of the file. */
    readonly path: string,
    /** Its rows, oldest first. */
    readonly rows: Row[],
  ) {}

  /**
   * Opens a file and repairs a torn last line.
   *
   * @throws {SyntaxError} If a whole line cannot be read or does not carry its own SHA-256: something other than a kill
   * changed it.
   */
  static async open<Row extends ScoredRow>(path: string): Promise<RowFile<Row>> {
    try {
      using file = await Deno.open(path, { read: true, write: true });
      await file.lock(true);
      const bytes = await Deno.readFile(path);
      const { rows, torn } = parseRows<Row>(bytes, path);
      const opened = new RowFile(path, rows);
      if (torn > 0) await opened.#cut(file, bytes.length, torn);
      return opened;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return new RowFile<Row>(path, []);
      throw error;
    }
  }

  /**
   * Appends a row: one line, flushed to the disk before this returns. Several processes may share the file; a line
   * that another one's death tore meanwhile is cut off first.
   */
  async append(row: Row): Promise<void> {
    using file = await Deno.open(this.path, { read: true, append: true, create: true });
    await file.lock(true);
    if (!await endsWithLine(file)) {
      const bytes = await Deno.readFile(this.path);
      await this.#cut(file, bytes.length, splitLines(bytes).torn);
    }
    await writeAll(file, new TextEncoder().encode(JSON.stringify(row) + "\n"));
    await file.sync();
    this.rows.push(row);
  }

  async #cut(file: Deno.FsFile, size: number, torn: number): Promise<void> {
    await file.truncate(size - torn);
    await file.sync();
    this.repairs.push(
      `Cut a torn last line of ${torn} bytes off ${this.path}: its unit is computed again`,
    );
  }
}

/** The whole lines of a file without their ends, and the number of bytes after the last line end. */
export function splitLines(bytes: Uint8Array): { lines: Uint8Array[]; torn: number } {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return { lines, torn: bytes.length - start };
}

/**
 * Parses rows, one a line; `torn` is the number of bytes of a last line without an end, which is not parsed.
 *
 * @param path The file's name, for error messages.
 * @throws {SyntaxError} If a whole line is not a row that carries its own SHA-256.
 */
export function parseRows<Row extends ScoredRow = ResultRow>(
  bytes: Uint8Array,
  path: string,
): { rows: Row[]; torn: number } {
  const { lines, torn } = splitLines(bytes);
  const rows = lines.map((line, index) => {
    const row = parseRow<Row>(line);
    if (row !== undefined) return row;
    throw new SyntaxError(
      `Cannot read ${path}, line ${index + 1}: a row must be JSON that carries its own SHA-256. ` +
        `Something changed it; take the line out to have its unit computed again`,
    );
  });
  return { rows, torn };
}

/** Writes a file under a temporary name, flushes it and renames it, so that the final name is never half a file. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${Deno.pid}.part`;
  {
    using file = await Deno.open(temporary, { write: true, create: true, truncate: true });
    await writeAll(file, bytes);
    await file.sync();
  }
  await Deno.rename(temporary, path);
}

/** Whether a file is empty or its last byte is a line end. */
async function endsWithLine(file: Deno.FsFile): Promise<boolean> {
  const size = await file.seek(0, Deno.SeekMode.End);
  if (size === 0) return true;
  await file.seek(size - 1, Deno.SeekMode.Start);
  const last = new Uint8Array(1);
  await file.read(last);
  return last[0] === 10;
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}
