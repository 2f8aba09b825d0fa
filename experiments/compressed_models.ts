/**
 * Compressed models in the results folder: made once, found again by their key.
 * @module
 */
import { openModel } from "../inference/compressed/model.ts";
import { compressModel } from "../inference/compression/compress_model.ts";
import type { Backend } from "../kernels/backend.ts";
import type { Method } from "../inference/compression/method.ts";
import { loadTokenizer } from "../inference/tokenizer.ts";
import { calibrationTokens } from "./calibration_tokens.ts";
import { modelFolder } from "./compressed_folder.ts";
import type { ModelChoice } from "./model.ts";
import type { PreparedMethod } from "./prepared_method.ts";
import { writeWhole } from "./row_file.ts";

/** A compressed model on disk. */
export interface CompressedFolder {
  /** Its folder. */
  folder: string;
  /** Wall-clock seconds that compressing it took. */
  seconds: number;
  /** Share of the linear layers' weights that are exactly 0. */
  sparsity: number;
}

/** What compressing needs beside the method. */
export interface CompressionRequest {
  /** The method, with steps. */
  prepared: PreparedMethod;
  /** The model to compress. */
  model: ModelChoice;
  /** The results folder. */
  results: string;
  /** What carries steps out. */
  methods: readonly Method[];
  /** What computes. */
  backend: Backend;
  /** Takes the decoder layers that are done. */
  onLayer: (done: number, layers: number) => void;
  /** Takes sentences about what went another way than usual. */
  onNotice: (sentence: string) => void;
}

/**
 * The compressed model of a method: found in `models/` of the results folder, or made there. Its folder is named after the first
 * method that asked for it and 16 digits of its key. Several processes may ask for it at once: one makes it, the others wait.
 */
export async function compressedModel(request: CompressionRequest): Promise<CompressedFolder> {
  const { prepared, results } = request;
  const home = `${results}/models`;
  await Deno.mkdir(home, { recursive: true });
  const digits = prepared.compressionKey!.slice(0, 16);
  using lock = await Deno.open(`${home}/.${digits}.lock`, { write: true, create: true });
  await lock.lock(true);
  const folder = await modelFolder(home, digits) ?? `${home}/${prepared.method.id}-${digits}`;
  const facts = await readFacts(`${folder}.json`);
  if (facts !== undefined) return { folder, ...facts };
  const made = await makeModel(request, folder);
  await writeWhole(`${folder}.json`, new TextEncoder().encode(JSON.stringify(made) + "\n"));
  return { folder, ...made };
}

async function makeModel(
  { prepared, model, methods, backend, onLayer, onNotice }: CompressionRequest,
  folder: string,
): Promise<Omit<CompressedFolder, "folder">> {
  const source = await openModel(model.folder, { dtype: model.dtype });
  try {
    const tokenizer = await loadTokenizer(model.folder);
    const { seconds, sparsity } = await compressModel({
      source,
      steps: prepared.method.steps,
      methods,
      ...(prepared.calibration &&
        calibrationTokens(prepared.calibration, tokenizer, source.config.maxPositions)),
      folder,
      backend,
      onProgress: ({ layer, layers }) => onLayer(layer, layers),
      onNotice,
    });
    const { layers } = source.config;
    onLayer(layers, layers);
    return { seconds, sparsity };
  } finally {
    source.close();
  }
}

/** What is known of a finished model; `undefined` when it is not finished. */
async function readFacts(path: string): Promise<Omit<CompressedFolder, "folder"> | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
