/**
 * `deno task fetch`: downloads pinned models and datasets.
 * @module
 */
import process from "node:process";
import { dataFolder, pinFolder, pinsLockFile } from "../data/data_folder.ts";
import { fetchPin } from "../data/fetch/fetch_pin.ts";
import { readLocked } from "../data/fetch/lock.ts";
import { sizeText } from "../data/fetch/size_text.ts";
import { fileState } from "../data/fetch/verified.ts";
import { verifyPin } from "../data/fetch/verify_pin.ts";
import { expectedBytes, type Pin, pinnedFiles } from "../data/pins.ts";
import { runCommand } from "./command.ts";
import { FETCH_HELP, type FetchCommand, parseFetchOptions } from "./fetch_options.ts";
import { fetchView } from "./fetch_view.ts";

/** Runs the command and returns its exit code. */
export async function fetchCommand(args: readonly string[]): Promise<number> {
  const command = parseFetchOptions(args);
  if (command === "help") {
    console.log(FETCH_HELP);
    return 0;
  }
  if (command.what === "list") return await list(command);
  if (command.what === "verify") return await verify(command);
  return await fetchAll(command);
}

async function fetchAll({ pins, from, only, json }: FetchCommand): Promise<number> {
  const form = json ? "json" : process.stderr.isTTY ? "terminal" : "log";
  const view = fetchView(form, (line) => json ? console.log(line) : console.error(line));
  try {
    for (const pin of pins) {
      announce(pin, { only, json });
      const onEvent = view.show;
      const { folder, files } = await fetchPin(pin, { from, files: only, onEvent });
      const unknown = files.some(({ path }) => isRecorded(pin, path));
      if (json) console.log(JSON.stringify({ event: "complete", id: pin.id, folder }));
      else console.log(`${pin.id}: ${count(files)} in ${folder}${unknown ? lockLine() : ""}`);
    }
  } catch (error) {
    view.close();
    if (!json) throw error;
    const message = error instanceof Error ? error.message : String(error);
    console.log(JSON.stringify({ event: "error", message }));
    return 1;
  }
  view.close();
  return 0;
}

/** Says what is about to be fetched, how big it is and under which licence. */
function announce(pin: Pin, { only, json }: Pick<FetchCommand, "only" | "json">): void {
  const { id, revision, licence } = pin;
  const bytes = pinnedFiles(pin, only).reduce((sum, file) => sum + expectedBytes(file), 0);
  if (json) return console.log(JSON.stringify({ event: "start", id, revision, bytes, licence }));
  const what = `${id} at ${revision.slice(0, 7)}, ${sizeText(bytes)}`;
  console.error(`Fetching ${what}, to ${pinFolder(pin)}; licence: ${licence}`);
}

function count({ length }: readonly unknown[]): string {
  return length === 1 ? "1 file" : `${length} files`;
}

/** Whether what is known of a file is in the lock file. */
function isRecorded(pin: Pin, path: string): boolean {
  const file = pin.files.find((known) => known.path === path);
  return file?.sha256 === undefined || file.bytes === undefined;
}

function lockLine(): string {
  return `; their hashes are in ${pinsLockFile()}, which is meant to be committed`;
}

async function list({ pins, json }: FetchCommand): Promise<number> {
  for (const pin of pins) {
    const home = pinFolder(pin);
    const locked = await readLocked(pinsLockFile(), pin);
    const files = pinnedFiles(pin);
    let bytes = 0, there = 0;
    for (const file of files) {
      const known = locked.get(file.path);
      bytes += known?.bytes ?? expectedBytes(file);
      if (await fileState(home, file, known) === "complete") there++;
    }
    const { short, id, kind, revision, licence, note } = pin;
    const facts = {
      short,
      id,
      kind,
      revision,
      bytes,
      files: files.length,
      fetched: there,
      licence,
    };
    if (json) console.log(JSON.stringify({ ...facts, note, folder: home }));
    else console.log(listed({ ...facts, note }));
  }
  if (!json) console.log(`\nFiles go to ${dataFolder()}. deno task fetch NAME... fetches them.`);
  return 0;
}

function listed(
  { short, id, kind, revision, bytes, files, fetched, licence, note }:
    & Pick<Pin, "short" | "id" | "kind" | "revision" | "licence" | "note">
    & { bytes: number; files: number; fetched: number },
): string {
  const state = fetched === files ? "fetched" : fetched ? `${fetched} fetched` : "not fetched";
  const size = sizeText(bytes);
  const lines = [
    `${short}: ${kind} ${id} at ${revision.slice(0, 7)}, ${size}, ${files} files, ${state}`,
    `  licence: ${licence}`,
    ...note ? [`  ${note}`] : [],
  ];
  return lines.join("\n");
}

async function verify({ pins, only, json }: FetchCommand): Promise<number> {
  let wrong = 0;
  for (const pin of pins) {
    for (const { path, state } of await verifyPin(pin, { files: only })) {
      if (typeof state === "object") wrong++;
      const text = typeof state === "object" ? state.wrong : state;
      if (json) console.log(JSON.stringify({ event: "verify", id: pin.id, path, state }));
      else console.log(`${pin.id} ${path}: ${text}`);
    }
  }
  if (wrong > 0 && !json) console.log(`${wrong} files are wrong; deno task fetch replaces them`);
  return wrong > 0 ? 1 : 0;
}

if (import.meta.main) await runCommand(fetchCommand);
