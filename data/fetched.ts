/**
 * The door to downloaded models and datasets: their folder when they are there and were verified, an error that says what to type otherwise.
 * @module
 */
import { dataFolder, pinFolder, pinsLockFile } from "./data_folder.ts";
import { readLocked } from "./fetch/lock.ts";
import { sizeText } from "./fetch/size_text.ts";
import { fileState } from "./fetch/verified.ts";
import { expectedBytes, findPin, type Pin, pinnedFiles } from "./pins.ts";

export { dataFolder, pinFolder } from "./data_folder.ts";

/**
 * The folder of a pinned model or dataset, once it has been fetched. Lengths and recorded hashes are compared; the files are not read.
 *
 * @param name Its id or short name.
 * @param files The files that are needed: paths, or patterns in which `*` stands for anything. Default: all that are not optional.
 * @param folder The folder of downloaded data. Default: `dataFolder()`.
 * @returns the folder; a model's is laid out as Hugging Face does.
 * @throws {RangeError} If there is no such pin or file.
 * @throws {Error} If files are missing or not those that were verified; the message says which command fetches them and how big they are.
 *
 * @example Usage
 * ```ts
 * import { rejects } from "node:assert/strict";
 * import { requireFetched } from "mtpress";
 *
 * await rejects(requireFetched("alma-7b", ["config.json"], "results/no-such-folder"), /deno task fetch alma-7b/);
 * ```
 */
export async function requireFetched(
  name: string,
  files?: readonly string[],
  folder: string = dataFolder(),
): Promise<string> {
  const pin = findPin(name);
  const needed = pinnedFiles(pin, files);
  const home = pinFolder(pin, folder);
  const locked = await readLocked(pinsLockFile(), pin);
  const missing: string[] = [];
  let bytes = 0;
  for (const file of needed) {
    const state = await fileState(home, file, locked.get(file.path));
    if (state === "complete") continue;
    missing.push(describe(file.path, state));
    bytes += locked.get(file.path)?.bytes ?? expectedBytes(file);
  }
  if (missing.length === 0) return home;
  throw new Error(
    `Cannot use ${pin.id}: ${enumerate(missing)} in ${home}; \`${command(pin, files)}\` fetches ` +
      `${missing.length === 1 ? "it" : "them"} (${sizeText(bytes)})`,
  );
}

/** The first three, and how many more there are. */
function enumerate(missing: readonly string[]): string {
  const more = missing.length - 3;
  return missing.slice(0, 3).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function describe(path: string, state: Awaited<ReturnType<typeof fileState>>): string {
  if (typeof state === "object") return `${path} ${state.wrong}`;
  return `${path} is ${state === "missing" ? "missing" : "not verified"}`;
}

function command(pin: Pin, files: readonly string[] | undefined): string {
  const only = files ? ` --only ${files.map((file) => `'${file}'`).join(",")}` : "";
  return `deno task fetch ${pin.short}${only}`;
}
