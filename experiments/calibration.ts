/**
 * Calibration samples: prompts with their translations, drawn from parallel text.
 *
 * The `sound` protocol draws evenly over the ten directions, and shows the translation too. The study's own code drew prompts into
 * English only, for pruning from Czech alone, and left the translations out.
 * @module
 */
import { type Direction, DIRECTIONS } from "../data/directions.ts";
import { type ParallelText, parseParallelText } from "../data/parallel_text.ts";
import { seededRandom } from "../metrics/random.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";
import type { CalibrationRecipe } from "./recipe.ts";
import { readText, textFile } from "./texts.ts";

/** One sample: a sentence and its translation. */
export interface CalibrationSample {
  /** Source and target language. */
  direction: Direction;
  /** Line of the text, from 0, without its header. */
  row: number;
  /** The sentence. */
  source: string;
  /** Its translation. */
  target: string;
}

/** Ordered calibration samples and what ties a row to them. */
export interface Calibration {
  /** Name of the text. */
  id: string;
  /** The samples, in the order in which a method sees them. */
  samples: CalibrationSample[];
  /** The list as it is kept: the text's hash, the seed, and direction and row of each sample. */
  record: Uint8Array<ArrayBuffer>;
  /** SHA-256 of `record`. */
  sha256: string;
}

/**
 * Draws calibration samples: sample i has direction i mod 10 of the ten (of those whose languages the text has), and line i of a
 * seeded shuffle of the text. A smaller draw is the beginning of a larger one.
 *
 * @param recipe Which text, and how many samples.
 * @param seed Seed of the shuffle.
 * @throws {RangeError} If the text is unknown, has too few lines, or none of the directions.
 */
export async function drawCalibration(
  recipe: CalibrationRecipe,
  seed: number,
): Promise<Calibration> {
  const { set: id, samples: count } = recipe;
  const file = textFile(id);
  const bytes = await readText(file);
  const text = parseParallelText(new TextDecoder().decode(bytes), file);
  if (count > text.length) {
    throw new RangeError(
      `Cannot draw ${count} calibration samples from ${id}: it has ${text.length} lines`,
    );
  }
  const samples = drawSamples(text, count, seed, directionsOf(text, id));
  const record = new TextEncoder().encode(
    canonicalJson({
      set: id,
      fileSha256: sha256(bytes),
      seed,
      samples: samples.map(({ direction, row }) => [direction, row]),
    }) + "\n",
  );
  return { id, samples, record, sha256: sha256(record) };
}

/** The ten directions that the text has both languages of; all pairs of its languages when it has none of the ten. */
function directionsOf(text: ParallelText, id: string): readonly Direction[] {
  const pairs = text.languages.flatMap((a) =>
    text.languages.filter((b) => a !== b).map((b): Direction => `${a}-${b}`)
  );
  if (pairs.length === 0) {
    throw new RangeError(
      `Cannot draw calibration samples from ${id}: it must have two languages or more`,
    );
  }
  const known = DIRECTIONS.filter((direction) => pairs.includes(direction));
  return known.length > 0 ? known : pairs;
}

function drawSamples(
  text: ParallelText,
  count: number,
  seed: number,
  directions: readonly Direction[],
): CalibrationSample[] {
  const order = shuffled(text.length, seed);
  const columns = new Map(directions.map((direction) => [direction, text.pairs(direction)]));
  return Array.from({ length: count }, (_, i) => {
    const direction = directions[i % directions.length];
    const row = order[i];
    const { sources, references } = columns.get(direction)!;
    return { direction, row, source: sources[row], target: references[row] };
  });
}

/** 0 to length - 1 in a random order (Fisher and Yates; Durstenfeld 1964, algorithm 235), built from the front. */
function shuffled(length: number, seed: number): number[] {
  const random = seededRandom(seed);
  const order = Array.from({ length }, (_, i) => i);
  for (let i = 0; i < length - 1; i++) {
    const j = i + random.below(length - i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
