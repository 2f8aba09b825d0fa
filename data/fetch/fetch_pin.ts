/**
 * Fetches a pinned model or dataset: the only thing in this package that opens the network.
 * @module
 */
import { dataFolder, pinFolder, pinsLockFile } from "../data_folder.ts";
import { expectedBytes, type Pin, type PinnedFile, pinnedFiles } from "../pins.ts";
import { freeBytes } from "./disk.ts";
import { download } from "./download.ts";
import { TransferFailure } from "./failure.ts";
import { hashFile, sizeIfThere } from "./files.ts";
import { fileUrl, type HubAccess, hubAccess, pinPage } from "./hub.ts";
import { FETCH_LIMITS, type FetchLimits } from "./limits.ts";
import { copyFrom } from "./local_copy.ts";
import { type FileFacts, readLocked, recordLocked } from "./lock.ts";
import type { FetchedFile, FetchEvent, FetchOptions } from "./options.ts";
import { PartFile } from "./part_file.ts";
import { sizeText } from "./size_text.ts";
import { difference, fileState, readVerified, writeVerified } from "./verified.ts";

interface Job {
  readonly pin: Pin;
  readonly home: string;
  readonly lockFile: string;
  readonly from: string | undefined;
  readonly access: HubAccess;
  readonly limits: FetchLimits;
  readonly onEvent: (event: FetchEvent) => void;
}

/**
 * Fetches a pinned model or dataset into its folder, file by file, and verifies it. What is there already is not fetched again; a download
 * that was broken off goes on where it stopped; files that came before one fails are kept.
 *
 * @returns the folder and its files.
 * @throws {RangeError} If a file is not one of the pin's, or the endpoint can not be used.
 * @throws {Error} If a file can not be had, is not the one that is pinned, or does not fit on the disk.
 */
export async function fetchPin(
  pin: Pin,
  options: FetchOptions = {},
): Promise<{ folder: string; files: FetchedFile[] }> {
  const chosen = pinnedFiles(pin, options.files);
  const home = pinFolder(pin, options.folder ?? dataFolder());
  const lockFile = options.lockFile ?? pinsLockFile();
  const { from, onEvent = () => {} } = options;
  const limits = { ...FETCH_LIMITS, ...options.limits };
  const job: Job = { pin, home, lockFile, from, access: hubAccess(options), limits, onEvent };
  const locked = await readLocked(lockFile, pin);
  const found = new Map<string, FetchedFile>();
  for (const file of chosen) {
    const facts = await findFile(job, file, locked.get(file.path));
    if (facts) found.set(file.path, facts);
  }
  const wanted = chosen.filter(({ path }) => !found.has(path));
  if (!from) await checkRoom(job, wanted);
  const files: FetchedFile[] = [];
  for (const file of chosen) {
    const fetched = found.get(file.path) ?? await getFile(job, file, locked.get(file.path));
    onEvent({ event: "done", id: pin.id, ...fetched });
    files.push(fetched);
  }
  return { folder: home, files };
}

/** A file that is there already, hashed now if nothing says that it was; `undefined` when it must be fetched. */
async function findFile(
  job: Job,
  file: PinnedFile,
  locked: FileFacts | undefined,
): Promise<FetchedFile | undefined> {
  const { home, pin, onEvent } = job;
  const state = await fileState(home, file, locked);
  if (state === "missing") return undefined;
  const path = `${home}/${file.path}`;
  const verified = state === "complete" ? await readVerified(home, file.path) : undefined;
  const facts = verified ?? await hashFile(path);
  const known = file.sha256 ?? locked?.sha256;
  const changed = typeof state === "object" && known === undefined ? state.wrong : undefined;
  const wrong = difference(file, locked, facts) ?? changed;
  if (wrong !== undefined) {
    onEvent({ event: "replace", id: pin.id, path: file.path, reason: `${path} ${wrong}` });
    return undefined;
  }
  await recordFile(job, file, locked, facts);
  return { path: file.path, how: "found", ...facts };
}

async function getFile(
  job: Job,
  file: PinnedFile,
  locked: FileFacts | undefined,
): Promise<FetchedFile> {
  const { pin, from } = job;
  try {
    return await (from ? takeFile(job, from, file, locked) : downloadFile(job, file, locked));
  } catch (error) {
    if (!(error instanceof TransferFailure)) throw error;
    const verb = from ? "take" : "download";
    throw new Error(
      `Cannot ${verb} ${file.path} of ${pin.id}: ${error.message}${
        advice(job, file, locked, error)
      }`,
    );
  }
}

async function takeFile(
  job: Job,
  from: string,
  file: PinnedFile,
  locked: FileFacts | undefined,
): Promise<FetchedFile> {
  const target = `${job.home}/${file.path}`;
  const facts = await copyFrom(from, job.pin, file, {
    target,
    locked,
    onVerified: (found) => recordFile(job, file, locked, found),
  });
  return { path: file.path, how: "copied", ...facts };
}

async function downloadFile(
  job: Job,
  file: PinnedFile,
  locked: FileFacts | undefined,
): Promise<FetchedFile> {
  const { pin, access, limits, onEvent } = job;
  const where = { id: pin.id, path: file.path };
  const rough = file.bytes ?? locked?.bytes ?? file.roughBytes;
  using part = await PartFile.open(`${job.home}/${file.path}`);
  if (part === undefined) throw new TransferFailure("another process is downloading it");
  const onBytes = (bytes: number, total = rough) =>
    onEvent({ event: "bytes", ...where, bytes, ...total === undefined ? {} : { total } });
  const found = await findFile(job, file, locked); // by another process, in the meantime
  if (found) return found;
  onBytes(part.bytes);
  const facts = await download(part, {
    url: fileUrl(pin, file.path, access.endpoint),
    page: pinPage(pin, access.endpoint),
    token: access.token,
    revision: pin.revision,
    file,
    locked,
    limits,
    onBytes,
    onRetry: (reason, seconds) => onEvent({ event: "retry", ...where, reason, seconds }),
  });
  await recordFile(job, file, locked, facts);
  await part.place();
  return { path: file.path, how: "downloaded", ...facts };
}

/** Records what was found: in the lock file if `pins.json` does not know it all, and beside the file. */
async function recordFile(
  { pin, home, lockFile }: Job,
  file: PinnedFile,
  locked: FileFacts | undefined,
  facts: FileFacts,
): Promise<void> {
  const known = file.sha256 !== undefined && file.bytes !== undefined;
  if (!known && locked === undefined) await recordLocked(lockFile, pin, file.path, facts);
  await writeVerified(home, file.path, facts);
}

/** What to do when bytes are not those of the lock file: they are fetched again, or a person decides. */
function advice(
  { lockFile, pin }: Job,
  file: PinnedFile,
  locked: FileFacts | undefined,
  { message }: Error,
): string {
  if (locked === undefined || file.sha256 || !message.includes("the lock file")) return "";
  return `; if the recorded one is wrong, remove ${file.path} of ${pin.id} from ${lockFile}`;
}

/** Checks that what is still to come fits on the disk. */
async function checkRoom({ pin, home }: Job, files: readonly PinnedFile[]): Promise<void> {
  let needed = 0;
  for (const file of files) {
    const there = await sizeIfThere(`${home}/${file.path}.part`) ?? 0;
    needed += Math.max(0, expectedBytes(file) - there);
  }
  const free = await freeBytes(home);
  if (needed <= free) return;
  throw new Error(
    `Cannot download ${pin.id} to ${home}: ${sizeText(needed)} are needed and ${
      sizeText(free)
    } are ` +
      "free; make room or set MTPRESS_DATA to a folder elsewhere",
  );
}
