/**
 * Text that calibration samples are drawn from: a text of the package or the user's, or the pairs that ALMA was fine-tuned on.
 * @module
 */
import { type Direction, DIRECTIONS } from "../data/directions.ts";
import { requireFetched } from "../data/fetched.ts";
import { HUMAN_PARALLEL_PAIRS, readHumanParallel } from "../data/human_parallel.ts";
import { type ParallelText, parseParallelText, type SentencePairs } from "../data/parallel_text.ts";
import { sha256 } from "./canonical_json.ts";
import { HUMAN_PARALLEL, readText, textFile } from "./texts.ts";

/** Rows with the same languages. A row has several directions; a draw uses it in one of them. */
export interface CalibrationRows {
  /** What the rows are, to be read after "lines": empty when they are the whole text, else such as `" of is-en"`. */
  readonly name: string;
  /** Number of rows. */
  readonly length: number;
  /** Directions that each of them can be used in. */
  readonly directions: readonly Direction[];
  /** All rows in one of the directions. */
  pairs(direction: Direction): SentencePairs;
}

/** Text that calibration samples are drawn from. */
export interface CalibrationText {
  /** Directions, in the order in which a balanced draw takes them. */
  readonly directions: readonly Direction[];
  /** Its rows; each direction is of one group. */
  readonly groups: readonly CalibrationRows[];
  /** What a draw's record says of the files: their SHA-256. */
  readonly files: { readonly fileSha256: string | Readonly<Record<string, string>> };
}

/**
 * Opens a text by its name, such as `tiny/calibration` or `alma-human-parallel` (once it has been fetched), or by the path of a `.tsv` file.
 *
 * @throws {RangeError} If there is none of the name, where the message lists the names, or it has one language alone.
 * @throws {SyntaxError} If the file holds something else.
 * @throws {Error} If it has to be fetched and was not; the message says how.
 */
export async function openCalibrationText(id: string): Promise<CalibrationText> {
  if (id === HUMAN_PARALLEL) {
    return await readHumanParallelText(await requireFetched(id, ["*/train-*"]));
  }
  const file = textFile(id, HUMAN_PARALLEL);
  const bytes = await readText(file);
  const text = parseParallelText(new TextDecoder().decode(bytes), file);
  const directions = directionsOf(text, id);
  return {
    directions,
    groups: [{
      name: "",
      length: text.length,
      directions,
      pairs: (direction) => text.pairs(direction),
    }],
    files: { fileSha256: sha256(bytes) },
  };
}

/**
 * The training rows of ALMA-Human-Parallel: five pairs of languages, each with rows of its own for two directions.
 *
 * @param folder A copy of haoranxu/ALMA-Human-Parallel.
 * @throws {Deno.errors.NotFound} If a file is missing.
 * @throws {SyntaxError} If a file holds something else.
 */
export async function readHumanParallelText(folder: string): Promise<CalibrationText> {
  const groups: CalibrationRows[] = [];
  const fileSha256: Record<string, string> = {};
  for (const pair of HUMAN_PARALLEL_PAIRS) {
    const read = await readHumanParallel(folder, pair, "train");
    fileSha256[pair] = read.fileSha256;
    groups.push({
      name: ` of ${pair}`,
      length: read.rows.length,
      directions: [pair, pair.split("-").reverse().join("-") as Direction],
      pairs(direction) {
        const [sources, references] = direction.split("-")
          .map((code) => read.rows.map((row) => row[code]));
        return { sources, references };
      },
    });
  }
  return { directions: DIRECTIONS, groups, files: { fileSha256 } };
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
