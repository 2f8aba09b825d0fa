/**
 * Folders that are there whole or not at all.
 * @module
 */

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Throws if there is something at the path that may not be replaced.
 *
 * @param folder the path.
 * @param marker name of the file by which a folder of this kind is known; no other folder is ever replaced.
 * @param force whether such a folder may be replaced.
 * @throws {Deno.errors.AlreadyExists} if not.
 */
export async function checkFree(folder: string, marker: string, force: boolean): Promise<void> {
  if (!await exists(folder)) return;
  if (!force) {
    throw new Deno.errors.AlreadyExists(
      `Cannot write ${folder}: it is there already, and it is replaced only when that is forced`,
    );
  }
  if (await exists(`${folder}/${marker}`)) return;
  throw new Deno.errors.AlreadyExists(
    `Cannot replace ${folder}: it has no ${marker}, so it is no folder that was exported`,
  );
}

/**
 * Fills a folder under another name and renames it when it is complete.
 *
 * @param folder where it is to be; its parents are made.
 * @param marker name of the file by which a folder of this kind is known.
 * @param force whether such a folder at the path is replaced.
 * @param fill writes the files, the marker among them, into the folder that it is given.
 * @throws {Deno.errors.AlreadyExists} if there is something at the path that may not be replaced.
 */
export async function writeFolder(
  folder: string,
  marker: string,
  force: boolean,
  fill: (partial: string) => Promise<void>,
): Promise<void> {
  await checkFree(folder, marker, force);
  const path = folder.replace(/(.)\/+$/, "$1");
  const partial = `${path}.${crypto.randomUUID()}.partial`;
  await Deno.mkdir(partial, { recursive: true });
  try {
    await fill(partial);
    await checkFree(path, marker, force);
    if (await exists(path)) await replace(partial, path);
    else await Deno.rename(partial, path);
  } finally {
    if (await exists(partial)) await Deno.remove(partial, { recursive: true });
  }
}

/** Puts the new folder in the old one's place; the old one is removed last. */
async function replace(partial: string, path: string): Promise<void> {
  const old = `${path}.${crypto.randomUUID()}.old`;
  await Deno.rename(path, old);
  await Deno.rename(partial, path);
  await Deno.remove(old, { recursive: true });
}
