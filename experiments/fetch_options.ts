/**
 * The command line of `deno task fetch`.
 * @module
 */
import { findPin, type Pin, PINS } from "../data/pins.ts";
import { readArguments } from "./command.ts";

/** What `deno task fetch` was asked for. */
export interface FetchCommand {
  /** What to do. */
  what: "fetch" | "list" | "verify";
  /** The pins. */
  pins: readonly Pin[];
  /** A folder to take the files from. */
  from: string | undefined;
  /** Paths or patterns of the files. */
  only: readonly string[] | undefined;
  /** Whether to print JSON lines. */
  json: boolean;
}

/** The text of `--help`. */
export const FETCH_HELP = `Usage: deno task fetch NAME... [options]

Downloads pinned models and datasets, resumes what was broken off, and verifies every file.
NAME is one of those that --list shows, or all. Without a name it is --list.

  --list           what there is, how big it is, what has been fetched
  --from FOLDER    take the files from a folder instead of the network: a clone of the
                   repository, a cache of huggingface_hub, or a data folder of another machine
  --only FILES     paths of files, with commas between them; * stands for anything
  --verify         hash again what has been fetched; nothing is downloaded
  --json           one JSON object a line
  --help           this text

Environment: MTPRESS_DATA (where the files go), MTPRESS_PINS_LOCK (the lock file),
HF_TOKEN (access token), HF_ENDPOINT (mirror), HTTPS_PROXY, HTTP_PROXY, NO_PROXY.`;

const OPTIONS = {
  list: { type: "boolean" },
  from: { type: "string" },
  only: { type: "string" },
  verify: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/**
 * Reads the command line.
 *
 * @returns what was asked for, or `"help"`.
 * @throws {RangeError} If something is unknown or not allowed; the message says what is.
 */
export function parseFetchOptions(args: readonly string[]): FetchCommand | "help" {
  const { values, positionals } = readArguments(args, OPTIONS, "names of models and datasets");
  if (values.help) return "help";
  const { from, json = false } = values;
  const what = values.list || positionals.length === 0 && !values.verify
    ? "list"
    : values.verify
    ? "verify"
    : "fetch";
  if (values.list && values.verify) {
    throw new RangeError("Cannot list and verify at once: give --list or --verify");
  }
  if (what !== "fetch" && from !== undefined) {
    throw new RangeError(`Cannot ${what} with --from: it belongs to fetching; name what to fetch`);
  }
  const all = positionals.length === 0 || positionals.includes("all");
  const pins = all ? PINS : [...new Set(positionals.map((name) => findPin(name)))];
  if (values.only !== undefined && (what === "list" || pins.length > 1)) {
    throw new RangeError("Cannot choose files with --only: name one model or dataset to fetch");
  }
  return { what, pins, from, only: values.only?.split(",").filter(Boolean), json };
}
