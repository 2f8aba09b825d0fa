/**
 * The lock file: hashes and lengths that `pins.json` does not know, recorded by the first download and meant to be committed. From then on
 * every download and every use is checked against them.
 *
 * Two processes may record at once: each holds the file system's lock on the file while it reads, adds and replaces it.
 * @module
 */
import type { Pin } from "../pins.ts";
import { openLocked, readTextIfThere, writeWhole } from "./files.ts";

/** What is known of a file's bytes. */
export interface FileFacts {
  /** Length. */
  readonly bytes: number;
  /** SHA-256 in small hexadecimal digits. */
  readonly sha256: string;
  /** The commit that the hub said it is from, where it did. */
  readonly commit?: string;
}

interface LockedPin {
  revision: string;
  files: Record<string, FileFacts>;
}

type Lock = Record<string, LockedPin>;

/**
 * What the lock file says of a pin's files, by path. Entries of another revision do not count.
 *
 * @throws {SyntaxError} If the file is not a lock file.
 */
export async function readLocked(path: string, pin: Pin): Promise<ReadonlyMap<string, FileFacts>> {
  const locked = parseLock(await readTextIfThere(path) ?? "", path)[pin.id];
  return new Map(locked?.revision === pin.revision ? Object.entries(locked.files) : []);
}

/**
 * Records a file of a pin, unless it is recorded.
 *
 * @throws {Error} If the file can not be written, or another process has recorded something else since it was read.
 */
export async function recordLocked(
  path: string,
  pin: Pin,
  file: string,
  facts: FileFacts,
): Promise<void> {
  using _held = await holdFile(path, pin);
  const lock = parseLock(await Deno.readTextFile(path), path);
  const pinned = lock[pin.id];
  const files = pinned?.revision === pin.revision ? pinned.files : {};
  const known = files[file];
  if (known?.sha256 === facts.sha256) return;
  if (known) {
    throw new Error(
      `Cannot record ${file} of ${pin.id} with SHA-256 ${facts.sha256}: ${path} says ${known.sha256}`,
    );
  }
  const next = {
    ...lock,
    [pin.id]: { revision: pin.revision, files: { ...files, [file]: facts } },
  };
  await writeWhole(path, JSON.stringify(sorted(next), null, 2) + "\n");
}

async function holdFile(path: string, pin: Pin): Promise<Disposable> {
  try {
    return (await openLocked(path, { wait: true }))!;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Cannot record the hashes of ${pin.id} in ${path}: ${reason}; MTPRESS_PINS_LOCK names another file`,
    );
  }
}

function parseLock(text: string, path: string): Lock {
  if (text === "") return {};
  const fail = (rule: string): never => {
    throw new SyntaxError(`Cannot read the lock file ${path}: ${rule}`);
  };
  let lock: Lock = {};
  try {
    lock = JSON.parse(text);
  } catch {
    fail("it is not JSON; take the committed one back");
  }
  for (const [id, pin] of Object.entries(isRecord(lock) ? lock : fail("it must be an object"))) {
    if (!isRecord(pin) || typeof pin.revision !== "string" || !isRecord(pin.files)) {
      fail(`${id} must have a revision and files`);
    }
    for (const [file, facts] of Object.entries(pin.files)) {
      if (!isFacts(facts)) fail(`${file} of ${id} must have bytes and a SHA-256`);
    }
  }
  return lock;
}

/** Whether a value says what is known of a file's bytes. */
export function isFacts(value: unknown): value is FileFacts {
  if (!isRecord(value)) return false;
  const { bytes, sha256 } = value as Partial<FileFacts>;
  return Number.isSafeInteger(bytes) && typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256);
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same with names in order, so that the committed file changes only where something changed. */
function sorted(lock: Lock): Lock {
  const inOrder = <T>(object: Record<string, T>) =>
    Object.fromEntries(Object.entries(object).sort(([a], [b]) => a < b ? -1 : 1));
  return inOrder(Object.fromEntries(
    Object.entries(lock).map(([id, pin]) => [id, { ...pin, files: inOrder(pin.files) }]),
  ));
}
