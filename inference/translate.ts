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
  for (const batch of batches(prompts, settings.batchSize)) {
    const start = performance.now();
    const decoded = await search(model, batch, settings);
    const seconds = (performance.now() - start) / 1000;
    batch.forEach((prompt, i) => {
      translations[prompt.index] = translation(model.tokenizer, prompt, decoded[i]);
    });
    const newTokens = decoded.reduce((sum, hypothesis) => sum + length(hypothesis), 0);
    facts.push({ sentences: batch.length, seconds, newTokens });
    done += batch.length;
    options.onBatch?.(done, sentences.length);
  }
  return { translations, batches: facts };
}

/** Options with their defaults, except for the callback. */
type Settings = Required<Omit<TranslateOptions, "onBatch">>;

function complete({ decoder }: TranslationModel, options: TranslateOptions): Settings {
  const settings = {
    direction: options.direction,
    beams: options.beams ?? 5,
    batchSize: options.batchSize ?? DEFAULT_BATCH,
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

/** Prompts of similar length share a batch; the longest come first, so that too little memory shows at once. */
function batches(prompts: readonly SourcePrompt[], batchSize: number): SourcePrompt[][] {
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

function translation(tokenizer: Tokenizer, prompt: SourcePrompt, decoded: Decoded): Translation {
  return {
    text: firstLine(tokenizer.decode(decoded.tokens)),
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
