/**
 * Hashes of pinned files, for readers that must not decode anything else.
 * @module
 */
import { pinsLockFile } from "./data_folder.ts";
import { readLocked } from "./fetch/lock.ts";
import { findPin } from "./pins.ts";

/**
 * SHA-256 that a file of a pinned repository must have: from `pins.json`, else from the lock file; `undefined` when neither knows it.
 *
 * @param pin Id or short name of the pin.
 * @param path The file's path in the repository.
 * @throws {RangeError} If there is no such pin.
 */
export async function knownHash(pin: string, path: string): Promise<string | undefined> {
  const found = findPin(pin);
  const pinned = found.files.find((file) => file.path === path)?.sha256;
  return pinned ?? (await readLocked(pinsLockFile(), found)).get(path)?.sha256;
}
