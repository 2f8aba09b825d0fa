/**
 * What a run on a large model takes, by arithmetic, before it begins: disk for compressed models and their graphs, time to compress.
 * @module
 */
import { freeBytes } from "../data/fetch/disk.ts";
import { sizeText } from "../data/fetch/size_text.ts";
import { compressionNeeds } from "../inference/compression/needs.ts";
import { hasModelForm, modelForm } from "../inference/compression/memory_form.ts";
import { type LlamaConfig, llamaTensorShapes } from "../inference/llama_config.ts";
import type { Tokenizer } from "../inference/tokenizer.ts";
import type { Calibration } from "./calibration.ts";
import { calibrationTokens } from "./calibration_tokens.ts";
import { compressedFolder } from "./compressed_folder.ts";
import { estimatedSeconds, timeText, USUAL_RATES } from "./compress_view.ts";
import type { PreparedMethod } from "./prepared_method.ts";

/** Matrix products on two processors, in operations a second, where nothing was measured. */
const PRODUCTS = 1.5e11;

/** Runs that write less are begun without a word. */
const LARGE = 10e9;

/** What is still to be made, and what it takes. */
export interface RunNeeds {
  /** Methods whose models are not there yet. */
  readonly methods: readonly string[];
  /** Bytes on disk: their models, the largest graph that one runs from, and the largest calibration states that are kept on disk. */
  readonly diskBytes: number;
  /** Seconds to compress them on two processors. */
  readonly seconds: number;
}

/**
 * What the models of a run take that are not there yet. Methods of kinds that are not built in count for nothing.
 *
 * @param prepared The methods.
 * @param config Sizes of the model.
 * @param tokenizer Counts the tokens of calibration samples.
 * @param results The results folder.
 */
export async function runNeeds(
  prepared: Iterable<PreparedMethod>,
  config: LlamaConfig,
  tokenizer: Tokenizer,
  results: string,
): Promise<RunNeeds> {
  const methods: string[] = [];
  const tokens = new Map<string, ReturnType<typeof calibrationTokens>>(); // methods share draws
  const tokensOf = (calibration: Calibration) => {
    const known = tokens.get(calibration.sha256) ??
      calibrationTokens(calibration, tokenizer, config.maxPositions);
    tokens.set(calibration.sha256, known);
    return known;
  };
  let [models, graph, scratch, seconds] = [0, 0, 0, 0];
  for (const { method: { id, steps }, calibration, compressionKey } of prepared) {
    const made = compressionKey && await compressedFolder(results, compressionKey);
    if (made || !hasModelForm(steps)) continue;
    methods.push(id);
    graph = Math.max(graph, graphBytes(config, steps));
    if (compressionKey === null) continue;
    const needs = compressionNeeds(config, steps, calibration ? tokensOf(calibration) : {});
    models += needs.outputBytes;
    if (needs.states === "disk") scratch = Math.max(scratch, needs.diskBytes - needs.outputBytes);
    seconds += estimatedSeconds(needs, { ...USUAL_RATES, products: PRODUCTS });
  }
  return { methods, diskBytes: models + Math.max(graph, scratch), seconds };
}

/** Bytes of the graph that a method's model runs from: codes as they are stored, everything else in float16. */
function graphBytes(config: LlamaConfig, steps: PreparedMethod["method"]["steps"]): number {
  const { kind } = modelForm(steps).linears;
  if (kind === "integer" || kind === "nf4") return compressionNeeds(config, steps).outputBytes;
  const shapes = [...llamaTensorShapes(config).values()];
  return 2 * shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0);
}

/** How a run is confirmed. */
export interface Confirmation {
  /** Whether a large run was agreed to. */
  readonly yes: boolean;
  /** Takes the sentence that says what it takes. */
  readonly say: (sentence: string) => void;
  /** Says how many bytes are free. Default: asks the system. */
  readonly free?: (folder: string) => Promise<number>;
}

/**
 * Says what a large run takes, and throws unless there is room and it was agreed to.
 *
 * @throws {Error} If the disk has not enough room, or the run is large and was not agreed to; the message has the numbers.
 */
export async function confirmRun(
  { methods, diskBytes, seconds }: RunNeeds,
  results: string,
  { yes, say, free = freeBytes }: Confirmation,
): Promise<void> {
  if (diskBytes < LARGE) return;
  const room = await free(results);
  const takes = `the models of ${methods.join(", ")} and a graph at a time take ${
    sizeText(diskBytes)
  } of disk`;
  if (room < diskBytes) {
    throw new Error(
      `Cannot begin: ${takes}, and ${results} has ${
        sizeText(room)
      } free; take fewer methods by --only`,
    );
  }
  const time = `about ${timeText(seconds)} to compress on two processors`;
  if (!yes) {
    throw new Error(
      `Cannot begin without --yes: ${takes} (${sizeText(room)} free) and ${time}, and then every ` +
        "sentence is translated; try --only and --limit first",
    );
  }
  say(`Disk: ${takes}, of ${sizeText(room)} free; time: ${time}, then the translations`);
}
