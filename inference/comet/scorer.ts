/**
 * Scores segments with the sessions of a COMET model.
 * @module
 */
import type { InferenceSession } from "onnxruntime-node";
import type { XlmrTokenizer } from "../sentencepiece/xlmr_tokenizer.ts";
import { encodeBatch, estimate } from "./graphs.ts";
import { sentenceTokens, tokenBatches } from "./tokens.ts";

/** What is scored: one sentence and its translations by a system and by a person. */
export interface CometSegment {
  /** The sentence that was translated. */
  readonly source: string;
  /** The translation that is judged. */
  readonly translation: string;
  /** The reference translation. */
  readonly reference: string;
}

/** How segments are scored. */
export interface CometOptions {
  /**
   * The most texts that are encoded at once.
   * @default {16}
   */
  batchSize?: number;
  /** Told after every batch how many of the distinct texts are encoded. */
  onBatch?(done: number, total: number): void;
}

/** Scores of segments. */
export interface CometScores {
  /** A score for each segment, in their order. */
  readonly segments: number[];
  /** Their mean: the score of the system. */
  readonly score: number;
  /** What they are; see `Comet.signature`. */
  readonly signature: string;
}

/** What scores are computed with. */
export interface CometParts {
  /** Session of the sentence encoder. */
  readonly encoder: InferenceSession;
  /** Session of the estimator. */
  readonly estimator: InferenceSession;
  /** XLM-RoBERTa's tokenizer. */
  readonly tokenizer: XlmrTokenizer;
  /** The most tokens of a sequence. */
  readonly truncation: number;
  /** Width of the vectors. */
  readonly hiddenSize: number;
  /** See `Comet.signature`. */
  readonly signature: string;
}

const PARTS = ["source", "translation", "reference"] as const;

/** Segments that the estimator takes at once. */
const CHUNK = 256;

/** Texts whose vectors are kept from call to call, those used last: 128 MiB at the width of XLM-RoBERTa-large. */
const KEPT_VECTORS = 2 ** 15;

/** Scores segments; see `Comet`. */
export class CometScorer {
  readonly #vectors = new Map<string, Float32Array>();
  #closed = false;

  /** @param parts what scores are computed with; freed by `close()`. */
  constructor(private readonly parts: CometParts) {}

  /** See `Comet.signature`. */
  get signature(): string {
    return this.parts.signature;
  }

  /** See `Comet.score()`. */
  async score(
    segments: readonly CometSegment[],
    options: CometOptions = {},
  ): Promise<CometScores> {
    const { batchSize = 16, onBatch } = options;
    if (this.#closed) throw new Error("Cannot score segments: the COMET model is closed");
    checkSegments(segments);
    if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
      throw new RangeError(
        `Cannot use batches of ${batchSize} texts: it must be a whole number from 1`,
      );
    }
    const texts = new Set(segments.flatMap((segment) => PARTS.map((part) => segment[part])));
    await this.#encode(texts, batchSize, onBatch);
    const scores = await this.#estimate(segments);
    this.#forget();
    const unusable = scores.findIndex((score) => !Number.isFinite(score));
    if (unusable >= 0) {
      throw new Error(
        `Cannot score segment ${unusable}: the model gives ${
          scores[unusable]
        }, which is no finite number`,
      );
    }
    const sum = scores.reduce((total, score) => total + score, 0);
    return { segments: scores, score: sum / scores.length, signature: this.signature };
  }

  /** Sees to it that each text has its vector [H]. */
  async #encode(
    texts: ReadonlySet<string>,
    batchSize: number,
    onBatch: CometOptions["onBatch"],
  ): Promise<void> {
    const { encoder, tokenizer, truncation, hiddenSize } = this.parts;
    const missing: string[] = [];
    for (const text of texts) {
      const vector = this.#vectors.get(text);
      if (vector === undefined) missing.push(text);
      else if (this.#vectors.delete(text)) this.#vectors.set(text, vector); // used last
    }
    const sequences = missing.map((text) => sentenceTokens(tokenizer, text, truncation));
    let done = texts.size - missing.length;
    for (const batch of tokenBatches(sequences, batchSize)) {
      const rows = await encodeBatch(encoder, batch);
      for (const [row, place] of batch.places.entries()) {
        const vector = rows.slice(row * hiddenSize, (row + 1) * hiddenSize);
        this.#vectors.set(missing[place], vector);
      }
      done += batch.places.length;
      onBatch?.(done, texts.size);
    }
  }

  /** Drops the vectors that were not used for longest. */
  #forget(): void {
    for (const text of this.#vectors.keys()) {
      if (this.#vectors.size <= KEPT_VECTORS) break;
      this.#vectors.delete(text);
    }
  }

  async #estimate(segments: readonly CometSegment[]): Promise<number[]> {
    const { estimator, hiddenSize } = this.parts;
    const scores: number[] = [];
    for (let from = 0; from < segments.length; from += CHUNK) {
      const chunk = segments.slice(from, from + CHUNK);
      const [source, translation, reference] = PARTS.map((part) => {
        const rows = new Float32Array(chunk.length * hiddenSize);
        const place = (segment: CometSegment, row: number) =>
          rows.set(this.#vectors.get(segment[part])!, row * hiddenSize);
        chunk.forEach(place);
        return rows;
      });
      scores.push(...await estimate(estimator, { source, translation, reference }, hiddenSize));
    }
    return scores;
  }

  /** See `Comet.close()`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#vectors.clear();
    await this.parts.encoder.release();
    await this.parts.estimator.release();
  }
}

function checkSegments(segments: readonly CometSegment[]): void {
  if (segments.length === 0) throw new RangeError("Cannot score 0 segments: there must be one");
  for (const [index, segment] of segments.entries()) {
    const wrong = PARTS.find((part) => typeof segment[part] !== "string");
    if (wrong === undefined) continue;
    throw new TypeError(
      `Cannot score segment ${index}: its ${wrong} must be a text, not ${typeof segment[wrong]}`,
    );
  }
}
