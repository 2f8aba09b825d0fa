/**
 * Sentences in, translations out, with any language model and tokenizer.
 * @module
 */
import { beamSearch } from "./beam.ts";
import type { Decoder } from "./decoder.ts";
import { greedySearch } from "./greedy.ts";
import { referencePerplexity } from "./perplexity.ts";
import type { Decoded } from "./search_options.ts";
import { type SourcePrompt, sourcePrompts } from "./source_prompts.ts";
import type { Tokenizer } from "./tokenizer.ts";
import type {
  BatchFacts,
  BatchPlanner,
  SentenceTranslator,
  TranslateOptions,
  Translation,
  TranslationResult,
} from "./translation.ts";

/** What `makeTranslator()` needs of a model. */
export interface TranslationModel {
  /** The language model. */
  decoder: Decoder;
  /** Its tokenizer. */
  tokenizer: Tokenizer;
  /** Tokens that end a sequence. */
  eosIds: readonly number[];
}

const DEFAULT_BATCH = 32;
const EMPTY: Translation = { text: "", tokens: 0, finished: true, score: 0 };

/** Puts a translator together from its parts; `loadTranslator()` does so for a folder. */
export function makeTranslator(model: TranslationModel): SentenceTranslator {
  return {
    translate: (sentences, options) => translate(model, sentences, options),
    async perplexity(sources, references, { direction, batchSize = DEFAULT_BATCH }) {
      wholeFrom1("batchSize", batchSize);
      const { decoder, tokenizer } = model;
      const options = { direction, batchSize };
      return await referencePerplexity(decoder, tokenizer, sources, references, options);
    },
    check(sentences, options) {
      plan(model, sentences, complete(model, options));
    },
  };
}

async function translate(
  model: TranslationModel,
  sentences: readonly string[],
  options: TranslateOptions,
): Promise<TranslationResult> {
  const settings = complete(model, options);
  const prompts = plan(model, sentences, settings);
  const translations = sentences.map(() => ({ ...EMPTY }));
  const facts: BatchFacts[] = [];
  let done = sentences.length - prompts.length;
  for (const batch of batches(model, prompts, settings)) {
    const start = performance.now();
    const decoded = await search(model, batch, settings);
    const seconds = (performance.now() - start) / 1000;
    batch.forEach((prompt, i) => {
      translations[prompt.index] = translation(model.tokenizer, prompt, decoded[i], settings);
    });
    const newTokens = decoded.reduce((sum, hypothesis) => sum + length(hypothesis), 0);
    facts.push({ sentences: batch.length, seconds, newTokens });
    done += batch.length;
    options.onBatch?.(done, sentences.length);
  }
  return { translations, batches: facts };
}

/** Options with their defaults, except for the callbacks. */
type Settings =
  & Required<Omit<TranslateOptions, "onBatch" | "batches">>
  & Pick<TranslateOptions, "batches">;

function complete({ decoder }: TranslationModel, options: TranslateOptions): Settings {
  const settings = {
    direction: options.direction,
    beams: options.beams ?? 5,
    batchSize: options.batchSize ?? DEFAULT_BATCH,
    batches: options.batches,
    cut: options.cut ?? "tokens",
    maxNewTokens: options.maxNewTokens ?? Math.min(256, decoder.maxPositions >> 1),
    lengthPenalty: options.lengthPenalty ?? 1,
    earlyStopping: options.earlyStopping ?? false,
    longSentences: options.longSentences ?? "error",
  };
  for (const name of ["beams", "batchSize", "maxNewTokens"] as const) {
    wholeFrom1(name, settings[name]);
  }
  return settings;
}

function wholeFrom1(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(
      `Cannot translate with ${name} ${value}: it must be a whole number of at least 1`,
    );
  }
}

function plan(
  { decoder, tokenizer }: TranslationModel,
  sentences: readonly string[],
  settings: Settings,
): SourcePrompt[] {
  return sourcePrompts(sentences, tokenizer, { ...settings, maxPositions: decoder.maxPositions });
}

function batches(
  { tokenizer }: TranslationModel,
  prompts: readonly SourcePrompt[],
  { batches, batchSize }: Settings,
): SourcePrompt[][] {
  return batches
    ? planned(prompts, batches, (text) => 1 + tokenizer.encode(text).length)
    : similar(prompts, batchSize);
}

/** Batches as a caller wants them. */
function planned(
  prompts: readonly SourcePrompt[],
  planner: BatchPlanner,
  countTokens: (text: string) => number,
): SourcePrompt[][] {
  const byIndex = new Map(prompts.map((prompt) => [prompt.index, prompt]));
  const plan = planner([...byIndex.keys()], countTokens);
  const named = plan.flat();
  const valid = new Set(named).size === named.length && named.every((index) => byIndex.has(index));
  if (!valid || named.length !== prompts.length || plan.some(({ length }) => length === 0)) {
    throw new RangeError(
      `Cannot translate in the batches ${
        JSON.stringify(plan)
      }: each sentence that is not empty must ` +
        "be in exactly one, and no batch empty",
    );
  }
  return plan.map((batch) => batch.map((index) => byIndex.get(index)!));
}

/** Prompts of similar length share a batch; the longest come first, so that too little memory shows at once. */
function similar(prompts: readonly SourcePrompt[], batchSize: number): SourcePrompt[][] {
  const sorted = prompts.toSorted((a, b) => b.tokens.length - a.tokens.length || a.index - b.index);
  return Array.from(
    { length: Math.ceil(sorted.length / batchSize) },
    (_, b) => sorted.slice(b * batchSize, (b + 1) * batchSize),
  );
}

function search(
  { decoder, eosIds }: TranslationModel,
  batch: readonly SourcePrompt[],
  { beams, maxNewTokens, lengthPenalty, earlyStopping }: Settings,
): Promise<Decoded[]> {
  const prompts = batch.map(({ tokens }) => tokens);
  const options = { maxNewTokens, eosIds, lengthPenalty };
  return beams === 1
    ? greedySearch(decoder, prompts, options)
    : beamSearch(decoder, prompts, { ...options, beams, earlyStopping });
}

function translation(
  tokenizer: Tokenizer,
  prompt: SourcePrompt,
  decoded: Decoded,
  { cut }: Settings,
): Translation {
  return {
    text: cut === "tokens"
      ? firstLine(tokenizer.decode(decoded.tokens))
      : afterCharacters(tokenizer.decode([...prompt.tokens, ...decoded.tokens]), prompt.text),
    tokens: length(decoded),
    finished: decoded.finished,
    score: decoded.score,
    ...(prompt.truncated ? { truncatedSource: true as const } : {}),
  };
}

/** Generated tokens with the end token. */
function length({ tokens, finished }: Decoded): number {
  return tokens.length + Number(finished);
}

/** What a model writes after a line break is no longer the translation. */
function firstLine(text: string): string {
  return text.trim().split(/[\r\n]/, 1)[0].trimEnd();
}

/** White space at either end, as Python's `str.strip()` takes it away: with U+001C to U+001F and U+0085, without U+FEFF. */
// deno-lint-ignore no-control-regex
const PYTHON_ENDS = /^(?:(?!\ufeff)[\s\x1c-\x1f\x85])+|(?:(?!\ufeff)[\s\x1c-\x1f\x85])+$/g;

/** What stands behind as many characters as the prompt has, counted as Python counts, without white space at its ends. */
function afterCharacters(text: string, prompt: string): string {
  return [...text].slice([...prompt].length).join("").replace(PYTHON_ENDS, "");
}
