/**
 * Calibration samples: prompts with their translations, drawn from parallel text.
 *
 * The `sound` protocol draws evenly over the ten directions, and shows the translation too. The study's own code drew prompts into
 * English only, for pruning from Czech alone, and left the translations out.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import { type RandomNumbers, seededRandom } from "../metrics/random.ts";
import {
  type CalibrationRows,
  type CalibrationText,
  openCalibrationText,
} from "./calibration_text.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";
import { STUDY_PAIRS, studyDraw, type StudyRule } from "./protocol/study_draw.ts";
import type { CalibrationRecipe } from "./recipe.ts";

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
  /** Whether a method sees the translations. */
  translations: boolean;
  /** Positions that samples are padded to, at most all that the model has; `undefined` when they are not padded. */
  paddedTo: number | undefined;
}

/**
 * Draws calibration samples: sample i has direction i mod 10 of the ten (of those whose languages the text has), and the next row of a
 * seeded shuffle of the rows that have its languages: all lines of a text whose lines hold every language, the pair's own rows of
 * `alma-human-parallel`. No row is used twice, in no other direction either. A smaller draw is the beginning of a larger one. A recipe
 * may ask for the study's draws instead; those have a seed of their own.
 *
 * @param recipe Which text, and how many samples.
 * @param seed Seed of the shuffle.
 * @param open Opens the text. Default: by its name or path.
 * @throws {RangeError} If the text is unknown, has too few lines, or none of the directions.
 */
export async function drawCalibration(
  recipe: CalibrationRecipe,
  seed: number,
  open: (id: string) => Promise<CalibrationText> = openCalibrationText,
): Promise<Calibration> {
  const { set: id, samples: count, draw = "balanced", translations = true, paddedTo } = recipe;
  const text = await open(id);
  const drawn = draw === "balanced"
    ? balancedRows(text, count, seed, id)
    : studyRows(text, count, draw);
  const samples = withText(text, drawn);
  const record = new TextEncoder().encode(
    canonicalJson({
      set: id,
      ...text.files,
      seed,
      samples: samples.map(({ direction, row }) => [direction, row]),
      ...(draw === "balanced" ? {} : { draw }),
      ...(translations ? {} : { translations }),
      ...(paddedTo === undefined ? {} : { paddedTo }),
    }) + "\n",
  );
  return { id, samples, record, sha256: sha256(record), translations, paddedTo };
}

/** A row and the direction that it is used in. */
type DrawnRow = Pick<CalibrationSample, "direction" | "row">;

/** The directions in turn; each takes the next of its group's shuffled rows. */
function balancedRows(
  text: CalibrationText,
  count: number,
  seed: number,
  id: string,
): DrawnRow[] {
  const random = seededRandom(seed);
  const left = new Map(
    text.groups.map((group) => [group, shuffled(group.length, random).values()]),
  );
  return Array.from({ length: count }, (_, i) => {
    const direction = text.directions[i % text.directions.length];
    const group = groupOf(text, direction)!;
    const { value: row } = left.get(group)!.next();
    if (row !== undefined) return { direction, row };
    throw new RangeError(
      `Cannot draw ${count} calibration samples from ${id}: it has ${group.length} lines${group.name}`,
    );
  });
}

/** The study's draw. */
function studyRows(text: CalibrationText, count: number, rule: StudyRule): DrawnRow[] {
  const rows = new Map(STUDY_PAIRS.flatMap((pair) => {
    const group = groupOf(text, pair);
    return group ? [[pair, group.length] as const] : [];
  }));
  return studyDraw(rule, rows, count).map(({ pair, row }) => ({ direction: pair, row }));
}

function withText(text: CalibrationText, rows: readonly DrawnRow[]): CalibrationSample[] {
  const columns = new Map(
    [...new Set(rows.map(({ direction }) => direction))]
      .map((direction) => [direction, groupOf(text, direction)!.pairs(direction)]),
  );
  return rows.map(({ direction, row }) => {
    const { sources, references } = columns.get(direction)!;
    return { direction, row, source: sources[row], target: references[row] };
  });
}

function groupOf(text: CalibrationText, direction: Direction): CalibrationRows | undefined {
  return text.groups.find(({ directions }) => directions.includes(direction));
}

/** 0 to length - 1 in a random order (Fisher and Yates; Durstenfeld 1964, algorithm 235), built from the front. */
function shuffled(length: number, random: RandomNumbers): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = 0; i < length - 1; i++) {
    const j = i + random.below(length - i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
