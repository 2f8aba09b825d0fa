/**
 * Which files of a pin are there and were verified. Hashing 27 GB takes minutes, so it is done once: a small file beside them,
 * `.verified/<path>.json`, says what was found, and later uses compare lengths and recorded hashes.
 * @module
 */
import type { PinnedFile } from "../pins.ts";
import { readTextIfThere, sizeIfThere, writeWhole } from "./files.ts";
import { type FileFacts, isFacts } from "./lock.ts";

/** Whether a file is there, and what is wrong with it. `"unverified"`: it is, but nothing says that anybody hashed it. */
export type FileState = "complete" | "missing" | "unverified" | { readonly wrong: string };

/** By how much a length may differ from one that is known to three digits. */
const ROUGH = 0.01;

/** Path of the record of a file. */
export function verifiedRecord(folder: string, path: string): string {
  return `${folder}/.verified/${path}.json`;
}

/** Records that a file was hashed. */
export async function writeVerified(folder: string, path: string, facts: FileFacts): Promise<void> {
  await writeWhole(verifiedRecord(folder, path), JSON.stringify(facts) + "\n");
}

/** What was found when a file was hashed, or `undefined`. */
export async function readVerified(folder: string, path: string): Promise<FileFacts | undefined> {
  const text = await readTextIfThere(verifiedRecord(folder, path));
  if (text === undefined) return undefined;
  try {
    const facts: unknown = JSON.parse(text);
    return isFacts(facts) ? facts : undefined;
  } catch {
    return undefined; // cut short by a crash: as good as none
  }
}

/**
 * The state of a file, found without reading it.
 *
 * @param folder The pin's folder.
 * @param locked What the lock file says of the file.
 */
export async function fileState(
  folder: string,
  file: PinnedFile,
  locked: FileFacts | undefined,
): Promise<FileState> {
  const bytes = await sizeIfThere(`${folder}/${file.path}`);
  if (bytes === undefined) return "missing";
  const verified = await readVerified(folder, file.path);
  if (verified === undefined) return "unverified";
  if (bytes !== verified.bytes) {
    return { wrong: `has ${bytes} bytes and had ${verified.bytes} when it was verified` };
  }
  const wrong = difference(file, locked, verified);
  return wrong === undefined ? "complete" : { wrong };
}

/** How a file differs from what is known of it, to be read after its name; `undefined` when it does not. */
export function difference(
  file: PinnedFile,
  locked: FileFacts | undefined,
  found: FileFacts,
): string | undefined {
  const length = lengthDifference(file, locked, found.bytes);
  if (length !== undefined) return length;
  for (const [known, source] of [[file, "pins.json"], [locked, "the lock file"]] as const) {
    if (known?.sha256 === undefined || known.sha256 === found.sha256) continue;
    return `has SHA-256 ${found.sha256} and ${source} says ${known.sha256}`;
  }
  return undefined;
}

/** How a length differs from what is known of the file, to be read after its name; `undefined` when it does not. */
export function lengthDifference(
  file: PinnedFile,
  locked: FileFacts | undefined,
  bytes: number,
): string | undefined {
  if (bytes === 0) return "is empty";
  const exact = file.bytes ?? locked?.bytes;
  if (bytes === exact) return undefined;
  const rough = exact ?? file.roughBytes ?? bytes;
  if (exact === undefined && Math.abs(bytes - rough) <= ROUGH * rough) return undefined;
  const about = exact === undefined ? "about " : "";
  return `is too ${bytes < rough ? "short" : "long"}: ${bytes} bytes instead of ${about}${rough}`;
}
