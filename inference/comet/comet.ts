/**
 * COMET-22, a learned metric of translation.
 * Rei et al. 2022, "COMET-22: Unbabel-IST 2022 Submission for the Metrics Shared Task", WMT22.
 *
 * Scores are those of the unbabel-comet package's Python interface in float32 (its command line computes in float16 from
 * version 2.2.5 on). But: a text is encoded once, however many segments share it; so the sources and references of a
 * test set cost nothing from the second system on.
 * @module
 */
import { resolve } from "node:path";
import type { Device } from "../devices.ts";
import { defaultGraphFolder } from "../graph_cache.ts";
import { loadXlmrTokenizer, type XlmrTokenizer } from "../sentencepiece/xlmr_tokenizer.ts";
import { SessionFactory } from "../session.ts";
import { readEncoderConfig } from "./encoder_config.ts";
import { cometTokenizerFolder } from "./folders.ts";
import { cometGraphs, openCometSessions } from "./graphs.ts";
import { type CometHparams, parseCometHparams } from "./hparams.ts";
import { type CometOptions, CometScorer, type CometScores, type CometSegment } from "./scorer.ts";
import { cometSignature, modelOfFolder } from "./signature.ts";
import { openCometWeights } from "./weights.ts";

/** Rows of the position embedding that no token gets: 2 are for padding, 2 the unbabel-comet package leaves free. */
const RESERVED_POSITIONS = 4;

/** A COMET model that is loaded. Close it to free its sessions. */
export interface Comet {
  /** What its scores are: model, commit where the folder tells it, weights, precision, truncation, layer mix, version. */
  readonly signature: string;
  /**
   * Scores segments. Neither their order nor the batch size changes a score by more than rounding.
   *
   * @throws {RangeError} If there are no segments or the batch size is no positive whole number.
   * @throws {TypeError} If a part of a segment is no text.
   * @throws {Error} If a score is not finite, or the model was closed.
   */
  score(segments: readonly CometSegment[], options?: CometOptions): Promise<CometScores>;
  /** Frees the sessions. A second call does nothing. */
  close(): Promise<void>;
}

/** How a COMET model is loaded. */
export interface LoadCometOptions {
  /**
   * Folder of XLM-RoBERTa's tokenizer: `sentencepiece.bpe.model` or `tokenizer.json`. Default: the model's own folder if
   * one of them is there, else the fetched `xlm-roberta-large`.
   */
  tokenizerFolder?: string;
  /**
   * Where the model runs.
   * @default {"cpu"}
   */
  device?: Device;
  /**
   * Threads inside one operator on the CPU.
   * @default {`defaultThreads()`}
   */
  threads?: number;
  /**
   * Where the ONNX graphs are kept, so that they are written once for a model.
   * @default {`defaultGraphFolder()`}
   */
  graphFolder?: string;
}

/**
 * Loads a COMET model of COMET-22's kind: XLM-RoBERTa, a sparsemax mix of its layers, average pooling, and an estimator on
 * translation, reference and source.
 *
 * @param folder `hparams.yaml`, and `checkpoints/model.safetensors` or `checkpoints/model.ckpt`; beside them `config.json` of the
 *   encoder unless that is xlm-roberta-base or xlm-roberta-large.
 * @returns The model; the caller closes it.
 * @throws {RangeError} If `hparams.yaml` asks for a model of another kind, or a tensor is missing or of another shape.
 * @throws {Error} If a file is missing or wrong, or the device is not there.
 *
 * @example Usage
 * ```ts
 * import { rejects } from "node:assert/strict";
 * import { loadComet } from "mtpress";
 *
 * await rejects(loadComet("results/no-such-folder"), /it has no hparams.yaml/);
 * ```
 */
export async function loadComet(folder: string, options: LoadCometOptions = {}): Promise<Comet> {
  const { device = "cpu", threads, graphFolder = defaultGraphFolder() } = options;
  const hparams = parseCometHparams(await readHparams(folder), `${folder}/hparams.yaml`);
  const tokenizerFolder = options.tokenizerFolder ??
    await cometTokenizerFolder(folder, hparams.pretrainedModel);
  const tokenizer = await loadXlmrTokenizer(tokenizerFolder);
  const factory = await SessionFactory.create({ device, threads });
  return await openComet(folder, { hparams, tokenizer, factory, graphFolder });
}

/** What a model is opened with. */
export interface OpenCometParts {
  /** Its settings. */
  readonly hparams: CometHparams;
  /** The tokenizer; its tokens must be rows of the model's word embedding. */
  readonly tokenizer: XlmrTokenizer;
  /** Opens the sessions. */
  readonly factory: SessionFactory;
  /** Where the ONNX graphs are kept. */
  readonly graphFolder: string;
}

/** Opens a model whose settings and tokenizer were read; see `loadComet()`. */
export async function openComet(folder: string, parts: OpenCometParts): Promise<CometScorer> {
  const { hparams, tokenizer, factory, graphFolder } = parts;
  const weights = await openCometWeights(folder);
  try {
    const config = await readEncoderConfig(folder, hparams, weights);
    checkVocabulary(tokenizer.vocabularySize, config.vocabularySize, folder);
    const weightsSha256 = await weights.sha256();
    const graphs = await cometGraphs({ hparams, config, weights }, graphFolder, weightsSha256);
    const truncation = config.positions - RESERVED_POSITIONS;
    const identity = modelOfFolder(resolve(folder));
    const signature = cometSignature({ ...identity, weightsSha256, truncation });
    const sessions = await openCometSessions(factory, graphs);
    const { hiddenSize } = config;
    return new CometScorer({ ...sessions, tokenizer, truncation, hiddenSize, signature });
  } finally {
    weights.close();
  }
}

async function readHparams(folder: string): Promise<string> {
  try {
    return await Deno.readTextFile(`${folder}/hparams.yaml`);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Deno.errors.NotFound(`Cannot load COMET from ${folder}: it has no hparams.yaml`, {
      cause,
    });
  }
}

function checkVocabulary(tokens: number, rows: number, folder: string): void {
  if (tokens <= rows) return;
  throw new RangeError(
    `Cannot load COMET from ${folder}: the tokenizer's ${tokens} tokens must be at most the ${rows} rows of the ` +
      "word embedding",
  );
}
