/**
 * Decoders without a model that remember what they were asked to do.
 * @module
 */
import type { FixedWork } from "../../experiments/fixed_work.ts";
import type { TimedModel } from "../../experiments/interleaved_time.ts";
import type { Decoder, DecoderRun } from "../../inference/decoder.ts";

/** Two prompts, three steps, two beams: six new tokens. */
export const FAKE_WORK: FixedWork = {
  prompts: [[1, 5], [1, 6, 7]],
  continuations: [[2, 3, 4], [5, 6, 7]],
  beams: 2,
};

/** Opens fake decoders and keeps count. */
export class FakeDecoders {
  /** Ids of the models, one for each time that one began the work. */
  readonly order: string[] = [];
  /** Everything that was asked in one go of the work, by its number. */
  readonly work = new Map<number, string>();
  /** Decoders that are open now. */
  open = 0;
  /** Runs that were not released. */
  running = 0;

  /** Models with these ids. */
  models(ids: readonly string[]): TimedModel[] {
    return ids.map((id) => ({ id, sha256: `weights of ${id}`, open: () => this.#open(id) }));
  }

  /** A clock in which the intervals between its readings, two by two, are these milliseconds. */
  clock(durations: readonly number[]): () => number {
    let reading = 0;
    let time = 0;
    return () => {
      const ends = reading % 2 === 1;
      if (ends) time += durations[(reading - 1) / 2];
      reading++;
      return time;
    };
  }

  #open(id: string): ReturnType<TimedModel["open"]> {
    this.open++;
    const decoder: Decoder = {
      vocabularySize: 8,
      maxPositions: 16,
      start: (prompts, options) => {
        const number = this.order.push(id);
        this.#note(number, { prompts, options });
        this.running++;
        return Promise.resolve(this.#run(number));
      },
    };
    return Promise.resolve({
      ...decoder,
      close: () => {
        this.open--;
        return Promise.resolve();
      },
    });
  }

  #run(number: number): DecoderRun {
    return {
      rows: 0,
      logits: new Float32Array(),
      step: (tokens, source) => {
        this.#note(number, { tokens: [...tokens], source: [...source] });
        return Promise.resolve();
      },
      release: () => void this.running--,
    };
  }

  #note(number: number, asked: unknown): void {
    this.work.set(number, (this.work.get(number) ?? "") + JSON.stringify(asked));
  }
}
