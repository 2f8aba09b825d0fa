/**
 * Where downloaded models and datasets lie, and the file that their hashes are recorded in.
 * @module
 */
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./cache_folder.ts";
import type { Pin } from "./pins.ts";

/**
 * The folder of downloaded data: the environment variable `MTPRESS_DATA` when it is set, else `mtpress/data` in the user's cache folder.
 *
 * @param variable Reads an environment variable.
 * @param os The operating system, as in `Deno.build.os`.
 * @throws {Error} When no environment variable tells where that is.
 */
export function dataFolder(
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
  os: string = Deno.build.os,
): string {
  return variable("MTPRESS_DATA") || cacheFolder("data", "set MTPRESS_DATA", variable, os);
}

/**
 * The folder of a pinned model or dataset. Its files lie below it under their paths in the repository.
 *
 * @param folder The folder of downloaded data. Default: `dataFolder()`.
 */
export function pinFolder(pin: Pin, folder: string = dataFolder()): string {
  return `${folder}/${pin.short}/${pin.revision}`;
}

/**
 * The lock file, in which the first download records what `pins.json` does not know: the environment variable `MTPRESS_PINS_LOCK` when it
 * is set, else `pins.lock.json` beside `pins.json` in a checkout, else that name in the data folder.
 *
 * @param variable Reads an environment variable.
 * @param module Address of this package's `data` folder.
 */
export function pinsLockFile(
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
  module: string = import.meta.url,
): string {
  const chosen = variable("MTPRESS_PINS_LOCK");
  if (chosen) return chosen;
  const beside = new URL("pins.lock.json", module);
  return beside.protocol === "file:"
    ? fileURLToPath(beside)
    : `${dataFolder(variable)}/pins.lock.json`;
}
