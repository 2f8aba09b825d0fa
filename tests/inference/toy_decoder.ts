/**
 * A language model of a few lines: the logits after a sequence are drawn from a generator seeded by that
 * whole sequence, so that a row continued from the wrong history gives wrong logits at once.
 * @module
 */
import type { Decoder, DecoderRun } from "../../inference/decoder.ts";
import { uniform } from "./random_checkpoint.ts";

/** What shapes a toy language model. */
export interface ToyOptions {
  seed: number;
  vocabularySize: number;
  eosIds?: readonly number[];
  /** Added to the end tokens' logits once for each generated token; they are rare at the start. */
  eosSlope?: number;
  /** Width of the logits' distribution. */
  spread?: number;
}

/** The logits after `sequence` (prompt and generated tokens), of which `generated` are new. */
export function toyLogits(
  sequence: readonly number[],
  generated: number,
  options: ToyOptions,
): Float32Array {
  const { seed, vocabularySize, eosIds = [], eosSlope = 0.7, spread = 6 } = options;
  let hash = seed;
  for (const token of sequence) hash = Math.imul(hash ^ (token + 1), 0x01000193) ^ (hash >>> 13);
  const random = uniform(hash);
  const logits = Float32Array.from({ length: vocabularySize }, () => spread * random());
  for (const id of eosIds) logits[id] += eosSlope * generated - 2;
  return logits;
}

/** A `Decoder` over `toyLogits()` that also keeps count of what it was asked. */
export class ToyDecoder implements Decoder {
  readonly vocabularySize: number;
  readonly maxPositions = 1000;
  /** Rows of every call, in order: one list a run. */
  readonly rowsSeen: number[][] = [];
  /** Runs started and not yet released. */
  open = 0;

  constructor(readonly options: ToyOptions) {
    this.vocabularySize = options.vocabularySize;
  }

  start(
    prompts: readonly (readonly number[])[],
    { maxNewTokens }: { maxNewTokens: number },
  ): Promise<DecoderRun> {
    this.open++;
    const seen = [prompts.length];
    this.rowsSeen.push(seen);
    let rows = prompts.map((prompt) => [...prompt]);
    let steps = 0;
    const logits = () =>
      Float32Array.from(rows.flatMap((row) => [...toyLogits(row, steps, this.options)]));
    let current = logits();
    const release = () => {
      this.open--;
    };
    return Promise.resolve({
      get rows() {
        return rows.length;
      },
      get logits() {
        return current;
      },
      step(tokens: Int32Array, source: Int32Array): Promise<void> {
        if (++steps > maxNewTokens || tokens.length !== source.length) {
          throw new RangeError("misuse");
        }
        current.fill(NaN); // logits live until the next step only
        rows = Array.from(source, (from, r) => [...rows[from], tokens[r]]);
        seen.push(rows.length);
        current = logits();
        return Promise.resolve();
      },
      release,
    });
  }
}
