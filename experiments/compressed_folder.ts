/**
 * Where compressed models lie in a results folder.
 * @module
 */

/** The folder of a compressed model that was made before, by its key; `undefined` when it is not there. */
export async function compressedFolder(results: string, key: string): Promise<string | undefined> {
  return await modelFolder(`${results}/models`, key.slice(0, 16));
}

/** The folder below `home` whose name ends with a hyphen and these digits; `undefined` when there is none. */
export async function modelFolder(home: string, digits: string): Promise<string | undefined> {
  try {
    for await (const { name, isDirectory } of Deno.readDir(home)) {
      if (isDirectory && name.endsWith(`-${digits}`)) return `${home}/${name}`;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
