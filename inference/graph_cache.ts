/**
 * Graphs that were written once are kept, in a folder named after everything that shapes them.
 * @module
 */
import { cacheFolder } from "../data/cache_folder.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { isCompressed } from "./compressed/model.ts";
import type { AccuracyLevel } from "./graph/nbits.ts";
import { joinedStoredLinear, STORED_WRITER_VERSION, storedLinear } from "./graph/stored_linear.ts";
import { keepFolder } from "./kept_folder.ts";
import { GRAPH_WRITER_VERSION, writeLlamaGraph } from "./llama_graph.ts";

/** What a kept graph says of what shaped it. */
interface GraphShape {
  weightsSha256: string;
  writerVersion: number | string;
  /** What shapes a graph of stored weights besides. */
  stored?: StoredShape;
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
  return variable("MTPRESS_GRAPHS") || cacheFolder("graphs", "pass graphFolder", variable, os);
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
  const record: GraphShape = { weightsSha256, writerVersion: GRAPH_WRITER_VERSION, stored };
  await keepFolder(home, record, async (half) => {
    const linears = stored
      ? {
        linear: storedLinear({ accuracyLevel }),
        joined: joinedStoredLinear({ accuracyLevel }),
      }
      : {};
    await writeLlamaGraph(checkpoint, half, { ...linears, embedding: "rows" });
  });
  return graph;
}

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
