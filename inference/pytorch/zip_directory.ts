/**
 * The directory of a zip archive as PyTorch writes it. Source: PKWARE's APPNOTE 6.3.10, sections 4.3.7 and 4.3.12. But:
 * - entries are stored, never compressed or encrypted: what is read is never more than the file has;
 * - names are plain relative paths below one common folder, and no name occurs twice;
 * - each entry's own header must agree with the directory, and no two entries overlap.
 *
 * Checksums are not compared: PyTorch can be told to leave them out, and a checkpoint's own SHA-256 says more.
 * @module
 */
import type { ByteSource } from "./byte_source.ts";
import { directoryPlace, uint64 } from "./zip_end.ts";

const MAX_DIRECTORY_BYTES = 2 ** 26;
const MAX_NAME_BYTES = 1024;
const SIZE_LATER = 0x0008; // the sizes are told behind the data
const UTF8 = 0x0800;

/** One stored entry. */
export interface ZipEntry {
  /** Its name below the common folder, such as `"data/0"`. */
  readonly name: string;
  /** The first byte of its data in the file. */
  readonly begin: number;
  /** One past the last byte. */
  readonly end: number;
}

/** What the directory says of an entry. */
interface Listed {
  name: string;
  flags: number;
  size: number;
  header: number;
}

function fail(path: string, name: string, rule: string): SyntaxError {
  const shown = name.length > 80 ? `${name.slice(0, 80)}...` : name;
  return new SyntaxError(`Cannot read entry ${JSON.stringify(shown)} of ${path}: ${rule}`);
}

/** The name as text; refused if it is anything but segments joined by "/", at least two of them. */
function plainName(bytes: Uint8Array, path: string): string {
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${path}: an entry's name must be UTF-8`, { cause });
  }
  const segments = name.split("/");
  const wrong = (segment: string) => segment === "" || segment === "." || segment === "..";
  // deno-lint-ignore no-control-regex
  if (segments.length < 2 || segments.some(wrong) || /[\\:\u0000-\u001f]/.test(name)) {
    throw fail(path, name, "its name must be a plain path below one folder");
  }
  return name;
}

/** [bytes, compressed bytes, header's place], read from the zip64 field where the short ones are saturated. */
function wideFields(short: number[], extra: Uint8Array, bad: (rule: string) => Error): number[] {
  if (!short.includes(0xffffffff)) return short;
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  for (let at = 0; at + 4 <= extra.length;) {
    const length = view.getUint16(at + 2, true);
    if (at + 4 + length > extra.length) break;
    if (view.getUint16(at, true) !== 1) {
      at += 4 + length;
      continue;
    }
    let from = at + 4;
    return short.map((value) => {
      if (value !== 0xffffffff) return value;
      if (from + 8 > at + 4 + length) throw bad("its zip64 field is too short");
      from += 8;
      return uint64(view, from - 8);
    });
  }
  throw bad("it lacks the zip64 field that its sizes ask for");
}

/** Reads the directory's record at `at`, and gives the place of the next. */
function parseListed(bytes: Uint8Array, at: number, path: string): [Listed, number] {
  const short = new SyntaxError(
    `Cannot read ${path}: the zip directory must hold as many entries as it says, whole`,
  );
  if (at + 46 > bytes.length) throw short;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint32(at, true) !== 0x02014b50) throw short;
  const word = (offset: number) => view.getUint16(at + offset, true);
  const [nameLength, extraLength, commentLength] = [word(28), word(30), word(32)];
  const next = at + 46 + nameLength + extraLength + commentLength;
  if (next > bytes.length || nameLength > MAX_NAME_BYTES) throw short;
  const name = plainName(bytes.subarray(at + 46, at + 46 + nameLength), path);
  const bad = (rule: string) => fail(path, name, rule);
  const flags = word(8);
  if ((flags & ~(SIZE_LATER | UTF8)) !== 0) {
    throw bad("it must not be encrypted or have other flags than those that PyTorch sets");
  }
  if (word(10) !== 0) {
    throw bad(`it must be stored, not compressed (method ${word(10)}); PyTorch never compresses`);
  }
  if (word(34) !== 0) throw bad("it must be in the archive's one part");
  const fields = [24, 20, 42].map((offset) => view.getUint32(at + offset, true));
  const extra = bytes.subarray(at + 46 + nameLength, next - commentLength);
  const [size, stored, header] = wideFields(fields, extra, bad);
  if (size !== stored) throw bad(`a stored entry's two sizes must agree: ${size} and ${stored}`);
  return [{ name, flags, size, header }, next];
}

