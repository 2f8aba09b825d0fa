/**
 * Results on disk: append-only rows, and the translations they were computed from.
 *
 * `rows.jsonl` holds one row a line. A row is written only after its translations are safely in
 * `hypotheses/<sha256>.txt`, in one write that is flushed, so that a kill at any moment loses at most the unit in
 * flight. A line that a kill tore is cut off at the next start, with a message.
 * @module
 */
import { sha256 } from "./canonical_json.ts";
import { parseRow, type ResultRow } from "./row.ts";

/** A folder of result rows. */
export class ResultStore {
  #rows: ResultRow[];
  #repairs: string[] = [];

  private constructor(
    /** The folder. */
    readonly folder: string,
    rows: ResultRow[],
  ) {
    this.#rows = rows;
  }

  /**
   * Opens a results folder, making it when it is missing, and repairs a torn last line.
   *
   * @throws {SyntaxError} If a whole line cannot be read or does not carry its own SHA-256: something other than a kill
   * changed it.
   */
  static async open(folder: string): Promise<ResultStore> {
    await Deno.mkdir(`${folder}/hypotheses`, { recursive: true });
    const path = `${folder}/rows.jsonl`;
    using file = await Deno.open(path, { read: true, write: true, create: true });
    await file.lock(true);
    const bytes = await Deno.readFile(path);
    const { rows, torn } = parseRows(bytes, path);
    const store = new ResultStore(folder, rows);
    if (torn > 0) await store.#cut(file, path, bytes.length, torn);
    return store;
  }

  /** What was repaired when the folder was opened or a row appended, one sentence each. */
  get repairs(): readonly string[] {
    return this.#repairs;
  }

  /** All rows: those that were there when the folder was opened, then those appended. */
  get rows(): readonly ResultRow[] {
    return this.#rows;
  }

  /** The newest row with this key. */
  find(key: string): ResultRow | undefined {
    return this.#rows.findLast((row) => row.keys.row === key);
  }

  /** The newest row whose translations have this key and are still what the row says. */
  async findTranslation(key: string): Promise<ResultRow | undefined> {
    const row = this.#rows.findLast((candidate) => candidate.keys.translation === key);
    if (row === undefined) return undefined;
    return await this.holds(row) ? row : undefined;
  }

  /** Whether the translations of a row are in the folder, byte for byte. */
  async holds(row: ResultRow): Promise<boolean> {
    try {
      return sha256(await Deno.readFile(this.hypothesesPath(row))) === row.hypotheses.sha256;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /** Path of the translations of a row. */
  hypothesesPath(row: ResultRow): string {
    return `${this.folder}/${row.hypotheses.file}`;
  }

  /** The translations of a row, one a line. */
  async hypotheses(row: ResultRow): Promise<string[]> {
    return parseHypotheses(await Deno.readFile(this.hypothesesPath(row)));
  }

  /**
   * Writes translations, one a line, and returns their name in the store and their SHA-256.
   *
   * @throws {RangeError} If a translation holds a line break.
   */
  async writeHypotheses(lines: readonly string[]): Promise<{ file: string; sha256: string }> {
    const broken = lines.findIndex((line) => line.includes("\n"));
    if (broken >= 0) {
      throw new RangeError(`Cannot store translation ${broken}: it must be one line`);
    }
    const bytes = new TextEncoder().encode(lines.join("\n") + "\n");
    const hash = sha256(bytes);
    const name = `hypotheses/${hash}.txt`;
    await writeWhole(`${this.folder}/${name}`, bytes);
    return { file: name, sha256: hash };
  }

  /** Writes a JSON record into a subfolder of the store, named after its SHA-256, and returns both. */
  async writeRecord(kind: string, bytes: Uint8Array): Promise<{ file: string; sha256: string }> {
    const hash = sha256(bytes);
    const name = `${kind}/${hash}.json`;
    await Deno.mkdir(`${this.folder}/${kind}`, { recursive: true });
    await writeWhole(`${this.folder}/${name}`, bytes);
    return { file: name, sha256: hash };
  }

  /**
   * Appends a row: one line, flushed to the disk before this returns. Several processes may share the folder; a line
   * that another one's death tore meanwhile is cut off first.
   */
  async append(row: ResultRow): Promise<void> {
    const path = `${this.folder}/rows.jsonl`;
    using file = await Deno.open(path, { read: true, append: true, create: true });
    await file.lock(true);
    if (!await endsWithLine(file)) {
      const bytes = await Deno.readFile(path);
      await this.#cut(file, path, bytes.length, splitLines(bytes).torn);
    }
    await writeAll(file, new TextEncoder().encode(JSON.stringify(row) + "\n"));
    await file.sync();
    this.#rows.push(row);
  }

  async #cut(file: Deno.FsFile, path: string, size: number, torn: number): Promise<void> {
    await file.truncate(size - torn);
    await file.sync();
    this.#repairs.push(
      `Cut a torn last line of ${torn} bytes off ${path}: its unit is computed again`,
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
export function parseRows(bytes: Uint8Array, path: string): { rows: ResultRow[]; torn: number } {
  const { lines, torn } = splitLines(bytes);
  const rows = lines.map((line, index) => {
    const row = parseRow(line);
    if (row !== undefined) return row;
    throw new SyntaxError(
      `Cannot read ${path}, line ${index + 1}: a row must be JSON that carries its own SHA-256. ` +
        `Something changed it; take the line out to have its unit computed again`,
    );
  });
  return { rows, torn };
}

/** The translations that a file of the store holds, one a line. */
export function parseHypotheses(bytes: Uint8Array): string[] {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  return text.replace(/\n$/, "").split("\n");
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
