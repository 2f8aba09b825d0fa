/**
 * What a translator is asked for and what it gives back.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import type { LongSentences } from "./source_prompts.ts";

/** What one batch cost. */
export interface BatchFacts {
  /** Sentences in the batch. */
  sentences: number;
  /** Wall time of its search, in seconds. */
  seconds: number;
  /** Tokens of the hypotheses it returned, end-of-sequence tokens included. */
  newTokens: number;
}

/**
 * Says which sentences are decoded together, and in which order: batches of indices, each index in exactly one.
 *
 * @param indices The sentences that hold more than white space, by their place in the input, in its order.
 * @param countTokens Tokens of a text, the beginning-of-sequence token included.
 */
export type BatchPlanner = (
  indices: readonly number[],
  countTokens: (text: string) => number,
) => readonly (readonly number[])[];

/** How to translate. */
export interface TranslateOptions {
  /** Source and target language, such as `"en-de"`. */
  direction: Direction;
  /**
   * Hypotheses kept a sentence; 1 is greedy search.
   * @default {5}
   */
  beams?: number;
  /**
   * Sentences that are decoded together. It changes the speed; hypotheses do not depend on it, but for
   * scores that are equal within the rounding of the model's own arithmetic.
   * @default {32}
   */
  batchSize?: number;
  /**
   * Puts batches together, instead of `batchSize`.
   * @default {prompts of similar length, the longest first}
   */
  batches?: BatchPlanner;
  /**
   * What is taken of the model's output. `"tokens"`: the tokens after the prompt's, up to the first line break. `"characters"`: the
   * decoded text of prompt and new tokens, from the prompt's number of characters on, with all its lines.
   * @default {"tokens"}
   */
  cut?: "tokens" | "characters";
  /**
   * The most tokens of a translation, its end token included.
   * @default {256, or half of the model's positions if that is less}
   */
  maxNewTokens?: number;
  /**
   * Exponent of the length by which scores are divided.
   * @default {1}
   */
  lengthPenalty?: number;
  /**
   * When a sentence stops that has `beams` finished hypotheses; see `SearchOptions`.
   * @default {false}
   */
  earlyStopping?: boolean | "never";
  /**
   * A sentence that does not fit the model's positions makes `translate()` throw before any work
   * (`"error"`), or loses its end and is marked (`"truncate"`).
   * @default {"error"}
   */
  longSentences?: LongSentences;
  /** Called after each batch with the sentences done so far and their total. */
  onBatch?: (done: number, total: number) => void;
}

/** One translated sentence. */
export interface Translation {
  /** The decoded tokens, trimmed and cut at the first line break; see `cut`. */
  text: string;
  /** Generated tokens, the end-of-sequence token included. */
  tokens: number;
  /** Whether the model ended the sentence itself, before `maxNewTokens`. */
  finished: boolean;
  /** Natural log-probability of the tokens over their number (to the power of `lengthPenalty`). */
  score: number;
  /** Present and true when the end of the source was left out to make it fit. */
  truncatedSource?: true;
}

/** Translated sentences and what they cost. */
export interface TranslationResult {
  /** One translation for each sentence, in input order. */
  translations: Translation[];
  /** One entry for each batch that the model decoded, in the order of decoding. */
  batches: BatchFacts[];
}

/** How references are scored. */
export interface PerplexityOptions {
  /** Source and target language. */
  direction: Direction;
  /**
   * Sentences that are scored together.
   * @default {32}
   */
  batchSize?: number;
}

/** Translates with one model. */
export interface SentenceTranslator {
  /**
   * Translates sentences, in batches of similar length, the longest first; results are in input order.
   * An empty or white-space sentence gives an empty translation without the model; line breaks inside a
   * sentence count as spaces.
   * @throws {RangeError} Before any work: as `check()`.
   */
  translate(sentences: readonly string[], options: TranslateOptions): Promise<TranslationResult>;
  /**
   * Perplexity of reference translations per token, end-of-sequence tokens included: exp of the mean -ln p.
   * Pairs with nothing but white space on a side are left out.
   * @throws {RangeError} Before any work: when the lists' lengths differ, no pair is left, or a pair does not
   *   fit the model's positions.
   */
  perplexity(
    sources: readonly string[],
    references: readonly string[],
    options: PerplexityOptions,
  ): Promise<number>;
  /**
   * Throws what `translate()` would throw before its work, without running the model.
   * @throws {RangeError} When an option is out of range, or a sentence is too long (its index, its number
   *   of tokens and the limit are named).
   */
  check(sentences: readonly string[], options: TranslateOptions): void;
}
