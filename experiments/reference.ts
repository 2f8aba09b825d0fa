/**
 * Comparing fresh rows with the committed reference rows of the embedded model.
 * @module
 */
import { tinyReferenceFolder } from "../data/tiny.ts";
import type { Recipe } from "./recipe.ts";
import { type ResultRow, rowIdentity } from "./row.ts";
import { parseRows } from "./row_file.ts";
import { signed } from "./table/numbers.ts";

/** How far a method's fresh scores may be from the reference, and how that was found. */
export interface Tolerance {
  /** Largest difference of one direction's BLEU. */
  bleu: number;
  /** Largest difference of one direction's chrF. */
  chrf: number;
  /** Largest relative difference of one direction's perplexity. */
  perplexity: number;
  /** The runs that it was derived from, such as `"cpu"` and `"webgpu"`. */
  derivedFrom: string[];
}

/** One fresh row beside its reference row. */
export interface Comparison {
  /** The fresh row. */
  row: ResultRow;
  /** `"none"`: no reference row asks the same question. */
  verdict: "identical" | "within tolerance" | "differs" | "none";
  /** One sentence for people. */
  text: string;
}

/** The committed reference: its rows and the tolerance of each method. */
export interface Reference {
  /** Rows, as they were computed. */
  rows: ResultRow[];
  /** Method id to tolerance. */
  tolerances: Record<string, Tolerance>;
}

/**
 * Reads the committed reference rows and tolerances.
 *
 * @throws {SyntaxError} If a row is torn, or is not what its SHA-256 says.
 */
export async function loadReference(folder: string = tinyReferenceFolder()): Promise<Reference> {
  const path = `${folder}/rows.jsonl`;
  const { rows, torn } = parseRows(await Deno.readFile(path), path);
  if (torn > 0) {
    throw new SyntaxError(`Cannot read ${path}: its last line must be whole, with a line end`);
  }
  const tolerances = JSON.parse(await Deno.readTextFile(`${folder}/tolerances.json`));
  return { rows, tolerances };
}

/** The reference rows of a recipe, in its order. */
export function referenceRows(reference: Reference, recipe: Recipe): ResultRow[] {
  return recipe.methods.flatMap((method) =>
    recipe.directions.flatMap((direction) =>
      reference.rows.filter((r) => r.method.id === method.id && r.direction === direction)
    )
  );
}

/**
 * Says whether a fresh row reproduced the reference: the same translations, or which scores differ by how much. Times
 * are compared with nothing.
 */
export function compareWithReference(row: ResultRow, reference: Reference): Comparison {
  const identity = rowIdentity(row);
  const expected = reference.rows.find((candidate) => rowIdentity(candidate) === identity);
  const name = `${row.method.id} ${row.direction}`;
  if (expected === undefined) {
    return { row, verdict: "none", text: `${name}: the reference has no such row` };
  }
  const bleu = row.scores.bleu.score - expected.scores.bleu.score;
  const chrf = row.scores.chrf.score - expected.scores.chrf.score;
  const perplexity = row.perplexity / expected.perplexity - 1;
  const tolerance = reference.tolerances[row.method.id];
  const within = tolerance !== undefined && Math.abs(bleu) <= tolerance.bleu &&
    Math.abs(chrf) <= tolerance.chrf && Math.abs(perplexity) <= tolerance.perplexity;
  const sameText = row.hypotheses.sha256 === expected.hypotheses.sha256;
  if (sameText && bleu === 0 && chrf === 0 && (within || perplexity === 0)) {
    return { row, verdict: "identical", text: `${name}: identical translations and scores` };
  }
  const differences = `BLEU ${signed(bleu, 2)}, chrF ${signed(chrf, 2)}, ` +
    `perplexity ${signed(100 * perplexity, 3)} %`;
  const verdict = within ? "within tolerance" : "differs";
  return { row, verdict, text: `${name}: ${verdict}: ${differences}` };
}

/** One paragraph about a whole run: how many rows are identical, and each one that is not. */
export function referenceReport(comparisons: readonly Comparison[]): string[] {
  const compared = comparisons.filter(({ verdict }) => verdict !== "none");
  if (compared.length === 0) {
    return ["No row of the committed reference asks what this run asked: nothing to compare with"];
  }
  const identical = compared.filter(({ verdict }) => verdict === "identical").length;
  return [
    `Reference: ${identical} of ${compared.length} rows reproduced with identical translations`,
    ...compared.filter(({ verdict }) => verdict !== "identical").map(({ text }) => `  ${text}`),
  ];
}
