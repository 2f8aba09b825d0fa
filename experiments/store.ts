/**
 * Results on disk: append-only rows, and the translations they were computed from.
 *
 * `rows.jsonl` holds one row a line, `systems.jsonl` those of other systems. A row is written only after its translations are safely in
 * `hypotheses/<sha256>.txt`, in one write that is flushed, so that a kill at any moment loses at most the unit in
 * flight. A line that a kill tore is cut off at the next start, with a message.
 * @module
 */
import { sha256 } from "./canonical_json.ts";
import type { ResultRow, ScoredRow, SystemRow } from "./row.ts";
import { RowFile, writeWhole } from "./row_file.ts";

/** The file of a results folder's rows. */
export const ROWS = "rows.jsonl";
/** The file of its rows of other systems. */
export const SYSTEM_ROWS = "systems.jsonl";

/** A folder of result rows. */
export class ResultStore {
  #results: RowFile<ResultRow>;
  #others: RowFile<SystemRow>;

  private constructor(
    /** The folder. */
    readonly folder: string,
    results: RowFile<ResultRow>,
    others: RowFile<SystemRow>,
  ) {
    this.#results = results;
    this.#others = others;
  }

  /**
   * Opens a results folder, making it when it is missing, and repairs a torn last line.
   *
   * @throws {SyntaxError} If a whole line cannot be read or does not carry its own SHA-256: something other than a kill
   * changed it.
   */
  static async open(folder: string): Promise<ResultStore> {
    await Deno.mkdir(`${folder}/hypotheses`, { recursive: true });
    return new ResultStore(
      folder,
      await RowFile.open<ResultRow>(`${folder}/${ROWS}`),
      await RowFile.open<SystemRow>(`${folder}/${SYSTEM_ROWS}`),
    );
  }

  /** What was repaired when the folder was opened or a row appended, one sentence each. */
  get repairs(): readonly string[] {
    return [...this.#results.repairs, ...this.#others.repairs];
  }

  /** All rows: those that were there when the folder was opened, then those appended. */
  get rows(): readonly ResultRow[] {
    return this.#results.rows;
  }

  /** All rows of other systems, in the same order. */
  get systems(): readonly SystemRow[] {
    return this.#others.rows;
  }

  /** The newest row with this key. */
  find(key: string): ResultRow | undefined {
    return this.rows.findLast((row) => row.keys.row === key);
  }

  /** The newest row whose translations have this key and are still what the row says. */
  async findTranslation(key: string): Promise<ResultRow | undefined> {
    const row = this.rows.findLast((candidate) => candidate.keys.translation === key);
    if (row === undefined) return undefined;
    return await this.holds(row) ? row : undefined;
  }

  /** Whether the translations of a row are in the folder, byte for byte. */
  async holds(row: ScoredRow): Promise<boolean> {
    try {
      return sha256(await Deno.readFile(this.hypothesesPath(row))) === row.hypotheses.sha256;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /** Path of the translations of a row. */
  hypothesesPath(row: ScoredRow): string {
    return `${this.folder}/${row.hypotheses.file}`;
  }

  /** The translations of a row. */
  async hypotheses(row: ScoredRow): Promise<string[]> {
    return parseHypotheses(await Deno.readFile(this.hypothesesPath(row)), row.hypotheses.file);
  }

  /**
   * Writes translations and returns their name in the store and their SHA-256: as text, one a line; where a translation holds a line
   * break itself, as JSON, one a line.
   */
  async writeHypotheses(lines: readonly string[]): Promise<{ file: string; sha256: string }> {
    const plain = !lines.some((line) => line.includes("\n"));
    const text = (plain ? lines : lines.map((line) => JSON.stringify(line))).join("\n");
    const bytes = new TextEncoder().encode(`${text}\n`);
    const hash = sha256(bytes);
    const name = `hypotheses/${hash}.${plain ? "txt" : "jsonl"}`;
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

  /** Appends a row: one line, flushed to the disk before this returns; see `RowFile`. */
  async append(row: ResultRow): Promise<void> {
    await this.#results.append(row);
  }

  /** Appends a row of another system, in the same way. */
  async appendSystem(row: SystemRow): Promise<void> {
    await this.#others.append(row);
  }
}

/**
 * The translations that a file of the store holds.
 *
 * @param file Its name; one that ends in `.jsonl` holds JSON, one a line.
 */
export function parseHypotheses(bytes: Uint8Array, file: string): string[] {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const lines = text.replace(/\n$/, "").split("\n");
  return file.endsWith(".jsonl") ? lines.map((line) => JSON.parse(line) as string) : lines;
}
