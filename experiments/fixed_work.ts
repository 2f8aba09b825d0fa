/**
 * Work that is the same for every model: given prompts, continued by given tokens whatever the model would have chosen, so
 * that a damaged model that writes more or less does not change what is timed.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import type { Decoder } from "../inference/decoder.ts";
import { translationPair } from "../inference/perplexity.ts";
import type { Tokenizer } from "../inference/tokenizer.ts";
import type { Recipe } from "./recipe.ts";
import type { TestSet } from "./test_set.ts";

/** One batch of decoding with nothing left to choose. */
export interface FixedWork {
  /** Token ids of each prompt. */
  readonly prompts: readonly (readonly number[])[];
  /** For each prompt the tokens that follow; all lists have the same length, the number of steps. */
  readonly continuations: readonly (readonly number[])[];
  /** Rows that every prompt is continued in, as a beam search of this width does. */
  readonly beams: number;
}

/** A sentence and its reference translation. */
export interface WorkSentence {
  /** Source and target language. */
  readonly direction: Direction;
  /** The sentence. */
  readonly source: string;
  /** Its translation, whose tokens follow the prompt. */
  readonly reference: string;
}

/**
 * The work of translating sentences by force: every reference's tokens, repeated from their beginning where it has fewer than
 * `steps`.
 *
 * @throws {RangeError} If there is no sentence, or `steps` or `beams` is not a positive integer.
 */
export function fixedWork(
  tokenizer: Tokenizer,
  sentences: readonly WorkSentence[],
  { steps, beams }: { steps: number; beams: number },
): FixedWork {
  for (const [name, value] of Object.entries({ sentences: sentences.length, steps, beams })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot make work of ${value} ${name}: the number must be whole and positive`,
      );
    }
  }
  const pairs = sentences.map(({ direction, source, reference }) =>
    translationPair(tokenizer, direction, source, reference)
  );
  return {
    prompts: pairs.map(({ prompt }) => prompt),
    continuations: pairs.map(({ target }) =>
      Array.from({ length: steps }, (_, t) => target[t % target.length])
    ),
    beams,
  };
}

const PROMPTS = 16;
const STEPS = 16;

/**
 * The work that a recipe's methods are timed with: 16 of its sentences, taken in turn from its directions and again from the first
 * where there are fewer, 16 steps, as many beams as the recipe has.
 */
export function recipeWork(tokenizer: Tokenizer, testSet: TestSet, recipe: Recipe): FixedWork {
  const { directions, decoding: { beams } } = recipe;
  const sentences = Array.from({ length: PROMPTS }, (_, i): WorkSentence => {
    const direction = directions[i % directions.length];
    const line = Math.floor(i / directions.length) % testSet.length(direction);
    const { sources, references } = testSet.unit(direction, line + 1);
    return { direction, source: sources[line], reference: references[line] };
  });
  return fixedWork(tokenizer, sentences, { steps: STEPS, beams });
}

/** Does the work once. */
export async function doWork(decoder: Decoder, work: FixedWork): Promise<void> {
  const { prompts, continuations, beams } = work;
  const steps = continuations[0].length;
  const row = Int32Array.from({ length: prompts.length * beams }, (_, r) => r);
  const prompt = row.map((r) => Math.floor(r / beams));
  const run = await decoder.start(prompts, { maxNewTokens: steps });
  try {
    for (let t = 0; t < steps; t++) {
      await run.step(prompt.map((p) => continuations[p][t]), t === 0 ? prompt : row);
    }
  } finally {
    run.release();
  }
}

/** Tokens that the work adds to its prompts, beams not counted. */
export function workTokens({ continuations }: FixedWork): number {
  return continuations.length * continuations[0].length;
}
