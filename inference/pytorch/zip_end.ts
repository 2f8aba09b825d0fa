/**
 * The end of a zip archive, which says where its directory lies. Source: PKWARE's APPNOTE 6.3.10, sections 4.3.14
 * to 4.3.16. But:
 * - there is no comment and no byte behind the end, so that there is one place to look;
 * - the zip64 record is the plain one of 56 bytes, directly before its locator;
 * - where both records tell a number, they must agree.
 * @module
 */
import type { ByteSource } from "./byte_source.ts";

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const ZIP64_BYTES = 56;

/** Where the directory of a zip archive lies. */
export interface DirectoryPlace {
  /** Number of entries. */
  readonly entries: number;
  /** Its first byte in the file. */
  readonly begin: number;
  /** One past its last byte. */
  readonly end: number;
}

/** An unsigned 64-bit number of which a file's sizes and offsets are made; above 2^53 it is `Infinity`. */
export function uint64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  return value < 2n ** 53n ? Number(value) : Infinity;
}

/** The fields [entries, bytes, offset] that count, checked against those of the short record. */
function widened(short: number[], long: number[], path: string): number[] {
  const saturated = [0xffff, 0xffffffff, 0xffffffff];
  short.forEach((value, i) => {
    if (value !== saturated[i] && value !== long[i]) {
      throw new SyntaxError(
        `Cannot read ${path}: the two records at its end must agree, but say ${value} and ${
          long[i]
        }`,
      );
    }
  });
  return long;
}

/** Reads the zip64 record [entries, bytes, offset], where there is one. */
function zip64Fields(view: DataView, tail: number, path: string): number[] | undefined {
  const locator = view.byteLength - END_BYTES - LOCATOR_BYTES;
  if (locator < 0 || view.getUint32(locator, true) !== 0x07064b50) return undefined;
  const fail = (rule: string) => new SyntaxError(`Cannot read ${path}: ${rule}`);
  const record = locator - ZIP64_BYTES;
  if (record < 0 || uint64(view, locator + 8) !== tail + record) {
    throw fail("the zip64 record must lie directly before its locator");
  }
  if (view.getUint32(record, true) !== 0x06064b50 || uint64(view, record + 4) !== 44) {
    throw fail("the zip64 record must be the plain one of 56 bytes");
  }
  const disks = [view.getUint32(locator + 4, true), view.getUint32(record + 16, true)];
  const entries = uint64(view, record + 32);
  if (
    disks.some((disk) => disk !== 0) || view.getUint32(record + 20, true) !== 0 ||
    view.getUint32(locator + 16, true) !== 1 || uint64(view, record + 24) !== entries
  ) {
    throw fail("a zip archive must be in one part");
  }
  return [entries, uint64(view, record + 40), uint64(view, record + 48)];
}

/**
 * Finds the directory of a zip archive.
 *
 * @param source the archive.
 * @returns the place, which lies within the file and reaches up to the records at its end.
 * @throws {SyntaxError} if the file does not end as a zip archive does, or its records disagree.
 */
export async function directoryPlace(source: ByteSource): Promise<DirectoryPlace> {
  const { path, size } = source;
  const fail = (rule: string) => new SyntaxError(`Cannot read ${path}: ${rule}`);
  const tail = Math.max(0, size - END_BYTES - LOCATOR_BYTES - ZIP64_BYTES);
  const bytes = await source.read(tail, size - tail);
  const view = new DataView(bytes.buffer);
  const at = view.byteLength - END_BYTES;
  if (at < 0 || view.getUint32(at, true) !== 0x06054b50 || view.getUint16(at + 20, true) !== 0) {
    throw fail(
      "it must be a zip archive and end with the archive's end record " +
        "(truncated, or written by a PyTorch before 1.6?)",
    );
  }
  const long = zip64Fields(view, tail, path);
  const count = view.getUint16(at + 10, true);
  if (view.getUint32(at + 4, true) !== 0 || view.getUint16(at + 8, true) !== count) {
    throw fail("a zip archive must be in one part");
  }
  const short = [count, view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  const [entries, length, begin] = long ? widened(short, long, path) : short;
  const end = tail + at - (long ? LOCATOR_BYTES + ZIP64_BYTES : 0);
  if (begin + length !== end) {
    throw fail(
      `the zip directory must reach up to byte ${end}, but has ${length} bytes from ${begin} on`,
    );
  }
  return { entries, begin, end };
}
