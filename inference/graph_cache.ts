/**
 * Graphs that were written once are kept, in a folder named after everything that shapes them.
 *
 * A graph holds a copy of the weights as they are run, so that it takes about as much disk as the model does: for ALMA-7B 4.0 GB
 * in 4 bits, 4.2 GB in NF4. Its name takes the weights' SHA-256, for which all of them are read each time a model is opened: a few
 * seconds for 4 GB. Removing the folder is safe.
 *
 * A graph is written into a folder of another name, which is renamed when it is complete: a process that is
 * killed leaves no half graph behind, and two processes that write the same graph do not disturb each other.
 * @module
 */
import type { Checkpoint } from "./checkpoint.ts";
import { isCompressed } from "./compressed/model.ts";
import type { AccuracyLevel } from "./graph/nbits.ts";
import { STORED_WRITER_VERSION, storedLinear } from "./graph/stored_linear.ts";
import { GRAPH_WRITER_VERSION, writeLlamaGraph } from "./llama_graph.ts";

/** What a kept graph says of itself, in `graph.json`. */
interface GraphRecord {
  weightsSha256: string;
  writerVersion: number | string;
  /** What shapes a graph of stored weights besides. */
  stored?: StoredShape;
  /** Bytes of each file, by name. */
  files: Record<string, number>;
}

/** What shapes a graph of stored weights besides the weights. */
interface StoredShape {
  writerVersion: number;
  accuracyLevel: AccuracyLevel;
}

/** A graph that is kept. */
export interface CachedGraph {
  /** Path of `model.onnx`; its data lies beside it. */
  model: string;
  /** SHA-256 of the weights it was written from. */
  weightsSha256: string;
}

const MODEL_FILE = "model.onnx";

/**
 * The folder that graphs are kept in unless another is given: the environment variable `MTPRESS_GRAPHS` when it is
 * set, else `mtpress/graphs` in the user's cache folder.
 * @param variable Reads an environment variable.
 * @param os The operating system, as in `Deno.build.os`.
 * @throws {Error} When no environment variable tells where that is.
 */
export function defaultGraphFolder(
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
  os: string = Deno.build.os,
): string {
  const chosen = variable("MTPRESS_GRAPHS");
  if (chosen) return chosen;
  const windows = os === "windows";
  const home = variable("HOME");
  const cache = windows ? variable("LOCALAPPDATA") : variable("XDG_CACHE_HOME") ||
    (home && (os === "darwin" ? `${home}/Library/Caches` : `${home}/.cache`));
  if (!cache) {
    const missing = windows ? "LOCALAPPDATA is not" : "neither XDG_CACHE_HOME nor HOME is";
    throw new Error(`Cannot choose a folder for graphs: ${missing} set, so pass graphFolder`);
  }
  return `${cache}/mtpress/graphs`;
}

/** How a graph runs a model. */
export interface GraphOptions {
  /**
   * How whole-number codes are run; it shapes graphs of compressed models only.
   * @default {1}
   */
  accuracyLevel?: AccuracyLevel;
}

/**
 * The ONNX graph of a checkpoint: the kept one, or a new one that is kept from now on. A compressed model runs in its stored form.
 * @param folder Where graphs are kept; it is made when it does not exist.
 */
export async function cachedGraph(
  checkpoint: Checkpoint,
  folder: string,
  { accuracyLevel = 1 }: GraphOptions = {},
): Promise<CachedGraph> {
  const weightsSha256 = await checkpoint.sha256();
  const stored: StoredShape | undefined = isCompressed(checkpoint)
    ? { writerVersion: STORED_WRITER_VERSION, accuracyLevel }
    : undefined;
  const { config, roundedTo } = checkpoint;
  const shaping = [weightsSha256, config, GRAPH_WRITER_VERSION, ...(roundedTo ? [roundedTo] : [])];
  const key = await sha256Hex(JSON.stringify(stored ? [...shaping, stored] : shaping));
  const home = `${folder}/${key.slice(0, 32)}`;
  const graph = { model: `${home}/${MODEL_FILE}`, weightsSha256 };
  if (await isComplete(home)) return graph;
  const half = `${home}.${crypto.randomUUID()}.partial`;
  await Deno.mkdir(half, { recursive: true });
  try {
    const linear = stored ? storedLinear({ accuracyLevel }) : undefined;
    await writeLlamaGraph(checkpoint, half, { linear, embedding: "rows" });
    const record: GraphRecord = {
      weightsSha256,
      writerVersion: GRAPH_WRITER_VERSION,
      stored,
      files: await fileSizes(half),
    };
    await Deno.writeTextFile(`${half}/graph.json`, JSON.stringify(record, null, 2) + "\n");
    await moveIntoPlace(half, home);
  } finally {
    await removeIfThere(half);
  }
  return graph;
}

async function moveIntoPlace(half: string, home: string): Promise<void> {
  try {
    await Deno.rename(half, home);
  } catch (error) {
    if (await isComplete(home)) return; // another process was faster
    if (!(await exists(home))) throw error;
    await Deno.remove(home, { recursive: true }); // files were lost or cut short
    await Deno.rename(half, home);
  }
}

async function isComplete(home: string): Promise<boolean> {
  try {
    const record: GraphRecord = JSON.parse(await Deno.readTextFile(`${home}/graph.json`));
    const sizes = await fileSizes(home);
    return Object.entries(record.files).every(([name, size]) => sizes[name] === size);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return false;
    throw error;
  }
}

async function fileSizes(folder: string): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) sizes[name] = (await Deno.stat(`${folder}/${name}`)).size;
  }
  return sizes;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function removeIfThere(path: string): Promise<void> {
  if (await exists(path)) await Deno.remove(path, { recursive: true });
}

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
