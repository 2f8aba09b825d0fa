/**
 * Sentence pairs from Parquet files, as the Hugging Face hub keeps them: one column, which holds a text in each of two languages.
 * @module
 */
import { createHash } from "node:crypto";
import {
  type FileMetaData,
  parquetMetadata,
  parquetReadObjects,
  type SchemaElement,
} from "hyparquet";

/** A text in each of two languages, by their codes. */
export type PairRow = { [language: string]: string };

/** The rows of a file and what ties a result to them. */
export interface PairFile {
  /** The rows, in the file's order. */
  rows: PairRow[];
  /** SHA-256 of the file. */
  fileSha256: string;
}

/** What a file must hold. */
export interface PairFileOptions {
  /** Names that the column may have. */
  columns: readonly string[];
  /** Codes of the two languages. */
  languages: readonly string[];
  /** Its SHA-256, when it is known: nothing else is decoded then. */
  sha256?: string;
}

/**
 * Finds the file of a split in a dataset's folder: `<pair>/<split>-00000-of-00001-<id>.parquet`.
 *
 * @returns Its path below the folder.
 * @throws {Deno.errors.NotFound} If there is none.
 * @throws {Error} If there are several.
 */
export async function splitFile(folder: string, pair: string, split: string): Promise<string> {
  const home = `${folder}/${pair}`;
  const pattern = new RegExp(`^${split}-00000-of-00001(-[0-9a-f]+)?\\.parquet$`);
  const names = await fileNames(home);
  const found = names.filter((name) => pattern.test(name));
  if (found.length === 1) return `${pair}/${found[0]}`;
  const wanted = `one file ${split}-00000-of-00001-<id>.parquet`;
  if (found.length === 0) {
    throw new Deno.errors.NotFound(`Cannot read ${pair} from ${home}: it must hold ${wanted}`);
  }
  throw new Error(
    `Cannot read ${pair} from ${home}: it must hold ${wanted}, not ${found.sort().join(" and ")}`,
  );
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * Reads a file of sentence pairs. Decoding a file that was made to do harm, or whose bytes have changed, can take forever: where its hash is
 * known, it is compared first.
 *
 * @param file Its path.
 * @throws {SyntaxError} If it is another file than was pinned, is not Parquet, is damaged, is compressed in another way than snappy, has other columns or languages than
 * asked for, or a text that is missing or empty; the message names the file and what was found.
 * @throws {Deno.errors.NotFound} If there is no such file.
 */
export async function readPairFile(file: string, options: PairFileOptions): Promise<PairFile> {
  const bytes = await Deno.readFile(file);
  const fileSha256 = createHash("sha256").update(bytes).digest("hex");
  if (options.sha256 !== undefined && options.sha256 !== fileSha256) {
    refuse(file, `its SHA-256 is ${fileSha256}, and must be the pinned ${options.sha256}`);
  }
  const { buffer } = bytes;
  const metadata = decoded(file, () => parquetMetadata(buffer));
  const column = pairColumn(file, metadata, options);
  checkCompression(file, metadata);
  const objects = await parquetReadObjects({ file: buffer, metadata, parsers: PARSERS }).catch(
    (cause) => refuse(file, `its pages cannot be read: ${message(cause)}`, cause),
  );
  const rows = objects.map((object, i) => pairRow(file, object[column], i, options.languages));
  if (rows.length === 0 || BigInt(rows.length) !== metadata.num_rows) {
    refuse(
      file,
      `it must have rows, as many as it says (${metadata.num_rows}), not ${rows.length}`,
    );
  }
  return { rows, fileSha256 };
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const PARSERS = { stringFromBytes: (bytes: Uint8Array) => bytes && UTF_8.decode(bytes) };

/** The name of the one column, whose type is that of sentence pairs. */
function pairColumn(file: string, metadata: FileMetaData, options: PairFileOptions): string {
  const [root, column, ...parts] = metadata.schema;
  const { columns, languages } = options;
  const found = metadata.schema.slice(1).map(describe).join(", ");
  const holds = root.num_children === 1 && columns.includes(column?.name) &&
    column.num_children === languages.length && parts.length === languages.length &&
    parts.every(isText) && languages.every((code) => parts.some(({ name }) => name === code));
  if (!holds) {
    const wanted = columns.map((name) => JSON.stringify(name)).join(" or ");
    refuse(
      file,
      `its one column must be ${wanted} with the texts ${languages.join(" and ")}; it has ${found}`,
    );
  }
  return column.name;
}

function isText({ type, converted_type, repetition_type }: SchemaElement): boolean {
  return type === "BYTE_ARRAY" && converted_type === "UTF8" && repetition_type !== "REPEATED";
}

function describe(element: SchemaElement): string {
  const { name, num_children, converted_type, type } = element;
  return `${name} (${num_children ? `of ${num_children}` : converted_type ?? type})`;
}

function checkCompression(file: string, { row_groups }: FileMetaData): void {
  const codecs = row_groups.flatMap(({ columns }) => columns.map((c) => c.meta_data?.codec));
  const foreign = codecs.find((codec) => codec !== "SNAPPY" && codec !== "UNCOMPRESSED");
  if (foreign !== undefined) {
    refuse(file, `it must be compressed by snappy or not at all, not by ${foreign}`);
  }
}

function pairRow(file: string, value: unknown, row: number, languages: readonly string[]): PairRow {
  const pair = value as Record<string, unknown> | null | undefined;
  return Object.fromEntries(languages.map((code) => {
    const text = pair?.[code];
    if (typeof text === "string" && text.trim() !== "") return [code, text];
    return refuse(
      file,
      `no text may be empty, and that of row ${row} (counted from 0) in ${code} is`,
    );
  }));
}

function decoded<T>(file: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    return refuse(file, `it is not a whole Parquet file: ${message(cause)}`, cause);
  }
}

function refuse(file: string, reason: string, cause?: unknown): never {
  throw new SyntaxError(`Cannot read ${file}: ${reason}`, { cause });
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
