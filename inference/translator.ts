/**
 * A translator from a Hugging Face folder: checkpoint, tokenizer, ONNX graph and session behind one function.
 * @module
 */
import { openCheckpoint } from "./checkpoint.ts";
import type { Device, DeviceFacts } from "./devices.ts";
import { cachedGraph, defaultGraphFolder } from "./graph_cache.ts";
import { openDecoder } from "./onnx_decoder.ts";
import { loadTokenizer } from "./tokenizer.ts";
import { makeTranslator } from "./translate.ts";
import type { SentenceTranslator } from "./translation.ts";

export type {
  BatchFacts,
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
}

/**
 * Loads a model for translation. Its graph is written once and kept; end tokens are those of `config.json`.
 *
 * @param folder A Hugging Face folder of a LLaMA-architecture model: `config.json`, `tokenizer.json`,
 *   `tokenizer_config.json` and safetensors.
 * @returns The translator; the caller closes it.
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
  const { device = "cpu", threads, graphFolder = defaultGraphFolder() } = options;
  const tokenizer = await loadTokenizer(folder);
  const checkpoint = await openCheckpoint(folder);
  try {
    const { config } = checkpoint;
    const { model, weightsSha256 } = await cachedGraph(checkpoint, graphFolder);
    const decoder = await openDecoder(model, config, { device, threads });
    return {
      ...makeTranslator({ decoder, tokenizer, eosIds: config.eosIds }),
      facts: { ...decoder.facts, weightsSha256 },
      close: () => decoder.close(),
    };
  } finally {
    checkpoint.close();
  }
}
