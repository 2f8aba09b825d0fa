/**
 * BLEU (Papineni et al. 2002) as sacreBLEU 2.6.0 computes it (Post 2018, "A call for clarity in
 * reporting BLEU scores"). But:
 * - hypotheses and references of different number are an error unless asked for;
 * - a smoothing value for a method that has none is an error, not ignored.
 * @module
 */
import { bleuFormula, type BleuParts } from "./bleu_formula.ts";
import { type BleuOptions, checkBleuOptions, smoothingText } from "./bleu_options.ts";
import { NgramTrie, WordNumbers } from "./ngram_trie.ts";
import { formatFixed, stripEnd } from "./python_text.ts";
import { type MetricScore, withText } from "./score.ts";
import { alignSegments, type References, sentenceReferences } from "./segments.ts";
import { metricSignature } from "./signature.ts";
import { scoreStatistics, type SegmentStatistics } from "./statistics.ts";
import { tokenizerNamed } from "./tokenizers/tokenize.ts";

/** A BLEU score with its parts. */
export interface BleuScore extends MetricScore, BleuParts {}

/**
 * BLEU of a corpus, equal to sacreBLEU's.
 * @param hypotheses Translations, not tokenized.
 * @param references One list of references, or several.
 * @throws {RangeError} If the corpus is empty, lists differ in length, or an option is not allowed.
 * @throws {TypeError} If a text is not a string.
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { corpusBleu } from "mtpress";
 *
 * const bleu = corpusBleu(["The cat sat on the mat."], ["The cat sat on a mat."]);
 * equal(bleu.text, "BLEU = 48.89 85.7/66.7/40.0/25.0 (BP = 1.000 ratio = 1.000 hyp_len = 7 ref_len = 7)");
 * equal(bleu.signature, "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:mtpress-0.1.0");
 * ```
 */
export function corpusBleu(
  hypotheses: readonly string[],
  references: References,
  options: BleuOptions = {},
): BleuScore {
  return scoreStatistics(bleuStatistics(hypotheses, references, options));
}

/**
 * BLEU of one sentence, by default with effective order.
 * @param references One reference, or several of the same sentence.
 * @throws {RangeError} If there is no reference or an option is not allowed.
 * @throws {TypeError} If a text is not a string.
 */
export function sentenceBleu(
  hypothesis: string,
  references: string | readonly string[],
  options: BleuOptions = {},
): BleuScore {
  const streams = sentenceReferences(references);
  return corpusBleu([hypothesis], streams, { effectiveOrder: true, ...options });
}

/**
 * The sufficient statistics of BLEU. A row is `[hypothesis length, closest reference length, matches of order 1..N,
 * n-grams of order 1..N]`.
 * @throws {RangeError} As {@link corpusBleu}.
 * @throws {TypeError} As {@link corpusBleu}.
 */
export function bleuStatistics(
  hypotheses: readonly string[],
  references: References,
  options: BleuOptions = {},
): SegmentStatistics<BleuScore> {
  const { tokenizer = "13a", lowercase = false } = options;
  const formula = checkBleuOptions(options);
  const { words } = tokenizerNamed(tokenizer);
  const aligned = alignSegments(hypotheses, references, options);
  const segments = aligned.hypotheses.length;
  const width = 2 + 2 * formula.maxOrder;
  const values = new Float64Array(segments * width);
  const trie = new NgramTrie();
  const numbers = new WordNumbers();
  const read = (text: string) => numbers.of(words(stripEnd(lowercase ? text.toLowerCase() : text)));
  for (let s = 0; s < segments; s++) {
    numbers.clear();
    const row = values.subarray(s * width, (s + 1) * width);
    countSegment(trie, read(aligned.hypotheses[s]), aligned.references[s].map(read), row);
  }
  const signature = metricSignature(aligned.referenceCount, {
    case: lowercase ? "lc" : "mixed",
    eff: formula.effectiveOrder,
    tok: tokenizer,
    smooth: smoothingText(formula),
  });
  return {
    segments,
    width,
    values,
    signature,
    value: (sums) => bleuFormula(sums, formula).score,
    score: (sums) => bleuScore(bleuFormula(sums, formula), signature, segments),
  };
}

function countSegment(
  trie: NgramTrie,
  hypothesis: readonly number[],
  references: readonly (readonly number[])[],
  row: Float64Array,
): void {
  const N = (row.length - 2) / 2;
  const length = hypothesis.length;
  trie.clear();
  for (const reference of references) trie.add(reference, reference.length, N);
  row[0] = length;
  row[1] = closestLength(length, references);
  trie.match(hypothesis, length, N, row, 2, 1);
  for (let n = 0; n < N; n++) row[2 + N + n] = Math.max(0, length - n);
}

/** The reference length closest to the hypothesis'; of two equally close, the shorter. */
function closestLength(length: number, references: readonly (readonly number[])[]): number {
  let closest = references[0].length;
  for (const { length: candidate } of references) {
    const nearer = Math.abs(candidate - length) - Math.abs(closest - length);
    if (nearer < 0 || (nearer === 0 && candidate < closest)) closest = candidate;
  }
  return closest;
}

function bleuScore(parts: BleuParts, signature: string, segments: number): BleuScore {
  const { precisions, brevityPenalty, hypothesisLength, referenceLength } = parts;
  const ratio = referenceLength === 0 ? 0 : hypothesisLength / referenceLength;
  const details = `${precisions.map((p) => formatFixed(p, 1)).join("/")} (BP = ${
    formatFixed(brevityPenalty, 3)
  } ratio = ${formatFixed(ratio, 3)} hyp_len = ${hypothesisLength} ref_len = ${referenceLength})`;
  return withText({ name: "BLEU", ...parts, signature, details, segments });
}
