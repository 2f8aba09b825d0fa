/**
 * Hashes what was fetched once more.
 * @module
 */
import { dataFolder, pinFolder, pinsLockFile } from "../data_folder.ts";
import { type Pin, pinnedFiles } from "../pins.ts";
import { hashFile, sizeIfThere } from "./files.ts";
import { readLocked } from "./lock.ts";
import type { FetchOptions } from "./options.ts";
import { difference, readVerified } from "./verified.ts";

/** What was found of a file. */
export interface VerifiedFile {
  /** Path in its repository. */
  readonly path: string;
  /** Whether it is right, is not there, or what is wrong with it. */
  readonly state: "right" | "missing" | { readonly wrong: string };
}

/**
 * Reads and hashes the files of a pin that are there, and compares them with `pins.json`, the lock file and what was found when they came.
 * Nothing is written; `fetchPin()` replaces a file that is wrong.
 *
 * @throws {RangeError} If a file is not one of the pin's.
 */
export async function verifyPin(
  pin: Pin,
  options: Pick<FetchOptions, "files" | "folder" | "lockFile"> = {},
): Promise<VerifiedFile[]> {
  const home = pinFolder(pin, options.folder ?? dataFolder());
  const locked = await readLocked(options.lockFile ?? pinsLockFile(), pin);
  const states: VerifiedFile[] = [];
  for (const file of pinnedFiles(pin, options.files)) {
    const { path } = file;
    if (await sizeIfThere(`${home}/${path}`) === undefined) {
      states.push({ path, state: "missing" });
      continue;
    }
    const found = await hashFile(`${home}/${path}`);
    const before = await readVerified(home, path);
    const wrong = difference(file, locked.get(path), found) ??
      (before && before.sha256 !== found.sha256
        ? `has SHA-256 ${found.sha256} and had ${before.sha256} when it was fetched`
        : undefined);
    states.push({ path, state: wrong === undefined ? "right" : { wrong } });
  }
  return states;
}
