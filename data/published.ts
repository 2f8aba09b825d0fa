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

/** One bit width of the study's Figure 1: GPTQ on ALMA-7B. */
export interface PublishedFigure1Point {
  /** Bits a weight. */
  bits: number;
  /** BLEU, mean over the five directions out of English. */
  bleuOutOfEnglish: number;
  /** BLEU, mean over the five directions into English. */
  bleuIntoEnglish: number;
  /** Memory in MiB. */
  mebibytes: number;
}

/** One line of the study's Figure 2: a metric of ALMA-7B by the number of calibration samples. */
export interface PublishedFigure2Series {
  /** The method: NF4 after SmoothQuant, or Wanda at 40 %. */
  method: "SmoothQuant" | "Wanda";
  /** The metric; COMET is times 100, as in Table 1. */
  metric: "bleu" | "comet";
  /** Mean over the five directions out of English, or into English. */
  direction: "outOfEnglish" | "intoEnglish";
  /** Calibration samples, ascending. */
  samples: number[];
  /** The metric at each number of samples. */
  values: number[];
}

/** How a figure's numbers were read from its picture, and how far off a reading may be. */
export interface PublishedReading<Tolerance> {
  /** How the numbers were read. */
  source: string;
  /** Largest error of a reading, by quantity. */
  tolerance: Tolerance;
}

/** The study's Figure 1, read from its picture; see {@link PUBLISHED_FIGURE_1_READING} for how well. */
export const PUBLISHED_FIGURE_1: PublishedFigure1Point[] = published.figure1.points;

/** How Figure 1 was read: BLEU to a part of its value, memory to a number of MiB. */
export const PUBLISHED_FIGURE_1_READING: PublishedReading<
  { bleuRelative: number; mebibytes: number }
> = published.figure1;

/** The study's Figure 2, read from its picture; see {@link PUBLISHED_FIGURE_2_READING} for how well. */
export const PUBLISHED_FIGURE_2: PublishedFigure2Series[] = published.figure2
  .series as PublishedFigure2Series[];

/** How Figure 2 was read: BLEU and COMET x 100 to a number of points. */
export const PUBLISHED_FIGURE_2_READING: PublishedReading<{ bleu: number; comet: number }> =
  published.figure2;

/** The model of the study's numbers. */
export const PUBLISHED_MODEL: string = published.source.model;
