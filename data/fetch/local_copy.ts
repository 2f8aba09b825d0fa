/**
 * Takes a file of a pin from a folder instead of the network: linked where that is possible, copied otherwise, verified all the same.
 * @module
 */
import { dirname } from "node:path";
import type { Pin, PinnedFile } from "../pins.ts";
import { freeBytes } from "./disk.ts";
import { TransferFailure } from "./failure.ts";
import { hashFile, removeIfThere, sizeIfThere } from "./files.ts";
import type { FileFacts } from "./lock.ts";
import { sizeText } from "./size_text.ts";
import { difference } from "./verified.ts";

/**
 * Where a pin's files may lie below a folder, the most particular place first: another data folder of this kit, a cache of
 * `huggingface_hub`, a folder per repository, a clone of the repository.
 */
export function sourceFolders(folder: string, pin: Pin): string[] {
  const cached = `${pin.kind}s--${pin.id.replace("/", "--")}`;
  return [
    `${folder}/${pin.short}/${pin.revision}`,
    `${folder}/${cached}/snapshots/${pin.revision}`,
    `${folder}/${pin.id}`,
    `${folder}/${pin.short}`,
    folder,
  ];
}

/**
 * Brings a file into the pin's folder.
 *
 * @param options Where it goes, and what is called with what was found, after the check and before the file gets its name.
 * @returns what was found.
 * @throws {TransferFailure} If the file is not there or not the one that is pinned.
 */
export async function copyFrom(
  folder: string,
  pin: Pin,
  file: PinnedFile,
  { target, locked, onVerified }: {
    target: string;
    locked: FileFacts | undefined;
    onVerified(found: FileFacts): Promise<void>;
  },
): Promise<FileFacts> {
  const source = await findSource(folder, pin, file);
  const half = `${target}.${crypto.randomUUID()}.part`;
  await Deno.mkdir(dirname(target), { recursive: true });
  try {
    await linkOrCopy(source, half);
    const found = await hashFile(half);
    const wrong = difference(file, locked, found);
    if (wrong !== undefined) throw new TransferFailure(`${source} ${wrong}`);
    await onVerified(found);
    await Deno.rename(half, target);
    return found;
  } finally {
    await removeIfThere(half);
  }
}

async function findSource(folder: string, pin: Pin, file: PinnedFile): Promise<string> {
  for (const home of sourceFolders(folder, pin)) {
    const path = `${home}/${file.path}`;
    if (await sizeIfThere(path) !== undefined) return await Deno.realPath(path);
  }
  throw new TransferFailure(
    `it is in none of ${sourceFolders(folder, pin).join(", ")}; a clone of ${pin.id} at ` +
      `${pin.revision.slice(0, 7)} has it`,
  );
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await Deno.link(source, target);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const needed = (await Deno.stat(source)).size; // another disk, or one without links
    const free = await freeBytes(target);
    if (needed > free) {
      const room = `${sizeText(needed)} are needed and ${sizeText(free)} are free`;
      throw new TransferFailure(`${room}; make room or set MTPRESS_DATA to a folder elsewhere`);
    }
    await Deno.copyFile(source, target);
  }
}
