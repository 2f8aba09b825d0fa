/**
 * Which sentences are for training and which are kept away from it.
 *
 * The three small splits are drawn first, from a seed of their own. Training then leaves out every sentence that has the meaning of one
 * of them, or its text in any language, and every sentence with a held-out pair of verb and object. So membership never depends on how
 * many training sentences are made.
 * @module
 */
import type { Language } from "../../directions.ts";
import { LANGUAGES } from "./formats.ts";
import { hashText } from "./random.ts";
import { type Sentence, Writer } from "./sentences.ts";

/** The splits that are committed, and how many meanings each has. */
export const SPLIT_SIZES = { test: 256, calibration: 640, dev: 256 } as const;

/** How many of the test sentences contain a held-out pair of verb and object. */
export const TEST_HELD_OUT = 144;

/** The committed splits. */
export type Splits = Readonly<Record<keyof typeof SPLIT_SIZES, readonly Sentence[]>>;

/** True for the 4 % of (verb, object) pairs that only the test split may contain. `pair` is "verb object", both as lexeme ids. */
export function isHeldOut(pair: string): boolean {
  return hashText(pair) % 25 === 0;
}

/** The words of a sentence: runs of letters and digits, in Chinese single characters. */
export function wordsOf(text: string, language: Language): string[] {
  const lower = text.toLowerCase();
  return language === "zh" ? [...lower] : lower.match(/[\p{L}\p{N}:]+/gu) ?? [];
}

/** How many training sentences are looked at to learn which words training has, and in how many meanings a word must occur. */
const VOCABULARY_SENTENCES = 40000;
const MEANINGS = 4;

/** For each language, in how many different meanings of the first training sentences a word occurs. */
function vocabulary(seed: number): Record<Language, Map<string, number>> {
  const writer = new Writer(seed);
  const counts = {} as Record<Language, Map<string, number>>;
  for (const l of LANGUAGES) counts[l] = new Map();
  const meanings = new Set<string>();
  for (let i = 0; i < VOCABULARY_SENTENCES; i++) {
    const sentence = writer.next();
    if (sentence.pairs.some(isHeldOut) || meanings.has(sentence.key)) continue;
    meanings.add(sentence.key);
    for (const l of LANGUAGES) {
      for (const word of wordsOf(sentence.text[l], l)) {
        counts[l].set(word, (counts[l].get(word) ?? 0) + 1);
      }
    }
  }
  return counts;
}

/** Draws test, calibration and dev. They share no meaning and no text in any language with each other. */
export function drawSplits(seed: number): Splits {
  const known = vocabulary(seed);
  const writer = new Writer(seed ^ 0x9e3779b9);
  const taken = new Set<string>();
  const take = (count: number, heldOut: boolean): Sentence[] => {
    const list: Sentence[] = [];
    while (list.length < count) {
      const sentence = writer.next();
      if (
        sentence.pairs.some(isHeldOut) !== heldOut || namesOf(sentence).some((n) => taken.has(n))
      ) continue;
      const rare = (l: Language) =>
        wordsOf(sentence.text[l], l).some((word) => (known[l].get(word) ?? 0) < MEANINGS);
      if (LANGUAGES.some(rare)) continue;
      namesOf(sentence).forEach((name) => taken.add(name));
      list.push(sentence);
    }
    return list;
  };
  const held = take(TEST_HELD_OUT, true);
  const plain = take(SPLIT_SIZES.test - TEST_HELD_OUT, false);
  const test = [...held, ...plain].sort((a, b) => hashText(a.text.en) - hashText(b.text.en));
  return {
    test,
    calibration: take(SPLIT_SIZES.calibration, false),
    dev: take(SPLIT_SIZES.dev, false),
  };
}

/** What must not occur twice: the meaning and each language's text. */
function namesOf(sentence: Sentence): string[] {
  return [sentence.key, ...LANGUAGES.map((l) => `${l} ${sentence.text[l]}`)];
}

/** Training sentences: no English text twice, nothing of the splits, no held-out pair. */
export function* trainingSentences(seed: number, splits: Splits): Generator<Sentence> {
  const writer = new Writer(seed);
  const barred = new Set(Object.values(splits).flat().flatMap(namesOf));
  const seen = new Set<string>();
  while (true) {
    const sentence = writer.next();
    if (seen.has(sentence.text.en) || sentence.pairs.some(isHeldOut)) continue;
    if (namesOf(sentence).some((name) => barred.has(name))) continue;
    seen.add(sentence.text.en);
    yield sentence;
  }
}

/** The split as text: a header, then one meaning a line. */
export function toTsv(sentences: readonly Sentence[]): string {
  const lines = sentences.map((sentence) => LANGUAGES.map((l) => sentence.text[l]).join("\t"));
  return [LANGUAGES.join("\t"), ...lines].join("\n") + "\n";
}