/** Compares an entry's own header with the directory, and gives where its data lie. */
async function locate(source: ByteSource, listed: Listed, limit: number): Promise<ZipEntry> {
  const { name, flags, size, header } = listed;
  const bad = (rule: string) => fail(source.path, name, rule);
  const outside = bad(`its ${size} bytes from ${header} on must lie before the zip directory`);
  const encoded = new TextEncoder().encode(name);
  const fixed = 30 + encoded.length;
  if (!(header + fixed + size <= limit)) throw outside;
  const bytes = await source.read(header, fixed);
  const view = new DataView(bytes.buffer);
  const sizeFits = (offset: number) => {
    const told = view.getUint32(offset, true);
    return told === size || told === 0xffffffff || told === 0 && (flags & SIZE_LATER) !== 0;
  };
  if (
    view.getUint32(0, true) !== 0x04034b50 || view.getUint16(6, true) !== flags ||
    view.getUint16(8, true) !== 0 || !sizeFits(18) || !sizeFits(22) ||
    view.getUint16(26, true) !== encoded.length ||
    !encoded.every((byte, i) => byte === bytes[30 + i])
  ) {
    throw bad("its own header must agree with the zip directory");
  }
  const begin = header + fixed + view.getUint16(28, true);
  if (begin + size > limit) throw outside;
  return { name, begin, end: begin + size };
}

/** The entries as the directory lists them; every name begins with the same folder. */
function parseDirectory(bytes: Uint8Array, entries: number, path: string): Listed[] {
  const listed: Listed[] = [];
  const names = new Set<string>();
  let at = 0;
  let root: string | undefined;
  for (let i = 0; i < entries; i++) {
    const [entry, next] = parseListed(bytes, at, path);
    at = next;
    const folder = entry.name.slice(0, entry.name.indexOf("/"));
    root ??= folder;
    if (folder !== root) {
      throw fail(path, entry.name, `all entries must lie below one folder, here ${root}`);
    }
    if (names.has(entry.name)) throw fail(path, entry.name, "a name must occur once");
    names.add(entry.name);
    listed.push(entry);
  }
  if (at !== bytes.length) {
    throw new SyntaxError(
      `Cannot read ${path}: the zip directory must end with its last entry, not ${
        bytes.length - at
      } bytes later`,
    );
  }
  return listed;
}

/**
 * Reads and checks the directory of a zip archive; of the entries only their headers are read.
 *
 * @param source the archive.
 * @returns the entries by their names below the common folder, in the order of their bytes.
 * @throws {SyntaxError} if the archive breaks a rule of the format or of this module.
 */
export async function readZipDirectory(source: ByteSource): Promise<Map<string, ZipEntry>> {
  const { entries, begin, end } = await directoryPlace(source);
  if (end - begin > MAX_DIRECTORY_BYTES) {
    throw new SyntaxError(
      `Cannot read ${source.path}: a zip directory has at most ${MAX_DIRECTORY_BYTES} bytes, ` +
        `this one ${end - begin}`,
    );
  }
  const listed = parseDirectory(await source.read(begin, end - begin), entries, source.path);
  listed.sort((a, b) => a.header - b.header);
  const located = new Map<string, ZipEntry>();
  let before = 0;
  for (const entry of listed) {
    if (entry.header < before) throw fail(source.path, entry.name, "it overlaps another entry");
    const found = await locate(source, entry, begin);
    before = found.end;
    const name = entry.name.slice(entry.name.indexOf("/") + 1);
    located.set(name, { ...found, name });
  }
  return located;
}
