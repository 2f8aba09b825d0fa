/**
 * From sentences to prompts that fit the model, or to an error before anything runs.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import { translationPrompt } from "./prompt.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** What to do with a sentence that does not fit: refuse the whole call, or use its beginning. */
export type LongSentences = "error" | "truncate";

/** One sentence, ready for the model. */
export interface SourcePrompt {
  /** Its place in the input. */
  index: number;
  /** The prompt as text. */
  text: string;
  /** Token ids, the beginning-of-sequence token first. */
  tokens: number[];
  /** Whether the end of the sentence was left out. */
  truncated: boolean;
}

/** What a prompt is made with and must fit into. */
export interface PromptLimits {
  /** Source and target language. */
  direction: Direction;
  /** Positions of the model, shared by the prompt and the new tokens. */
  maxPositions: number;
  /** The most tokens that are generated after the prompt. */
  maxNewTokens: number;
  /** What to do with a sentence that does not fit. */
  longSentences: LongSentences;
}

/**
 * The prompts of all sentences that hold more than white space, in input order.
 *
 * Prompt and `maxNewTokens` together must fit the model's positions, whatever the other sentences are, so that
 * a sentence never depends on the batch it is in. `"truncate"` keeps the most characters that fit.
 * @throws {RangeError} When a prompt does not fit: its index, its tokens and the limit are named; or when the
 *   direction is unknown, even if there is nothing to translate.
 */
export function sourcePrompts(
  sentences: readonly string[],
  tokenizer: Tokenizer,
  limits: PromptLimits,
): SourcePrompt[] {
  const { maxPositions, maxNewTokens, longSentences, direction } = limits;
  const limit = maxPositions - maxNewTokens;
  const prompt = (sentence: string) => {
    const text = translationPrompt(direction, sentence);
    return { text, tokens: [tokenizer.bosId, ...tokenizer.encode(text)] };
  };
  translationPrompt(direction, "");
  const prompts: SourcePrompt[] = [];
  sentences.forEach((sentence, index) => {
    if (sentence.trim() === "") return;
    const whole = prompt(sentence);
    if (whole.tokens.length <= limit) {
      prompts.push({ index, ...whole, truncated: false });
      return;
    }
    const shorter = longSentences === "truncate" ? longestThatFits(sentence, prompt, limit) : null;
    if (!shorter) throw new RangeError(tooLong(index, whole.tokens.length, limits));
    prompts.push({ index, ...shorter, truncated: true });
  });
  return prompts;
}

function tooLong(index: number, tokens: number, limits: PromptLimits): string {
  const { maxPositions, maxNewTokens } = limits;
  return `Cannot translate sentence ${index} (counted from 0): its prompt has ${tokens} tokens, at most ` +
    `${
      maxPositions - maxNewTokens
    } leave room for ${maxNewTokens} new tokens in ${maxPositions} positions`;
}

/** The prompt of the longest beginning (in code points) that has at most `limit` tokens; null if none has. */
function longestThatFits<Prompt extends { tokens: number[] }>(
  sentence: string,
  prompt: (sentence: string) => Prompt,
  limit: number,
): Prompt | null {
  const points = [...sentence];
  const beginning = (length: number) => prompt(points.slice(0, length).join("").trimEnd());
  let low = 0, high = points.length; // halving finds about the right length: tokens grow with it ...
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (beginning(middle).tokens.length <= limit) low = middle;
    else high = middle;
  }
  for (let length = low; length > 0; length--) { // ... but not strictly, so the result is checked
    const shorter = beginning(length);
    if (shorter.tokens.length <= limit) return shorter;
  }
  return null;
}
