/**
 * Where this package keeps what it can make or fetch again.
 * @module
 */

/** Reads an environment variable. */
export type ReadVariable = (name: string) => string | undefined;

/**
 * A folder of this package in the user's cache folder, such as `~/.cache/mtpress/data`.
 *
 * @param name The folder's name.
 * @param hint What to do where no cache folder is known, for the error message.
 * @param variable Reads an environment variable.
 * @param os The operating system, as in `Deno.build.os`.
 * @throws {Error} When no environment variable tells where the cache folder is.
 */
export function cacheFolder(
  name: string,
  hint: string,
  variable: ReadVariable,
  os: string,
): string {
  const windows = os === "windows";
  const home = variable("HOME");
  const cache = windows ? variable("LOCALAPPDATA") : variable("XDG_CACHE_HOME") ||
    (home && (os === "darwin" ? `${home}/Library/Caches` : `${home}/.cache`));
  if (cache) return `${cache}/mtpress/${name}`;
  const missing = windows ? "LOCALAPPDATA is not" : "neither XDG_CACHE_HOME nor HOME is";
  throw new Error(`Cannot choose a folder for ${name}: ${missing} set, so ${hint}`);
}
