/**
 * How much room a disk has.
 * @module
 */
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

/** Bytes that are free for this user on the disk of a path; of the path itself nothing need exist yet. */
export async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    const { code } = error as { code?: string };
    const above = dirname(path);
    if ((code !== "ENOENT" && code !== "ENOTDIR") || above === path) throw error;
    return await freeBytes(above);
  }
}
