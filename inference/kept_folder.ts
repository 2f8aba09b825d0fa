/**
 * Folders that are computed once and kept, such as a model's graphs.
 *
 * One is written under another name and renamed when it is complete: a process that is killed leaves no half folder behind, and
 * two processes that write the same one do not disturb each other.
 * @module
 */
import { removeIfThere } from "./files.ts";

/** What a kept folder says of itself, in `kept.json`. */
interface KeptRecord {
  /** What shaped its content. */
  shaping: unknown;
  /** Bytes of each file, by name. */
  files: Record<string, number>;
}

const RECORD = "kept.json";

/**
 * Makes sure that a folder is there whole: the kept one, or a new one that is kept from now on.
 *
 * @param home Path of the folder; what shapes its content must shape its name.
 * @param shaping What shaped its content, for whoever looks into it.
 * @param write Writes the files into a folder that is there and empty.
 */
export async function keepFolder(
  home: string,
  shaping: unknown,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  if (await isComplete(home)) return;
  const half = `${home}.${crypto.randomUUID()}.partial`;
  await Deno.mkdir(half, { recursive: true });
  try {
    await write(half);
    const record: KeptRecord = { shaping, files: await fileSizes(half) };
    await Deno.writeTextFile(`${half}/${RECORD}`, JSON.stringify(record, null, 2) + "\n");
    await moveIntoPlace(half, home);
  } finally {
    await removeIfThere(half);
  }
}

async function moveIntoPlace(half: string, home: string): Promise<void> {
  try {
    await Deno.rename(half, home);
  } catch (error) {
    if (await isComplete(home)) return; // another process was faster
    if (!await exists(home)) throw error;
    await removeIfThere(home); // files were lost or cut short
    await Deno.rename(half, home);
  }
}

async function isComplete(home: string): Promise<boolean> {
  try {
    const record: KeptRecord = JSON.parse(await Deno.readTextFile(`${home}/${RECORD}`));
    const sizes = await fileSizes(home);
    return Object.entries(record.files).every(([name, size]) => sizes[name] === size);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return false;
    throw error;
  }
}

async function fileSizes(folder: string): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) sizes[name] = (await Deno.stat(`${folder}/${name}`)).size;
  }
  return sizes;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
