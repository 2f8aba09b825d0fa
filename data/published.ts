/**
 * What the study published, as data with its source: `published.json` beside this file.
 * @module
 */
import published from "./published.json" with { type: "json" };

/** One row of the study's Table 1; all numbers are ALMA-7B's. */
export interface PublishedRow {
  /** Short name, such as `"gptq-4bit"`. */
  id: string;
  /** The method as the study names it. */
  method: string;
  /** Precision and sparsity as the study prints them. */
  precision: string;
  /** BLEU, mean over the five directions out of English. */
  bleuOutOfEnglish: number;
  /** COMET x 100, mean over the five directions out of English. */
  cometOutOfEnglish: number;
  /** BLEU, mean over the five directions into English. */
  bleuIntoEnglish: number;
  /** COMET x 100, mean over the five directions into English. */
  cometIntoEnglish: number;
  /** Seconds; per token by the study's caption, per generated batch by its code. */
  seconds: number;
  /** Memory in MiB. */
  mebibytes: number;
}

/** The study's Table 1. */
export const PUBLISHED_TABLE_1: readonly PublishedRow[] = published.table1;

/** The model of the study's numbers. */
export const PUBLISHED_MODEL: string = published.source.model;
