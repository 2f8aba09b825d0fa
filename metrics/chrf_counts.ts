import { chrfFormula, type ChrfFormulaOptions } from "./chrf_formula.ts";
import { NgramTrie, WordNumbers } from "./ngram_trie.ts";
import { isPythonSpace, splitWords } from "./python_text.ts";

/** Counts one segment after another into rows of statistics. */
export class ChrfCounter {
  #trie = new NgramTrie();
  #numbers = new WordNumbers();
  #row: Float64Array;
  #formula: ChrfFormulaOptions;
  #whitespace: boolean;

  /**
   * Prepares buffers.
   * @param whitespace Whether white space counts as characters.
   */
  constructor(formula: ChrfFormulaOptions, whitespace: boolean) {
    this.#formula = formula;
    this.#whitespace = whitespace;
    this.#row = new Float64Array(3 * (formula.characterOrder + formula.wordOrder));
  }

  /** Writes the statistics against the reference with the best F-score, the first of equals, into `best`. */
  count(hypothesis: string, references: readonly string[], best: Float64Array): void {
    let bestScore = -1;
    this.#numbers.clear();
    const characters = characterCodes(hypothesis, this.#whitespace);
    const words = this.#words(hypothesis);
    for (const reference of references) {
      const { characterOrder, wordOrder } = this.#formula;
      this.#row.fill(0);
      const codes = characterCodes(reference, this.#whitespace);
      this.#countKind(characters, codes, characterOrder, 0);
      if (wordOrder > 0) {
        this.#countKind(words, this.#words(reference), wordOrder, 3 * characterOrder);
      }
      const score = references.length === 1 ? 0 : chrfFormula(this.#row, this.#formula);
      if (score > bestScore) {
        bestScore = score;
        best.set(this.#row);
      }
    }
  }

  #words(text: string): number[] {
    return this.#formula.wordOrder > 0 ? this.#numbers.of(separateEndPunctuation(text)) : [];
  }

  #countKind(
    hypothesis: ArrayLike<number>,
    reference: ArrayLike<number>,
    order: number,
    offset: number,
  ): void {
    this.#trie.clear();
    this.#trie.add(reference, reference.length, order);
    this.#trie.match(hypothesis, hypothesis.length, order, this.#row, offset + 2, 3);
    for (let n = 0; n < order; n++) {
      const ofReference = Math.max(0, reference.length - n);
      // orders that the reference lacks say nothing about the hypothesis
      const ofHypothesis = ofReference === 0 ? 0 : Math.max(0, hypothesis.length - n);
      this.#row[offset + 3 * n] = ofHypothesis;
      this.#row[offset + 3 * n + 1] = ofReference;
    }
  }
}

/** Code points of a text, without white space unless `whitespace`. */
function characterCodes(text: string, whitespace: boolean): number[] {
  const codes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (code > 0xffff) i++;
    if (whitespace || !isPythonSpace(code)) codes.push(code);
  }
  return codes;
}

const PUNCTUATION = new Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

/** Words with one mark of ASCII punctuation cut off: the last character, or else the first. */
function separateEndPunctuation(text: string): string[] {
  const words: string[] = [];
  for (const word of splitWords(text)) {
    if (word.length > 1 && PUNCTUATION.has(word[word.length - 1])) {
      words.push(word.slice(0, -1), word.slice(-1));
    } else if (word.length > 1 && PUNCTUATION.has(word[0])) {
      words.push(word[0], word.slice(1));
    } else {
      words.push(word);
    }
  }
  return words;
}
