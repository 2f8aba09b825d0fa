/**
 * Small things that are done to files: written whole or not at all, read when they are there, hashed piece by piece.
 * @module
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";

/** Bytes that are read at once. */
const PIECE = 1 << 20;

/** Writes a text so that the file never holds half of it; the folder is made. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const half = `${path}.${crypto.randomUUID()}.part`;
  try {
    await Deno.writeTextFile(half, text);
    await Deno.rename(half, path);
  } catch (error) {
    await removeIfThere(half);
    throw error;
  }
}

/** The text of a file, or `undefined` when it is not there. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  return await ifThere(() => Deno.readTextFile(path));
}

/** Length of a file, or `undefined` when it is not there. */
export async function sizeIfThere(path: string): Promise<number | undefined> {
  return (await ifThere(() => Deno.stat(path)))?.size;
}

/** Removes a file; nothing happens when it is not there. */
export async function removeIfThere(path: string): Promise<void> {
  await ifThere(() => Deno.remove(path));
}

/** Hashes a file without holding it in memory. */
export async function hashFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of pieces(path)) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** The bytes of a file, piece by piece. A piece is valid until the next one is asked for. */
export async function* pieces(path: string): AsyncGenerator<Uint8Array> {
  using file = await Deno.open(path);
  const buffer = new Uint8Array(PIECE);
  for (;;) {
    const read = await file.read(buffer);
    if (read === null) return;
    yield buffer.subarray(0, read);
  }
}

/**
 * Opens a file, which is made where it is missing, and holds the file system's lock on it until it is closed or the process ends. The file
 * that is locked is the one at the path, not one that was renamed away in the meantime.
 *
 * @param wait Whether to wait for the lock.
 * @returns the file, or `undefined` when another holds the lock and there is no waiting.
 */
export async function openLocked(
  path: string,
  { wait }: { wait: boolean },
): Promise<Deno.FsFile | undefined> {
  await Deno.mkdir(dirname(path), { recursive: true });
  for (;;) {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    if (wait) await file.lock(true);
    else if (!await file.tryLock(true)) {
      file.close();
      return undefined;
    }
    const [held, there] = [await file.stat(), await ifThere(() => Deno.stat(path))];
    if (there && held.ino === there.ino) return file;
    file.close();
  }
}

async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
