/**
 * Translation edit rate (Snover et al. 2006) as sacreBLEU 2.6.0 computes it after Tercom. sacreBLEU tokenizes references
 * twice, which is not the same as once with `normalized` ("?.5" becomes "? .5", then "? . 5"); so does this. But:
 * - hypotheses and references of different number are an error unless asked for;
 * - a shift is scored by re-computing only the rows of the edit distance that it changes (see `ter_edit_distance.ts`).
 * @module
 */
import { splitWords, stripEnd } from "./python_text.ts";
import { type MetricScore, withText } from "./score.ts";
import {
  alignSegments,
  type CorpusOptions,
  type References,
  sentenceReferences,
} from "./segments.ts";
import { metricSignature } from "./signature.ts";
import { scoreStatistics, type SegmentStatistics } from "./statistics.ts";
import { EditDistance } from "./ter_edit_distance.ts";
import { countEdits } from "./ter_shifts.ts";
import { WordNumbers } from "./ngram_trie.ts";
import { type TercomOptions, tokenizeTercom } from "./tokenizers/tercom.ts";

/** Settings of TER. */
export interface TerOptions extends CorpusOptions, TercomOptions {}

/** A TER score; lower is better. */
export interface TerScore extends MetricScore {
  /** Edits, shifts included; of several references, those of the nearest. */
  readonly edits: number;
  /** Words of the references; of several, their mean. */
  readonly referenceLength: number;
}

/**
 * TER of a corpus, equal to sacreBLEU's.
 * @param hypotheses Translations, not tokenized.
 * @param references One list of references, or several.
 * @throws {RangeError} If the corpus is empty or lists differ in length.
 * @throws {TypeError} If a text is not a string.
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { corpusTer } from "mtpress";
 *
 * const ter = corpusTer(["on the mat sat the cat"], ["the cat sat on the mat"]);
 * equal(ter.edits, 2); // two shifts
 * equal(ter.text, "TER = 33.33");
 * ```
 */
export function corpusTer(
  hypotheses: readonly string[],
  references: References,
  options: TerOptions = {},
): TerScore {
  return scoreStatistics(terStatistics(hypotheses, references, options));
}

/**
 * TER of one sentence.
 * @param references One reference, or several of the same sentence.
 * @throws {RangeError} If there is no reference.
 * @throws {TypeError} If a text is not a string.
 */
export function sentenceTer(
  hypothesis: string,
  references: string | readonly string[],
  options: TerOptions = {},
): TerScore {
  return corpusTer([hypothesis], sentenceReferences(references), options);
}

/**
 * The sufficient statistics of TER. A row is `[fewest edits, mean reference length]`.
 * @throws {RangeError} As {@link corpusTer}.
 * @throws {TypeError} As {@link corpusTer}.
 */
export function terStatistics(
  hypotheses: readonly string[],
  references: References,
  options: TerOptions = {},
): SegmentStatistics<TerScore> {
  const aligned = alignSegments(hypotheses, references, options);
  const segments = aligned.hypotheses.length;
  const values = new Float64Array(segments * 2);
  const distance = new EditDistance();
  const numbers = new WordNumbers();
  const prepare = (text: string) => tokenizeTercom(stripEnd(text), options);
  const read = (tokens: string) => Int32Array.from(numbers.of(splitWords(tokens)));
  for (let s = 0; s < segments; s++) {
    numbers.clear();
    const hypothesis = read(prepare(aligned.hypotheses[s]));
    const texts = aligned.references[s];
    let fewest = Infinity;
    let lengths = 0;
    for (const text of texts) {
      const reference = read(prepare(prepare(text))); // twice, as sacreBLEU; see above
      fewest = Math.min(fewest, countEdits(hypothesis, reference, distance));
      lengths += reference.length;
    }
    values[2 * s] = fewest;
    values[2 * s + 1] = lengths / texts.length;
  }
  const signature = terSignature(aligned.referenceCount, options);
  const facts = { name: "TER", signature, details: "", segments };
  return {
    segments,
    width: 2,
    values,
    signature,
    value: terFormula,
    score: (sums) =>
      withText({ ...facts, score: terFormula(sums), edits: sums[0], referenceLength: sums[1] }),
  };
}

/** Edits by reference words, in percent; 100 for a text that should be empty. */
function terFormula(sums: ArrayLike<number>): number {
  const [edits, referenceLength] = [sums[0], sums[1]];
  if (referenceLength > 0) return 100 * (edits / referenceLength);
  return edits > 0 ? 100 : 0;
}

function terSignature(references: number | "var", options: TerOptions): string {
  return metricSignature(references, {
    case: options.caseSensitive ? "mixed" : "lc",
    tok: "tercom",
    norm: options.normalized ?? false,
    punct: !options.noPunctuation,
    asian: options.asianSupport ?? false,
  });
}
