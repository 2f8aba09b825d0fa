/**
 * A translator without a model: it writes each sentence backwards, and remembers what it was asked.
 * @module
 */
import type { Translator } from "../../inference/translator.ts";

/** What it translates a sentence to. */
export function backwards(sentence: string, direction: string): string {
  return `${direction}: ${[...sentence].reverse().join("")}`;
}

/** Opens translators and keeps count. */
export class FakeTranslators {
  /** Directions of all calls of `translate()`, in their order. */
  readonly calls: string[] = [];
  /** Translators that are open now. */
  open = 0;
  /** Translators that were ever opened. */
  opened = 0;

  /**
   * @param dieAt The call of `translate()` that throws after its first batch, counted from 1.
   * @param refuses A direction whose sentences do not fit.
   */
  constructor(private readonly dieAt: number = Infinity, private readonly refuses?: string) {}

  /** What `runRecipe()` takes for `openTranslator`. */
  readonly load = (): Promise<Translator> => {
    this.open++;
    this.opened++;
    return Promise.resolve({
      facts: {
        device: "cpu",
        provider: "none",
        adapter: null,
        onnxruntime: "none",
        threads: 1,
        accuracyLevel: 1,
        weightsSha256: "none",
      },
      translate: (sentences, { direction, onBatch }) => {
        this.calls.push(direction);
        onBatch?.(1, sentences.length);
        if (this.calls.length === this.dieAt) return Promise.reject(new Error("killed"));
        onBatch?.(sentences.length, sentences.length);
        const translations = sentences.map((sentence, index) => ({
          text: backwards(sentence, direction),
          tokens: 3,
          finished: index > 0,
          score: -1,
        }));
        const batches = [{ sentences: sentences.length, seconds: 2, newTokens: 8 }];
        return Promise.resolve({ translations, batches });
      },
      perplexity: (sources) => Promise.resolve(1 + sources.length / 10),
      check: (_, { direction }) => {
        if (direction === this.refuses) throw new RangeError(`Cannot translate: ${direction}`);
      },
      close: () => {
        this.open--;
        return Promise.resolve();
      },
    });
  };
}
