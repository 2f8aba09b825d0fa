/**
 * The models and datasets that the study used and others publish, as data: `pins.json` beside this file. A pin names a commit and its files; what is
 * downloaded is checked against it (`fetchPin()`), and what is opened must have been (`requireFetched()`).
 * @module
 */
import { parsePins } from "./pins_reader.ts";
import pinned from "./pins.json" with { type: "json" };

/** One file of a pinned repository. */
export interface PinnedFile {
  /** Path in the repository, with slashes. */
  readonly path: string;
  /** Exact length, where it is known. */
  readonly bytes?: number;
  /** Length to three digits, as the hub's pages print it, where the exact one is not known. */
  readonly roughBytes?: number;
  /** SHA-256 in small hexadecimal digits, where it is known. Where it is not, the first download records it in the lock file. */
  readonly sha256?: string;
  /** Whether the file is fetched only when it is named, because another of the files holds the same. */
  readonly optional?: boolean;
}

/** A repository of the hub at one commit. */
export interface Pin {
  /** Its name on the hub, such as `"haoranxu/ALMA-7B"`. */
  readonly id: string;
  /** The name that commands take, such as `"alma-7b"`. */
  readonly short: string;
  /** What it is. */
  readonly kind: "model" | "dataset";
  /** The commit: 40 hexadecimal digits. */
  readonly revision: string;
  /** The files that are used. */
  readonly files: readonly PinnedFile[];
  /** Its licence, or what is known of it. */
  readonly licence: string;
  /** What to cite: a key of `CITATIONS`. */
  readonly citation: string;
  /** What else one should know. */
  readonly note?: string;
}

const { hub, pins } = parsePins(pinned);

/** Address of the hub that the pins are of, without a slash at the end. */
export const HUB: string = hub;

/** All pins. */
export const PINS: readonly Pin[] = pins;

/**
 * Finds a pin by its id on the hub or by its short name.
 *
 * @throws {RangeError} If there is none; the message lists the names.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { findPin } from "mtpress";
 *
 * equal(findPin("alma-7b").id, "haoranxu/ALMA-7B");
 * ```
 */
export function findPin(name: string): Pin {
  const found = PINS.find(({ id, short }) => name === id || name === short);
  if (found) return found;
  const names = PINS.map(({ short }) => short).join(", ");
  throw new RangeError(`Cannot find a pinned model or dataset ${name}: the names are ${names}`);
}

/**
 * The files of a pin that a selection names.
 *
 * @param selection Paths, or patterns in which `*` stands for anything. Default: all files that are not optional.
 * @throws {RangeError} If a path or pattern matches no file.
 */
export function pinnedFiles(pin: Pin, selection?: readonly string[]): PinnedFile[] {
  if (selection === undefined) return pin.files.filter(({ optional }) => !optional);
  const chosen = new Set<PinnedFile>();
  for (const pattern of selection) {
    const matching = pin.files.filter(({ path }) => matches(pattern, path));
    if (matching.length === 0) {
      const paths = pin.files.map(({ path }) => path).join(", ");
      throw new RangeError(`Cannot find ${pattern} in ${pin.id}: its files are ${paths}`);
    }
    for (const file of matching) chosen.add(file);
  }
  return pin.files.filter((file) => chosen.has(file));
}

/** Length of a file as far as it is known; 0 where it is not. */
export function expectedBytes({ bytes, roughBytes }: PinnedFile): number {
  return bytes ?? roughBytes ?? 0;
}

function matches(pattern: string, path: string): boolean {
  const literal = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`).test(path);
}
