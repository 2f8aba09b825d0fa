/**
 * A translator from a Hugging Face folder: checkpoint, tokenizer, ONNX graph and session behind one function.
 * @module
 */
import type { Checkpoint } from "./checkpoint.ts";
import { isCompressed, openModel } from "./compressed/model.ts";
import type { Device, DeviceFacts } from "./devices.ts";
import { cachedGraph, defaultGraphFolder } from "./graph_cache.ts";
import type { AccuracyLevel } from "./graph/nbits.ts";
import { openDecoder } from "./onnx_decoder.ts";
import { loadTokenizer } from "./tokenizer.ts";
import { makeTranslator } from "./translate.ts";
import type { SentenceTranslator } from "./translation.ts";
import { checkWeightMemory, residentWeightBytes } from "./weight_memory.ts";

export type {
  BatchFacts,
  BatchPlanner,
  PerplexityOptions,
  SentenceTranslator,
  TranslateOptions,
  Translation,
  TranslationResult,
} from "./translation.ts";
export type { LongSentences } from "./source_prompts.ts";

/** What a translator runs, and on what. */
export interface TranslatorFacts extends DeviceFacts {
  /** SHA-256 of the model's weights; see `Checkpoint.sha256()`. */
  weightsSha256: string;
  /** How linear layers compute: 1 in float32, 4 with activations rounded to 8 bits. */
  accuracyLevel: AccuracyLevel;
}

/** A translator with the model it holds. Close it to free the session. */
export interface Translator extends SentenceTranslator {
  /** Which model runs, and on what. */
  readonly facts: TranslatorFacts;
  /** Frees the session. The translator cannot be used afterwards; a second call does nothing. */
  close(): Promise<void>;
}

/** How a translator is loaded. */
export interface LoadOptions {
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
   * Where the ONNX graph is kept, so that it is written once for a model.
   * @default {`defaultGraphFolder()`}
   */
  graphFolder?: string;
  /**
   * How a compressed model's whole-number codes are run: 1 computes in float32, 4 rounds activations to 8 bits, which is faster and
   * changes translations.
   * @default {1}
   */
  accuracyLevel?: AccuracyLevel;
  /**
   * `"float16"` runs a checkpoint with its weights rounded to float16, see `inFloat16`; a compressed model is as it is stored.
   * @default {the weights as they are stored}
   */
  dtype?: "float16";
  /**
   * Bytes that weights, keys and values may take on the CPU. A model that takes more is refused before its graph is written, a batch before
   * it is run; Infinity tries both all the same.
   * @default {the machine's memory for the weights, what is free for a batch}
   */
  memoryBytes?: number;
}

/** Throws unless the model can run at the level. */
function checkAccuracyLevel(model: Checkpoint, level: number): void {
  if (level !== 1 && level !== 4) {
    throw new RangeError(
      `Cannot run ${model.folder} at accuracy level ${level}: it must be 1 or 4`,
    );
  }
  const codes = isCompressed(model) &&
    Object.values(model.record.linears).some(({ kind }) => kind === "integer");
  if (level !== 1 && !codes) {
    throw new RangeError(
      `Cannot run ${model.folder} at accuracy level ${level}: it has no weights of whole-number ` +
        "codes, and others are always run at level 1",
    );
  }
}

/**
 * Loads a model for translation. Its graph is written once and kept; end tokens are those of `config.json`. A compressed model runs
 * in its stored form: whole-number codes (of 3 bits in containers of 4, of 5 to 7 in 8) and NF4 codes as they are, pruned weights
 * expanded.
 *
 * @param folder A Hugging Face folder of a LLaMA-architecture model: `config.json`, a tokenizer that `loadTokenizer` reads, and
 *   weights as safetensors or PyTorch files; or a folder that `CompressedModelWriter` finished.
 * @returns The translator; the caller closes it.
 * @throws {RangeError} When the accuracy level is not 1 or 4, or is 4 for a model without whole-number codes, or the weights take more
 *   memory than there is.
 * @throws {Error} When a file is missing or wrong, the device is not there, or no folder for graphs is known.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadTranslator, tinyModelFolder } from "mtpress";
 *
 * const translator = await loadTranslator(tinyModelFolder());
 * const { translations } = await translator.translate(["The dog sleeps.", ""], { direction: "en-de" });
 * equal(translations.length, 2);
 * equal(translations[1].text, "");
 * await translator.close();
 * ```
 */
export async function loadTranslator(
  folder: string,
  options: LoadOptions = {},
): Promise<Translator> {
  const { device = "cpu", threads, graphFolder = defaultGraphFolder(), accuracyLevel = 1 } =
    options;
  const { memoryBytes } = options;
  const tokenizer = await loadTokenizer(folder);
  const checkpoint = await openModel(folder, { dtype: options.dtype });
  try {
    checkAccuracyLevel(checkpoint, accuracyLevel);
    checkWeightMemory(checkpoint, device, memoryBytes);
    const { config } = checkpoint;
    const { model, weightsSha256 } = await cachedGraph(checkpoint, graphFolder, { accuracyLevel });
    const decoder = await openDecoder(model, config, {
      device,
      threads,
      memoryBytes: memoryBytes && memoryBytes - residentWeightBytes(checkpoint),
    });
    return {
      ...makeTranslator({ decoder, tokenizer, eosIds: config.eosIds }),
      facts: { ...decoder.facts, weightsSha256, accuracyLevel },
      close: () => decoder.close(),
    };
  } finally {
    checkpoint.close();
  }
}
